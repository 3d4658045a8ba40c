"""What a handler may return instead of all objects, and that no answer costs a query for each object."""

from __future__ import annotations

from math import ceil

import pytest
from django.db.models import Avg, Count, Prefetch, Q

from piston_core import BaseHandler
from piston_core.plans import plan
from tests.shop.models import Category, Customer, Label, Maker, Note, Parrot, Product, Review
from tests.shop.serving import answer, queries, returning, serving, stock

pytestmark = pytest.mark.django_db

DEEP = (
    "name",
    "stock",
    ("maker", ("name", ("country", ("name",)))),
    ("category", ("name", ("parent", ("name",)))),
    ("labels", ("word",)),
    ("detail", ("text", ("country", ("name",)))),
    ("reviews", ("stars", ("customer", ("name", ("parrot", ("name",)))))),
    ("notes", ("text",)),
)
LEVELS = 3  # of objects that are many: labels, reviews, notes


def handler(model, *fields, **attributes) -> type[BaseHandler]:
    """Return a handler of a model with these fields."""
    return type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, "fields": fields, **attributes})


def deep(make, **attributes) -> type[BaseHandler]:
    """Return a handler whose result is shown with everything that is related to it."""
    return returning(make, model=Product, fields=DEEP, **attributes)


def evaluated(queryset):
    """Return a queryset that has been read already."""
    len(queryset)
    return queryset


def row(number: int) -> dict:
    """Return what ``DEEP`` shows of the product of this number."""
    country = {"country": {"name": f"Country {number}"}}
    return {
        "name": f"Tea {number}",
        "stock": 5,
        "maker": {"name": f"Maker {number}", **country},
        "category": {"name": f"Category {number}", "parent": {"name": f"Parent {number}"}},
        "labels": [{"word": f"hot-{number}"}, {"word": f"green-{number}"}],
        "detail": {"text": f"Detail {number}", **country},
        "reviews": [
            {"stars": stars, "customer": {"name": f"Customer {each}", "parrot": {"name": f"Polly {each}"}}}
            for stars, each in ((1, f"{number} 1"), (2, f"{number} 2"))
        ],
        "notes": [{"text": "on the product"}],
    }  # fmt: skip


ALL = Product.objects
BARE = ALL.order_by()  # SQLite orders no part of a union

# Each returns all products by their number; the number is that of the queries it may cost at most.
RESULTS = {
    "queryset": (ALL.all, 1 + LEVELS),
    "manager": (lambda: ALL, 1 + LEVELS),
    "ordered": (lambda: ALL.order_by("maker__number"), 1 + LEVELS),
    "sliced": (lambda: ALL.all()[:100], 1 + LEVELS),
    "distinct": (lambda: ALL.filter(reviews__stars__gte=1).distinct(), 1 + LEVELS),
    "annotated": (lambda: ALL.annotate(count=Count("reviews"), average=Avg("reviews__stars")), 1 + LEVELS),
    "joined by itself": (lambda: ALL.select_related("maker"), 1 + LEVELS),
    "prefetched by itself": (lambda: ALL.prefetch_related("reviews"), 3 + LEVELS),
    "prefetched deeply": (lambda: ALL.prefetch_related("reviews__customer", "labels"), 3 + LEVELS),
    "prefetched to one": (lambda: ALL.prefetch_related("maker", "detail"), 5 + LEVELS),
    "prefetched by query": (lambda: ALL.prefetch_related(Prefetch("reviews", Review.objects.all())), 3 + LEVELS),
    "union": (lambda: BARE.filter(pk=1).union(BARE).order_by("pk"), 10),
    "union of joins": (lambda: BARE.select_related("maker").union(BARE.filter(pk=1).select_related("maker")), 10),
    "difference": (lambda: BARE.difference(BARE.filter(pk=0)).order_by("pk"), 10),
    "evaluated": (lambda: evaluated(ALL.all()), 10),
    "evaluated and joined": (lambda: evaluated(ALL.select_related("maker__country", "detail")), 10),
    "list": (lambda: list(ALL.all()), 10),
    "tuple": (lambda: tuple(ALL.all()), 10),
    "raw": (lambda: ALL.raw("SELECT * FROM shop_product ORDER BY id"), 10),
    "list of lists": (lambda: [product for product in ALL.all()], 10),  # noqa: C416 - a list made by hand
    "list of prefetched": (lambda: list(ALL.prefetch_related("reviews")), 12),
    "only": (lambda: ALL.only("slug"), 10),
    "only of joined": (lambda: ALL.select_related("maker").only("slug", "maker__number"), 10),
    "defer": (lambda: ALL.defer("name", "maker"), 10),
}

PARTS = {
    "evaluated only": (lambda: evaluated(ALL.only("slug")), 10),
    "list of which one is prefetched": (
        lambda: [*ALL.prefetch_related("reviews")[:1], *ALL.select_related("maker")[1:]],
        14,
    ),
    "raw with few columns": (lambda: ALL.raw("SELECT id, slug FROM shop_product ORDER BY id"), 10),
}


@pytest.mark.parametrize("kind", [*RESULTS, *PARTS, "generator"])
def test_every_way_to_return_objects_shows_them_alike(kind):
    stock(2)
    make, _ = (RESULTS | PARTS | {"generator": (ALL.iterator, 0)})[kind]

    assert answer(deep(make)) == [row(1), row(2)]


@pytest.mark.parametrize("kind", [*RESULTS, *PARTS])
def test_twelve_objects_cost_as_many_queries_as_two(kind):
    make, at_most = (RESULTS | PARTS)[kind]
    stock(2)
    two = queries(deep(make))
    stock(10)

    assert queries(deep(make)) == two
    assert two <= at_most


def test_one_object_costs_a_query_for_each_relation_however_many_there_are():
    kind = handler(Product, *DEEP)
    stock(2)
    few = queries(kind, at="it/1/")
    stock(10)

    assert queries(kind, at="it/1/") == few <= 10
    assert answer(kind, at="it/7/") == row(7)


def test_an_empty_result_costs_one_query():
    assert queries(deep(ALL.all)) == 1
    assert queries(deep(lambda: list(ALL.all()))) == 1
    assert queries(deep(ALL.none)) == 0


def test_the_objects_of_a_generator_get_their_relations_in_groups():
    stock(40)

    assert queries(deep(ALL.iterator)) < 1 + 20 * LEVELS


# -- streams ---------------------------------------------------------------------------------------

STREAMS = {
    "queryset": (ALL.all, LEVELS),
    "prefetched by itself": (lambda: ALL.prefetch_related("reviews"), 2 + LEVELS),
    "sliced": (lambda: ALL.all()[:100], LEVELS),
    "evaluated": (lambda: evaluated(ALL.all()), LEVELS),
    "union": (lambda: BARE.filter(pk=1).union(BARE).order_by("pk"), 9),
}


@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("count", [0, 1, 4, 5, 13])
def test_a_stream_costs_a_query_and_for_each_chunk_one_for_each_relation(kind, count, monkeypatch):
    monkeypatch.setattr(plan, "CHUNK", 4)
    make, levels = STREAMS[kind]
    stock(count)
    kind_of = deep(make, stream=True)

    assert answer(kind_of) == [row(number) for number in range(1, count + 1)]
    evaluation = kind == "evaluated"
    assert queries(kind_of) <= 1 + evaluation + levels * ceil(count / 4)


def test_a_stream_shows_values_and_list_fields():
    stock(2)

    assert answer(returning(lambda: ALL.values("name"), stream=True)) == [{"name": "Tea 1"}, {"name": "Tea 2"}]
    assert answer(handler(Product, "name", list_fields=("slug",), stream=True)) == [
        {"slug": "tea-1"},
        {"slug": "tea-2"},
    ]


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_a_stream_and_a_whole_answer_are_the_same(format_):
    stock(3)
    bodies = []
    for stream in (False, True):
        with serving({"it/": deep(ALL.all, stream=stream)}) as client:
            bodies.append(client.get(f"/api/it/?format={format_}").getvalue())

    assert bodies[0] == bodies[1]


# -- what else fields can name ---------------------------------------------------------------------


class Makers(BaseHandler):
    model = Maker
    fields = ("name", "country", "products")


class Reviews(BaseHandler):
    model = Review
    fields = ("stars", "customer")


class Customers(BaseHandler):
    model = Customer
    fields = ("name", "parrot")


class Parrots(BaseHandler):
    model = Parrot
    fields = ("name", "keeper")


OTHERS = (Makers, Reviews, Customers, Parrots)

WAY_BACK = ("products", ("name", ("maker", ("name", ("products", ("name",))))))
SELF = ("parent", ("name", ("children", ("name", ("parent", ("name",))))))
ONE_TO_ONE = ("detail", ("text", ("product", ("name", ("reviews", ("stars",))))))
THROUGH = ("bundles", ("name", ("items", ("quantity", ("product", ("name",))))))
GENERIC = ("about", ("name", ("maker", ("name",)), ("products", ("name",)), ("country", ("name",))))
DEEP_GENERIC = ("products", (("notes", (("about", (("maker", ("name",)),)),)),))

# Handlers, others in their API, and the queries it may cost at most.
FIELDS = {
    "references": (handler(Product, "maker", "category", "labels", "reviews", "detail"), (), 5),
    "handlers": (handler(Product, "maker", "reviews", "name"), OTHERS, 3),
    "reverse handlers": (handler(Parrot, "keeper"), (Customers, handler(Parrot, "name")), 1),
    "way back": (handler(Label, WAY_BACK), (), 3),
    "self": (handler(Category, SELF, "children"), (), 4),
    "one-to-one": (handler(Product, ONE_TO_ONE), (), 2),
    "columns of relations": (handler(Product, "maker_id", "category_id", "pk"), (), 1),
    "through": (handler(Product, THROUGH), (), 3),
    "generic": (handler(Note, ("about", ("name",))), (), 4),
    "addresses": (handler(Product, "name", "resource_uri", ("maker", ("resource_uri",))), OTHERS, 1),
}
PARTLY_KNOWN = {
    "behind a generic key": (handler(Note, GENERIC), (), 9),
    "generic by handlers": (handler(Note, "about"), (*OTHERS, handler(Product, "maker", "reviews")), 9),
    "deep generic": (handler(Maker, DEEP_GENERIC), (), 7),
}


@pytest.mark.parametrize("name", [*FIELDS, *PARTLY_KNOWN])
def test_fields_cost_the_same_queries_for_few_and_for_many_objects(name):
    kind, others, at_most = (FIELDS | PARTLY_KNOWN)[name]
    stock(2)
    few = queries(kind, *others)
    stock(10)

    assert queries(kind, *others) == few <= at_most


def test_what_a_resource_method_needs_is_fetched_together():
    kind = handler(Product, "number", number=lambda self, product: product.maker.number, needs=("maker",))
    stock(2)
    few = queries(kind)
    stock(10)

    assert queries(kind) == few


def test_a_reference_is_read_from_the_objects_own_columns(django_assert_num_queries):
    stock(2)
    with django_assert_num_queries(1) as captured:
        answer(handler(Product, "name", "maker", "category"))

    assert "JOIN" not in captured[0]["sql"]


def test_objects_in_one_list_get_their_relations_together():
    def mixed():
        return [*Product.objects.all(), *Maker.objects.all(), "text", *Review.objects.all()]

    kind = returning(mixed)
    others = (handler(Product, ("labels", ("word",))), handler(Maker, ("products", ("name",))), Reviews, Customers)
    stock(2)
    few = queries(kind, *others)
    stock(10)

    assert queries(kind, *others) == few <= 6


def test_objects_in_a_list_of_dictionaries_get_their_relations_together():
    kind = returning(lambda: [{"rank": rank, "product": each} for rank, each in enumerate(Product.objects.all())])
    stock(2)
    few = queries(kind, handler(Product, *DEEP))
    stock(10)

    assert queries(kind, handler(Product, *DEEP)) == few


# -- the handler's own prefetches ------------------------------------------------------------------


def test_the_handlers_own_prefetch_decides_which_related_objects_are_shown():
    stock(2)
    public = Prefetch("reviews", Review.objects.filter(public=True))
    kind = handler(
        Product,
        ("reviews", ("stars", ("customer", ("name",)))),
        queryset=lambda self, request: Product.objects.prefetch_related(public),
    )
    expected = [{"reviews": [{"stars": 1, "customer": {"name": f"Customer {number} 1"}}]} for number in (1, 2)]

    assert answer(kind) == expected
    assert answer(kind, at="it/1/") == expected[0]
    stock(10)
    assert queries(kind) == 3


@pytest.mark.parametrize("listed", [False, True], ids=["queryset", "list"])
def test_a_prefetch_to_an_attribute_is_shown_by_that_name(listed):
    stock(2)
    best = Prefetch("reviews", Review.objects.filter(stars=2), to_attr="best")
    make = lambda: Product.objects.prefetch_related(best)  # noqa: E731 - a query for each test
    kind = returning(lambda: list(make()) if listed else make(), model=Product, fields=("name", ("best", ("stars",))))

    assert answer(kind) == [{"name": f"Tea {number}", "best": [{"stars": 2}]} for number in (1, 2)]
    stock(10)
    assert queries(kind) == 2


def test_what_lies_behind_a_prefetch_to_an_attribute_is_fetched_together():
    best = Prefetch("reviews", Review.objects.filter(stars=2), to_attr="best")
    kind = handler(
        Product,
        ("best", ("stars", ("customer", ("name",)))),
        queryset=lambda self, request: Product.objects.prefetch_related(best),
    )
    stock(2)
    few = queries(kind)
    stock(10)

    assert queries(kind) == few == 3


# -- querysets that yield no objects ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "rows"),
    [
        (lambda: ALL.values("name", "maker__name"), [{"name": "Tea 1", "maker__name": "Maker 1"}]),
        (lambda: ALL.values_list("name", "stock"), [["Tea 1", 5]]),
        (lambda: ALL.values_list("price", flat=True), ["1.00"]),
        (lambda: ALL.values_list("name", "stock", named=True), [["Tea 1", 5]]),
        (lambda: ALL.values("active").annotate(count=Count("pk")).order_by(), [{"active": True, "count": 1}]),
        (lambda: BARE.values("name").union(BARE.values("name")).order_by("name"), [{"name": "Tea 1"}]),
        (lambda: ALL.order_by("pk").values("pk")[:1], [{"pk": 1}]),
        (lambda: ALL.dates("added", "year").filter(Q(pk=0)), []),
    ],
    ids=["values", "tuples", "flat", "named", "grouped", "union", "sliced", "dates"],
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_values_are_shown_as_they_are_in_one_query(make, rows, stream):
    stock(1)
    kind = returning(make, model=Product, fields=("slug", ("labels", ("word",))), stream=stream)

    assert answer(kind) == rows
    assert queries(kind) == 1


def test_aggregates_are_a_dictionary():
    stock(2)

    assert answer(returning(lambda: Review.objects.aggregate(mean=Avg("stars"), count=Count("pk")))) == {
        "mean": 1.5,
        "count": 4,
    }
