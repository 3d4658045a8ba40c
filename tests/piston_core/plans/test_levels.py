"""A level is read as columns where each of its names is one, and as objects where it says why; both answer alike."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection, connections
from django.db.models import (
    CASCADE,
    CharField,
    Count,
    F,
    FileField,
    ForeignKey,
    Model,
    Prefetch,
    QuerySet,
    Value,
)
from django.db.models.functions import Upper
from django.test.utils import isolate_apps

from piston_core.plans.cells import Style
from piston_core.plans.choosing import is_plain, level_of
from piston_core.plans.levels import Level, NotColumns, build
from piston_core.plans.links import KEYS, Among, link_of
from piston_core.plans.plan import Column, FieldPlan, Stored
from piston_core.plans.statements import compiled
from tests.piston_core.plans.fidelity import oracle
from tests.piston_core.plans.fidelity.world import world
from tests.piston_core.plans.test_statements import Reader
from tests.shop.kinds import Cell as Seat
from tests.shop.kinds import Custom, Titled, Trimmed
from tests.shop.models import Bundle, Maker, Note, Product, Restaurant, Review
from tests.shop.people import Car, Club, FastCar, Person, Remark, Shelf, Vehicle, Volume, Wheel
from tests.shop.serving import stock

pytestmark = pytest.mark.django_db

TEXT = Style(frozenset(), textual=True)


@pytest.fixture
def filled():
    """Fill the shop, the world of people, and what is read in odd ways."""
    stock(2)
    world("default")
    child = Custom.objects.create(parent=Custom.objects.create(mirrored="abc", words=["a"]), mirrored="xyz")
    assert child.parent is not None
    Trimmed.objects.create(title="*title*")
    titled = Titled.objects.create(title="quiet")
    Seat.objects.create(row=1, chair="a", name="first", neighbour=titled)
    for subject in (Person.objects.first(), Club.objects.first()):
        Remark.objects.create(subject=subject, text="indeed")


def level(model, *names, queryset=None) -> Level | str:
    """Return the level that a queryset is read by, or why there is none."""
    reader = Reader(model, *names)
    return level_of(reader.plan, model._default_manager.all() if queryset is None else queryset, reader.values)


# -- what takes objects, and why -----------------------------------------------------------------------

OBJECTS: dict[str, tuple[Any, tuple[Any, ...], str]] = {
    "property": (Product, ("name", "shouted"), "shouted of Product is an attribute that only an object has"),
    "property below": (Review, ("stars", ("product", ("shouted",))), "shouted of Product is an attribute"),
    "property of a parent": (Car, ("badge",), "badge of Car is an attribute"),
    "property of a proxy": (FastCar, ("speed", "plate"), "speed of FastCar is an attribute"),
    "method of the model": (Product, ("worth",), "worth of Product is an attribute"),
    "page": (Product, ("name", "absolute_uri"), "absolute_uri of Product is made by get_absolute_url"),
    "unknown": (Product, ("name", "no_such_name"), "has no column no_such_name, nor does the queryset annotate it"),
    "unknown below": (Review, (("product", ("no_such_name",)),), "Product has no column no_such_name"),
    "generic key": (Note, ("about",), "about of Note leads to objects of any model"),
    "generic key with a tuple": (Note, (("about", ("name",)),), "about of Note leads to objects of any model"),
    "keys of another kind": (Person, (("remarks", ("text",)),), "remarks of Person is a relation that only objects"),
    "descriptor": (Custom, ("pk", "mirrored"), "mirrored of Custom has a descriptor of its own"),
    "descriptor below": (Custom, ("pk", ("parent", ("mirrored",))), "mirrored of Custom has a descriptor"),
    "file of its own kind": (Custom, ("pk", "file"), "file of Custom has a descriptor of its own"),
    "property instead": (Trimmed, ("title",), "title of Trimmed has a descriptor of its own"),
    "from_db": (Titled, ("title",), "Titled makes its objects of rows in a way of its own, by from_db"),
    "from_db below": (Seat, ("name", ("neighbour", ("title",))), "Titled makes its objects of rows in a way of its"),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_what_only_objects_can_tell_is_read_as_objects_and_says_why(filled, kind):
    model, names, why = OBJECTS[kind]

    assert re.search(re.escape(why), str(level(model, *names)))
    if kind not in ("unknown", "unknown below", "page"):  # which no instance has by these names
        assert Reader(model, *names).read(model._default_manager.all()) == oracle.rows(
            model._default_manager.all(), names
        )


def test_the_reason_is_an_error_of_whoever_builds_the_level():
    with pytest.raises(NotColumns, match="shouted of Product is an attribute that only an object has"):
        build(Reader(Product, "shouted").plan, connection, TEXT)


def test_a_name_that_nobody_has_is_left_out(filled):
    assert Reader(Product, "name", "no_such_name").read(Product.objects.all()) == [
        {"name": "Tea 1"},
        {"name": "Tea 2"},
    ]


class Loud(QuerySet):
    """Yields objects that it changes."""

    def _fetch_all(self) -> None:
        super()._fetch_all()
        for each in self._result_cache:
            each.name = each.name.upper()


# Querysets whose objects are more, or others, than the rows of the table.
ONLY_DJANGO = {
    "union": (
        lambda products: products.order_by().union(products.order_by()).order_by("pk"),
        "it is a union, an intersection or a difference",
    ),
    "prefetch by query": (
        lambda products: products.prefetch_related(Prefetch("reviews", Review.objects.filter(stars=1))),
        "it prefetches by a queryset of its own",
    ),
    "prefetch to an attribute": (
        lambda products: products.prefetch_related(Prefetch("reviews", to_attr="name")),
        "it prefetches by a queryset of its own",
    ),
    "extra column": (
        lambda products: products.extra(select={"extra": "1"}),
        "it holds SQL by hand, through extra()",
    ),
    "extra condition": (
        lambda products: products.extra(where=["stock > -1"]),
        "it holds SQL by hand, through extra()",
    ),
    "class of its own": (
        lambda _products: Loud(Product),
        "its class of querysets reads rows in a way of its own",
    ),
}


@pytest.mark.parametrize("kind", ONLY_DJANGO)
def test_a_queryset_whose_objects_are_more_than_rows_is_read_by_django(filled, kind):
    make, why = ONLY_DJANGO[kind]
    names = ("name", ("maker", ("name",)), ("reviews", ("stars",)))
    if kind == "prefetch to an attribute":
        names = (("maker", ("name",)),)

    assert level(Product, *names, queryset=make(Product.objects)) == why
    assert Reader(Product, *names).read(make(Product.objects)) == oracle.rows(make(Product.objects), names)


def test_rows_that_are_locked_are_read_by_django_without_joins_that_it_could_not_lock(filled):
    names = ("name", ("category", ("name",)))

    assert level(Product, *names, queryset=Product.objects.select_for_update()) == "it locks its rows"
    assert Reader(Product, *names).read(Product.objects.select_for_update()) == oracle.rows(
        Product.objects.all(), names
    )


# -- what does not -------------------------------------------------------------------------------------

COLUMNS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "columns": (Product, ("pk", "name", "price", "added", "specs", "photo", "code")),
    "reference": (Product, ("name", "maker", "category")),
    "key of a relation": (Product, ("maker_id", "category_id")),
    "joined": (Product, (("maker", ("name", ("country", ("name",)))), ("category", ("name", ("parent", ("pk",)))))),
    "joined backwards": (Product, (("detail", ("text", ("country", ("name",)))),)),
    "many": (Product, (("reviews", ("stars", ("customer", ("name", ("parrot", ("name",)))))),)),
    "many to many": (Product, (("labels", ("word", ("products", ("name",)))),)),
    "through a model": (Club, ("name", ("members", ("email", ("clubs", ("name",)))))),
    "generic relation": (Product, ("name", ("notes", ("text",)))),
    "relation to itself": (Person, (("boss", ("email", ("reports", ("email",)))), ("friends", ("email",)))),
    "relation by another column": (Person, (("logins", ("shell", ("person", ("email",)))),)),
    "key that is a relation": (Person, (("passport", ("pk", ("visas", ("days",)))),)),
    "parents": (Car, ("plate", "doors", ("vehicle_ptr", ("plate",)), ("owner", ("email",)), ("drivers", ("email",)))),
    "children": (Vehicle, ("plate", ("car", ("doors", ("racing", ("number", "plate")))))),
    "manager that filters": (Car, ("plate", ("wheels", ("place",)))),
    "order with respect to": (Volume, ("title", ("shelf", ("name", "hidden")))),
    "custom columns": (Custom, ("colour", "suit", "cents", "words", "fixed", "textual", "shouted")),
    "composite key": (Seat, ("pk", "name", "neighbour")),
    "nothing but relations": (Bundle, (("products", ("name",)), ("items", ("quantity",)))),
}  # fmt: skip


@pytest.mark.parametrize("kind", COLUMNS)
def test_what_columns_can_tell_is_read_as_columns(filled, kind):
    model, names = COLUMNS[kind]

    assert isinstance(level(model, *names), Level)
    rows = Reader(model, *names).read(model._default_manager.all())
    assert oracle.same(rows, oracle.rows(model._default_manager.all(), names))


def test_an_annotation_is_a_column_and_without_it_the_name_takes_objects(filled):
    reader, counted = Reader(Product, "name", "count"), Product.objects.annotate(count=Count("reviews")).order_by("pk")

    assert isinstance(level_of(reader.plan, counted, reader.values), Level)
    assert reader.read(counted) == [{"name": "Tea 1", "count": 2}, {"name": "Tea 2", "count": 2}]
    assert reader.read(Product.objects.all()) == [{"name": "Tea 1"}, {"name": "Tea 2"}]
    assert reader.read(counted.annotate(more=Value(1))) == reader.read(counted)


def test_annotations_of_a_manager_are_shown_below_another_level(filled):
    names = ("title", ("shelf", ("name", ("volumes", ("title",)))))

    assert Reader(Volume, *names).read(Volume.objects.all()) == oracle.rows(Volume.objects.all(), names)
    names = ("email", ("shelves", ("loud", "books", ("volumes", ("title",)))))
    assert Reader(Person, *names).read(Person.objects.all()) == oracle.rows(Person.objects.all(), names)


@pytest.mark.parametrize(
    ("manager", "plain"),
    [(Product.objects, True), (Shelf.everything, True), (Shelf.objects, False), (Wheel.objects, False)],
    ids=["plain", "another plain one", "annotates", "filters"],
)
def test_a_manager_is_plain_if_it_returns_all_objects_of_its_model(manager, plain):
    assert is_plain(manager) is plain


# -- the code -------------------------------------------------------------------------------------------


def test_the_code_of_a_level_is_short_and_made_of_declared_names():
    made = level(Product, "name", "active", ("maker", ("name",)), ("category", ("name",)), ("reviews", ("stars",)))

    assert isinstance(made, Level)
    assert made.source == (
        "def rows(found, plain, values, many_0):\n"
        "    return [\n"
        "        {\n"
        "            'name': c0,\n"
        "            'active': (c1 == 1),\n"
        "            'maker': {\n"
        "                'name': c2,\n"
        "            },\n"
        "            'category': (None if c4 is None else {\n"
        "                'name': c3,\n"
        "            }),\n"
        "            'reviews': many_0.get(c5) or [],\n"
        "        }\n"
        "        for c0, c1, c2, c3, c4, c5 in found\n"
        "    ]\n"
    )


@pytest.mark.parametrize(
    "name", ["c0", "it's", '"', "\\", "{v}", "{row}", "{}", "%s", "\n", "\u2028", "#", "'}]; x", "名"]
)
def test_a_name_is_nothing_but_text_to_the_code(filled, name):
    plan = FieldPlan(
        Maker, (Column(name, lambda *_: None, Stored("name")), Column("c1", lambda *_: None, Stored("pk")))
    )
    made = build(plan, connection, TEXT)

    assert made.rows([("found", 1)], None, "") == [{name: "found", "c1": 1}]


@pytest.mark.parametrize("value", ["x' or 1", "{v}", "__import__('os')"])
def test_the_code_holds_no_value_of_a_request(filled, value):
    reader, wanted = Reader(Product, "name", ("reviews", ("stars",)), "note"), Product.objects.filter(name=value)
    noted = wanted.annotate(note=Value(value, output_field=CharField()), loud=Upper(F("name"))).order_by("note")

    for queryset in (wanted, noted):
        assert reader.read(queryset) == []
    assert reader.one(slug=value) is None
    levels = [each for each in reader.plan.levels.values() if isinstance(each, Level)]
    assert levels
    assert not any(value in each.source for each in levels)
    assert not any(value in repr(statement) for each in levels for statement in each.statements.values())


# -- keys in a list ---------------------------------------------------------------------------------------


class Elsewhere:
    """A connection to a database that Piston gives no array."""

    def __init__(self, vendor: str, size: int | None) -> None:
        self.vendor, self.size = vendor, size
        self.ops = self

    def __getattr__(self, name: str) -> Any:
        return getattr(connections["default"], name)

    def max_in_list_size(self) -> int | None:
        """Return how many values a list may have there."""
        return self.size

    def quote_name(self, name: str) -> str:
        """Return a name as this database quotes it."""
        return f"`{name}`"


@pytest.mark.parametrize(
    ("size", "keys", "sql"),
    [
        (None, [7], "`shop_review`.`product_id` IN (%s)"),
        (None, [1, 2, 3, 4, 5], "`shop_review`.`product_id` IN (%s, %s, %s, %s, %s)"),
        (5, [1, 2, 3, 4, 5], "`shop_review`.`product_id` IN (%s, %s, %s, %s, %s)"),
        (2, [1, 2, 3], "(`shop_review`.`product_id` IN (%s, %s) OR `shop_review`.`product_id` IN (%s))"),
    ],
    ids=["one", "some", "as many as fit", "more than fit"],
)
def test_a_database_without_arrays_gets_lists_no_longer_than_it_takes(size, keys, sql):
    elsewhere = Elsewhere("oracle", size)
    query = Review.objects.filter(Among(F("product"), keys)).query
    compiler = query.get_compiler(connection=connections["default"])
    compiler.connection, compiler.quote_cache = elsewhere, {}
    compiler.quote_name_unless_alias = elsewhere.quote_name
    (lookup,) = query.where.children

    assert lookup.as_sql(compiler, elsewhere) == (sql, keys)


@pytest.mark.parametrize(
    ("vendor", "native", "raw"),
    [("mysql", True, str), ("mysql", False, lambda key: key.hex), ("postgresql", True, lambda key: key)],
    ids=["MariaDB", "MySQL", "PostgreSQL"],
)
def test_a_key_of_an_object_is_compared_as_the_driver_returns_it(vendor, native, raw):
    elsewhere, key = Elsewhere(vendor, None), uuid4()
    elsewhere.features = SimpleNamespace(has_native_uuid_field=native)

    assert link_of(Person._meta.get_field("reports"), Person).raw(key, elsewhere) == raw(key)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_sql_of_a_level_below_is_the_same_for_any_number_of_keys(count):
    link = link_of(Product._meta.get_field("reviews"), Product)
    plan = Reader(Review, "stars").plan
    made = build(plan, connection, TEXT, link=link)

    several = compiled(made, link.among(Review.objects.all(), list(range(count))), connection)
    marked = compiled(made, link.among(Review.objects.all(), KEYS), connection)
    assert several.sql == marked.sql
    assert marked.params == (KEYS,)


def test_a_level_of_a_child_table_is_found_by_its_parents_key(filled):
    Restaurant.objects.create(name="Inn", street="Main", stars=3, maker=Maker.objects.first())
    names = ("name", "stars", ("maker", ("name", ("restaurant_set", ("name", "stars")))))

    assert Reader(Restaurant, *names).read(Restaurant.objects.all()) == oracle.rows(Restaurant.objects.all(), names)


@isolate_apps("tests.shop")
def test_files_of_models_with_like_names_keep_their_own_storages():
    class Photo_big(Model):
        file = FileField(storage=FileSystemStorage(base_url="/private/"))

        class Meta:
            app_label = "shop"

    class Photo(Model):
        big_file = FileField(storage=FileSystemStorage(base_url="/public/"))
        other = ForeignKey(Photo_big, CASCADE)

        class Meta:
            app_label = "shop"

    reader = Reader(Photo, "big_file", ("other", ("file",)))
    rows = build(reader.plan, connection, TEXT).rows([("a.png", "b.png")], reader.values.plain, reader.values)

    assert rows == [{"big_file": "/public/a.png", "other": {"file": "/private/b.png"}}]
