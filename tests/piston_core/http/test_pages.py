"""Lists in parts, as a client walks them: pages by links, items by ranges, what is sorted, filtered and refused."""

from __future__ import annotations

import re
from itertools import chain
from urllib.parse import urljoin

import pytest
from asgiref.sync import sync_to_async

from blog.models import Tag
from piston_core import BaseHandler
from tests.piston_core.http.served import api, each_server
from tests.piston_core.pipeline.asking import data_of, problem_of
from tests.shop.models import Category

TAGS = "/api/tags/"


class TagHandler(BaseHandler):
    model = Tag
    fields = ("name", "slug")
    page_size = 4
    max_page_size = 6
    sorting = ("name", "slug")
    filters = ("slug", "slug__in", "name__startswith")


class AsyncTagHandler(TagHandler):
    async def read(self, request):
        return await sync_to_async(super().read)(request)


class StreamingTagHandler(TagHandler):
    stream = True


class OwnHandler(BaseHandler):
    """Lists that no database has."""

    page_size = 2

    def read(self, request):
        rows = list(range(10))
        return {"list": rows, "tuple": tuple(rows), "none": [], "rows": iter(rows), "dict": {"a": 1}}[
            request.GET["of"]
        ]


ROUTES = {
    "tags/": TagHandler,
    "async/": AsyncTagHandler,
    "stream/": StreamingTagHandler,
    "own/": OwnHandler,
}
each_list = pytest.mark.parametrize("address", [TAGS, "/api/async/", "/api/stream/"])


@pytest.fixture
def tags(db):
    """Make eleven tags whose order by name is not that of their keys; several share the beginning of it."""
    return [Tag.objects.create(name=f"{'bca'[n % 3]} {n:02}", slug=f"t{n:02}") for n in range(11)]


def links_of(response):
    """Return the links of a response by their relation (RFC 8288)."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers.get("Link", ""))
    return {relation: target for target, relation in found}


def resolved(address, reference):
    """Return where a reference leads (RFC 3986, section 5.2.2); Python's own function passes over an empty query."""
    return address.partition("?")[0] if reference == "?" else urljoin(address, reference)


def body_of(response):
    """Return the slugs in an answer, a streamed one too."""
    return [row["slug"] for row in data_of(response)]


def walked(ask, address, relation="next"):
    """Return the slugs of all pages from an address on."""
    slugs = []
    for _ in range(20):
        response = ask("GET", address)
        slugs.append(body_of(response))
        links = links_of(response)
        if relation not in links:
            return slugs
        address = urljoin(address, links[relation])
    raise AssertionError("the pages never end")


ORDERS = ["", "sort=-name", "sort=slug&limit=3", "sort=-slug,name&limit=6", "offset=0", "offset=0&limit=5&sort=name"]


@each_list
@pytest.mark.parametrize("query", ORDERS)
def test_the_links_lead_through_every_object_once(tags, address, query):
    with api(ROUTES) as ask:
        pages = walked(ask, f"{address}?{query}")

    names = {"sort=-name": "-name", "sort=slug&limit=3": "slug", "sort=-slug,name&limit=6": "-slug"}
    order = names.get(query, "name")
    assert list(chain.from_iterable(pages)) == list(Tag.objects.order_by(order).values_list("slug", flat=True))
    assert all(len(page) == len(pages[0]) for page in pages[:-1])
    assert 0 < len(pages[-1]) <= len(pages[0])


@each_server
def test_the_pages_lead_back_as_well(tags, server):
    with api(ROUTES, server) as ask:
        address = TAGS
        seen = [body_of(ask("GET", address))]
        while "next" in (links := links_of(ask("GET", address))):
            address = urljoin(address, links["next"])
            seen.append(body_of(ask("GET", address)))
        back = walked(ask, address, "prev")

        assert back == seen[::-1]
        assert body_of(ask("GET", resolved(address, links["first"]))) == seen[0]


def test_a_page_stays_right_while_objects_come_and_go(tags):
    """No object that is there all the time is shown twice or passed over."""
    with api(ROUTES) as ask:
        address, seen = f"{TAGS}?sort=name", []
        for step in range(10):
            response = ask("GET", address)
            seen += body_of(response)
            Tag.objects.create(name=f"a new {step}", slug=f"new{step}")
            Tag.objects.filter(slug=seen[0]).delete()
            if "next" not in links_of(response):
                break
            address = urljoin(address, links_of(response)["next"])

    there = [tag.slug for tag in sorted(tags, key=lambda tag: tag.name)]
    assert [slug for slug in seen if slug in there] == there
    assert len(seen) == len(set(seen))


@each_list
def test_the_last_page_is_known_if_the_client_wants_a_count(tags, address):
    with api(ROUTES) as ask:
        counted = ask("GET", f"{address}?offset=4", Prefer="count=exact")
        links = links_of(counted)

        assert counted.headers["Total-Count"] == "11"
        assert links.keys() >= {"first", "prev", "next", "last"}
        assert len(body_of(ask("GET", urljoin(address, links["last"])))) == 3
        assert "Total-Count" not in ask("GET", address).headers


@each_server
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("limit=1", 1),
        ("limit=6", 6),
        ("limit=7", 6),
        ("limit=999999", 6),
        ("limit=5&offset=9", 2),
        ("offset=11", 0),
    ],
)
def test_a_page_is_as_long_as_was_asked_but_no_longer_than_the_ceiling(tags, server, query, count):
    with api(ROUTES, server) as ask:
        assert len(data_of(ask("GET", f"{TAGS}?{query}"))) == count


REFUSED = [
    ("limit=0", "limit"),
    ("limit=-1", "limit"),
    ("limit=", "limit"),
    ("limit=1e3", "limit"),
    ("limit=1&limit=2", "limit"),
    ("offset=-1", "offset"),
    ("offset=1.0", "offset"),
    ("offset=1&cursor=x", "cursor"),
    ("cursor=", "cursor"),
    ("cursor=x", "cursor"),
    ("sort=id", "sort"),
    ("sort=--name", "sort"),
    ("sort=name,name", "sort"),
    ("sort=name,-name", "sort"),
    ("slug__in=" + ",".join("x" for _ in range(500)), "slug__in"),
]


@each_server
@pytest.mark.parametrize(("query", "parameter"), REFUSED)
@pytest.mark.parametrize("address", [TAGS, "/api/async/"])
def test_what_cannot_be_meant_is_400_with_the_name_of_the_parameter(tags, server, address, query, parameter):
    with api(ROUTES, server) as ask:
        problem = problem_of(ask("GET", f"{address}?{query}"))

        assert (problem["status"], problem["type"]) == (400, "/api/problems/invalid-parameter")
        assert problem["parameter"] == parameter


def test_a_cursor_of_another_order_or_another_list_is_refused(tags):
    with api({**ROUTES, "other/": type("Other", (TagHandler,), {"page_size": 2})}) as ask:
        cursor = links_of(ask("GET", f"{TAGS}?sort=name"))["next"].partition("cursor=")[2]

        assert problem_of(ask("GET", f"{TAGS}?sort=-slug&cursor={cursor}"))["status"] == 400
        assert problem_of(ask("GET", f"{TAGS}?sort=name&cursor={cursor[:-2]}"))["status"] == 400


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("slug=t03", ["t03"]),
        ("slug=none", []),
        ("slug__in=t03,t00", ["t00", "t03"]),
        ("name__startswith=a&sort=-slug", ["t08", "t05", "t02"]),
        ("name=a 02", None),
        ("created=x", None),
    ],
)
def test_only_declared_filters_filter(tags, query, slugs):
    with api(ROUTES) as ask:
        found = body_of(ask("GET", f"{TAGS}?{query}"))

        assert found == (body_of(ask("GET", TAGS)) if slugs is None else slugs)


def test_filters_stay_on_every_page(tags):
    with api(ROUTES) as ask:
        pages = walked(ask, f"{TAGS}?name__startswith=a&limit=1&sort=-slug&fields=slug&else=%C3%BC%26")

    assert pages == [["t08"], ["t05"], ["t02"]]


RANGES = [
    ("items=0-3", 206, "items 0-3/*", 4),
    ("items=0-0", 206, "items 0-0/*", 1),
    ("items=8-", 206, "items 8-10/11", 3),
    ("items=9-99", 206, "items 9-10/11", 2),
    ("items=-2", 206, "items 9-10/11", 2),
    ("items=0-99", 206, "items 0-5/*", 6),
    ("items=-99", 206, "items 5-10/11", 6),
    ("Items=0-1", 206, "items 0-1/*", 2),
    ("items=11-", 416, "items */11", None),
    ("items=99-100", 416, "items */11", None),
    ("items=-0", 416, "items */11", None),
    ("bytes=0-3", 200, None, 4),
    ("items=3-1", 200, None, 4),
    ("items=a-b", 200, None, 4),
    ("items=0-1,3-4", 200, None, 4),
    ("items", 200, None, 4),
    ("", 200, None, 4),
]


@each_server
@pytest.mark.parametrize("address", [TAGS, "/api/async/"])
@pytest.mark.parametrize(("field", "status", "content_range", "count"), RANGES)
def test_items_are_had_by_their_positions(tags, server, address, field, status, content_range, count):
    """RFC 9110, section 14: what cannot be read is passed over, and what is behind the end is 416."""
    with api(ROUTES, server) as ask:
        response = ask("GET", address, Range=field)

        assert (response.status_code, response.headers.get("Content-Range")) == (status, content_range)
        assert response.headers.get("Accept-Ranges") == ("items" if status < 400 else None)
        if count is not None:
            assert len(data_of(response)) == count


def test_a_range_is_left_out_of_account_beside_a_page(tags):
    with api(ROUTES) as ask:
        for query in ("limit=2", "offset=1", "limit=2&offset=1"):
            response = ask("GET", f"{TAGS}?{query}", Range="items=0-0")
            assert (response.status_code, "Content-Range" in response.headers) == (200, False)


@each_server
@pytest.mark.parametrize("accept", ["application/json", "application/xml", "application/yaml"])
def test_parts_are_told_alike_in_every_format(tags, server, accept):
    with api(ROUTES, server) as ask:
        page = ask("GET", f"{TAGS}?limit=3", Accept=accept)
        part = ask("GET", TAGS, Accept=accept, Range="items=2-3")

        assert links_of(page).keys() >= {"first", "next"}
        assert (part.status_code, part.headers["Content-Range"]) == (206, "items 2-3/*")
        assert page.headers["Content-Type"].startswith(accept)
        assert page.content.count(b"slug") == 2 * 3 if accept.endswith("xml") else page.content.count(b"slug") == 3


OWN = [
    ("list", "items=2-3", 206, [2, 3], "items 2-3/10"),
    ("tuple", "items=-1", 206, [9], "items 9-9/10"),
    ("list", "items=10-", 416, None, "items */10"),
    ("none", "items=0-", 200, [], None),
    ("rows", "items=2-3", 200, list(range(10)), None),
    ("dict", "items=0-0", 200, {"a": 1}, None),
    ("list", "", 200, list(range(10)), None),
]


@pytest.mark.parametrize(("of", "field", "status", "data", "content_range"), OWN)
def test_a_list_of_ones_own_knows_ranges_and_nothing_else_does(of, field, status, data, content_range):
    with api(ROUTES) as ask:
        response = ask("GET", f"/api/own/?of={of}", Range=field)

        assert (response.status_code, response.headers.get("Content-Range")) == (status, content_range)
        if data is not None:
            assert data_of(response) == data


def test_a_list_below_an_object_has_pages_of_its_own(db):
    class Child(BaseHandler):
        model = Category
        fields = ("name",)
        page_size = 2

    parents = [Category.objects.create(name=f"P{n}") for n in range(2)]
    for number in range(5):
        Category.objects.create(name=f"C{number}", parent=parents[number % 2])
    with api({"categories/<int:parent>/children/": Child}) as ask:
        address, names = f"/api/categories/{parents[0].pk}/children/", []
        while True:
            response = ask("GET", address)
            names += [row["name"] for row in data_of(response)]
            if "next" not in links_of(response):
                break
            address = urljoin(address, links_of(response)["next"])

    assert names == ["C0", "C2", "C4"]


@each_server
def test_the_pages_of_a_suffix_keep_its_format(tags, server):
    with api(ROUTES, server) as ask:
        first = ask("GET", "/api/tags.xml?limit=2")
        second = ask("GET", urljoin("/api/tags.xml?limit=2", links_of(first)["next"]))

        assert first.headers["Content-Type"] == second.headers["Content-Type"]
        assert first.content != second.content
