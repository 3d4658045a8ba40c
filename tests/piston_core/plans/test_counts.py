"""What a plan costs, in queries, columns, objects, calls and bytecode: all counted, nothing timed."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Count, F, Manager
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from piston_core import BaseHandler
from piston_core.plans import plan as plans
from piston_core.plans import reading
from tests.piston_core.plans.fidelity import oracle
from tests.piston_core.plans.fidelity.world import world
from tests.piston_core.plans.test_statements import Reader
from tests.shop.models import (
    Bundle,
    BundleItem,
    Category,
    Country,
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
    Sample,
)
from tests.shop.people import Car, Club, Nation, Person, Racer, Wheel, WheelManager
from tests.shop.serving import JSON, queries, returning, serving, stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain(settings):
    """Let no router ask for an object to decide by, and let Django know its content types."""
    settings.DATABASE_ROUTERS = []
    ContentType.objects.get_for_models(Product, Label, Maker)


def shop(count: int) -> None:
    """Add so many objects of each model to the shop."""
    for product in stock(count):
        Permit.objects.create(maker=product.maker, text="may")
        BundleItem.objects.create(bundle=Bundle.objects.create(name="Box"), product=product)
        Diner.objects.create(name="Diner", street="Main", stars=1, maker=product.maker)


def statements(read: Callable[[], Any]) -> list[str]:
    """Return the SQL that is run by a call."""
    with CaptureQueriesContext(connection) as captured:
        read()
    return [query["sql"] for query in captured.captured_queries]


def selected(sql: str) -> list[str]:
    """Return the columns that a statement selects."""
    (names,) = re.findall(r"^SELECT (?:DISTINCT )?(.*?) FROM ", sql)
    return [re.sub(r'^\+?"\w+"\."(\w+)"$', r"\1", name) for name in names.split(", ")]


@contextmanager
def born() -> Iterator[Counter]:
    """Count the objects of models that are made in a block."""
    made: Counter = Counter()

    def count(sender: type, **_: Any) -> None:
        made[sender.__name__] += 1

    post_init.connect(count, weak=False)
    try:
        yield made
    finally:
        post_init.disconnect(count)


# -- queries -----------------------------------------------------------------------------------------

# What is read, with which names, and the number of queries for any number of objects: one, and one for each level.
LEVELS: dict[str, tuple[Any, tuple[Any, ...], int]] = {
    "columns": (Product, ("name", "price", "added"), 1),
    "references": (Product, ("name", "maker", "category"), 1),
    "to one": (Product, (("maker", ("name", ("country", ("name",)))), ("category", (("parent", ("name",)),))), 1),
    "to one, backwards": (Product, (("detail", ("text", ("country", ("name",)))),), 1),
    "to one, backwards and on": (Parrot, ("name", ("keeper", ("name", ("parrot", ("name",))))), 1),
    "to many": (Product, ("name", ("reviews", ("stars",))), 2),
    "to many, by reference": (Product, ("reviews",), 2),
    "two to many": (Product, (("reviews", ("stars",)), ("labels", ("word",))), 3),
    "to one below to many below to one": (
        Review,
        (("product", ("name", ("reviews", (("customer", (("parrot", ("name",)),)),)))),),
        2,
    ),
    "to many below to many": (Country, (("makers", (("products", (("reviews", ("stars",)),)),)),), 4),
    "six levels": (
        Label,
        (("products", (("labels", (("products", (("reviews", (("customer", ("name",)),)),)),)),)),),
        5,
    ),
    "many to many": (Product, (("labels", ("word",)),), 2),
    "many to many, backwards": (Label, (("products", ("name",)),), 2),
    "through a model": (Bundle, ("name", ("products", ("name",))), 2),
    "through a model, backwards": (Product, (("bundles", ("name",)), ("bundleitem_set", ("quantity",))), 3),
    "by another column": (Maker, (("permits", ("text", ("maker", ("name",)))),), 2),
    "generic relation": (Product, (("notes", ("text",)),), 2),
    "generic relation below": (Review, (("product", (("notes", ("text",)),)),), 2),
    "itself": (Category, ("name", ("parent", ("name",)), ("children", ("name", ("children", ("name",))))), 3),
    "parents": (Diner, ("name", "stars", "counter", ("maker", ("name",))), 1),
    "children": (Place, ("name", ("restaurant", ("stars", ("diner", ("counter",))))), 1),
    "to many from a parent": (Maker, (("restaurant_set", ("name", "stars")),), 2),
    "property": (Product, ("shouted",), 1),
    "property above": (Product, ("shouted", ("maker", ("name",)), ("reviews", ("stars",)), ("labels", ("word",))), 3),
    "property between": (Maker, ("name", ("products", ("shouted", ("reviews", (("customer", ("name",)),))))), 3),
    "property below": (Product, ("name", ("reviews", (("product", ("shouted",)),))), 2),
    "property of what is joined": (Review, ("stars", ("product", ("shouted", ("labels", ("word",))))), 2),
    "generic key": (Note, ("text", ("about", ("name",))), 3),
}


@pytest.mark.parametrize("kind", LEVELS)
def test_each_level_costs_one_query_for_any_number_of_objects(kind):
    model, names, count = LEVELS[kind]
    reader = Reader(model, *names)

    for more in (2, 5):
        shop(more)
        rows: list[Any] = []
        assert len(statements(lambda: rows.extend(reader.read(model.objects.all())))) == count  # noqa: B023
        assert rows
        assert rows == oracle.rows(model.objects.all(), names)


WORLD: dict[str, tuple[Any, tuple[Any, ...], int]] = {
    "a relation to itself": (Person, (("boss", ("email", ("reports", (("boss", ("email",)),)))),), 2),
    "many to many to itself": (Person, (("friends", (("followers", ("email",)), ("followed", ("email",)))),), 4),
    "without a way back": (Person, (("admired", ("name", ("neighbours", ("name",)))),), 3),
    "two relations of the model between": (Club, (("members", (("memberships", (("inviter", ("email",)),)),)),), 3),
    "a key that is a relation": (Nation, (("people", (("passport", (("visas", ("pk",)),)),)),), 3),
    "three tables": (Racer, ("number", "doors", "plate", ("owner", ("email",)), ("drivers", ("email",))), 2),
    "a manager that filters": (Car, ("plate", ("wheels", ("place", ("spare_of", ("place",))))), 2),
}


@pytest.mark.parametrize("kind", WORLD)
def test_relations_of_every_kind_cost_one_query_for_each_level(kind):
    model, names, count = WORLD[kind]
    world("default")
    reader = Reader(model, *names)

    with born() as objects:
        assert len(statements(lambda: reader.read(model._default_manager.all()))) == count
    assert not objects
    assert reader.read(model._default_manager.all()) == oracle.rows(model._default_manager.all(), names)


DEEP = ("name", ("maker", ("name", ("country", ("name",)))), ("labels", ("word",)), ("reviews", ("stars",)))


def test_what_finds_nothing_costs_no_further_query():
    reader = Reader(Product, *DEEP)

    assert len(statements(lambda: reader.read(Product.objects.all()))) == 1
    assert len(statements(lambda: reader.read(Product.objects.none()))) == 0
    assert len(statements(lambda: reader.one(pk=1))) == 1
    shop(1)
    assert len(statements(lambda: reader.read(Product.objects.filter(category=99)))) == 1


def test_one_object_costs_a_query_for_each_level_however_often_it_is_read():
    shop(3)
    reader = Reader(Product, *DEEP)

    assert [len(statements(lambda: reader.one(pk=number))) for number in (1, 2, 1)] == [3, 3, 3]  # noqa: B023


@pytest.mark.parametrize("count", [3, 7])
def test_objects_that_a_handler_has_read_itself_cost_a_query_for_each_relation(count):
    shop(count)

    assert queries(returning(lambda: list(Product.objects.all()), model=Product, fields=DEEP)) == 1 + 3
    joined = Product.objects.select_related("maker__country")
    assert queries(returning(lambda: list(joined.all()), model=Product, fields=DEEP)) == 1 + 2


@pytest.mark.parametrize(("count", "chunks"), [(2, 1), (3, 1), (4, 2), (7, 3)])
@pytest.mark.parametrize("name", ["name", "shouted"], ids=["columns", "objects"])
def test_a_stream_costs_one_query_and_for_each_chunk_one_for_each_level_below(count, chunks, name, monkeypatch):
    monkeypatch.setattr(plans, "CHUNK", 3)
    shop(count)
    reader = Reader(Product, name, ("labels", ("word",)), ("reviews", ("stars", ("customer", ("name",)))))
    rows: list[Any] = []

    ran = statements(lambda: rows.extend(reading.stream(reader.plan, Product.objects.all(), reader.values)))
    assert len(ran) == 1 + 2 * chunks
    assert rows == reader.read(Product.objects.all())


class WithMethods(BaseHandler):
    """Shows products with what only methods can tell."""

    model = Product
    fields = ("name", "first", "where", ("labels", ("word",)))
    needs = ("reviews__customer", "maker__country")

    def first(self, product):
        return [review.customer.name for review in product.reviews.all()][:1]

    def where(self, product):
        return product.maker.country.name


def test_what_resource_methods_need_is_fetched_together():
    costs = []
    for count in (2, 4):
        shop(count)
        costs.append(queries(WithMethods))

    assert costs[0] == costs[1] <= 1 + 1 + 4


def test_a_method_that_returns_what_it_needs_costs_no_query_for_each_object():
    class Shown(BaseHandler):
        model, fields, needs = Product, ("name", ("public", ("stars",))), ("reviews",)

        def public(self, product):
            return product.reviews.all()

    costs = []
    for count in (2, 4):
        shop(count)
        costs.append(queries(Shown))

    assert costs[0] == costs[1]


def test_objects_of_a_manager_that_tells_them_apart_are_all_there(monkeypatch):
    monkeypatch.setattr(WheelManager, "get_queryset", lambda self: Manager.get_queryset(self).order_by().distinct())
    car = Car.objects.create(plate="A", doors=3)
    for place in ("left", "right"):
        Wheel.objects.create(car=car, place=place)

    assert Reader(Car, ("wheels", ("flat",))).read(Car.objects.all()) == [{"wheels": [{"flat": False}] * 2}]


# -- columns -----------------------------------------------------------------------------------------

# The columns of each query: what is shown, what tells whether a joined object is there, and the keys of levels below.
SELECTED: dict[str, tuple[Any, tuple[Any, ...], list[list[str]]]] = {
    "some": (Product, ("name", "price"), [["name", "price"]]),
    "key": (Product, ("pk",), [["id"]]),
    "twice": (Product, ("pk", "id", "maker", "maker_id"), [["id", "maker_id"]]),
    "required object": (Product, (("maker", ("name",)),), [["name"]]),
    "optional object": (Product, (("category", ("name",)),), [["name", "id"]]),
    "key of an object": (Product, (("maker", ("id",)),), [["maker_id"]]),
    "to many": (Product, ("name", ("reviews", ("stars",))), [["name", "id"], ["product_id", "stars"]]),
    "many to many": (Product, (("labels", ("word",)),), [["id"], ["product_id", "word"]]),
    "by another column": (Maker, (("permits", ("text",)),), [["number"], ["maker_id", "text"]]),
    "generic relation": (Product, (("notes", ("text",)),), [["id"], ["object_id", "text"]]),
    "parents": (Diner, ("name", "stars"), [["name", "stars"]]),
    "parent alone": (Diner, ("counter",), [["counter"]]),
    "key of a child": (Restaurant, ("pk", "stars"), [["place_ptr_id", "stars"]]),
    "references to many": (Product, ("reviews",), [["id"], ["product_id", "id"]]),
    "below a column of its own": (Label, ("word", ("products", ("pk",))), [["word", "id"], ["label_id", "id"]]),
}


@pytest.mark.parametrize("kind", SELECTED)
def test_only_columns_that_are_shown_or_lead_on_are_read(kind):
    shop(2)
    model, names, columns = SELECTED[kind]
    reader = Reader(model, *names)

    assert [selected(sql) for sql in statements(lambda: reader.read(model.objects.all()))] == columns
    stream = statements(lambda: list(reading.stream(reader.plan, model.objects.all(), reader.values)))
    assert [selected(sql) for sql in stream] == columns


@pytest.mark.parametrize(
    "change",
    [
        lambda products: products.select_related("maker", "category__parent"),
        lambda products: products.prefetch_related("reviews", "labels"),
        lambda products: products.only("slug", "description"),
        lambda products: products.defer("name"),
        lambda products: products.annotate(count=Count("reviews")).order_by("pk"),
        lambda products: products.filter(maker__name__contains="M", reviews__stars=1),
        lambda products: products.order_by("maker__name", "pk")[:2],
    ],
    ids=["select_related", "prefetch_related", "only", "defer", "annotate", "filter", "order"],
)
def test_what_a_queryset_would_fetch_for_its_objects_is_not_fetched_for_rows(change):
    shop(2)

    (sql,) = statements(lambda: Reader(Product, "name", "stock").read(change(Product.objects)))
    assert selected(sql) == ["name", "stock"]


def test_a_join_that_shows_nothing_is_not_made():
    shop(2)

    (sql,) = statements(lambda: Reader(Product, "maker", ("category", ("id",)), "name").read(Product.objects.all()))
    assert "JOIN" not in sql or sql.count("JOIN") == 1  # of the category, which may not be there
    (sql,) = statements(lambda: Reader(Product, ("maker", ("id",)), "maker").read(Product.objects.all()))
    assert "maker" not in sql.split(" FROM ")[1].replace("maker_id", "")


# -- objects -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in LEVELS if "property" not in kind and kind != "generic key"])
def test_no_object_of_a_model_is_made_for_columns(kind):
    shop(2)
    model, names, _ = LEVELS[kind]
    reader = Reader(model, *names)

    with born() as objects:
        rows = reader.read(model.objects.all())
        assert list(reading.stream(reader.plan, model.objects.all(), reader.values)) == rows
        reader.one(pk=model.objects.values_list("pk", flat=True)[0])
    assert not objects


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("property", {"Product": 2}),
        ("property above", {"Product": 2, "Maker": 2}),
        ("property between", {"Product": 2}),
        ("property below", {"Review": 4, "Product": 4}),
        ("property of what is joined", {"Review": 4, "Product": 4}),
    ],
)
def test_a_property_makes_objects_of_its_own_level_and_of_no_other(kind, made):
    shop(2)
    model, names, _ = LEVELS[kind]
    reader = Reader(model, *names)

    with born() as objects:
        reader.read(model.objects.all())
    assert objects == made


def test_addresses_are_made_of_columns_and_not_of_objects():
    shop(2)
    kind = type("ProductHandler", (BaseHandler,), {"model": Product, "fields": ("name", "resource_uri")})
    below = type("Reviews", (BaseHandler,), {"model": Review, "fields": ("stars", ("product", ("resource_uri",)))})

    with serving({"it/": kind, "it/<slug:slug>/": kind, "reviews/": below}) as client, born() as objects:
        ran = statements(lambda: client.get("/api/it/").getvalue())
        ran += statements(lambda: client.get("/api/it/tea-1/").getvalue())
        ran += statements(lambda: client.get("/api/reviews/").getvalue())
        last = client.get("/api/reviews/", headers={"Accept": JSON}).json()
    assert [selected(sql) for sql in ran] == [["name", "slug"], ["name", "slug"], ["stars", "slug"]]
    assert not objects
    assert last[0] == {"stars": 1, "product": {"resource_uri": "/api/it/tea-1/"}}


# -- calls and bytecode ------------------------------------------------------------------------------

COLUMNS = (
    "pk",
    "char",
    "text",
    "integer",
    "big",
    "real",
    "decimal",
    "flag",
    "maybe",
    "date",
    "moment",
    "uuid",
    "time",
)
BELOW = (*COLUMNS, ("customer", ("name", ("parrot", ("name",)))))


def samples(count: int) -> None:
    """Store so many rows with a value in each column, as they usually are."""
    Sample.objects.bulk_create(
        Sample(
            char="char", text="text", integer=1, big=2**40, real=0.5, decimal=Decimal("12.3456"), maybe=True,
            date="2026-01-02", moment="2026-01-02T03:04:05.678Z", time="03:04:05",
            uuid="12345678-1234-5678-1234-567812345678",
        )
        for _ in range(count)
    )  # fmt: skip


def calls(read: Callable[[], Any]) -> Counter:
    """Return how often each function of Python is called meanwhile."""
    called: Counter = Counter()

    def count(frame: Any, event: str, _argument: Any) -> None:
        if event == "call":
            called[frame.f_code.co_qualname] += 1

    read()  # what is worked out once is worked out now
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read()
    finally:
        sys.setprofile(before)
    del called["stream"]  # a generator of rows is asked for each of them
    return called


def bytecodes(read: Callable[[], Any]) -> int:
    """Return how many instructions are run meanwhile."""
    total = 0

    def trace(frame: Any, event: str, _argument: Any) -> Any:
        nonlocal total
        frame.f_trace_opcodes = True
        total += event == "opcode"
        return trace

    read()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read()
    finally:
        sys.settrace(before)
    return total


@pytest.mark.parametrize("names", [COLUMNS, BELOW], ids=["columns", "joined"])
@pytest.mark.parametrize("way", ["fetch", "stream"])
def test_no_function_is_called_for_each_row(names, way):
    reader, counts = Reader(Sample, *names), []

    for _ in range(2):
        samples(100)
        read = getattr(reading, way)
        counts.append(calls(lambda: list(read(reader.plan, Sample.objects.all(), reader.values))))  # noqa: B023
    assert counts[0] == counts[1]


def test_no_function_is_called_for_each_related_row():
    reader, counts = Reader(Product, "name", ("labels", ("word",)), ("reviews", ("stars", "customer"))), []

    for _ in range(2):
        stock(20)
        counts.append(calls(lambda: reader.read(Product.objects.all())))
    counts = [{name: count for name, count in each.items() if "json" not in name} for each in counts]
    assert counts[0] == counts[1]


def test_a_row_runs_a_few_instructions_for_each_column():
    flat, counts = Reader(Product, "pk", "name", "slug", "stock", "maker"), []

    for _ in range(2):
        stock(50)
        counts.append(bytecodes(lambda: flat.read(Product.objects.all())))
    assert (counts[1] - counts[0]) / 50 <= 5 * 5  # columns


def test_an_answer_of_one_object_runs_fewer_instructions_than_making_its_queryset():
    stock(2)
    reader = Reader(Product, "name", "stock", ("maker", ("name",)))

    assert bytecodes(lambda: reader.one(pk=1)) * 10 < bytecodes(
        lambda: Product.objects.filter(pk=F("pk")).select_related("maker").get(pk=1)
    )


def test_a_known_shape_runs_fewer_instructions_than_compiling_it():
    stock(2)
    kept, reader = Reader(Product, "name", ("maker", ("name",))), Reader(Product, "name", ("maker", ("name",)))

    def compiled() -> None:
        for level in reader.plan.levels.values():
            level.statements.clear()
        reader.read(Product.objects.filter(stock=5))

    assert bytecodes(lambda: kept.read(Product.objects.filter(stock=5))) * 2 < bytecodes(compiled)
