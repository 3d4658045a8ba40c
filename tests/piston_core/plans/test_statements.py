"""SQL is compiled once for a shape, and no two querysets are ever confused: the answer is what each of them finds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import reduce
from operator import and_, or_, xor
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Lower, RowNumber
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_core import BaseHandler
from piston_core.plans import reading
from piston_core.plans.choosing import level_of
from piston_core.plans.compiler import Compiler
from piston_core.plans.shapes import shape_of
from piston_core.plans.statements import compiled, prepare
from piston_core.plans.values import Values
from piston_core.scope import Scope
from tests.shop.models import Category, Detail, Maker, Product, Review, Sample
from tests.shop.serving import stock

pytestmark = pytest.mark.django_db

NAMES = ("pk", "name", "stock", ("maker", ("name",)), ("category", ("name",)), ("reviews", ("stars",)))
generated = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Reader:
    """Reads querysets of one model through one plan, as a resource does for all of its requests."""

    def __init__(self, model, *names):
        handler = type("It", (BaseHandler,), {"model": model, "fields": names})
        compiler = Compiler(Scope(), handler())
        self.values = Values(compiler, handler, frozenset(), RequestFactory().get("/"))
        self.plan = compiler.plan(handler, model)

    def read(self, queryset) -> list[dict[str, Any]]:
        return reading.fetch(self.plan, queryset, self.values)

    def one(self, **named):
        return reading.one(self.plan, self.plan.model, named, self.values)

    def level(self, queryset):
        level = level_of(self.plan, queryset, self.values)
        assert not isinstance(level, str), level
        return level

    def kept(self, queryset) -> int:
        """Return the number of statements that are kept by a shape, not by the names of one object's values."""
        return sum(key[0] != "named" for key in self.level(queryset).statements)


@pytest.fixture
def shop():
    """Fill the shop with products of which no two are alike in every column."""
    for number, product in enumerate(stock(6)):
        product.stock, product.active, product.size = number % 4, number % 2 == 0, "SL"[number % 2]
        product.category = product.category if number % 3 else None
        product.price = Decimal(number) + Decimal("0.25")
        product.specs = {"a": number % 2}
        product.save()
    Product.objects.filter(pk=2).update(name="50% _off_ \\ 'tea' Ä")
    Detail.objects.first().delete()
    Review.objects.filter(product=3).delete()


def rows_of(queryset) -> list[dict[str, Any]]:
    """Return what ``NAMES`` show of the objects that Django makes of a queryset."""
    return [
        {
            "pk": each.pk,
            "name": each.name,
            "stock": each.stock,
            "maker": {"name": each.maker.name},
            "category": each.category and {"name": each.category.name},
            "reviews": [{"stars": review.stars} for review in each.reviews.all()],
        }
        for each in queryset.select_related(None).only().prefetch_related(None)
    ]


def outcome(read, queryset) -> Any:
    """Return the rows of a queryset, or that SQLite takes no such number, which few comparisons notice before."""
    try:
        return read(queryset.all())
    except OverflowError as error:
        return str(error)


# -- recipes: what a queryset is made of, apart from values and with them ----------------------------

BIG = 10**30
NUMBERS = [0, 1, 2, 3, -1, BIG, -BIG, 2**63, "2", 2.0, 2.5]
TEXTS = ["Tea 1", "tea 1", "T", "%", "_", "\\", "'", "Ä", "ä", "", "50% _off_ \\ 'tea' Ä", "1"]
LOOKUPS: dict[str, list[Any]] = {
    **{f"stock{lookup}": NUMBERS for lookup in ("", "__exact", "__gt", "__gte", "__lt", "__lte")},
    **{
        f"name{lookup}": TEXTS
        for lookup in ("", "__iexact", "__contains", "__icontains", "__startswith", "__istartswith", "__endswith")
    },
    "name__iendswith": TEXTS,
    "name__regex": ["T.a", "^T", "[12]$"],
    "name__in": [[], ["Tea 1"], ["Tea 1", "Tea 4", "Tea 1"]],
    "stock__in": [[], [1], [0, 1, BIG], [None, 2]],
    "stock__range": [(0, 1), (1, BIG), (2, 1)],
    "pk": [1, 2, "3", 99, BIG],
    "id__exact": [1, True],
    "active": [True, False, "True", 1, 0],
    "active__in": [[True], [False, True]],
    "price": [Decimal("1.25"), "1.25", 1, Decimal("1E+1")],
    "price__lt": [Decimal("2.3"), 3, "1.3"],
    "category": [None, 4, "4", 99],
    "category_id": [None, 4],
    "category__isnull": [True, False],
    "category__name": ["Category 2", None],
    "category__parent__name__contains": ["2", "Parent"],
    "maker__number": [1, 2, None, BIG],
    "maker__number__lt": [3, BIG, -BIG],
    "maker__country": ["01", "02"],
    "maker__country__name__startswith": ["Country", "Country 1"],
    "reviews__stars": [1, 2, 3],
    "reviews__stars__gte": [1, 2],
    "reviews": [1, None],
    "reviews__customer__name__contains": ["1", "Customer"],
    "reviews__isnull": [True, False],
    "labels__word": ["hot-1", "green-2"],
    "labels": [1, 4],
    "notes__text": ["on the product", "nothing"],
    "detail__isnull": [True, False],
    "detail__text__iexact": ["DETAIL 2"],
    "specs__a": [0, 1],
    "specs": [{"a": 1}, {"a": 0}],
    "size": ["S", "L", ""],
    "added__year": [2020, 2026],
    "maker__in": [[1, 2], []],
}
EXPRESSIONS: dict[str, Any] = {
    "equal columns": Q(stock=F("maker__number")),
    "sum of columns": Q(stock__lt=F("rank") + 1),
    "lower": Q(name__iexact=Lower("name")),
    "value": Q(stock=Value(2)),
    "exists": Exists(Review.objects.filter(product=OuterRef("pk"), stars=2)),
    "no review": ~Exists(Review.objects.filter(product=OuterRef("pk"))),
    "subquery": Q(pk__in=Review.objects.filter(stars=1).values("product")),
    "sliced subquery": Q(pk__in=Review.objects.order_by("-pk").values("product")[:3]),
    "one value of a subquery": Q(maker__number=Subquery(Maker.objects.order_by("-number").values("number")[:1])),
    "objects": Q(category__in=Category.objects.filter(name__contains="2")),
    "nothing": Q(pk__in=[]),
    "everything": ~Q(pk__in=[]),
    "no condition": Q(),
}
OPERATORS = {"and": and_, "or": or_, "xor": xor}
ORDERS = {
    "key": ["pk"],
    "stock": ["stock", "pk"],
    "stock, descending": ["-stock", "pk"],
    "relation": ["category__name", "pk"],
    "relation's own order": ["category", "pk"],
    "expression": [F("category__name").desc(nulls_last=True), "pk"],
}
TURNS = {
    "reversed": lambda products: products.reverse(),
    "distinct": lambda products: products.distinct(),
    "joined": lambda products: products.select_related("category__parent"),
    "prefetched": lambda products: products.prefetch_related("reviews"),
    "only": lambda products: products.only("slug"),
    "deferred": lambda products: products.defer("name"),
    "counted": lambda products: products.annotate(count=Count("labels")),
    "counted and compared": lambda products: products.annotate(count=Count("labels")).filter(count=2),
    "named": lambda products: products.alias(most=Max("reviews__stars")).filter(most__gte=2),
    "ranked": lambda products: products.annotate(place=Window(RowNumber(), order_by="-pk")).filter(place__lte=4),
    "filtered by hand": lambda products: products.extra(where=["shop_product.stock < %s"], params=[3]),
}
leaves = st.sampled_from([*LOOKUPS, *EXPRESSIONS])
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from([*OPERATORS]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=4,
)
recipes = st.tuples(
    st.lists(st.tuples(st.sampled_from(["filter", "exclude"]), conditions), max_size=2),
    st.sampled_from([*ORDERS]),
    st.lists(st.sampled_from([*TURNS]), max_size=2, unique=True),
    st.sampled_from([None, None, (0, 3), (1, None), (2, 4), (3, 3)]),
)


def filled(draw, condition) -> Any:
    """Return a condition with a value for each of its lookups."""
    if isinstance(condition, str):
        return Q((condition, draw(st.sampled_from(LOOKUPS[condition])))) if condition in LOOKUPS else condition
    kind, inner = condition
    return (kind, filled(draw, inner) if kind == "not" else [filled(draw, each) for each in inner])


def met(condition) -> Any:
    """Return the ``Q`` for a condition that has its values."""
    if isinstance(condition, tuple):
        kind, inner = condition
        return ~met(inner) if kind == "not" else reduce(OPERATORS[kind], map(met, inner))
    return EXPRESSIONS[condition] if isinstance(condition, str) else condition


def cooked(draw, recipe):
    """Return a queryset by a recipe, with values of its own."""
    steps, order, turns, window = recipe
    products = Product.objects.order_by(*ORDERS[order])
    for method, condition in steps:
        products = getattr(products, method)(met(filled(draw, condition)))
    products = reduce(lambda products, turn: TURNS[turn](products), turns, products)
    return products if window is None else products[slice(*window)]


@st.composite
def pairs(draw):
    """Return two querysets: by one recipe with two sets of values, or by two."""
    first = draw(recipes)
    return [cooked(draw, first), cooked(draw, draw(st.sampled_from([first, first, draw(recipes)])))]


# -- no two querysets are confused -------------------------------------------------------------------

product_reader = Reader(Product, *NAMES)  # one for all examples, so that its statements are those of others too


@given(pair=pairs())
@generated
def test_a_queryset_is_answered_with_what_it_finds_whatever_was_read_before(shop, pair):
    fresh = Reader(Product, *NAMES)

    for queryset in [*pair, *reversed(pair)]:
        expected = outcome(rows_of, queryset)
        assert outcome(product_reader.read, queryset) == expected
        assert outcome(fresh.read, queryset) == expected


@given(pair=pairs())
@generated
def test_what_has_one_shape_has_one_sql(shop, pair):
    shapes = [shape_of(queryset.query) for queryset in pair]
    if None in shapes or shapes[0].key != shapes[1].key:
        return
    level = product_reader.level(pair[0])
    first, second = (compiled(level, queryset, connection) for queryset in pair)
    if first is None or second is None:  # a value that no row can have
        return

    kept = Reader(Product, *NAMES).level(pair[0])
    for queryset in pair:  # the second one is answered with the statement of the first, if that has been kept
        sql, params = prepare(kept, queryset, connection)
        own = compiled(level, queryset, connection)
        assert (sql.sql, params) == (own.sql, own.params)


# Querysets of which the first two differ in values alone, and the third in more.
KEPT = {
    "equal": [{"stock": 1}, {"stock": 2}, {"stock__gt": 2}],
    "text": [{"name": "Tea 1"}, {"name": "Tea 3"}, {"name__iexact": "Tea 3"}],
    "pattern": [{"name__contains": "1"}, {"name__contains": "%"}, {"name__icontains": "1"}],
    "relation": [{"category": 4}, {"category": 6}, {"category": None}],
    "across a relation": [{"maker__number": 1}, {"maker__number": 4}, {"maker__number": None}],
    "to many": [{"reviews__stars": 1}, {"reviews__stars": 2}, {"reviews__stars__lt": 2}],
    "two": [{"stock": 1, "name": "Tea 1"}, {"stock": 2, "name": "Tea 5"}, {"stock": 2, "slug": "tea-6"}],
}  # fmt: skip


@pytest.mark.parametrize("kind", KEPT)
def test_sql_is_compiled_once_for_values_that_differ_and_again_for_another_condition(shop, kind):
    querysets = [Product.objects.filter(**named) for named in KEPT[kind]]
    reader = Reader(Product, *NAMES)
    kept = []

    for queryset in querysets:
        assert reader.read(queryset) == rows_of(queryset.all())
        kept.append(reader.kept(queryset))
    assert kept == [1, 1, 2]


# Querysets that differ in something that a careless key would leave out.
CONFUSABLE = {
    "true and false": [Q(active=True), Q(active=False), Q(active=1), ~Q(active=True)],
    "null and not": [Q(category=None), ~Q(category=None), Q(category__isnull=True), Q(category__isnull=False)],
    "and, or, xor": [OPERATORS[each](Q(stock=1), Q(active=True)) for each in OPERATORS],
    "negated within": [Q(stock=1) & ~Q(size="S"), ~(Q(stock=1) & Q(size="S")), ~Q(stock=1) & Q(size="S")],
    "column": [Q(stock=1), Q(rank=1), Q(pk=1), Q(maker=1), Q(category=1)],
    "path to a column": [Q(name="Tea 1"), Q(maker__name="Maker 1"), Q(category__name="Category 2")],
    "too big a number": [Q(stock=1), Q(stock=BIG), Q(stock__lt=BIG), ~Q(stock=BIG), Q(stock=BIG) | Q(pk=1)],
    "too small a number": [Q(stock__gt=-BIG), Q(stock__lt=-BIG), ~Q(stock__gt=-BIG), Q(stock__gt=-BIG) ^ Q(pk=1)],
    "a number and its text": [Q(stock=1), Q(stock="1"), Q(stock=1.0), Q(stock=True)],
    "number of values": [Q(stock__in=[]), Q(stock__in=[1]), Q(stock__in=[1, 2]), Q(stock__in=[1, 2, 3])],
    "a column and a value": [Q(stock=1), Q(stock=F("rank")), Q(stock=F("maker__number"))],
    "values that are equal": [Q(stock=1) & Q(rank=1), Q(rank=1) & Q(stock=1), Q(stock=1) | Q(rank=1)],
    "once and twice": [Q(reviews__stars=1), Q(reviews__stars=1) & Q(reviews__customer=1), Q(reviews__stars=2)],
    "objects": [Q(maker__in=[1]), Q(category=4), Q(category__in=[4])],
}


@pytest.mark.parametrize("kind", CONFUSABLE)
@pytest.mark.parametrize("turn", [1, -1], ids=["forwards", "backwards"])
def test_querysets_that_look_alike_are_told_apart(shop, kind, turn):
    reader = Reader(Product, *NAMES)

    for condition in [*CONFUSABLE[kind][::turn], *CONFUSABLE[kind]]:
        queryset = Product.objects.filter(condition)
        assert reader.read(queryset) == rows_of(queryset.all()), condition


VARIANTS = {
    "slices": [
        lambda products, start=start, end=end: products[start:end]
        for start, end in ((0, 1), (1, 2), (0, 2), (2, None), (None, 3), (3, 3))
    ],
    "orders": [
        lambda products, names=names: products.order_by(*names)
        for names in (["pk"], ["-pk"], ["name"], ["stock", "-pk"], ["maker__name"])
    ],
    "default order": [
        lambda products: products,
        lambda products: products.reverse(),
        lambda products: products.order_by("-pk").reverse(),
    ],
    "chained filters": [
        lambda products: products.filter(reviews__stars=1, reviews__public=False),
        lambda products: products.filter(reviews__stars=1).filter(reviews__public=False),
        lambda products: products.filter(reviews__stars=1).exclude(reviews__public=False),
    ],
    "duplicates": [
        lambda products: products.filter(reviews__stars__gte=1),
        lambda products: products.filter(reviews__stars__gte=1).distinct(),
        lambda products: products.filter(reviews__stars__gte=1).order_by("pk", "reviews__stars").distinct(),
    ],
    "joins": [
        lambda products: products.filter(category__name__contains="C"),
        lambda products: products.filter(Q(category__name__contains="C") | Q(stock=0)),
        lambda products: products.exclude(category__name__contains="C"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", VARIANTS)
@pytest.mark.parametrize("turn", [1, -1], ids=["forwards", "backwards"])
def test_slices_orders_and_joins_are_told_apart(shop, kind, turn):
    reader = Reader(Product, *NAMES)
    querysets = [make(Product.objects.all()) for make in VARIANTS[kind]]

    for queryset in [*querysets[::turn], *querysets]:
        assert reader.read(queryset.all()) == rows_of(queryset.all())


# -- what shapes do not know is compiled each time ---------------------------------------------------

UNKNOWN = {
    "list of values": lambda products: products.filter(stock__in=[1, 2]),
    "truth": lambda products: products.filter(active=True),
    "expression": lambda products: products.filter(stock=F("rank")),
    "subquery": lambda products: products.filter(Exists(Review.objects.filter(product=OuterRef("pk")))),
    "key of json": lambda products: products.filter(specs__a=1),
    "part of a date": lambda products: products.filter(added__year=2026),
    "regular expression": lambda products: products.filter(name__regex="T"),
    "order by expression": lambda products: products.order_by(Lower("name")),
    "annotation": lambda products: products.annotate(count=Count("reviews")).order_by("pk"),
    "condition of a join": lambda products: products.filter(notes__text="on the product"),
    "parameter that stands twice": lambda products: products.filter(Q(stock=1) ^ Q(rank=1)),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_queryset_that_is_not_known_in_full_is_answered_but_not_kept(shop, kind):
    reader, queryset = Reader(Product, *NAMES), UNKNOWN[kind](Product.objects.all())

    for _ in range(2):
        assert reader.read(queryset.all()) == rows_of(queryset.all())
    assert reader.kept(queryset) == 0


def test_a_comparison_that_no_row_meets_is_not_the_whole_condition(shop):
    reader = Reader(Product, "slug")

    assert reader.read(Product.objects.filter(Q(stock=BIG) | Q(slug="tea-1"))) == [{"slug": "tea-1"}]
    assert len(reader.read(Product.objects.exclude(stock=BIG))) == 6


@pytest.mark.parametrize("method", [False, True], ids=["columns", "objects"])
def test_a_join_that_a_filter_has_left_behind_loses_no_object(shop, method):
    queryset = Product.objects.exclude(Q(stock=0) ^ Q(category=None))
    names = ["pk", ("category", ("name",)), *(["shouted"] if method else [])]

    assert [row["pk"] for row in Reader(Product, *names).read(queryset)] == [each.pk for each in queryset]


@pytest.mark.parametrize("order", [[], ["stock"], ["pk"], ["maker__name"]], ids=["none", "shown", "key", "joined"])
@pytest.mark.parametrize(
    "names", [("rank",), ("rank", "twice"), (("maker", ("pk",)),)], ids=["column", "note", "join"]
)
def test_distinct_objects_are_not_one_because_they_are_shown_alike(shop, order, names):
    queryset = Product.objects.filter(reviews__stars__gte=1).annotate(twice=F("rank") * 2).order_by(*order).distinct()

    assert len(Reader(Product, *names).read(queryset)) == 5
    assert len(Reader(Product, *names).read(queryset[:2])) == 2


# -- one object --------------------------------------------------------------------------------------

ONE = [
    {"pk": 1},
    {"pk": 2},
    {"pk": "3"},
    {"pk": 99},
    {"pk": BIG},
    {"pk": None},
    {"id": 1},
    {"slug": "tea-4"},
    {"slug": None},
    {"slug": "tea-4", "pk": 4},
    {"pk": 4, "slug": "tea-4"},
    {"pk": 4, "slug": "tea-5"},
    {"slug": "tea-4", "active": True},
    {"slug": "tea-4", "active": False},
    {"slug": "tea-4", "stock": BIG},
    {"slug": "tea-4", "maker": 4},
    {"slug": "tea-4", "maker_id": 5},
    {"slug": "tea-4", "category": None},
    {"slug": "tea-5", "category": 10},
]  # fmt: skip


@pytest.mark.parametrize("turn", [1, -1], ids=["forwards", "backwards"])
def test_one_object_is_the_one_that_these_values_name(shop, turn):
    reader = Reader(Product, *NAMES)

    for named in [*ONE[::turn], *ONE, *ONE[::turn]]:
        expected = rows_of(Product.objects.filter(**named))
        assert reader.one(**named) == (expected[0] if expected else None), named


@pytest.mark.parametrize("value", ["x", 1.5j, [1], {}], ids=["text", "number", "list", "dict"])
@pytest.mark.parametrize("warm", [False, True], ids=["first", "later"])
def test_a_value_that_its_column_cannot_hold_names_no_object(shop, value, warm):
    reader = Reader(Product, "name")
    if warm:
        assert reader.one(pk=1) == {"name": "Tea 1"}

    assert reader.one(pk=value) is None
    assert reader.one(pk=1) == {"name": "Tea 1"}


def test_a_kept_statement_prepares_each_value_as_its_column_wants_it(db):
    reader = Reader(Sample, "pk", "char")
    shown = []
    for named in (
        {"decimal": Decimal("1.5")}, {"decimal": "1.5"}, {"real": 1.5}, {"real": "1.5"}, {"date": "2026-01-02"},
        {"moment": "2026-01-02T03:04:05Z"}, {"uuid": "12345678123456781234567812345678"}, {"ip": "::1"},
        {"uuid": "12345678-1234-5678-1234-567812345678"}, {"duration": timedelta(days=1)}, {"time": "03:04"},
    ):  # fmt: skip
        Sample.objects.all().delete()
        made = Sample.objects.create(char=str(named), **named)
        shown += [(reader.read(Sample.objects.filter(**named)), [{"pk": made.pk, "char": str(named)}])]

    assert [got for got, _ in shown] == [expected for _, expected in shown]
    assert reader.kept(Sample.objects.all()) == 8
