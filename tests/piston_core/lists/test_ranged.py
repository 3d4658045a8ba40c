"""The answer to a ``Range`` of items (RFC 9110, sections 14 and 15.3.7)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from piston_core.lists.pages import page_of
from piston_core.lists.wish import wish_of
from tests.piston_core.lists.asking import handler_of, page, refused
from tests.shop.models import Product
from tests.shop.serving import stock

PLAIN = handler_of(Product)
CEILING = handler_of(Product, page_size=1, max_page_size=3)


def seven() -> dict:
    """Return lists of seven objects, of each kind."""
    if not Product.objects.exists():
        stock(7)
    everything = Product.objects.all()
    return {
        "queryset": everything,
        "read already": [len(again := Product.objects.all()), again][1],
        "slice": Product.objects.all()[:7],
        "values": Product.objects.values("name"),
        "list": list(everything.all()),
        "tuple": tuple(everything.all()),
    }


KINDS = ["queryset", "read already", "slice", "values", "list", "tuple"]
ANSWERS = {
    "items=0-2": ([1, 2, 3], "items 0-2/"),
    "items=2-2": ([3], "items 2-2/"),
    "items=5-6": ([6, 7], "items 5-6/"),
    "items=5-9": ([6, 7], "items 5-6/7"),
    "items=4-": ([5, 6, 7], "items 4-6/7"),
    "items=-2": ([6, 7], "items 5-6/7"),
    "items=-99": ([1, 2, 3, 4, 5, 6, 7], "items 0-6/7"),
    "items=0-": ([1, 2, 3, 4, 5, 6, 7], "items 0-6/7"),
    "items=6-" + "9" * 40: ([7], "items 6-6/7"),
}


def number(row) -> int:
    return int((row["name"] if isinstance(row, dict) else row.name).split()[1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("field", ANSWERS)
def test_a_range_is_answered_with_its_objects_and_their_positions(db, kind, streams, field):
    numbers, positions = ANSWERS[field]
    found = page(seven()[kind], PLAIN, range_field=field, streams=streams)

    assert [number(row) for row in found.rows] == numbers
    assert found.partial
    assert found.content_range.startswith(positions)
    assert found.content_range in {f"{positions.removesuffix('7')}{total}" for total in ("*", "7")}
    assert found.links == ()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["items=7-", "items=7-9", "items=100-200", "items=-0", f"items={'9' * 40}-"])
@pytest.mark.parametrize("streams", [False, True])
def test_a_range_behind_the_end_is_refused_with_the_number_of_objects(db, kind, field, streams):
    problem = refused(lambda: page(seven()[kind], PLAIN, range_field=field, streams=streams))

    assert (problem.status, problem.headers) == (416, {"Vary": "Prefer", "Content-Range": "items */7"})


def test_nothing_is_counted_for_a_client_who_does_not_want_it(db, django_assert_num_queries):
    everything = seven()["queryset"]
    with django_assert_num_queries(1):
        problem = refused(lambda: page(everything.all(), PLAIN, range_field="items=7-", count="none"))
    with django_assert_num_queries(1):
        whole = page(everything.all(), PLAIN, range_field="items=-2", count="none")

    assert (problem.status, problem.headers) == (416, {"Vary": "Prefer"})
    assert (len(whole.rows), whole.partial, whole.content_range) == (7, False, "")
    with django_assert_num_queries(2):
        assert len(page(everything.all(), CEILING, range_field="items=-2", count="none").rows) == 1


@pytest.mark.parametrize("field", ["items=0-0", "items=0-", "items=-5"])
@pytest.mark.parametrize("source", [[], (), Product.objects.all()], ids=["list", "tuple", "queryset"])
@pytest.mark.parametrize("streams", [False, True])
def test_an_empty_list_is_answered_whole(db, field, source, streams):
    found = page(source, PLAIN, range_field=field, streams=streams)

    assert (list(found.rows), found.partial, found.content_range) == ([], False, "")


def test_the_total_is_told_where_it_is_known_or_wanted(db):
    everything = seven()["queryset"]

    assert page(everything, PLAIN, range_field="items=0-5").content_range == "items 0-5/*"
    assert page(everything, PLAIN, range_field="items=0-7").content_range == "items 0-6/7"
    counted = page(everything, PLAIN, range_field="items=0-5", count="exact")
    assert (counted.content_range, counted.total) == ("items 0-5/7", 7)
    assert page(list(everything.all()), PLAIN, range_field="items=0-5").content_range == "items 0-5/7"


CUT = {"items=0-5": [1, 2, 3], "items=1-": [2, 3, 4], "items=-5": [5, 6, 7], "items=-2": [6, 7], "items=0-1": [1, 2]}


@pytest.mark.parametrize("kind", ["queryset", "list"])
@pytest.mark.parametrize("field", CUT)
def test_the_ceiling_cuts_a_range_which_keeps_its_beginning_or_the_lists_end(db, kind, field):
    found = page(seven()[kind], CEILING, range_field=field)

    assert [number(row) for row in found.rows] == CUT[field]


def test_a_range_counts_in_the_order_and_among_the_objects_that_the_request_wants(db):
    handler = handler_of(Product, sorting=("name",), filters=("name__in",))
    seven()
    found = page(Product.objects.all(), handler, "sort=-name&name__in=Tea+1,Tea+5,Tea+7", range_field="items=1-5")

    assert [number(row) for row in found.rows] == [5, 1]
    assert found.content_range == "items 1-2/3"


def test_a_range_costs_one_query_and_of_a_stream_no_row(db, django_assert_num_queries):
    everything = seven()["queryset"]
    with django_assert_num_queries(1):
        page(everything.all(), PLAIN, range_field="items=1-2")

    parts = []
    with CaptureQueriesContext(connection) as captured:
        wish = wish_of(PLAIN, QueryDict(""), "items=1-2")
        page_of(everything.all(), wish, PLAIN, QueryDict(""), lambda part: iter([parts.append(part)]), streams=True)
    assert len(captured) == 1
    assert captured[0]["sql"].startswith("SELECT COUNT(*) FROM (SELECT")
