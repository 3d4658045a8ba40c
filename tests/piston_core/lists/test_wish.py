"""What a request may say of a list, and what it is told if it says something else."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from piston_core.lists.ranges import Range, read_range
from piston_core.lists.wish import Wish, wish_of
from tests.piston_core.lists.asking import handler_of, links, page, refused
from tests.shop.models import Product
from tests.shop.serving import stock

POSTS = handler_of(Product, sorting=("name", "maker__name"), filters=("stock", "name__contains"), max_page_size=100)

WRONG = {
    **dict.fromkeys(["limit=0", "limit=-1", "limit=", "limit=a", "limit=1.0", "limit=%2B1", "limit=1_0"], "limit"),
    **dict.fromkeys(["limit=%D9%A3", "limit=+1", "limit=1%00", "limit=1%0A", "limit=1&limit=2"], "limit"),
    "limit=" + "9" * 19: "limit",
    "limit=" + "9" * 5000: "limit",
    **dict.fromkeys(["offset=-1", "offset=", "offset=a", "offset=1e3", "offset=1&offset=1"], "offset"),
    "offset=" + "9" * 19: "offset",
    "sort=": "sort",
    "sort=,": "sort",
    "sort=name,": "sort",
    "sort=price": "sort",
    "sort=--name": "sort",
    "sort=%2Bname": "sort",
    "sort=name,-name": "sort",
    "sort=name&sort=name": "sort",
    "sort=maker__name__name": "sort",
    "sort=%3F": "sort",
    "cursor=": "cursor",
    "cursor=x": "cursor",
    "cursor=W10&offset=1": "cursor",
    "stock=a": "stock",
}


@pytest.mark.parametrize("query", WRONG, ids=lambda query: query[:24])
def test_what_cannot_be_followed_is_refused_with_the_name_of_the_parameter(query):
    problem = refused(lambda: page(Product.objects.all(), POSTS, query))

    assert (problem.status, problem.type) == (400, "invalid-parameter")
    assert problem.members == {"parameter": WRONG[query]}
    assert len(problem.detail) < 300


def test_a_refused_order_tells_those_that_there_are():
    assert "name, maker__name" in refused(lambda: page(Product.objects.all(), POSTS, "sort=price")).detail


def test_zeros_before_a_number_and_the_largest_numbers_are_numbers(db):
    stock(2)

    assert len(page(Product.objects.all(), POSTS, "limit=0001&offset=00").rows) == 1
    assert page(Product.objects.all(), POSTS, f"offset={'9' * 18}&limit={'9' * 18}").rows == []


@pytest.mark.parametrize("streams", [False, True])
def test_the_largest_limit_reads_everything_where_there_is_no_ceiling(db, streams):
    stock(2)
    handler = handler_of(Product)

    for query in (f"limit={'9' * 18}", f"offset=1&limit={'9' * 18}"):
        assert list(page(Product.objects.all(), handler, query, streams=streams).rows)


def test_an_order_may_be_said_in_several_parameters(db):
    stock(2)
    Product.objects.update(name="x")

    found = page(Product.objects.all(), POSTS, "sort=name&sort=-maker__name").rows
    assert [each.maker.name for each in found] == ["Maker 2", "Maker 1"]


def test_a_handler_that_declares_no_order_leaves_the_name_to_itself(db):
    assert page(Product.objects.all(), handler_of(Product), "sort=by+heart").rows == []


@pytest.mark.parametrize("name", ["colour", "name", "stock__gte", "page"])
def test_a_parameter_that_means_nothing_is_refused_only_if_the_client_wants_that(db, name):
    problem = refused(lambda: page(Product.objects.all(), POSTS, f"{name}=x", strict=True))

    assert problem.members == {"parameter": name}
    assert "limit" in problem.detail
    assert page(Product.objects.all(), POSTS, f"{name}=x").rows == []


@pytest.mark.parametrize("query", ["fields=id", "format=json", "explain=plan", "sort=name", "limit=1", "stock=1"])
def test_what_piston_or_the_handler_knows_means_something(db, query):
    assert page(Product.objects.all(), POSTS, query, strict=True).rows == []


def test_the_order_of_a_handler_that_declares_none_means_nothing():
    handler = handler_of(Product)

    assert refused(lambda: page(Product.objects.all(), handler, "sort=id", strict=True)).members["parameter"] == "sort"


def test_parameters_of_a_handler_that_makes_its_own_list_are_its_own(db):
    for handler in (handler_of(None), handler_of(Product, read=lambda self, request: [])):
        assert page([1, 2], handler, "limit=all&offset=&cursor=x").rows == [1, 2]
        assert refused(lambda handler=handler: page(Product.objects.all(), handler, "limit=all")).status == 400


def test_the_ceiling_cuts_what_the_request_and_the_handler_want(db):
    stock(5)
    handler = handler_of(Product, page_size=4, max_page_size=3)

    for query in ("", "limit=4", "limit=400", "limit=4&offset=1"):
        assert len(page(Product.objects.all(), handler, query).rows) == 3
    assert len(page(Product.objects.all(), handler, "limit=2").rows) == 2


# -- Range: RFC 9110, sections 14.1 and 14.2 -------------------------------------------------------

RANGES = {
    "items=0-9": Range(0, 9),
    "ITEMS=0-0": Range(0, 0),
    "items=10-": Range(10),
    "items=-5": Range(suffix=5),
    "items=-0": Range(suffix=0),
    "items=007-0009": Range(7, 9),
    " items=0-9\t": Range(0, 9),
    "items= 0-9 ,": Range(0, 9),
    "items=,\t,0-9": Range(0, 9),
    "items=0-" + "9" * 30: Range(0, 10**18),
    "items=" + "9" * 5000 + "-": Range(10**18),
    "items=-" + "9" * 30: Range(suffix=10**18),
}
IGNORED = [
    "", "items", "items=", "items=-", "items=a-b", "items=1", "items=9-0", "items=0-1,3-4", "items=0-1,-1",
    "bytes=0-9", "items =0-9", "items=0 -9", "items=0- 9", "items=--1", "items=+1-2", "items=1-2-3", "items=0-9;x",
    "items:0-9",    "items=\u0663-\u0664", "items=0-9\n", "item=0-9", "items=" + "9" * 20 + "-1",
]  # fmt: skip


@pytest.mark.parametrize("field", RANGES, ids=lambda field: field[:20])
def test_a_range_is_read_as_the_grammar_says(field):
    assert read_range(field) == RANGES[field]


@pytest.mark.parametrize("field", IGNORED, ids=repr)
def test_what_is_no_single_range_of_items_is_ignored(db, field):
    stock(2)

    found = page(Product.objects.all(), POSTS, range_field=field)
    assert (len(found.rows), found.partial, found.content_range) == (2, False, "")


@pytest.mark.parametrize("query", ["limit=1", "offset=1", "cursor"])
def test_a_range_gives_way_to_parameters_that_say_where_a_page_is(db, query):
    stock(3)
    if query == "cursor":
        query = links(page(Product.objects.all(), POSTS, "limit=1"))["next"]

    found = page(Product.objects.all(), POSTS, query, range_field="items=0-0")
    assert (found.partial, found.content_range) == (False, "")


def test_a_request_that_says_nothing_costs_nothing():
    assert wish_of(POSTS, QueryDict("")) is wish_of(POSTS, QueryDict("")) == Wish()
