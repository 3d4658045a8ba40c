"""Pages behind cursors: every object once and in order, whatever is null, equal, inserted or deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connections
from django.db.models import Count, F, Max, Window
from django.db.models.functions import Lower, RowNumber
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.piston_core.lists.asking import flat, handler_of, keys, last_of, links, page, pages, refused
from tests.piston_core.plans.fidelity.databases import everywhere, on_postgres, undone
from tests.piston_core.plans.fidelity.values import BASE, examples
from tests.shop.kinds import Cell, Computed, Loose
from tests.shop.models import Category, Country, Detail, Diner, Maker, Product, Review
from tests.shop.serving import answer, returning, stock

FEW: dict[str, Any] = {
    "integer": [None, 0, 1, 2],
    "flag": [None, True, False],
    "price": [None, 0, 1],
    "date": [None, dt.date(2026, 1, 31), dt.date(2026, 2, 1)],
    "char": [None, "", "a", "B", "é"],
}
KINDS = [
    "small", "integer", "big", "positive", "flag", "real", "price", "whole", "char", "text", "slug", "email", "url",
    "date", "moment", "time", "duration", "uuid", "ip", "file", "path", "colour", "level",
]  # fmt: skip
UNKEYED = ["data", "coded", "content"]


def expected(queryset, order) -> list[Any]:
    """Return the keys of all objects in the order that Python gives them, in which null is the greatest value."""
    rows = list(queryset.order_by("pk").values("pk", *(each.removeprefix("-") for each in order)))
    for each in reversed([*order]):
        name = each.removeprefix("-")
        rows.sort(key=lambda row: (row[name] is None, row[name] or 0), reverse=each[0] == "-")
    return [row["pk"] for row in rows]


def there_and_back(make, handler, query: str) -> list[Any]:
    """Return the keys of all objects, page by page, which are the same on the way back."""
    sizes = [len(rows) for rows in pages(make, handler, query)]
    assert len(set(sizes[:-1])) <= 1
    forth = flat(keys(pages(make, handler, query)))
    back = list(keys(pages(make, handler, last_of(make, handler, query), "prev")))
    assert flat(reversed(back)) == forth
    return forth


def is_keyed(make, handler, query: str) -> bool:
    return "cursor=" in links(page(make(), handler, query))["next"]


# -- the promise -----------------------------------------------------------------------------------


@everywhere
@examples(12)
@given(st.data())
def test_all_pages_together_are_the_list_there_and_back(alias, data):
    names = data.draw(st.lists(st.sampled_from([*FEW]), min_size=1, max_size=3, unique=True))
    order = [data.draw(st.sampled_from(["", "-"])) + name for name in names]
    row = st.fixed_dictionaries({name: st.sampled_from(FEW[name]) for name in names})
    handler, limit = handler_of(Loose, sorting=[*FEW]), data.draw(st.integers(1, 5))
    with undone(alias):
        for values in data.draw(st.lists(row, max_size=12)):
            Loose.objects.using(alias).create(**values)
        everything = Loose.objects.using(alias)
        found = there_and_back(everything.all, handler, f"sort={','.join(order)}&limit={limit}")

        assert found == [each.pk for each in page(everything.all(), handler, f"sort={','.join(order)}").rows]
        assert sorted(found) == sorted(each.pk for each in everything.all())
        if "char" not in names:  # the order of which is the database's own
            assert found == expected(everything, order)


@everywhere
@examples(10)
@given(st.data())
def test_nothing_that_stays_is_left_out_or_comes_twice_while_others_come_and_go(alias, data):
    handler = handler_of(Loose, sorting=("integer", "date"))
    row = st.fixed_dictionaries({name: st.sampled_from(FEW[name]) for name in ("integer", "date")})
    order = data.draw(st.sampled_from(["integer", "-integer", "integer,-date", "-date,integer"]))
    limit, rel = data.draw(st.integers(1, 4)), data.draw(st.sampled_from(["next", "prev"]))
    rows, coming = data.draw(st.lists(row, min_size=3, max_size=12)), data.draw(st.lists(row, max_size=12))
    leaving = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=4, unique=True))
    with undone(alias):
        everything = Loose.objects.using(alias)
        made = [everything.create(**values).pk for values in rows]
        gone = [made[place] for place in leaving]
        seen, following = [], f"sort={order}&limit={limit}"
        if rel == "prev":
            following = last_of(everything.all, handler, following)
        while following:
            found = page(everything.all(), handler, following)
            seen += [each.pk for each in found.rows]
            following = links(found).get(rel, "")
            if coming:
                everything.create(**coming.pop())
            if leaving:
                everything.filter(pk=made[leaving.pop()]).delete()

        assert len(seen) == len(set(seen))
        assert set(made) - set(gone) <= set(seen)


@everywhere
@pytest.mark.parametrize("kind", KINDS)
@examples(3)
@given(st.data())
def test_every_value_of_a_column_can_begin_a_page(alias, kind, data):
    handler = handler_of(Loose, sorting=(kind,))
    few = data.draw(st.lists(BASE[kind], min_size=1, max_size=4))
    with undone(alias):
        everything = Loose.objects.using(alias)
        for value in [None, *few, *few]:
            everything.create(**{kind: value})
        order = data.draw(st.sampled_from(["", "-"])) + kind

        found = there_and_back(everything.all, handler, f"sort={order}&limit=1")
        assert sorted(found) == sorted(everything.values_list("pk", flat=True))


@everywhere
@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_every_usual_kind_have_cursors(alias, kind):
    assert cursor_for(alias, kind)


@everywhere
@pytest.mark.parametrize("kind", UNKEYED)
def test_columns_without_an_order_that_can_be_written_have_numbers(alias, kind):
    assert not cursor_for(alias, kind)


def cursor_for(alias, kind) -> bool:
    everything = Loose.objects.using(alias)
    with undone(alias):
        for _ in range(3):
            everything.create()
        return is_keyed(everything.all, handler_of(Loose, sorting=(kind,)), f"sort={kind}&limit=1")


# -- orders ----------------------------------------------------------------------------------------


def shelves(alias) -> None:
    """Make products of makers and categories, some of which are null."""
    countries = [Country.objects.using(alias).create(code=code, name=code) for code in ("A", "B")]
    makers = [
        Maker.objects.using(alias).create(name=f"M{number % 2}", number=number or None, country=country)
        for number, country in enumerate([None, *countries])
    ]
    parent = Category.objects.using(alias).create(name="all")
    categories = [None, parent, Category.objects.using(alias).create(name="tea", parent=parent)]
    for number in range(9):
        product = Product.objects.using(alias).create(
            name=f"P{number % 4}",
            slug=f"p{number}",
            maker=makers[number % 3],
            category=categories[number % 5 % 3],
            stock=number % 2,
        )
        for stars in range(number % 3):
            Review.objects.using(alias).create(product=product, stars=stars)
        if number % 2:
            Detail.objects.using(alias).create(product=product, text="d")


ORDERS: dict[str, Any] = {
    "the model's own": Product.objects.all(),
    "the other way round": Product.objects.reverse(),
    "its own, the other way round": Product.objects.order_by("-stock", F("category").desc(nulls_last=True)).reverse(),
    "a column": Product.objects.order_by("-stock"),
    "a column that may be null": Product.objects.order_by("category_id"),
    "nulls where they are wanted": Product.objects.order_by(F("category_id").asc(nulls_first=True), "name"),
    "and at the other end": Product.objects.order_by(F("category_id").desc(nulls_last=True), "-name"),
    "a related column": Product.objects.order_by("category__name", "-stock"),
    "over two relations": Product.objects.order_by("-category__parent__name", "maker__country__code"),
    "a key of text": Product.objects.order_by("maker__country"),
    "a relation with an order": Product.objects.order_by("-category", "maker"),
    "one that another table holds": Product.objects.order_by("detail__text", "-detail"),
    "a count": Product.objects.annotate(times=Count("reviews")).order_by("-times"),
    "a largest value": Product.objects.annotate(best=Max("reviews__stars")).order_by("best", "-stock"),
    "an expression with a name": Product.objects.annotate(low=Lower("name")).order_by("-low", "stock"),
    "an annotation of a column": Product.objects.annotate(since=F("added")).order_by("since"),
    "the key alone": Product.objects.order_by("-pk", "name"),
    "without an order": Product.objects.order_by(),
    "what a condition joins": Product.objects.filter(maker__country__isnull=False).order_by("maker__country__name"),
    "what is distinct": Product.objects.filter(reviews__stars__gte=0).distinct().order_by("category__name"),
    "with other columns left out": Product.objects.only("name").order_by("category__name"),
    "with related objects": Product.objects.select_related("category", "maker").prefetch_related("labels"),
}


@everywhere
@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("limit", [1, 3])
def test_an_order_that_is_known_by_columns_has_cursors(alias, name, limit):
    with undone(alias):
        shelves(alias)
        make = ORDERS[name].using(alias).all
        handler = handler_of(Product, page_size=limit)
        found = there_and_back(make, handler, "")

        assert is_keyed(make, handler, "")
        assert found == [each.pk for each in page(make(), handler, "limit=100").rows]
        assert sorted(found) == sorted(each.pk for each in make())


NUMBERED: dict[str, Any] = {
    "by chance": lambda: Product.objects.order_by("?"),
    "an expression without a name": lambda: Product.objects.order_by(Lower("name")),
    "a relation to many": lambda: Product.objects.order_by("reviews__stars"),
    "rows that a join multiplies": lambda: Product.objects.filter(reviews__stars__gte=0),
    "values": lambda: Product.objects.values("name"),
    "values in groups": lambda: Product.objects.values("name").annotate(times=Count("pk")),
    "values that are distinct": lambda: Product.objects.values_list("name").distinct(),
    "a union": lambda: Product.objects.order_by().filter(stock=0).union(Product.objects.order_by().filter(stock=1)),
    "a window": lambda: Product.objects.annotate(place=Window(RowNumber(), order_by="name")).order_by("place"),
    "an alias": lambda: Product.objects.alias(low=Lower("name")).order_by("low"),
    "SQL by hand": lambda: Product.objects.extra(order_by=["name"]),
}


@pytest.mark.parametrize("name", NUMBERED)
def test_an_order_that_is_not_has_numbers(db, name):
    shelves("default")
    handler = handler_of(Product, page_size=2)
    found = list(pages(NUMBERED[name], handler, ""))

    assert not is_keyed(NUMBERED[name], handler, "")
    assert len(flat(found)) == len(NUMBERED[name]())


@pytest.mark.parametrize("name", ["values", "values in groups", "values that are distinct", "a union"])
def test_pages_by_number_of_what_is_no_object_have_each_row_once(db, name):
    shelves("default")
    made = NUMBERED[name]
    found = flat(pages(made, handler_of(Product, page_size=2), ""))

    assert sorted(map(str, found)) == sorted(map(str, made()))


def test_the_order_that_a_request_wants_is_not_reversed_with_the_handlers_own(db):
    shelves("default")
    handler = handler_of(Product, sorting=("slug",))

    for queryset in (Product.objects.reverse(), Product.objects.values("slug").reverse()):
        for query in ("sort=slug", "sort=slug&limit=9", "sort=slug&offset=0"):
            found = page(queryset.all(), handler, query).rows
            assert [row["slug"] if isinstance(row, dict) else row.slug for row in found] == [
                f"p{number}" for number in range(9)
            ]


@on_postgres
def test_what_is_distinct_by_a_column_has_numbers_and_its_own_order(alias):
    with undone(alias):
        shelves(alias)
        handler = handler_of(Product, page_size=1, sorting=("name",))
        for make in (
            Product.objects.using(alias).order_by().distinct("stock").all,
            Product.objects.using(alias).order_by("stock", "-name").distinct("stock").all,
        ):
            assert not is_keyed(make, handler, "")
            assert [each.stock for each in flat(pages(make, handler, ""))] == [0, 1]
            assert refused(lambda make=make: page(make(), handler, "sort=name")).members == {"parameter": "sort"}


def test_objects_of_a_composite_key_and_of_inheriting_models_have_cursors(db):
    for number in range(7):
        Cell.objects.create(row=number % 3, chair=str(number), name="x")
        Diner.objects.create(name=f"D{number % 2}", stars=number % 3)

    for make in (Cell.objects.order_by("-name").all, Cell.objects.all, Diner.objects.order_by("stars", "-name").all):
        handler = handler_of(make().model, page_size=2)
        assert is_keyed(make, handler, "")
        assert len(set(there_and_back(make, handler, ""))) == 7


def test_what_the_database_computes_has_cursors_where_it_is_read_as_it_is_compared(db):
    for number in range(5):
        Computed.objects.create(first=f"N{number % 2}", price=number, amount=number % 3 or None)

    for order, known in {"full": True, "known": True, "total": False}.items():
        make = Computed.objects.order_by(order).all
        assert is_keyed(make, handler_of(Computed, page_size=2), "") is known
    own = handler_of(Computed, page_size=2)
    assert is_keyed(Computed.objects.all, own, "")
    assert there_and_back(Computed.objects.all, own, "") == [each.pk for each in Computed.objects.all()]


def test_a_decimal_that_sqlite_rounds_has_numbers(db):
    Loose.objects.create()
    Loose.objects.create()

    assert not is_keyed(Loose.objects.all, handler_of(Loose, sorting=("fine",)), "sort=fine&limit=1")


@pytest.mark.parametrize("value", ["x" * 900, "\x00", "é" * 400, "\U0001f375" * 250])
def test_a_value_that_fits_no_cursor_is_passed_by_number(db, value):
    for text in ("a", value, value, value + "z", None, None):
        Loose.objects.create(text=text)
    handler = handler_of(Loose, sorting=("text",))

    assert flat(keys(pages(Loose.objects.all, handler, "sort=text&limit=1"))) == [
        each.pk for each in page(Loose.objects.all(), handler, "sort=text").rows
    ]
    assert len(flat(keys(pages(Loose.objects.all, handler, last(handler, "sort=text&limit=1"), "prev")))) == 6


def last(handler, query) -> str:
    return links(page(Loose.objects.all(), handler, query))["last"]


# -- what it costs, and where it leads -------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", ["the model's own", "a related column", "a count", "what is distinct"])
def test_the_part_of_a_page_is_a_queryset_that_plans_can_read(db, name, stream):
    shelves("default")
    parts, query, shown = [], "limit=4", []
    while query:
        found = page(ORDERS[name].all(), handler_of(Product), query, read=lambda part: parts.append(part) or [])
        query = links(found).get("next", "")
    for part in parts:
        shown += answer(returning(lambda part=part: part, model=Product, fields=("slug", "labels"), stream=stream))

    assert len(parts) > 1
    assert sorted(each["slug"] for each in shown) == sorted(each.slug for each in ORDERS[name].all())


@pytest.mark.parametrize("place", ["first", "next", "last", "prev"])
def test_a_page_costs_two_queries(db, place):
    stock(9)
    handler = handler_of(Product, page_size=2)
    second = links(page(Product.objects.all(), handler, ""))["next"]
    query = links(page(Product.objects.all(), handler, second))[place]
    with CaptureQueriesContext(connections["default"]) as captured:
        found = page(Product.objects.all(), handler, query)

    assert len(captured) == 2
    assert len(found.rows) == 2
    assert not any("COUNT" in each["sql"] for each in captured)


def test_a_stream_is_asked_for_the_keys_at_its_end_and_not_read(db):
    stock(9)
    handler = handler_of(Product, page_size=4)
    with CaptureQueriesContext(connections["default"]) as captured:
        found = page(Product.objects.all(), handler, "", streams=True)

    assert len(captured) == 1 + 1  # iter() of a queryset asks; a plan's stream would not yet
    assert "LIMIT 2 OFFSET 3" in captured[0]["sql"]
    assert [each.pk for each in found.rows] == [each.pk for each in Product.objects.all()[:4]]
    assert set(links(found)) == {"first", "next", "last"}


def test_links_say_where_the_other_pages_are(db):
    stock(5)
    handler = handler_of(Product)
    first = page(Product.objects.all(), handler, "limit=2")
    middle = page(Product.objects.all(), handler, links(first)["next"])
    end = page(Product.objects.all(), handler, links(middle)["next"])
    final = page(Product.objects.all(), handler, links(first)["last"])

    assert [set(links(each)) for each in (first, middle, end, final)] == [
        {"first", "next", "last"},
        {"first", "prev", "next", "last"},
        {"first", "prev", "last"},
        {"first", "prev", "last"},
    ]
    assert [each.name for each in end.rows] == ["Tea 5"]
    assert [each.name for each in final.rows] == ["Tea 4", "Tea 5"]
    assert links(middle)["first"] == "limit=2"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_list_of_one_page_has_no_links(db, number):
    stock(number)
    found = page(Product.objects.all(), handler_of(Product, page_size=2), "")

    assert found.links == ()
    assert found.total == number


def test_a_page_whose_objects_are_all_gone_is_empty_and_leads_back(db):
    stock(4)
    handler = handler_of(Product, page_size=2)
    second = links(page(Product.objects.all(), handler, ""))["next"]
    Product.objects.filter(name__in=["Tea 3", "Tea 4"]).delete()
    found = page(Product.objects.all(), handler, second)

    assert found.rows == []
    assert [each.name for each in page(Product.objects.all(), handler, links(found)["prev"]).rows] == [
        "Tea 1",
        "Tea 2",
    ]


def test_links_keep_what_else_the_request_says(db):
    stock(3)
    handler = handler_of(Product, filters=("name__contains",), sorting=("name",))
    query = "format=json&name__contains=Te%26a%20%C3%A9&name__contains=&sort=-name&limit=1&fields=id%2Cname"
    Product.objects.update(name="Te&a é")
    found = page(Product.objects.all(), handler, query.replace("&name__contains=&", "&"))

    assert links(found)["next"].startswith(
        "format=json&name__contains=Te%26a+%C3%A9&sort=-name&limit=1&fields=id%2Cname&cursor="
    )


def test_a_cursor_without_a_limit_leads_to_all_that_follows(db):
    stock(5)
    handler = handler_of(Product)
    following = links(page(Product.objects.all(), handler, "limit=2"))["next"].replace("limit=2&", "")

    assert [each.name for each in page(Product.objects.all(), handler, following).rows] == ["Tea 3", "Tea 4", "Tea 5"]


@pytest.mark.parametrize("place", ["", "next", "last"])
def test_the_objects_are_counted_if_the_request_wants_it(db, place):
    stock(5)
    handler = handler_of(Product, page_size=2, filters=("name__in",))
    query = "name__in=Tea+1,Tea+2,Tea+3"
    query = links(page(Product.objects.all(), handler, query)).get(place, query)

    assert page(Product.objects.all(), handler, query, count="exact").total == 3
    assert page(Product.objects.all(), handler, query).total is None
