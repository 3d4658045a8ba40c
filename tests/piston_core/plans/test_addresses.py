"""Where an object says it lives: ``resource_uri`` and ``absolute_uri``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, include, path, reverse

from piston_core import Api, BaseHandler, mounted
from piston_core.plans import addresses
from tests.ids import stable
from tests.shop.models import Country, Detail, Label, Maker, Product, Signpost
from tests.shop.people import Person
from tests.shop.serving import answer, queries, returning, serving, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea() -> Product:
    """Return the only product."""
    return stock(1)[0]


def handler(model, *fields, **attributes) -> type[BaseHandler]:
    """Return a handler of a model with these fields."""
    return type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, "fields": fields, **attributes})


@contextmanager
def serving_api(api: Api) -> Iterator[Client]:
    """Serve an API for the length of a block."""
    with override_settings(ROOT_URLCONF=(path("api/", include(api.urls)),)):
        yield Client()


# -- from the route --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "route", "address"),
    [
        (Product, "p/<int:pk>/", "/api/p/1/"),
        (Product, "p/<slug:slug>/", "/api/p/tea-1/"),
        (Product, "p/<slug:slug>/<int:stock>/", "/api/p/tea-1/5/"),
        (Country, "c/<code>/", "/api/c/01/"),
        (Detail, "d/<int:product>/", "/api/d/1/"),
        (Detail, "d/<str:product>/", "/api/d/1/"),
        (Detail, "d/<int:product_id>/", "/api/d/1/"),
        (Maker, "m/<int:number>/", "/api/m/1/"),
        (Product, "p/<name>/", None),
        (Product, "p/<slug:slug>/<section>/", None),
        (Product, "p/<slug:slug>/<int:name>/", None),
        (Product, "p/", None),
    ],
)
def test_a_route_that_names_one_object_gives_the_objects_address(tea, model, route, address):
    kind = handler(model, "resource_uri")

    with serving({"all/": kind, route: kind}) as client:
        assert client.get("/api/all/").json() == [{"resource_uri": address} if address else {}]


def test_an_object_without_what_its_route_asks_for_has_no_address():
    Maker.objects.create(name="New", number=None)
    kind = handler(Maker, "name", "resource_uri")

    with serving({"all/": kind, "m/<str:number>/": kind}) as client:
        assert client.get("/api/all/").json() == [{"name": "New"}]


def test_the_first_route_of_an_object_is_its_address(tea):
    kind = handler(Product, "resource_uri")

    with serving({"a/<slug:slug>/": kind, "b/<int:pk>/": kind}) as client:
        assert client.get("/api/b/1/").json() == {"resource_uri": "/api/a/tea-1/"}


def test_the_address_leads_to_the_object(tea):
    kind = handler(Product, "name", "resource_uri")

    with serving({"all/": kind, "p/<slug:slug>/": kind}) as client:
        (shown,) = client.get("/api/all/").json()
        assert client.get(shown["resource_uri"]).json() == shown


def test_text_in_an_address_is_quoted():
    Country.objects.create(code="ü/", name="Odd")
    kind = handler(Country, "resource_uri")

    with serving({"all/": kind, "c/<path:code>/": kind}) as client:
        (shown,) = client.get("/api/all/").json()
        assert shown == {"resource_uri": "/api/c/%C3%BC//"}
        assert client.get(shown["resource_uri"]).json() == shown


def test_an_address_is_shown_only_where_fields_name_it(tea):
    kind = handler(Product, "name")

    with serving({"all/": kind, "p/<slug:slug>/": kind}) as client:
        assert client.get("/api/all/").json() == [{"name": "Tea 1"}]


def test_nested_objects_have_their_own_addresses(tea):
    makers = handler(Maker, "name")
    kind = handler(Product, ("maker", ("resource_uri",)), ("labels", ("word", "resource_uri")))

    with serving({"all/": kind, "m/<int:pk>/": makers}) as client:
        assert client.get("/api/all/").json() == [
            {"maker": {"resource_uri": f"/api/m/{tea.maker_id}/"}, "labels": [{"word": "hot-1"}, {"word": "green-1"}]}
        ]


def test_an_address_is_of_the_prefix_and_namespace_that_the_request_came_to(tea, settings):
    api = Api(authentication=())
    kind = handler(Product, "resource_uri")
    api.route("p/", kind)
    api.route("p/<slug:slug>/", kind)
    outer = ([path("v2/", include(api.urls))], "outer")
    settings.ROOT_URLCONF = (path("v1/", include(outer)),)

    assert Client().get("/v1/v2/p/").json() == [{"resource_uri": "/v1/v2/p/tea-1/"}]


def test_addresses_cost_no_query(tea):
    kind = handler(Detail, "resource_uri", ("product", ("resource_uri",)))
    routes = {"all/": kind, "d/<int:product>/": kind, "p/<slug:slug>/": handler(Product)}

    def count() -> int:
        with serving(routes) as client, CaptureQueriesContext(connection) as captured:
            assert client.get("/api/all/").status_code == 200
        return len(captured)

    assert count() == 1
    stock(3)
    assert count() == 1


# -- declared --------------------------------------------------------------------------------------


def declaring(result, *fields, kind=classmethod) -> type[BaseHandler]:
    """Return a handler of products that declares this address."""

    def resource_uri(cls, obj=None):
        return result(obj)

    if kind is staticmethod:
        return handler(Product, *fields, resource_uri=staticmethod(result))
    return handler(Product, *fields, resource_uri=kind(resource_uri))


@pytest.mark.parametrize(
    ("declared", "address"),
    [
        (("api:labels", ["hot"]), "/api/labels/hot/"),
        (("api:labels", {"word": "hot"}), "/api/labels/hot/"),
        (("api:labels", ()), None),
        (("unheard-of", ["hot"]), None),
        (("unheard-of:labels", ["hot"]), None),
    ],
    ids=stable,
)
@pytest.mark.parametrize("kind", [classmethod, staticmethod])
def test_a_declared_address_is_always_shown_last_and_left_out_if_there_is_no_such_route(tea, declared, address, kind):
    products = declaring(lambda obj: declared, "name", kind=kind)
    api = Api(authentication=())
    api.route("labels/<word>/", handler(Label, "word"), name="labels")
    api.route("it/", products)
    with serving_api(api) as client:
        shown = client.get("/api/it/").json()

    assert shown == [{"name": "Tea 1"} | ({"resource_uri": address} if address else {})]


def test_a_declared_address_stands_where_fields_name_it_and_gets_the_object(tea):
    api = Api(authentication=())
    api.route("labels/<word>/", handler(Label, "word"), name="labels")
    api.route("it/", declaring(lambda obj: ("api:labels", [obj.slug]), "resource_uri", "name"))

    with serving_api(api) as client:
        shown = client.get("/api/it/").json()
    assert list(shown[0].items()) == [("resource_uri", "/api/labels/tea-1/"), ("name", "Tea 1")]


def test_a_declared_address_is_shown_in_nested_objects_too(tea):
    api = Api(authentication=())
    api.route("labels/<word>/", handler(Label, "word"), name="labels")
    api.route("it/", handler(Maker, ("products", ("name",))))
    api.route("p/", declaring(lambda obj: ("api:labels", [obj.slug]), "name"))

    with serving_api(api) as client:
        shown = client.get("/api/it/").json()
    assert shown == [{"products": [{"name": "Tea 1", "resource_uri": "/api/labels/tea-1/"}]}]


def test_a_declared_address_comes_before_the_route_and_none_leaves_it_to_the_route(tea):
    own = declaring(lambda obj: ("api:ProductHandler", []), "name")
    none = declaring(lambda obj: None, "name")

    with serving({"all/": none, "p/<slug:slug>/": none}) as client:
        assert client.get("/api/all/").json() == [{"name": "Tea 1", "resource_uri": "/api/p/tea-1/"}]
    with serving({"all/": own, "p/<slug:slug>/": own}) as client:
        assert client.get("/api/all/").json() == [{"name": "Tea 1"}]


def test_a_model_may_know_its_address_itself_with_or_without_a_handler():
    sign = Signpost.objects.create(name="North")
    address = {"resource_uri": f"/signs/{sign.pk}/"}

    assert answer(handler(Signpost, "name")) == [{"name": "North"} | address]
    assert answer(returning(Signpost.objects.all)) == [{"id": sign.pk} | address]


FOUND = classmethod(lambda cls, obj=None: ("api:found", [obj.code]))


@pytest.mark.parametrize(
    ("kind", "item", "data", "location"),
    [
        (handler(Country, "name", "code"), "c/<code>/", {"name": "New", "code": "nn"}, "/api/c/nn/"),
        (handler(Signpost, "name"), "s/", {"name": "North"}, "/signs/1/"),
        (handler(Country, "name", "code"), "c/", {"name": "New", "code": "nn"}, None),
        (
            handler(
                Country, "name", "code", resource_uri=classmethod(lambda cls, obj=None: ("api:found", [obj.code]))
            ),
            "c/<code>/",
            {"name": "New", "code": "nn"},
            "/api/found/nn/",
        ),
    ],
    ids=["route", "model", "none", "declared"],
)
def test_a_created_object_tells_its_address_by_each_of_these_ways(kind, item, data, location):
    api = Api(authentication=())
    api.route("it/", kind)
    api.route(item, kind)
    api.route("found/<code>/", handler(Label, "word"), name="found")

    with serving_api(api) as client:
        response = client.post("/api/it/", data, content_type="application/json")
    assert (response.status_code, response.headers.get("Location")) == (201, location)


# -- absolute_uri ----------------------------------------------------------------------------------


def test_the_page_of_an_object_is_shown_only_by_name_nested_or_not(tea):
    assert answer(handler(Product, "name")) == [{"name": "Tea 1"}]
    assert answer(handler(Product, "name", "absolute_uri")) == [{"name": "Tea 1", "absolute_uri": "/shop/tea-1/"}]
    assert answer(handler(Detail, ("product", ("absolute_uri",)))) == [{"product": {"absolute_uri": "/shop/tea-1/"}}]


def test_an_object_without_a_page_leaves_it_out(tea, monkeypatch):
    assert answer(handler(Maker, "name", "absolute_uri")) == [{"name": "Maker 1"}]
    monkeypatch.setattr(Maker, "get_absolute_url", lambda self: reverse("unheard-of"), raising=False)
    assert answer(handler(Maker, "name", "absolute_uri")) == [{"name": "Maker 1"}]


def test_absolute_uri_costs_no_query_of_its_own(tea):
    assert queries(handler(Product, "absolute_uri")) == 1


# -- many of them ----------------------------------------------------------------------------------


def calls_of_reverse(monkeypatch, kind, routes) -> tuple[list, int]:
    """Return the addresses that a list shows, and how often Django was asked to reverse one."""
    asked = []
    for module in (addresses, mounted):
        monkeypatch.setattr(module, "reverse", lambda *args, **kwargs: asked.append(args) or reverse(*args, **kwargs))
    with serving({"it/": kind, **routes}) as client:
        shown = [row["resource_uri"] for row in client.get("/api/it/").json()]
    return shown, len(asked)


@pytest.mark.parametrize("pattern", ["one/<int:pk>/", "<slug:slug>", "x/<str:slug>/y/"])
def test_a_list_of_addresses_is_reversed_once_for_all_where_a_converter_writes_values_as_they_are(
    db, monkeypatch, pattern
):
    stock(30)
    kind = handler(Product, "resource_uri")
    before, name, after = re.fullmatch(r"(.*)<\w+:(\w+)>(.*)", pattern).groups()

    shown, asked = calls_of_reverse(monkeypatch, kind, {pattern: kind})

    assert shown == [f"/api/{before}{getattr(each, name)}{after}" for each in Product.objects.all()]
    assert asked == 1


def test_addresses_by_uuid_are_reversed_once_for_all(monkeypatch):
    Person.objects.bulk_create(Person(name=f"P{number}", email=f"{number}@example.org") for number in range(9))
    kind = handler(Person, "resource_uri")

    shown, asked = calls_of_reverse(monkeypatch, kind, {"by/<uuid:pk>/": kind})

    assert shown == [f"/api/by/{each.pk}/" for each in Person.objects.all()]
    assert asked == 1


@pytest.mark.parametrize("odd", ["a b", "ä", "a/b", "100%", "", "a?b", "..", "-"])
def test_a_value_that_a_url_has_to_quote_or_cannot_hold_is_left_to_django(db, odd):
    stock(4)
    Product.objects.filter(pk=3).update(slug=odd)
    kind = handler(Product, "name", "resource_uri")
    with serving({"it/": kind, "x/<str:slug>/": kind}) as client:
        shown = [row.get("resource_uri") for row in client.get("/api/it/").json()]
        try:
            expected = reverse("api:product-item", kwargs={"slug": odd})
        except NoReverseMatch:
            expected = None

    assert shown == ["/api/x/tea-1/", "/api/x/tea-2/", expected, "/api/x/tea-4/"]


def test_a_route_with_an_expression_or_two_arguments_is_reversed_for_each_object(db, monkeypatch):
    stock(5)
    kind = handler(Product, "resource_uri")

    shown, asked = calls_of_reverse(monkeypatch, kind, {re.compile(r"^x/(?P<slug>tea-[0-9])/$"): kind})

    assert shown == [f"/api/x/tea-{number}/" for number in range(1, 6)]
    assert asked == 5
