"""Pages by number, and lists that are answered as they are."""

from __future__ import annotations

import pytest
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from piston_core.lists.pages import page_of
from piston_core.lists.wish import NOTHING, wish_of
from tests.piston_core.lists.asking import flat, handler_of, links, page, pages, refused
from tests.shop.models import Product
from tests.shop.serving import stock

PLAIN = handler_of(Product, sorting=("name", "stock"), filters=("stock",))


def names(found) -> list[str]:
    return [each.name for each in found.rows]


@pytest.mark.parametrize("streams", [False, True])
def test_an_offset_leads_on_by_offsets(db, streams):
    stock(5)
    found = page(Product.objects.all(), PLAIN, "offset=1&limit=2&sort=-name", streams=streams)

    assert names(found) == ["Tea 4", "Tea 3"]
    assert links(found) == {
        "first": "limit=2&sort=-name",
        "prev": "limit=2&sort=-name&offset=0",
        "next": "limit=2&sort=-name&offset=3",
    }


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("start", [0, 1, 3, 4, 5, 6, 9])
def test_the_last_page_is_known_where_the_objects_are_counted(db, streams, start):
    stock(5)
    query = f"offset={start}&limit=2"
    found = page(Product.objects.all(), PLAIN, query, count="exact", streams=streams)
    final = page(Product.objects.all(), PLAIN, links(found)["last"], streams=streams)

    assert found.total == 5
    assert names(final)[-1] == "Tea 5"
    assert "next" not in links(final)
    assert "last" not in links(page(Product.objects.all(), PLAIN, query, streams=streams))


@pytest.mark.parametrize("streams", [False, True])
def test_pages_by_number_are_all_of_the_list(db, streams):
    stock(5)
    make = Product.objects.order_by(Lower("maker__country__name")).all

    found = flat(pages(make, handler_of(Product, page_size=2), "", streams=streams))
    assert [each.name for each in found] == [f"Tea {number}" for number in range(1, 6)]


def test_an_offset_without_a_limit_leads_to_the_rest(db):
    stock(3)
    found = page(Product.objects.all(), PLAIN, "offset=1")

    assert (names(found), found.links, found.total) == (["Tea 2", "Tea 3"], (), 3)


def test_objects_that_are_alike_have_the_same_order_on_each_page(db):
    stock(6)
    Product.objects.update(stock=1)

    assert [each.pk for each in flat(pages(Product.objects.all, PLAIN, "sort=-stock&offset=0&limit=2"))] == [
        each.pk for each in Product.objects.order_by("pk")
    ]


# -- what stays as it is ---------------------------------------------------------------------------


def test_a_list_that_nobody_divides_is_read_as_it_is(db, django_assert_num_queries):
    stock(2)
    handed = []
    everything, some = Product.objects.all(), [1, 2]
    with django_assert_num_queries(0):
        for source in (everything, some, (), Product.objects.all()[:1]):
            found = page_of(
                source, NOTHING, handler_of(Product), QueryDict(""), lambda part: handed.append(part) or []
            )
            assert (found.rows, found.links, found.partial, found.content_range) == ([], (), False, "")
            assert handed[-1] is source


@pytest.mark.parametrize("make", [lambda: Product.objects.all()[:3], lambda: list(Product.objects.all()[:3])])
def test_a_slice_and_a_list_know_no_parameters(db, make):
    stock(5)
    handler = handler_of(Product, page_size=1, max_page_size=2, sorting=("name",), filters=("stock",))

    found = page(make(), handler, "limit=1&offset=1&sort=-name&stock=77")
    assert (names(found), found.links) == (["Tea 1", "Tea 2", "Tea 3"], ())


def test_the_objects_of_a_queryset_that_has_been_read_are_those_that_were_read(db, django_assert_num_queries):
    stock(5)
    read = Product.objects.all()
    for each in read:
        each.name = each.name.upper()

    with django_assert_num_queries(0):
        found = page(read, handler_of(Product, page_size=2), "")
    assert (names(found), found.links[-1].href) == (["TEA 1", "TEA 2"], "?offset=2")
    assert flat(pages(lambda: read, handler_of(Product, page_size=2), "")) == list(read)


@pytest.mark.parametrize("streams", [False, True])
def test_a_whole_list_is_counted_if_the_request_wants_it(db, streams):
    stock(3)

    for source in (Product.objects.all(), Product.objects.all()[:3], [1, 2, 3], (1, 2, 3)):
        assert page(source, PLAIN, count="exact", streams=streams).total == 3
    assert page(Product.objects.all(), PLAIN, "sort=-name", count="exact", streams=streams).total == 3


@pytest.mark.parametrize("query", ["sort=name", "stock=1", "cursor=WyJhIixmYWxzZSxudWxsXQ"])
def test_a_union_is_neither_filtered_nor_sorted_nor_walked_through_by_cursors(db, query):
    union = Product.objects.order_by().filter(stock=0).union(Product.objects.order_by().filter(stock=1))
    problem = refused(lambda: page(union, PLAIN, query))

    assert (problem.status, problem.members) == (400, {"parameter": query.split("=")[0]})


def test_nothing_costs_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        for query in ("", "limit=2", "offset=1", "limit=2&offset=1"):
            assert page(Product.objects.none(), PLAIN, query).rows == []


def test_parameters_of_any_characters_can_stand_in_a_link(db):
    stock(2)
    parameters = MultiValueDict({"a b": ['<>"&=#\n', "茶"], "odd": ["\ud800"], "limit": ["1"]})
    found = page_of(Product.objects.all(), wish_of(PLAIN, parameters), PLAIN, parameters, list)

    assert found.links[0].href == "?a+b=%3C%3E%22%26%3D%23%0A&a+b=%E8%8C%B6&odd=%3F&limit=1"
