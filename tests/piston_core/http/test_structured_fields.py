"""Every header field that has a grammar is read by somebody else's parser, and has the types and values it should."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import unquote

import http_sf
import pytest
from django.urls import include, path
from django.utils.http import parse_http_date
from http_sf import Token
from hypothesis import example, given
from hypothesis import strategies as st

from piston_core import Api, BaseHandler, Lifecycle, Throttle, Verdict
from piston_core.headers import link_field
from piston_core.linking import Link
from tests.piston_core.http import site
from tests.piston_core.pipeline.asking import GOOD as KNOWN
from tests.piston_core.pipeline.asking import JSON, send, serving

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
QUOTED = r'"(?:[^"\\]|\\.)*"'
# RFC 8288, section 3; an extended value is RFC 8187's.
LINK = re.compile(
    rf"<([^<>\s\"]*)>((?:\s*;\s*{TOKEN}(?:={QUOTED}|=(?:UTF-8'[a-z-]*')?{TOKEN}|=UTF-8''[^;,\s]*)?)*)\s*(?:,\s*|$)"
)
ATTRIBUTE = re.compile(rf";\s*({TOKEN})=({QUOTED}|[^;,\s]*)")
PREFERENCE = re.compile(rf"{TOKEN}(?:=(?:{TOKEN}|{QUOTED}))?")  # as a response has it: RFC 7240, section 3
MEDIA_TYPE = re.compile(rf"{TOKEN}/{TOKEN}")


def links(field: str) -> list[tuple[str, dict[str, str]]]:
    """Return the targets and attributes in a field ``Link``, all of which has to be read."""
    found, place = [], 0
    while place < len(field):
        each = LINK.match(field, place)
        assert each, f"at {place}: {field}"
        attributes = {name: bare(value) for name, value in ATTRIBUTE.findall(each[2])}
        found.append((each[1], attributes))
        place = each.end()
    return found


def bare(value: str) -> str:
    """Return what a token or a quoted string stands for; its last character may be a quotation mark itself."""
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def unquoted(name: str, value: str) -> str:
    """Return an attribute's text, which may be written as RFC 8187 has it."""
    return unquote(value.removeprefix("UTF-8''"), errors="strict") if name.endswith("*") else value


def elements(field: str, of: re.Pattern[str]) -> list[str]:
    """Return the elements of a comma-separated list, each of which has to have a form."""
    found = field.split(", ")
    assert all(of.fullmatch(each) for each in found), field
    return found


@pytest.fixture
def client(db):
    site.fill()
    with site.judged() as client:
        yield client


def told(client, method: str, target: str, body: bytes = b"", content_type: str = "", **fields: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return send(client, method, target, body, content_type, named).headers


@pytest.mark.parametrize("target", ["/api/limited/", "/api/limited/?spent"])
def test_the_limits_are_lists_of_strings_with_integers(client, target):
    """draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4."""
    fields = told(client, "GET", target)
    left = 0 if "spent" in target else 3

    assert http_sf.parse(fields["RateLimit-Policy"].encode(), tltype="list") == [("burst", {"q": 4, "w": 60})]
    assert http_sf.parse(fields["RateLimit"].encode(), tltype="list") == [("burst", {"r": left, "t": 30})]
    if not left:
        assert int(fields["Retry-After"]) >= 30  # which must not be before the quota is there again


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1), min_size=1, max_size=3))
def test_the_limits_are_read_whatever_the_policies_are_called(names):
    class Named(Throttle):
        name = "named"

        def __init__(self, policy):
            self.policy = policy

        def check(self, request, identity, operation):
            return Verdict(True, self.policy, 10**6, 86_400, 10**5, 0.01)

    class Anything(BaseHandler):
        def read(self, request):
            return {}

    api = Api(authentication=(), throttles=[Named(name) for name in names])
    api.route("it/", Anything)
    with serving(path("", include(api.urls))) as client:
        fields = client.get("/it/").headers

    policies = http_sf.parse(fields["RateLimit-Policy"].encode(), tltype="list")
    assert policies == [(name, {"q": 10**6, "w": 86_400}) for name in names]
    assert http_sf.parse(fields["RateLimit"].encode(), tltype="list") == [
        (name, {"r": 10**5, "t": 1}) for name in names
    ]


def test_deprecation_is_a_date_and_sunset_one_of_http(client):
    """RFC 9745, section 2.1 and RFC 8594, section 3: each has its own form."""
    for method, target in [("GET", "/api/old/"), ("OPTIONS", "/api/old/"), ("DELETE", "/api/old/")]:
        fields = told(client, method, target)

        value, parameters = http_sf.parse(fields["Deprecation"].encode(), tltype="item")
        assert (value, type(value), parameters) == (site.WHEN, dt.datetime, {})
        assert parse_http_date(fields["Sunset"]) == (site.WHEN + dt.timedelta(days=9000)).timestamp()


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(9998, 1, 1), timezones=st.just(dt.UTC)))  # noqa: DTZ001
def test_any_moment_can_be_that_of_a_deprecation(moment):
    class Anything(BaseHandler):
        def read(self, request):
            return {}

    api = Api(authentication=())
    api.route("it/", Anything, lifecycle=Lifecycle(moment))
    with serving(path("", include(api.urls))) as client:
        field = client.get("/it/").headers["Deprecation"]

    value, _ = http_sf.parse(field.encode(), tltype="item")
    assert abs(value - moment) < dt.timedelta(seconds=1)


def test_an_answer_that_is_sent_again_says_so_with_a_boolean(client):
    """RFC 9651, section 3.3.6."""
    fields = {"Idempotency-Key": '"once"'}
    first, again = (
        send(client, "POST", "/api/tags/", b'{"name":"n","slug":"n"}', JSON, fields).headers for _ in range(2)
    )

    assert "Idempotency-Replayed" not in first
    assert http_sf.parse(again["Idempotency-Replayed"].encode(), tltype="item") == (True, {})


@pytest.mark.parametrize("key", ["k", 'with "quotes" and \\', "x" * 255, "~ !#$%&'()*+,-./:;<=>?@[]^_`{|}"])
def test_a_key_that_is_a_string_of_a_structured_field_is_taken(client, key):
    sent = http_sf.ser((key, {}))

    assert (
        send(client, "POST", "/api/tags/", b'{"name":"n","slug":"n"}', JSON, {"Idempotency-Key": sent}).status_code
        == 201
    )


def test_accept_query_is_a_list_of_media_types(client):
    """RFC 10008, section 3: Tokens or Strings, with parameters."""
    for method, target, more in [
        ("OPTIONS", "/api/tags/", {}),
        ("QUERY", "/api/tags/", {"content_type": "image/png"}),
    ]:
        field = told(client, method, target, b"x" if more else b"", **more)["Accept-Query"]
        items = http_sf.parse(field.encode(), tltype="list")

        assert {type(value) for value, _ in items} == {Token}
        assert all(MEDIA_TYPE.fullmatch(str(value)) and not parameters for value, parameters in items)
        assert {JSON, "application/x-www-form-urlencoded"} <= {str(value) for value, _ in items}
        assert "multipart/form-data" not in {str(value) for value, _ in items}  # a query uploads nothing


def test_accept_patch_is_a_list_of_media_types(client):
    """RFC 5789, section 3.1; where a patch can be applied, its types are among them."""
    item = elements(told(client, "OPTIONS", "/api/tags/tag-1/")["Accept-Patch"], MEDIA_TYPE)
    refused = elements(told(client, "PATCH", "/api/tags/tag-1/", b"x", "image/png")["Accept-Patch"], MEDIA_TYPE)

    assert {JSON, "application/merge-patch+json", "application/json-patch+json"} <= {*item}
    assert item == refused
    assert "application/json-patch+json" not in told(client, "OPTIONS", "/api/tags/")["Accept-Patch"]


@pytest.mark.parametrize(
    ("method", "prefer", "expected"),
    [
        ("GET", "count=exact", ["count=exact"]),
        ("GET", 'count="none", handling=lenient', ["count=none", "handling=lenient"]),
        ("GET", "COUNT=exact; foo=1, count=none, respond-async, wait=10", ["count=exact"]),
        ("PATCH", "return=minimal", ["return=minimal"]),
        ("PATCH", "return=representation, handling=lenient", ["return=representation"]),
    ],
)
def test_preferences_that_are_followed_are_told_as_they_were_sent(client, method, prefer, expected):
    """RFC 7240, section 3: no parameters, and only those that were followed."""
    target, body = ("/api/tags/", b"") if method == "GET" else ("/api/tags/tag-1/", b"{}")
    fields = told(client, method, target, body, JSON if body else "", Prefer=prefer)

    assert elements(fields["Preference-Applied"], PREFERENCE) == expected


def test_no_preference_is_told_where_none_is_followed(client):
    for prefer in ("wait=10", "return=maximal", "count", "count=", "return=minimal"):
        assert "Preference-Applied" not in told(client, "GET", "/api/tags/tag-1/", Prefer=prefer)


def test_links_are_read(client):
    """RFC 8288, section 3: those of a page, and those of a route's life."""
    found = links(
        told(client, "GET", "/api/old/?limit=2&offset=2&slug=tag-1&slug=tag-2&slug=tag-3", Prefer="count=exact")[
            "Link"
        ]
    )
    targets = {attributes["rel"]: target for target, attributes in found}

    assert {*targets} == {"first", "prev", "last", "successor-version", "deprecation", "sunset"}
    assert targets["first"] == "/api/old/?limit=2&slug=tag-1&slug=tag-2&slug=tag-3"
    assert targets["successor-version"] == "/api/tags/"
    assert [attributes for _, attributes in found if attributes["rel"] == "sunset"] == [
        {"rel": "sunset", "type": "text/html"}
    ]


MEANT_BADLY = st.text(st.sampled_from("a1\";,=<>\\ \n\r\t\0%'é日") | st.characters(codec="utf-8"), max_size=9)
RELATIONS = st.sampled_from(["self", "next", "http://example.org/rel#a b"])
NAMES = st.sampled_from(["title", "type", "hreflang"])
LINKS = st.builds(Link, MEANT_BADLY, RELATIONS, st.dictionaries(NAMES, MEANT_BADLY))


@example([Link("", "self", {"title": '"'})])
@given(st.lists(LINKS, min_size=1, max_size=3))
def test_whatever_links_hold_stays_in_its_place(made):
    """No target and no title makes another link, another attribute or another header field."""
    field = link_field(made)

    assert field.isascii()
    assert field.isprintable()
    found = links(field)
    assert [attributes["rel"] for _, attributes in found] == [each.rel for each in made]
    for (_, attributes), each in zip(found, made, strict=True):
        plain = {name: value for name, value in attributes.items() if not name.endswith("*") and name != "rel"}
        assert plain == {
            name: value for name, value in each.attributes.items() if value.isascii() and value.isprintable()
        }


@pytest.mark.parametrize(
    "target", ["/api/tags/", "/api/tags/tag-1/", "/api/posts/", "/api/rows/", "/api/later/3/", "/api/"]
)
def test_allow_and_vary_name_each_thing_once(client, target):
    """RFC 9110, sections 10.2.1 and 12.5.5."""
    for method in ("OPTIONS", "BREW", "TRACE", "GET"):
        fields = told(client, method, target, **{name.replace("-", "_"): value for name, value in KNOWN.items()})
        for name in {"Allow", "Vary"} & {*fields}:
            listed = elements(fields[name], re.compile(TOKEN))
            assert len({each.lower() for each in listed}) == len(listed)
        assert ("Allow" in fields) == (method in ("OPTIONS", "TRACE"))
        assert "*" not in fields["Vary"]


def test_dates_are_those_of_http(client):
    """RFC 9110, section 5.6.7."""
    modified = told(client, "GET", "/api/feed/")["Last-Modified"]

    assert modified == "Wed, 01 May 2024 12:00:00 GMT"
