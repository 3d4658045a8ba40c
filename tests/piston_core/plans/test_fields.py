"""Which names an object is shown with, and in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from django.db.models import F, Value
from django.test import Client, override_settings
from django.urls import path

from piston_core import BaseHandler, Resource
from piston_core.plans.tree import FieldsError
from tests.ids import stable
from tests.shop.models import Label, Maker, Product
from tests.shop.serving import answer, returning, serving, stock

pytestmark = pytest.mark.django_db

COLUMNS = [field.name for field in Product._meta.concrete_fields]


@pytest.fixture
def tea() -> Product:
    """Return the only product."""
    return stock(1)[0]


def handler(**attributes) -> type[BaseHandler]:
    """Return a handler of products with these attributes."""
    return type("Products", (BaseHandler,), {"model": Product, **attributes})


def names(kind: type[BaseHandler]) -> list[str]:
    """Return the names that a handler shows a product with."""
    return list(answer(kind, at=f"it/{Product.objects.get().pk}/"))


# -- columns, exclude, extra_fields, list_fields ---------------------------------------------------


def test_fields_are_shown_in_their_own_order(tea):
    wanted = ("stock", "name", "shouted", "worth", "maker_id", "pk", "active")

    assert names(handler(fields=wanted)) == list(wanted)


def test_without_fields_every_column_but_the_key_is_shown_by_its_name(tea):
    assert names(handler()) == [name for name in COLUMNS if name != "id"]


@pytest.mark.parametrize(
    ("exclude", "hidden"),
    [
        ((), set()),
        (("name",), {"name"}),
        (("id", "maker"), {"id", "maker"}),
        (("maker_id",), set()),
        ((re.compile("private_"),), {"private_note"}),
        ((re.compile("note"),), set()),
        ((re.compile(".*note"),), {"private_note"}),
        (("id", re.compile("^s")), {"id", "slug", "stock", "specs", "size"}),
        (["id", "unheard_of"], {"id"}),
    ],
    ids=stable,
)
def test_exclude_takes_out_names_and_what_its_patterns_match_from_the_start(tea, exclude, hidden):
    assert names(handler(exclude=exclude)) == [name for name in COLUMNS if name not in hidden]


def test_fields_win_over_exclude(tea):
    assert names(handler(fields=("id", "name"), exclude=("id", "name", re.compile(".*")))) == ["id", "name"]


def test_extra_fields_come_after_the_columns(tea):
    shown = names(handler(extra_fields=("shouted", ("labels", ("word",)))))

    assert shown == [*(name for name in COLUMNS if name != "id"), "shouted", "labels"]


def test_extra_fields_do_not_count_beside_fields(tea):
    assert names(handler(fields=("name",), extra_fields=("shouted",))) == ["name"]


def test_a_name_that_comes_twice_counts_once_and_its_last_tuple_counts(tea):
    assert answer(handler(fields=("name", "maker", "name", ("maker", ("name",))))) == [
        {"name": "Tea 1", "maker": {"name": "Maker 1"}}
    ]


def test_fields_may_be_lists(tea):
    assert answer(handler(fields=["name", ["maker", ["name"]]])) == [{"name": "Tea 1", "maker": {"name": "Maker 1"}}]


@pytest.mark.parametrize(
    "fields",
    [
        "name",
        ("name", 5),
        (("maker",),),
        (("maker", ("name",), "more"),),
        (("maker", "name"),),
        {"name"},
        5,
        ((1, ()),),
    ],
    ids=stable,
)
def test_fields_that_cannot_be_read_are_refused_by_name(tea, fields):
    with pytest.raises(FieldsError, match=r"Products\.fields"):
        answer(handler(fields=fields))


def test_no_name_of_a_column_is_cut(tea):
    assert "my_idea" in names(handler())


@pytest.mark.parametrize(
    ("make", "listed"),
    [
        (Product.objects.all, True),
        (lambda: Product.objects, True),
        (lambda: list(Product.objects.all()), True),
        (lambda: tuple(Product.objects.all()), True),
        (lambda: set(Product.objects.all()), True),
        (lambda: Product.objects.raw("SELECT * FROM shop_product"), True),
        (lambda: (product for product in Product.objects.all()), True),
        (lambda: {"them": list(Product.objects.all())}, False),
        (lambda: {"them": Product.objects.all()}, False),
        (lambda: [[Product.objects.get()]], False),
        (Product.objects.get, False),
    ],
    ids=[
        "queryset", "manager", "list", "tuple", "set", "raw", "generator", "dict of list", "dict of queryset",
        "list of lists", "object",
    ],
)  # fmt: skip
def test_list_fields_count_for_the_objects_of_the_list_that_is_the_answer(tea, make, listed):
    found = answer(returning(make, model=Product, fields=("name", "slug"), list_fields=("slug",)))
    row = {"slug": "tea-1"} if listed else {"name": "Tea 1", "slug": "tea-1"}

    while not isinstance(found, dict) or "them" in found:
        found = found["them"] if isinstance(found, dict) else found[0]
    assert found == row


def test_list_fields_alone_leave_one_object_its_columns(tea):
    kind = handler(list_fields=("slug",))

    assert answer(kind) == [{"slug": "tea-1"}]
    assert names(kind) == [name for name in COLUMNS if name != "id"]


# -- resource methods ------------------------------------------------------------------------------


class Methodical(BaseHandler):
    """Has a resource method of each kind."""

    model = Product
    fields = ("of_class", "static", "plain", "name", "nothing", "maker")

    @classmethod
    def of_class(cls, product):
        return f"{cls.__name__} {product.name}"

    @staticmethod
    def static(product):
        return product.stock

    def plain(self, product):
        return type(self).__name__

    def name(self, product):
        return "replaced"

    def nothing(self, product):
        return None

    def maker(self, product):
        return {"called": product.maker.name}


def test_resource_methods_compute_names_and_replace_columns_and_relations(tea):
    assert answer(Methodical) == [
        {
            "of_class": "Methodical Tea 1",
            "static": 5,
            "plain": "Methodical",
            "name": "replaced",
            "nothing": None,
            "maker": {"called": "Maker 1"},
        }
    ]


def test_a_nested_object_is_shown_with_the_resource_methods_of_its_own_handler(tea):
    class Makers(BaseHandler):
        model = Maker

        def motto(self, maker):
            return f"{maker.name} is best"

    assert answer(handler(fields=(("maker", ("motto",)),)), Makers) == [{"maker": {"motto": "Maker 1 is best"}}]


def test_what_a_resource_method_returns_is_represented_like_any_result(tea):
    class Makers(BaseHandler):
        model = Maker
        fields = ("name",)

    class Rich(BaseHandler):
        model = Product
        fields = ("one", "some", "mixed")

        def one(self, product):
            return product.maker

        def some(self, product):
            return product.labels.all()

        def mixed(self, product):
            return {"maker": product.maker, "none": None, "list": [product.price]}

    first, second = (label.pk for label in tea.labels.all())
    assert answer(Rich, Makers) == [
        {
            "one": {"name": "Maker 1"},
            "some": [{"id": first}, {"id": second}],
            "mixed": {"maker": {"name": "Maker 1"}, "none": None, "list": ["1.00"]},
        }
    ]


def test_a_tuple_says_what_to_show_of_what_a_resource_method_returns(tea):
    class Rich(BaseHandler):
        model = Product
        fields = (
            ("one", ("name",)),
            ("some", ("word",)),
            ("data", ("kept", ("deep", ("kept",)))),
            ("none", ("name",)),
        )

        def one(self, product):
            return product.maker

        def some(self, product):
            return product.labels

        def data(self, product):
            return {"kept": 1, "lost": 2, "deep": {"kept": 3, "lost": 4}}

        def none(self, product):
            return None

    assert answer(Rich) == [
        {
            "one": {"name": "Maker 1"},
            "some": [{"word": "hot-1"}, {"word": "green-1"}],
            "data": {"kept": 1, "deep": {"kept": 3}},
            "none": None,
        }
    ]


def test_a_handler_that_is_given_as_an_instance_answers_its_resource_methods_itself(tea):
    class Greeting(BaseHandler):
        model = Product
        fields = ("greeting",)

        def __init__(self, word):
            self.word = word

        def greeting(self, product):
            return f"{self.word} {product.name}"

    view = Resource(Greeting("Hello"), authentication=())
    with override_settings(ROOT_URLCONF=(path("it/", view),)):
        assert Client().get("/it/").json() == [{"greeting": "Hello Tea 1"}]


def test_a_handler_without_a_model_shows_objects_with_its_fields_and_methods(tea):
    kind = returning(Product.objects.all, fields=("name", "twice"), twice=lambda self, obj: obj.name * 2)

    assert answer(kind) == [{"name": "Tea 1", "twice": "Tea 1Tea 1"}]


# -- attributes ------------------------------------------------------------------------------------


def test_any_attribute_can_be_shown(tea):
    fields = ("pk", "maker_id", "shouted", "worth", "get_size_display", "__str__", "active", "my_idea", "category_id")
    tea.category = None
    tea.active = False
    tea.save()

    assert answer(handler(fields=fields)) == [
        {
            "pk": tea.pk,
            "maker_id": tea.maker_id,
            "shouted": "TEA 1",
            "worth": 5,
            "get_size_display": "small",
            "__str__": "Tea 1",
            "active": False,
            "my_idea": "",
            "category_id": None,
        }
    ]


@pytest.mark.parametrize("name", ["priced", "sell_out", "save", "delete", "unheard_of", "objects"])
def test_what_needs_arguments_changes_data_or_is_not_there_is_left_out(tea, name):
    kind = handler(fields=("name", name), read=lambda self, request, **kwargs: [Product.objects.get()])

    assert answer(kind) == [{"name": "Tea 1"}]
    assert Product.objects.get().stock == 5


def test_annotations_are_shown_and_left_out_where_an_object_has_none(tea):
    kind = handler(
        fields=("name", "double", "form"),  # form is also an attribute of every handler
        queryset=lambda self, request: Product.objects.annotate(double=F("stock") * 2, form=Value("leaf")),
    )
    plain = handler(fields=kind.fields)

    assert answer(kind) == [{"name": "Tea 1", "double": 10, "form": "leaf"}]
    assert answer(plain) == [{"name": "Tea 1"}]


@dataclass
class Box:
    height: int
    content: object


def test_a_tuple_shows_only_its_names_of_whatever_an_attribute_holds(tea):
    tea.specs = {"owner": {"name": "Ann", "secret": "x"}, "secret": "y", "list": [{"name": 1, "secret": 2}]}
    tea.save()

    def objects(self, request):
        tea.box = Box(3, Box(4, "in"))
        tea.nothing = None
        return [tea]

    kind = handler(
        fields=(
            ("specs", (("owner", ("name",)), ("list", ("name",)), "unheard_of")),
            ("box", ("height", ("content", ("height",)))),
            ("nothing", ("name",)),
            ("unheard_of", ("name",)),
        ),
        read=objects,
    )
    tea.refresh_from_db()

    assert answer(kind) == [
        {
            "specs": {"owner": {"name": "Ann"}, "list": [{"name": 1}]},
            "box": {"height": 3, "content": {"height": 4}},
            "nothing": None,
        }
    ]


def test_a_tuple_shows_only_its_names_of_objects_in_an_attribute(tea):
    def objects(self, request):
        tea.one = tea.maker
        tea.some = [tea.maker, Label.objects.first()]
        tea.query = Label.objects.all()
        tea.rows = Label.objects.values("word", "pk")
        return [tea]

    kind = handler(
        fields=(("one", ("name",)), ("some", ("name", "word")), ("query", ("word",)), ("rows", ("word",))),
        read=objects,
    )

    assert answer(kind) == [
        {
            "one": {"name": "Maker 1"},
            "some": [{"name": "Maker 1"}, {"word": "hot-1"}],
            "query": [{"word": "hot-1"}, {"word": "green-1"}],
            "rows": [{"word": "hot-1"}, {"word": "green-1"}],
        }
    ]


def test_a_methods_own_mistake_is_no_missing_object(tea):
    """What a resource method raises is a defect, also where a wrong key would be a 404."""

    def broken(self, product):
        raise ValueError("no number")

    with serving({"it/<int:pk>/": handler(fields=("name", "broken"), broken=broken)}) as client:
        client.raise_request_exception = False
        assert client.get(f"/api/it/{tea.pk}/").status_code == 500
        assert client.get("/api/it/99/").status_code == 404
        assert client.get(f"/api/it/{10**30}/").status_code == 404
