"""``manage.py piston plan``: who is meant, what is printed for people and programs, and that nothing is run for it."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import include, path

from piston_core import AnonymousBaseHandler, Api, BaseHandler, Resource
from tests.shop.models import Label, Maker, Product

pytestmark = pytest.mark.django_db


class ProductHandler(BaseHandler):
    model = Product
    fields = ("name", ("maker", ("name",)), ("labels", ("word",)), "doubled")
    list_fields = ("name", ("labels", ("word",)))
    anonymous = "VisitorHandler"

    def doubled(self, product):
        return product.stock * 2


class VisitorHandler(AnonymousBaseHandler):
    model = Product
    fields = ("name",)


class MakerHandler(BaseHandler):
    model = Maker
    fields = ("name",)

    def queryset(self, request):
        return Maker.objects.filter(number__gt=3)


class OwnHandler(BaseHandler):
    model = Label
    fields = ("word",)

    def read(self, request, pk=None):
        return Label.objects.all()


class NosyHandler(BaseHandler):
    """Asks the database what to show."""

    model = Label
    fields = ("word",)

    def queryset(self, request):
        return Label.objects.filter(pk__lt=Label.objects.count())


class NeedyHandler(BaseHandler):
    """Wants a request that only a middleware makes."""

    model = Label
    fields = ("word",)

    def queryset(self, request):
        return Label.objects.filter(word=request.shop)


class DataHandler(BaseHandler):
    def read(self, request):
        return {}


def twin() -> type[BaseHandler]:
    """Return another handler of the same name."""
    return type("MakerHandler", (BaseHandler,), {"model": Maker, "fields": ("number",), "__module__": "elsewhere"})


@pytest.fixture(autouse=True)
def shop(settings) -> None:
    """Mount an API with all of them."""
    api = Api(name="shop", authentication=())
    api.route("products/", ProductHandler)
    api.route("products/<int:pk>/", ProductHandler)
    api.route("makers/", MakerHandler)
    api.route("makers/<int:pk>/", MakerHandler, name="one-maker")
    api.route("own/", OwnHandler)
    api.route("own/<int:pk>/", OwnHandler)
    api.route("nosy/", NosyHandler)
    api.route("needy/", NeedyHandler)
    api.route("data/", DataHandler)
    settings.ROOT_URLCONF = (path("api/", include(api.urls)),)


def plan(*arguments: str) -> str:
    """Return what the command prints."""
    printed = StringIO()
    call_command("piston", "plan", *arguments, stdout=printed)
    return printed.getvalue()


def data(*arguments: str) -> list:
    return json.loads(plan(*arguments, "--json"))


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("piston", "plan", *arguments, stdout=StringIO())
    return str(caught.value)


# -- who is meant -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "handler", "shown"),
    [
        ("ProductHandler", "ProductHandler", ["a list", "one object"]),
        (f"{__name__}.ProductHandler", "ProductHandler", ["a list", "one object"]),
        ("/api/products/", "ProductHandler", ["a list"]),
        ("/api/products/<int:pk>/", "ProductHandler", ["one object"]),
        ("shop:one-maker", "MakerHandler", ["one object"]),
        ("MakerHandler", "MakerHandler", ["a list or one object"]),
        ("VisitorHandler", "VisitorHandler", ["a list or one object"]),
    ],
)
def test_a_handler_is_found_by_what_people_call_it(name, handler, shown):
    found = data(name)

    assert {each["handler"] for each in found} == {f"{__name__}.{handler}"}
    assert [each["shown"] for each in found] == shown


def test_an_unknown_name_is_refused_with_what_comes_close():
    assert refusal("ProductHandle") == (
        "No resource has a handler, a pattern or a name 'ProductHandle'; did you mean 'ProductHandler'?"
    )
    assert refusal("zzz").endswith("`manage.py piston routes` lists them.")


def test_two_handlers_of_one_name_are_told_apart_by_their_modules(settings):
    both = (path("a/", Resource(MakerHandler)), path("b/", Resource(twin())))
    settings.ROOT_URLCONF = both

    assert refusal("MakerHandler") == (
        f"'MakerHandler' may be {__name__}.MakerHandler or elsewhere.MakerHandler; give the whole name."
    )
    assert data("elsewhere.MakerHandler")[0]["level"]["query"]["columns"] == ["shop_maker.number"]


def test_a_handler_without_a_model_has_no_plan():
    assert "has no model, and so no plan" in refusal("DataHandler")


def test_a_broken_declaration_is_refused_in_one_line(settings):
    settings.ROOT_URLCONF = (path("a/", Resource(type("Broken", (BaseHandler,), {"model": Label, "fields": "word"}))),)

    assert "Broken.fields is 'word'" in refusal("Broken")


def test_a_queryset_that_no_database_can_run_is_refused(settings):
    each = {"queryset": lambda self, request: Maker.objects.all().union(Maker.objects.all())}  # both are ordered
    broken = type("Broken", (BaseHandler,), {"model": Maker, "fields": ("name",), **each})
    settings.ROOT_URLCONF = (path("a/", Resource(broken)),)

    assert "Broken cannot be explained without running a query: ORDER BY not allowed" in refusal("Broken")


# -- what is printed ----------------------------------------------------------------------------


def test_a_plan_is_printed_as_a_tree():
    assert plan("/api/products/").splitlines() == [
        f"{__name__}.ProductHandler, a list: 2 queries",
        "  shop.Product, one query that reads just these columns",
        "    columns: shop_product.name, shop_product.id",
        "    labels: shop.Label, one query that reads just these columns",
        "      link: products has the id of a row above",
        "      columns: shop_product_labels.product_id, shop_label.word",
        "      joins: INNER JOIN shop_product_labels",
    ]


def test_why_objects_are_needed_is_printed_with_what_to_do_about_it():
    lines = plan("/api/products/<int:pk>/").splitlines()

    assert lines[0] == f"{__name__}.ProductHandler, one object: 2 queries, and what methods run by themselves"
    assert lines[1] == "  shop.Product, one query that loads objects"
    assert lines[2].startswith("    because: doubled is a resource method of ProductHandler; show columns instead, ")
    assert "    joins: INNER JOIN shop_maker" in lines


def test_sql_and_code_are_printed_on_demand():
    short, long = plan("VisitorHandler"), plan("VisitorHandler", "--sql", "--code")

    assert "SELECT" not in short
    assert "def rows" not in short
    assert '    sql: SELECT "shop_product"."name" FROM "shop_product" ORDER BY "shop_product"."id" ASC\n' in long
    assert "    code:\n      def rows(found, plain, values):\n          return [\n" in long


def test_a_program_gets_all_of_it():
    [found] = data("VisitorHandler")

    assert found["queries"] == 1
    assert found["level"] | {"code": "", "query": {}} == {
        "name": "",
        "model": "shop.Product",
        "database": "default",
        "how": "columns",
        "reasons": [],
        "link": "",
        "query": {},
        "fetches": [],
        "code": "",
        "levels": [],
    }
    assert found["level"]["query"]["sql"].startswith("SELECT ")
    assert found["level"]["code"].startswith("def rows(")


def test_the_handlers_own_queryset_is_explained_as_somebody_unknown_gets_it():
    [found] = data("/api/makers/")

    assert 'WHERE "shop_maker"."number" > %s' in found["level"]["query"]["sql"]
    assert found["note"] == "queryset() was asked for somebody unknown"


def test_a_method_of_the_handlers_own_is_noted():
    many, one = data("OwnHandler")

    assert many["note"].startswith("read is the handler's own")
    assert one["level"]["reasons"][0]["why"] == "read of OwnHandler reads the object itself"


@pytest.mark.parametrize("name", ["NosyHandler", "NeedyHandler"])
def test_a_queryset_that_needs_more_than_a_request_is_noted(name):
    [found] = data(name)

    assert found["note"].startswith("queryset() failed without a real request (")
    assert found["note"].endswith("; this is for all objects")
    assert found["level"]["query"]["sql"].startswith('SELECT "shop_label"."word" FROM "shop_label"')


@pytest.mark.parametrize("name", ["ProductHandler", "NosyHandler", "MakerHandler", "OwnHandler"])
def test_no_query_is_run(name):
    seen: list[str] = []
    connection.ensure_connection()
    connection.connection.set_trace_callback(seen.append)  # what reaches the database, not what is refused before
    plan(name, "--sql", "--code")
    connection.connection.set_trace_callback(None)

    assert seen == []


# -- databases ----------------------------------------------------------------------------------


def test_an_unknown_database_is_refused():
    assert refusal("VisitorHandler", "--database", "nowhere").startswith("There is no database 'nowhere'")


@pytest.mark.postgres
def test_a_plan_of_another_database_can_be_asked_for():
    [found] = data("/api/products/", "--database", "postgres")

    assert (found["level"]["database"], found["level"]["levels"][0]["database"]) == ("postgres", "postgres")
    assert "= ANY(%s" in found["level"]["levels"][0]["query"]["sql"]
