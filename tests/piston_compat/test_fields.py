"""Which fields are shown, by the typemapper and by each handler's own words."""

from __future__ import annotations

import re
from unittest.mock import ANY

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, F
from django.urls import path

from piston.authentication import HttpBasicAuthentication
from piston.handler import AnonymousBaseHandler, BaseHandler, HandlerMetaClass, handler_tracker, typemapper
from piston.resource import Resource
from piston_core.testing import serving
from tests.piston_compat.old import basic, old
from tests.shop.models import Category, Country, Label, Maker, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    maker = Maker.objects.create(name="Acme", country=Country.objects.create(code="DE", name="Germany"))
    made = Product.objects.create(name="Tea", slug="tea", maker=maker, private_note="secret")
    made.labels.add(Label.objects.create(word="hot"), Label.objects.create(word="green"))
    return made


@pytest.fixture(autouse=True)
def _several_handlers(settings):
    settings.PISTON_IGNORE_DUPE_MODELS = True


def shown(handler, *others, path="/", **options):
    """Return what a handler answers of its model."""
    with old(handler, *others, **options) as client:
        response = client.get(path)
        assert response.status_code == 200, response.content
        return response.json()


def handler_of(model, **attributes):
    return type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, **attributes})


def one(fields, *others, model=Product, **attributes):
    """Return the one object of a model as a handler with these fields shows it."""
    return shown(handler_of(model, fields=fields, **attributes), *others)[0]


# -- the typemapper ---------------------------------------------------------------------------------


def test_the_typemapper_has_every_handler_also_the_roots_and_the_tracker_all_but_these():
    made = handler_of(Product)
    anonymous = type("Anonymous", (AnonymousBaseHandler,), {})

    assert isinstance(made, HandlerMetaClass)
    assert (typemapper[made], typemapper[anonymous]) == ((Product, False), (None, True))
    assert (typemapper[BaseHandler], typemapper[AnonymousBaseHandler]) == ((None, False), (None, True))
    assert [each in handler_tracker for each in (made, anonymous, BaseHandler, AnonymousBaseHandler)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_model_may_be_any_class():
    class Plain:
        pass

    made = type("PlainHandler", (BaseHandler,), {"model": Plain, "read": lambda self, request: {"plain": "data"}})

    assert typemapper[made] == (Plain, False)
    assert shown(made) == {"plain": "data"}


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("links", lambda self, obj: []),
        ("actions", classmethod(lambda cls, obj: [])),
        ("filters", staticmethod(lambda obj: [])),
        ("fields", property(lambda self: ())),
    ],
)
def test_a_method_with_a_name_that_means_something_else_today_is_refused_at_once(name, method):
    with pytest.raises(ImproperlyConfigured, match=rf"^ProductHandler\.{name} is a method, and '{name}' is something"):
        handler_of(Product, **{name: method})


def test_a_model_is_matched_by_identity(product):
    cheap = handler_of(Product.__subclasses__()[0], fields=("slug",))

    assert shown(type("Any", (BaseHandler,), {"read": lambda self, request: product}), cheap).keys() > {"slug"}


def test_an_anonymous_answer_shows_related_objects_by_anonymous_handlers_only(product):
    known = handler_of(Maker, fields=("name",))
    unknown = type("AnonymousProducts", (AnonymousBaseHandler,), {"model": Product, "fields": ("slug", "maker")})
    products = handler_of(Product, fields=("slug", "maker"), anonymous=unknown)
    User.objects.create_user("a", password="a")

    with old(products, known, authentication=HttpBasicAuthentication()) as client:
        assert client.get("/", headers=basic("a")).json() == [{"slug": "tea", "maker": {"name": "Acme"}}]
        assert client.get("/").json()[0]["maker"] == {"id": 1, "name": "Acme", "number": None, "country_id": "DE"} | {
            "id": product.maker_id
        }


# -- the table of cases ------------------------------------------------------------------------------


def test_no_handler_and_no_fields_is_every_column_by_its_attname(product):
    found = shown(type("Any", (BaseHandler,), {"read": lambda self, request: product}))

    assert found.keys() == {field.attname for field in Product._meta.concrete_fields}


def test_a_handler_without_fields_shows_all_columns_by_name_with_related_objects(product):
    found = shown(handler_of(Product, extra_fields=("label_count",), label_count=lambda self, obj: 2))[0]

    assert found.keys() == {field.name for field in Product._meta.concrete_fields} - {"id"} | {"label_count"}
    assert found["maker"] == {"id": product.maker_id, "name": "Acme", "number": None, "country_id": "DE"}
    assert found["category"] is None


def test_what_fields_and_exclude_both_name_is_shown(product):
    assert one(("name", "slug"), exclude=("name",)) == {"name": "Tea", "slug": "tea"}


def test_exclude_takes_names_and_expressions_from_the_start_where_there_are_no_fields(product):
    found = shown(handler_of(Product, exclude=("maker", re.compile(r"^private_"), re.compile("idea"))))[0]

    assert {"maker", "private_note"} & found.keys() == set()
    assert {"id", "my_idea"} <= found.keys()


def test_a_relation_is_excluded_by_its_name_and_not_by_its_column(product):
    assert "maker" in shown(handler_of(Product, exclude=("maker_id",)))[0]


def test_extra_fields_are_not_shown_beside_fields(product):
    assert one(("name",), extra_fields=("slug",)) == {"name": "Tea"}


def test_list_fields_count_for_a_list(product):
    assert one(("name",), list_fields=("slug",)) == {"slug": "tea"}
    assert shown(handler_of(Product, fields=("name",), list_fields=("slug",)), path=f"/{product.pk}") == {
        "name": "Tea"
    }


def test_a_tuple_wins_over_the_related_models_handler(product):
    makers = handler_of(Maker, fields=("name",))

    assert one(("slug", ("maker", ("number",))), makers) == {"slug": "tea", "maker": {"number": None}}
    assert one(("slug", ("maker", ())), makers) == {"slug": "tea", "maker": {"name": "Acme"}}


def test_tuples_go_as_deep_as_they_are_written(product):
    fields = (("labels", ("word",)), ("maker", ("name", ("products", ("slug",)), ("country", ("code",)))))

    found = one(fields)
    assert sorted(each["word"] for each in found["labels"]) == ["green", "hot"]
    assert found["maker"] == {"name": "Acme", "products": [{"slug": "tea"}], "country": {"code": "DE"}}


@pytest.mark.parametrize("result", [Product.objects.all, lambda: list(Product.objects.all())])
def test_a_handler_without_a_model_shows_what_it_returns_by_its_fields(product, result):
    found = shown(type("Any", (BaseHandler,), {"fields": ("slug",), "read": lambda self, request: result()}))

    assert found == [{"slug": "tea"}]


def test_values_are_shown_as_they_are(product):
    def read(self, request, id=None):
        return Product.objects.values_list("slug", "stock") if id else Product.objects.values("slug")

    handler = handler_of(Product, fields=("name",), read=read)
    assert shown(handler) == [{"slug": "tea"}]
    assert shown(handler, path="/list") == [["tea", 5]]


# -- for each name, in this order --------------------------------------------------------------------


def test_a_resource_method_replaces_a_column_and_may_be_of_any_kind(product):
    found = one(
        ("name", "slug", "stock"),
        name=classmethod(lambda cls, obj: obj.name.upper()),
        slug=staticmethod(lambda obj: [obj.slug]),
        stock=lambda self, obj: obj.maker,
    )

    assert found["name"] == "TEA"
    assert found["slug"] == ["tea"]
    assert found["stock"]["name"] == "Acme"


def test_columns_relations_and_their_own_values(product):
    found = one(("name", "maker_id", "category", "category_id", "labels"))

    assert (found["name"], found["maker_id"], found["category"], found["category_id"]) == (
        "Tea", product.maker_id, None, None,
    )  # fmt: skip
    assert [each.keys() for each in found["labels"]] == [{"id", "word"}] * 2


def test_what_a_tuple_finds_nothing_for_is_left_out(product):
    assert one(("slug", ("category", ("name",)), ("nonsense", ("name",)))) == {"slug": "tea"}


def test_any_attribute_is_shown_and_a_method_is_called(product):
    product.__class__.shouted = property(lambda self: self.name + "!")
    product.__class__.plainly = lambda self: False
    product.__class__.with_more = lambda self, more: more
    product.__class__.nothing = None
    try:
        found = one(("pk", "shouted", "plainly", "with_more", "nothing", "nonsense", "bundles"))
    finally:
        for name in ("shouted", "plainly", "with_more", "nothing"):
            delattr(Product, name)

    assert found == {"pk": product.pk, "shouted": "Tea!", "plainly": False, "bundles": []}


def test_what_a_related_object_has_not_is_asked_of_the_answering_handler(product):
    found = one(("name", ("maker", ("name", "loud"))), loud=lambda self, obj: obj.name.upper())

    assert found == {"name": "Tea", "maker": {"name": "Acme", "loud": "ACME"}}


def test_an_annotation_is_shown_and_left_out_where_it_is_none(product):
    Product.objects.create(name="Cup", slug="cup", maker=product.maker, category=Category.objects.create(name="C"))
    found = shown(
        handler_of(
            Product,
            fields=("slug", "label_count", "in_category"),
            read=lambda self, request: Product.objects.annotate(
                label_count=Count("labels"), in_category=F("category__name")
            ).order_by("slug"),
        )
    )

    assert found == [{"slug": "cup", "label_count": 0, "in_category": "C"}, {"slug": "tea", "label_count": 2}]


def test_no_more_queries_for_more_objects(product, django_assert_num_queries):
    for number in range(5):
        Product.objects.create(name=str(number), slug=str(number), maker=product.maker)
    handler = handler_of(
        Product, fields=("name", ("maker", ("name",)), ("category", ("name",)), ("labels", ("word",)))
    )

    with old(handler) as client:
        client.get("/")
        with django_assert_num_queries(2):
            assert len(client.get("/").json()) == 6


# -- addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [lambda obj: [obj.slug], lambda obj: {"slug": obj.slug}])
def test_resource_uri_is_added_in_lists_and_nested(product, arguments):
    products = handler_of(
        Product, fields=("name",), resource_uri=classmethod(lambda cls, obj=None: ("product", arguments(obj)))
    )
    makers = handler_of(Maker, fields=("name", "products"))
    routes = [path("p/<slug:slug>/", Resource(products), name="product"), path("m/", Resource(makers))]

    with serving(routes, plugins=["compat", "json"]) as client:
        assert client.get("/m/").json() == [{"name": "Acme", "products": [{"name": "Tea", "resource_uri": "/p/tea/"}]}]


def test_the_reverser_may_be_replaced(product, monkeypatch):
    import piston.emitters

    own = piston.emitters.reverser

    def shouting(function):
        return lambda: own(function)().upper()

    monkeypatch.setitem(vars(piston.emitters), "reverser", shouting)
    products = handler_of(
        Product, fields=("name",), resource_uri=classmethod(lambda cls, obj=None: ("product", [obj.slug]))
    )

    with serving([path("p/<slug:slug>/", Resource(products), name="product")], plugins=["compat", "json"]) as client:
        assert client.get("/p/tea/").json()[0]["resource_uri"] == "/P/TEA/"


def test_resource_uri_without_a_route_is_left_out_and_a_model_may_have_its_own(product):
    lost = classmethod(lambda cls, obj=None: ("nowhere", []))
    assert one(("name",), resource_uri=lost) == {"name": "Tea"}

    Maker.get_api_url = lambda self: f"/m/{self.pk}/"
    try:
        found = shown(type("Any", (BaseHandler,), {"read": lambda self, request: product.maker}))
    finally:
        del Maker.get_api_url
    assert found["resource_uri"] == f"/m/{product.maker_id}/"


def test_absolute_uri_is_shown_if_it_is_named_and_there_is_one(product):
    assert one(("name", "absolute_uri"), model=Maker) == {"name": "Acme"}
    assert one(("name", "absolute_uri")) == {"name": "Tea", "absolute_uri": "/shop/tea/"}
    assert one(("name",)) == {"name": "Tea"}


def test_rows_stay_as_they_were_whatever_link_builders_are_there(product):
    uri = classmethod(lambda cls, obj=None: ("product", [obj.slug]))
    products = handler_of(Product, fields=("name", ("maker", ("name",))), resource_uri=uri)
    routes = [path("p/<slug:slug>/", Resource(products), name="product"), path("p/", Resource(products))]

    with serving(routes, plugins=["compat", "json", "hateoas", "html"]) as client:
        assert client.get("/p/").json() == [{"name": "Tea", "maker": {"name": "Acme"}, "resource_uri": "/p/tea/"}]


def test_a_circle_of_handlers_ends_in_the_plain_columns_of_the_object(product):
    makers = handler_of(Maker, fields=("name", "products"))

    assert shown(handler_of(Product, fields=("slug", "maker")), makers) == [
        {
            "slug": "tea",
            "maker": {
                "name": "Acme",
                "products": [{field.attname: ANY for field in Product._meta.concrete_fields}],
            },
        }
    ]


def test_what_a_handler_without_fields_leads_to_is_shown_by_its_handler(product):
    countries = handler_of(Country, fields=("name",))

    assert shown(handler_of(Maker), countries) == [{"name": "Acme", "number": None, "country": {"name": "Germany"}}]
