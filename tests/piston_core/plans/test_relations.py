"""How related objects are shown: nested, by their handlers, or as a reference, and never dumped."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import path

from piston_core import AnonymousBaseHandler, Api, BaseHandler
from tests.ids import stable
from tests.shop.models import (
    Bundle,
    BundleItem,
    Category,
    CheapProduct,
    Customer,
    Detail,
    Diner,
    Label,
    Maker,
    Note,
    Parrot,
    Permit,
    Place,
    Product,
    Restaurant,
    Review,
    Signpost,
)
from tests.shop.serving import answer, returning, serving, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea() -> Product:
    """Return the only product."""
    return stock(1)[0]


def handler(model, *fields, **attributes) -> type[BaseHandler]:
    """Return a handler of a model with these fields."""
    return type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, "fields": fields, **attributes})


# -- named by a tuple ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "fields", "shown"),
    [
        (Product, ("maker", ("name",)), {"name": "Maker 1"}),
        (Product, ("maker", ("name", ("country", ("name",)))), {"name": "Maker 1", "country": {"name": "Country 1"}}),
        (Category, ("children", ("name",)), [{"name": "Category 1"}]),
        (Product, ("category", ("name", ("parent", ("pk",)))), {"name": "Category 1", "parent": {"pk": 1}}),
        (Product, ("labels", ("word",)), [{"word": "hot-1"}, {"word": "green-1"}]),
        (Product, ("reviews", ("stars",)), [{"stars": 1}, {"stars": 2}]),
        (Product, ("detail", ("text",)), {"text": "Detail 1"}),
        (Detail, ("product", ("name",)), {"name": "Tea 1"}),
        (Label, ("products", ("name",)), [{"name": "Tea 1"}]),
        (Parrot, ("keeper", ("name",)), {"name": "Customer 1 1"}),
        (Maker, ("permits", ("text",)), [{"text": "may brew"}]),
        (Permit, ("maker", ("name",)), {"name": "Maker 1"}),
        (Product, ("bundles", ("name",)), [{"name": "Box"}]),
        (Product, ("bundleitem_set", ("quantity", ("bundle", ("pk",)))), [{"quantity": 3, "bundle": {"pk": 1}}]),
        (Bundle, ("products", ("name",)), [{"name": "Tea 1"}]),
        (Bundle, ("items", ("quantity", ("product", ("name",)))), [{"quantity": 3, "product": {"name": "Tea 1"}}]),
        (Product, ("notes", ("text",)), [{"text": "on the product"}]),
        (Note, ("about", ("name",)), {"name": "Tea 1"}),
        (Note, ("about", ("name", ("maker", ("name",)))), {"name": "Tea 1", "maker": {"name": "Maker 1"}}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_tuple_shows_these_names_of_the_related_objects(tea, model, fields, shown):
    Permit.objects.create(maker=tea.maker, text="may brew")
    BundleItem.objects.create(bundle=Bundle.objects.create(name="Box"), product=tea, quantity=3)

    assert answer(handler(model, fields))[0] == {fields[0]: shown}


@pytest.mark.parametrize(
    ("model", "fields", "shown"),
    [
        (Product, ("category", ("name",)), None),
        (Product, ("category", ("name", ("parent", ("name",)))), None),
        (Product, "category", None),
        (Product, ("detail", ("text",)), None),
        (Product, ("detail", ("text", ("country", ("name",)))), None),
        (Product, "detail", None),
        (Product, ("labels", ("word",)), []),
        (Product, ("reviews", ("stars", ("customer", ("name",)))), []),
        (Product, "reviews", []),
        (Product, ("notes", ("text",)), []),
        (Note, ("about", ("name",)), None),
        (Note, "about", None),
    ],
    ids=stable,
)
@pytest.mark.parametrize("listed", [False, True], ids=["queryset", "list"])
def test_a_missing_object_is_null_and_missing_objects_are_an_empty_list(model, fields, shown, listed):
    maker = Maker.objects.create(name="Maker")
    Note.objects.create(about=Product.objects.create(name="Bare", slug="bare", maker=maker))
    Note.objects.update(object_id=99)
    read = {"read": lambda self, request, **kwargs: list(model.objects.all())} if listed else {}

    name = fields if isinstance(fields, str) else fields[0]
    assert answer(handler(model, fields, **read)) == [{name: shown}]


def test_an_object_that_is_not_stored_has_no_related_objects():
    fields = ("name", ("labels", ("word",)), ("reviews", ("stars",)), ("category", ("name",)), "pk")
    kind = handler(Product, *fields, read=lambda self, request: Product(name="Idea"))

    assert answer(kind) == {"name": "Idea", "labels": [], "reviews": [], "category": None, "pk": None}


def test_tuples_lead_back_to_where_they_came_from(tea):
    fields = ("name", ("maker", ("name", ("products", ("name", ("maker", ("name",)))))))
    maker = {"name": "Maker 1"}

    assert answer(handler(Product, *fields)) == [
        {"name": "Tea 1", "maker": {**maker, "products": [{"name": "Tea 1", "maker": maker}]}}
    ]


def test_a_tuple_wins_over_the_handler_of_the_related_model(tea):
    kind = handler(Product, ("maker", ("number",)), ("labels", ("pk",)))

    shown = answer(kind, handler(Maker, "name"), handler(Label, "word"))
    assert shown == [{"maker": {"number": 1}, "labels": [{"pk": label.pk} for label in tea.labels.all()]}]


def test_an_empty_tuple_is_as_no_tuple(tea):
    assert answer(handler(Product, ("maker", ())), handler(Maker, "name")) == [{"maker": {"name": "Maker 1"}}]


# -- by handlers -----------------------------------------------------------------------------------


def test_without_a_tuple_related_objects_are_shown_by_their_handlers(tea):
    kind = handler(Product, "maker", "labels", "reviews", "detail")

    shown = answer(
        kind, handler(Maker, "name"), handler(Label, "word"), handler(Review, "stars"), handler(Detail, "text")
    )
    assert shown == [
        {
            "maker": {"name": "Maker 1"},
            "labels": [{"word": "hot-1"}, {"word": "green-1"}],
            "reviews": [{"stars": 1}, {"stars": 2}],
            "detail": {"text": "Detail 1"},
        }
    ]


def test_related_objects_are_shown_with_fields_even_in_a_list(tea):
    makers = handler(Maker, "name", "number", list_fields=("number",))

    assert answer(handler(Product, "maker"), makers) == [{"maker": {"name": "Maker 1", "number": 1}}]
    assert answer(returning(lambda: {"m": Maker.objects.all()}), makers)["m"] == [{"name": "Maker 1", "number": 1}]


def test_a_circle_of_handlers_ends_in_a_reference(tea):
    products = handler(Product, "name", "maker", "reviews")
    makers = handler(Maker, "name", "products")
    reviews = handler(Review, "stars", "product")

    back = [{"id": tea.pk}]
    assert answer(products, makers, reviews) == [
        {
            "name": "Tea 1",
            "maker": {"name": "Maker 1", "products": back},
            "reviews": [{"stars": stars, "product": back[0]} for stars in (1, 2)],
        }
    ]


def test_a_handler_whose_objects_are_related_to_each_other_shows_them_once(tea):
    kind = handler(Category, "name", "parent", "children")
    parent, child = Category.objects.all()

    assert answer(kind) == [
        {"name": "Parent 1", "parent": None, "children": [{"id": child.pk}]},
        {"name": "Category 1", "parent": {"id": parent.pk}, "children": []},
    ]


@pytest.mark.parametrize(
    "makers",
    [
        handler(Maker, "best", best=lambda self, maker: maker.products.first()),
        handler(Maker, "best", best=lambda self, maker: {"it": [maker.products.first()]}),
        handler(Maker, "best", best=lambda self, maker: maker.products.all()),
        handler(Maker, "first_product"),
        handler(Maker, "products"),
    ],
    ids=["method", "dictionary", "queryset", "property", "relation"],
)
def test_a_circle_ends_in_a_reference_whatever_it_leads_through(tea, makers, monkeypatch):
    monkeypatch.setattr(Maker, "first_product", property(lambda maker: maker.products.first()), raising=False)

    (shown,) = answer(handler(Product, "name", "maker"), makers)[0]["maker"].values()
    while not isinstance(shown, dict) or "it" in shown:
        shown = shown["it"] if isinstance(shown, dict) else shown[0]
    assert shown == {"id": tea.pk}


def test_a_circle_through_a_generic_relation_ends_in_a_reference(tea):
    assert answer(handler(Product, "notes"), handler(Note, "text", "about")) == [
        {"notes": [{"text": "on the product", "about": {"id": tea.pk}}]}
    ]


# -- nobody says how -------------------------------------------------------------------------------


def test_a_model_without_a_handler_is_shown_as_its_key_wherever_it_stands(tea, monkeypatch):
    customer = Customer.objects.first()
    reference = {"id": customer.pk}
    monkeypatch.setattr(Review, "buyer", property(lambda review: review.customer), raising=False)
    Note.objects.update(object_id=customer.pk, content_type=_content_type(Customer))
    several = Customer.objects.filter(pk=customer.pk)

    assert answer(handler(Review, "customer"))[0] == {"customer": reference}
    assert answer(handler(Review, "buyer"))[0] == {"buyer": reference}
    assert answer(handler(Note, "about"))[0] == {"about": reference}
    assert answer(handler(Parrot, "keeper"))[0] == {"keeper": reference}
    assert answer(handler(Review, "who", who=lambda self, review: [review.customer]))[0] == {"who": [reference]}
    for result in (
        lambda: customer,
        lambda: {"a": customer, "b": several},
        lambda: [customer, {"c": (customer,)}],
        lambda: several,
        several.iterator,
    ):
        assert "hunter2" not in str(answer(returning(result)))
    assert answer(returning(lambda: {"a": customer, "b": several})) == {"a": reference, "b": [reference]}


def test_a_user_is_never_dumped(db):
    User.objects.create_user("ann", password="hunter2")

    assert answer(returning(User.objects.all)) == [{"id": User.objects.get().pk}]
    assert answer(returning(User.objects.get)) == {"id": User.objects.get().pk}


def test_a_reference_is_called_as_the_model_calls_its_key(tea):
    Restaurant.objects.create(name="Inn")

    assert answer(handler(Maker, "country")) == [{"country": {"code": "01"}}]
    assert answer(handler(Detail, "product"))[0] == {"product": {"id": tea.pk}}
    assert answer(returning(Restaurant.objects.get)) == {"place_ptr": Restaurant.objects.get().pk}


def test_a_reference_by_another_column_still_shows_the_key(tea):
    Permit.objects.create(maker=tea.maker)

    assert answer(handler(Permit, "maker")) == [{"maker": {"id": tea.maker_id}}]
    assert answer(handler(Permit, "maker_id")) == [{"maker_id": 1}]


def test_a_reference_has_the_address_that_a_route_or_the_model_gives_it(tea):
    sign = Signpost.objects.create(name="North")
    routes = {
        "products/": handler(Product, "maker", "labels"),
        "makers/<int:number>/": handler(Maker, "name", "products"),
    }
    circle = {
        "makers/": routes["makers/<int:number>/"],
        "products/": handler(Product, "name", "maker"),
        "products/<slug:slug>/": handler(Product),
    }

    with serving(routes) as client:
        label = {"id": tea.labels.first().pk}
        assert client.get("/api/products/").json()[0]["labels"][0] == label
    with serving(circle) as client:
        maker = client.get("/api/products/").json()[0]["maker"]
        assert maker["products"] == [{"id": tea.pk, "resource_uri": "/api/products/tea-1/"}]
    assert answer(returning(lambda: sign)) == {"id": sign.pk, "resource_uri": f"/signs/{sign.pk}/"}


# -- inheritance -----------------------------------------------------------------------------------


def test_a_child_of_a_model_has_the_columns_of_its_parents(db):
    Diner.objects.create(name="Joe's", stars=2)

    assert answer(handler(Diner)) == [{"name": "Joe's", "street": "", "stars": 2, "maker": None, "counter": True}]
    assert answer(handler(Restaurant)) == [{"name": "Joe's", "street": "", "stars": 2, "maker": None}]
    assert answer(handler(Place)) == [{"name": "Joe's", "street": ""}]


def test_parent_and_child_lead_to_each_other(db):
    Place.objects.create(name="Park")
    Restaurant.objects.create(name="Inn", stars=3)

    assert answer(handler(Place, "name", ("restaurant", ("stars",)))) == [
        {"name": "Park", "restaurant": None},
        {"name": "Inn", "restaurant": {"stars": 3}},
    ]
    assert answer(handler(Restaurant, "stars", ("place_ptr", ("name",)))) == [
        {"stars": 3, "place_ptr": {"name": "Inn"}}
    ]


@pytest.mark.parametrize(
    ("handlers", "shown"),
    [
        ([handler(Place, "street")], {"street": ""}),
        ([handler(Place, "street"), handler(Restaurant, "stars")], {"stars": 0}),
        ([handler(Restaurant, "stars"), handler(Place, "street")], {"stars": 0}),
        ([handler(Diner, "counter"), handler(Place, "street")], {"counter": True}),
        ([handler(Maker, "name")], {"restaurant_ptr": 1}),
    ],
    ids=["grandparent", "parent", "parent first", "own", "none"],
)
def test_a_child_is_shown_by_its_own_handler_or_else_its_nearest_parents(db, handlers, shown):
    Diner.objects.create(pk=1, name="Joe's")

    assert answer(returning(Diner.objects.get), *handlers) == shown


def test_a_proxy_is_shown_by_its_own_handler_or_else_its_models(tea):
    both = [handler(Product, "name"), handler(CheapProduct, "slug")]

    assert answer(returning(CheapProduct.objects.get), both[0]) == {"name": "Tea 1"}
    assert answer(returning(CheapProduct.objects.get), *both) == {"slug": "tea-1"}
    assert answer(returning(Product.objects.get), *both) == {"name": "Tea 1"}
    assert answer(handler(CheapProduct)).pop()["name"] == "Tea 1"
    assert answer(handler(CheapProduct, ("maker", ("name",)))) == [{"maker": {"name": "Maker 1"}}]


# -- scopes and anonymous handlers -----------------------------------------------------------------


class PublicMakers(AnonymousBaseHandler):
    model = Maker
    fields = ("name",)


class Makers(BaseHandler):
    model = Maker
    fields = ("name", "number")
    anonymous = PublicMakers


class PublicProducts(AnonymousBaseHandler):
    model = Product
    fields = ("name", "maker", "reviews", ("labels", ("word",)))


class Products(BaseHandler):
    model = Product
    fields = ("name", "maker", "reviews")
    anonymous = PublicProducts


class Reviews(BaseHandler):
    model = Review
    fields = ("stars",)


def test_in_an_anonymous_answer_only_anonymous_handlers_count(tea, settings):
    User.objects.create_user("alice", password="alice")
    routes = {"products/": Products, "makers/": Makers, "reviews/": Reviews}

    with serving(routes, authentication="basic") as client:
        anonymous = client.get("/api/products/").json()
        known = client.get("/api/products/", headers={"Authorization": "Basic YWxpY2U6YWxpY2U="}).json()
    assert anonymous == [
        {
            "name": "Tea 1",
            "maker": {"name": "Maker 1"},
            "reviews": [{"id": review.pk} for review in tea.reviews.all()],
            "labels": [{"word": "hot-1"}, {"word": "green-1"}],
        }
    ]
    assert known == [
        {"name": "Tea 1", "maker": {"name": "Maker 1", "number": 1}, "reviews": [{"stars": 1}, {"stars": 2}]}
    ]


def test_an_api_does_not_see_the_handlers_of_another(tea, settings):
    first, second = Api(name="first", authentication=()), Api(name="second", authentication=())
    for api, word in ((first, "name"), (second, "number")):
        api.route("products/", handler(Product, "maker"))
        api.route("makers/<int:pk>/", handler(Maker, word, "resource_uri"))
    third = Api(name="third", authentication=())
    third.route("products/", handler(Product, "maker"))
    settings.ROOT_URLCONF = tuple(path(f"{api.name}/", _mounted(api)) for api in (first, second, third))

    shown = {api.name: _get(f"/{api.name}/products/")[0]["maker"] for api in (first, second, third)}
    assert shown == {
        "first": {"name": "Maker 1", "resource_uri": f"/first/makers/{tea.maker_id}/"},
        "second": {"number": 1, "resource_uri": f"/second/makers/{tea.maker_id}/"},
        "third": {"id": tea.maker_id},
    }


def test_an_objects_handler_is_the_one_that_answers_though_another_serves_the_same_model(tea):
    assert answer(handler(Product, "name"), handler(Product, "slug")) == [{"name": "Tea 1"}]


def test_a_handler_without_a_model_lends_its_fields_to_the_answers_own_objects_only(tea):
    kind = returning(Product.objects.all, fields=("name", "maker", "labels"))

    assert answer(kind) == [
        {"name": "Tea 1", "maker": {"id": tea.maker_id}, "labels": [{"id": each.pk} for each in tea.labels.all()]}
    ]


def test_a_model_in_a_dictionary_is_shown_by_its_own_handler(tea):
    kind = handler(
        Product,
        "name",
        read=lambda self, request: {"tea": tea, "maker": tea.maker, "label": tea.labels.get(word="hot-1")},
    )

    assert answer(kind, handler(Maker, "number")) == {
        "tea": {"name": "Tea 1"},
        "maker": {"number": 1},
        "label": {"id": tea.labels.first().pk},
    }


def _content_type(model):
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(model)


def _mounted(api: Api):
    from django.urls import include

    return include(api.urls)


def _get(address: str):
    from django.test import Client

    return Client().get(address).json()
