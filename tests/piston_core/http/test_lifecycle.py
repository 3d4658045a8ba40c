"""What becomes of a route (RFC 9745, RFC 8594, RFC 5829): told with each of its answers, good or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.http import HttpResponse
from django.urls import path
from django.utils.http import parse_http_date

from blog.models import Tag
from piston_core import BaseHandler, Lifecycle, Resource
from tests.piston_core.http.served import api, asking, each_server
from tests.piston_core.pipeline.asking import GOOD, Key, serving

SINCE = datetime(2024, 1, 1, tzinfo=UTC)
UNTIL = datetime(2027, 7, 1, 12, 30, 15, tzinfo=UTC)
WHOLE = Lifecycle(SINCE, UNTIL, successor="/v2/tags/", policy="https://example.org/policy")
TOLD = {
    "Deprecation": f"@{int(SINCE.timestamp())}",
    "Sunset": "Thu, 01 Jul 2027 12:30:15 GMT",
    "Link": (
        '</v2/tags/>; rel="successor-version", '
        '<https://example.org/policy>; rel="deprecation"; type="text/html", '
        '<https://example.org/policy>; rel="sunset"; type="text/html"'
    ),
}


class TagHandler(BaseHandler):
    model = Tag
    fields = ("name", "slug")
    page_size = 2


class OddHandler(BaseHandler):
    def read(self, request):
        kind = request.GET.get("kind")
        if kind == "bug":
            raise KeyError(kind)
        if kind == "stream":
            return iter([1])
        return HttpResponse(b"own", headers={"Link": '</mine>; rel="self"'})


class AsyncHandler(OddHandler):
    async def read(self, request):
        return super().read(request)


ROUTES = {"tags/": TagHandler, "tags/<slug:slug>/": TagHandler, "odd/": OddHandler, "async/": AsyncHandler}


@pytest.fixture
def tags(db):
    return [Tag.objects.create(name=f"Tag {number}", slug=f"t{number}") for number in range(5)]


ANSWERS = [
    ("GET", "/api/tags/t1/", b"", {}, 200),
    ("GET", "/api/tags/t1.json", b"", {}, 200),
    ("HEAD", "/api/tags/t1/", b"", {}, 200),
    ("OPTIONS", "/api/tags/t1/", b"", {}, 204),
    ("PUT", "/api/tags/t1/", {"name": "x", "slug": "t1"}, {}, 200),
    ("PATCH", "/api/tags/t1/", {"name": "x"}, {"Prefer": "return=minimal"}, 204),
    ("DELETE", "/api/tags/t1/", b"", {}, 204),
    ("GET", "/api/tags/t1/", b"", {"If-None-Match": "*"}, 304),
    ("GET", "/api/tags/t1/", b"", {"If-Match": '"x"'}, 412),
    ("GET", "/api/tags/none/", b"", {}, 404),
    ("POST", "/api/tags/t1/", {}, {}, 405),
    ("BREW", "/api/tags/t1/", b"", {}, 501),
    ("GET", "/api/tags/t1/", b"", {"Accept": "image/png"}, 406),
    ("POST", "/api/tags/", {}, {}, 422),
    ("POST", "/api/tags/", b"{", {}, 400),
    ("GET", "/api/odd/?kind=bug", b"", {}, 500),
    ("GET", "/api/async/?kind=bug", b"", {}, 500),
    ("GET", "/api/odd/?kind=stream", b"", {}, 200),
]


@each_server
@pytest.mark.parametrize(("method", "address", "data", "fields", "status"), ANSWERS)
def test_every_answer_of_a_route_tells_what_becomes_of_it(tags, server, method, address, data, fields, status):
    with api(ROUTES, server, options={"lifecycle": WHOLE}) as ask:
        response = ask(method, address, data, **fields)

        assert response.status_code == status
        told = {name: response.headers.get(name, "") for name in TOLD}
        assert told | {"Link": told["Link"].removeprefix('</api/>; rel="index", ')} == TOLD


@each_server
def test_who_is_refused_for_want_of_credentials_is_told_as_well(server):
    with api(ROUTES, server, options={"lifecycle": WHOLE, "authentication": Key()}) as ask:
        for fields in ({}, {"X-Key": "bad"}):
            response = ask("GET", "/api/odd/", **fields)
            assert (response.status_code, response.headers["Sunset"]) == (401, TOLD["Sunset"])
        assert ask("GET", "/api/odd/", **GOOD).status_code == 200


@each_server
def test_links_of_an_answer_of_its_own_stay_and_the_others_join_them(tags, server):
    with api(ROUTES, server, options={"lifecycle": WHOLE}) as ask:
        page = ask("GET", "/api/tags/?limit=2").headers["Link"]

        assert page.endswith(f", {TOLD['Link']}")
        assert 'rel="next"' in page
        for address in ("/api/odd/", "/api/async/"):
            assert ask("GET", address).headers["Link"] == f'</mine>; rel="self", {TOLD["Link"]}'


@pytest.mark.parametrize(
    ("lifecycle", "names"),
    [
        (Lifecycle(), set()),
        (Lifecycle(deprecated=SINCE), {"Deprecation"}),
        (Lifecycle(sunset=UNTIL), {"Sunset"}),
        (Lifecycle(successor="/v2/"), {"Link"}),
        (Lifecycle(policy="/policy"), set()),
        (Lifecycle(deprecated=SINCE, policy="/policy"), {"Deprecation", "Link"}),
    ],
)
def test_only_what_is_declared_is_told(lifecycle, names):
    with api({"odd/": AsyncHandler}, options={"lifecycle": lifecycle}) as ask:
        headers = ask("GET", "/api/odd/?kind=stream").headers

        assert {name for name in TOLD if name in headers} == names


def test_other_routes_tell_nothing():
    with api({"odd/": OddHandler}) as ask:
        assert not TOLD.keys() & ask("GET", "/api/odd/?kind=stream").headers.keys()
        assert not TOLD.keys() & ask("GET", "/api/").headers.keys()


def test_a_resource_that_stands_alone_may_have_one_too():
    with serving(path("it/", Resource(OddHandler, authentication=(), lifecycle=WHOLE))):
        assert asking()("GET", "/it/").headers["Deprecation"] == TOLD["Deprecation"]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
        datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2024, 6, 1, 1, 2, 3, 999_999, tzinfo=UTC),
    ],
)
def test_a_moment_is_the_same_in_every_zone_and_in_whole_seconds(moment):
    """A Date of RFC 9651, section 3.3.7, and one of RFC 9110, section 5.6.7."""
    with api({"odd/": OddHandler}, options={"lifecycle": Lifecycle(moment, moment)}) as ask:
        headers = ask("GET", "/api/odd/").headers

    seconds = (moment.replace(microsecond=0) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    assert headers["Deprecation"] == f"@{seconds}"
    if seconds >= 0:
        assert parse_http_date(headers["Sunset"]) == seconds


@pytest.mark.parametrize(
    ("deprecated", "sunset", "about"),
    [
        (datetime(2024, 1, 1), None, "time zone"),  # noqa: DTZ001 - the fault
        (None, datetime(2024, 1, 1), "time zone"),  # noqa: DTZ001
        (SINCE, datetime(2028, 1, 1), "time zone"),  # noqa: DTZ001
        (UNTIL, SINCE, "before"),
        (UNTIL, UNTIL - timedelta(seconds=1), "before"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_is_declared(deprecated, sunset, about):
    with pytest.raises(ValueError, match=about):
        Lifecycle(deprecated, sunset)


def test_an_end_at_the_moment_of_the_deprecation_is_none_before_it():
    assert Lifecycle(UNTIL, UNTIL).sunset == UNTIL


@pytest.mark.parametrize("successor", ["/v2/\r\nX-Evil: 1", "/v2/ü>; rel=evil", "/v2/a b"])
def test_an_address_cannot_break_out_of_its_link(successor):
    with api({"odd/": OddHandler}, options={"lifecycle": Lifecycle(successor=successor)}) as ask:
        headers = ask("GET", "/api/odd/?kind=stream").headers

    assert headers["Link"].count("<") == headers["Link"].count(">") == 1
    assert headers["Link"].isascii()
    assert " " not in headers["Link"].partition(">")[0]
