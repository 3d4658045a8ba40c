"""``?fields=`` narrows what a handler shows, and with it what is read."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from piston_core import BaseHandler
from piston_core.plans.tree import Node
from piston_core.plans.wanted import NotShown, read_wanted
from tests.shop.models import Category, Customer, Maker, Note, Product, Review
from tests.shop.serving import returning, serving, stock

pytestmark = pytest.mark.django_db


class Makers(BaseHandler):
    model = Maker
    fields = ("id", "name", "number", ("country", ("code", "name")))


class Products(BaseHandler):
    model = Product
    fields = (
        "id",
        "name",
        "stock",
        "price",
        "category",
        "maker",
        "loud",
        ("labels", ("id", "word")),
        ("reviews", ("stars", ("customer", ("id", "name")))),
    )

    def loud(self, product):
        return product.name.upper()


class Brief(Products):
    list_fields = ("id", "slug")


def ask(query: str, *, kind=Products, at: str = "it/", method: str = "get", **options):
    """Return the answer to a request with this query, of an API with products and makers."""
    with serving({"it/": kind, "it/<int:pk>/": kind, "makers/<int:pk>/": Makers}) as client:
        return getattr(client, method)(f"/api/{at}?{query}", **options)


def shown(query: str, **options):
    response = ask(query, **options)
    assert response.status_code == 200, response.content
    return json.loads(response.getvalue())


def selected(query: str, **options) -> list[set[str]]:
    """Return the columns that each query of an answer selects."""
    with CaptureQueriesContext(connection) as captured:
        shown(query, **options)
    heads = [re.match(r"SELECT (.*?) FROM ", each["sql"]).group(1) for each in captured]
    return [set(re.findall(r'"(\w+)"(?:,|$)', head.replace(" AS ", ", "))) for head in heads]


# -- what it chooses -------------------------------------------------------------------------------

CHOICES = {
    "name": {"name": "Tea 1"},
    "id,name": {"id": 1, "name": "Tea 1"},
    "name,id": {"id": 1, "name": "Tea 1"},
    "name,name": {"name": "Tea 1"},
    " name , id ": {"id": 1, "name": "Tea 1"},
    "loud": {"loud": "TEA 1"},
    "maker(name)": {"maker": {"name": "Maker 1"}},
    "maker(name,country(code))": {"maker": {"name": "Maker 1", "country": {"code": "01"}}},
    "maker(country)": {"maker": {"country": {"code": "01", "name": "Country 1"}}},
    "category": {"category": {"id": 2}},
    "category(id)": {"category": {"id": 2}},
    "labels(word)": {"labels": [{"word": "hot-1"}, {"word": "green-1"}]},
    "reviews(customer(name))": {
        "reviews": [{"customer": {"name": "Customer 1 1"}}, {"customer": {"name": "Customer 1 2"}}]
    },
    "name,reviews(stars)": {"name": "Tea 1", "reviews": [{"stars": 1}, {"stars": 2}]},
}


@pytest.mark.parametrize("query", CHOICES)
def test_only_the_names_that_are_chosen_are_shown_in_the_order_of_the_handler(query):
    stock(1)

    assert shown(f"fields={query}") == [CHOICES[query]]
    assert shown(f"fields={query}", at="it/1/") == CHOICES[query]
    assert list(shown(f"fields={query}")[0]) == list(CHOICES[query])


def test_the_parameter_may_come_several_times():
    stock(1)

    assert shown("fields=name&fields=id") == [{"id": 1, "name": "Tea 1"}]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("kind", ["queryset", "list", "dictionary"])
def test_whatever_the_handler_returns_is_narrowed(kind, stream):
    stock(1)
    results = {
        "queryset": Product.objects.all,
        "list": lambda: list(Product.objects.all()),
        "dictionary": lambda: {"product": Product.objects.get()},
    }
    handler = returning(results[kind], model=Product, fields=Products.fields, loud=Products.loud, stream=stream)
    expected = {"product": {"name": "Tea 1"}} if kind == "dictionary" else [{"name": "Tea 1"}]

    assert shown("fields=name", kind=handler) == expected


def test_list_fields_are_what_a_list_can_be_narrowed_to():
    stock(1)

    assert shown("fields=slug", kind=Brief) == [{"slug": "tea-1"}]
    assert ask("fields=name", kind=Brief).status_code == 400
    assert shown("fields=name", kind=Brief, at="it/1/") == {"name": "Tea 1"}
    assert ask("fields=slug", kind=Brief, at="it/1/").status_code == 400


def test_an_address_that_a_handler_adds_itself_can_be_chosen_and_left_out():
    stock(1)
    kind = type("It", (Products,), {"resource_uri": classmethod(lambda cls, obj=None: ("shop", [1]))})
    with_address = type("It", (Products,), {"fields": (*Products.fields, "resource_uri")})

    assert shown("fields=name", kind=kind) == [{"name": "Tea 1"}]
    assert shown("fields=resource_uri", kind=with_address) == [{"resource_uri": "/api/it/1/"}]


def test_columns_that_no_fields_name_can_be_chosen_as_well():
    stock(1)
    kind = type("It", (BaseHandler,), {"model": Product, "exclude": ("private_note",)})

    assert shown("fields=slug,stock", kind=kind) == [{"slug": "tea-1", "stock": 5}]
    assert ask("fields=private_note", kind=kind).status_code == 400


# -- what it reads ---------------------------------------------------------------------------------


def test_only_the_chosen_columns_are_read():
    stock(2)

    assert selected("fields=name") == [{"name"}]
    assert selected("fields=id,price", at="it/1/") == [{"id", "price"}]
    assert selected("fields=maker(name)") == [{"name"}]
    assert selected("fields=category") == [{"category_id"}]


def test_relations_that_are_not_chosen_cost_no_query(django_assert_num_queries):
    stock(3)

    for query, number in (("name", 1), ("labels(word)", 2), ("labels(word),reviews(stars)", 3), ("maker", 1)):
        with django_assert_num_queries(number):
            shown(f"fields={query}")


def test_methods_that_are_not_chosen_leave_columns_alone():
    stock(1)

    assert selected("fields=loud")[0] > {"name", "description", "stock"}
    assert selected("fields=stock") == [{"stock"}]


# -- what it refuses -------------------------------------------------------------------------------

REFUSED = (
    "",
    ",",
    "name,",
    ",name",
    "name,,id",
    "password",
    "name,password",
    "maker(password)",
    "maker()",
    "maker(name",
    "maker)name(",
    "maker(name))",
    "(name)",
    "name(id)",
    "id(pk)",
    "loud(name)",
    "category(name)",
    "category(id(x))",
    "reviews(customer(password))",
    "labels(products)",
    "maker__name",
    "maker.name",
    "_state",
    "__class__",
    "*",
    "maker(" * 40 + "name" + ")" * 40,
    "maker(" * 1000,  # a longer one would be a query string beyond the limit
    "\x00",
    "名前",
)


@pytest.mark.parametrize("query", REFUSED, ids=[f"{number}" for number in range(len(REFUSED))])
@pytest.mark.parametrize("at", ["it/", "it/1/"])
def test_what_is_not_shown_is_refused_in_words(query, at, django_assert_num_queries):
    stock(1)
    routes = {"it/": Products, "it/<int:pk>/": Products, "makers/<int:pk>/": Makers}
    with serving(routes) as client, django_assert_num_queries(0):
        response = client.get(f"/api/{at}", {"fields": query})

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["parameter"] == "fields"
    assert "fields" in response.json()["detail"]


def test_a_generic_relation_of_any_model_cannot_be_narrowed():
    stock(1)
    kind = type("It", (BaseHandler,), {"model": Note, "fields": ("text", "about")})

    assert ask("fields=about(password)", kind=kind).status_code == 400
    assert ask("fields=about", kind=kind).status_code == 200


def test_a_write_is_refused_before_it_is_done():
    stock(1)
    sent = {"data": {"name": "Plain"}, "content_type": "application/json"}
    kind = type("It", (BaseHandler,), {"model": Category, "fields": ("id", "name")})
    before = Category.objects.count()

    assert ask("fields=nothing", kind=kind, method="post", **sent).status_code == 400
    assert Category.objects.count() == before
    assert ask("fields=name", kind=kind, method="post", **sent).json() == {"name": "Plain"}


def test_what_others_do_not_show_stays_hidden_behind_a_relation():
    """A client's choice goes no further than the handler's: a customer's password is not among the names."""
    stock(1)
    kind = type("It", (BaseHandler,), {"model": Review, "fields": ("stars", "customer")})
    named = type("Customers", (BaseHandler,), {"model": Customer, "fields": ("name",)})
    with serving({"it/": kind, "customers/": named}) as client:
        assert client.get("/api/it/?fields=customer(password)").status_code == 400
        assert client.get("/api/it/?fields=customer(name)").json()[0] == {"customer": {"name": "Customer 1 1"}}


def test_a_handler_that_declares_nothing_keeps_the_parameter_for_itself():
    kind = type("It", (BaseHandler,), {"read": lambda self, request: {"mine": request.GET["fields"]}})

    assert shown("fields=whatever(", kind=kind) == {"mine": "whatever("}


def test_another_parameter_of_a_similar_name_is_not_it():
    stock(1)

    assert shown("my_fields=secret", at="it/1/")["name"] == "Tea 1"


def test_what_requests_choose_is_kept_within_bounds():
    stock(1)
    with serving({"it/": Products}) as client:
        names = ["id", "name", "stock", "price", "category", "maker", "loud", "labels", "reviews"]
        for number in range(1, 2**9):
            chosen = ",".join(name for place, name in enumerate(names) if number & 1 << place)
            assert client.get(f"/api/it/?fields={chosen}").status_code == 200
        compiler = client.get("/api/it/").resolver_match.func.compiler

    assert 0 < len(compiler._narrowed) <= 256


# -- reading the parameter -------------------------------------------------------------------------

NAMES = st.text(st.characters(exclude_characters="(),", exclude_categories=("Cs",)), min_size=1).filter(
    lambda text: text == text.strip()
)
TREES = st.recursive(
    st.lists(NAMES, min_size=1, max_size=4, unique=True).map(lambda names: tuple(Node(name) for name in names)),
    lambda trees: st.lists(st.tuples(NAMES, trees), min_size=1, max_size=3, unique_by=lambda each: each[0]).map(
        lambda pairs: tuple(Node(name, children) for name, children in pairs)
    ),
    max_leaves=20,
)


def written(nodes) -> str:
    return ",".join(f"{node.name}({written(node.children)})" if node.children else node.name for node in nodes)


@given(TREES)
def test_a_tree_that_is_written_is_read_again(nodes):
    assert read_wanted(written(nodes)) == nodes


@given(st.text("ab(), ", max_size=30))
def test_any_text_is_read_or_refused(text):
    with suppress(NotShown):
        nodes = read_wanted(text)

        assert read_wanted(written(nodes)) == nodes
