"""``Vary`` is right by experiment: what changes an answer is named, and where the address decides, nothing is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.piston_core.http import site
from tests.piston_core.http.linting import Answered, Asked, by_client
from tests.piston_core.http.test_linted import GOOD, REFUSED

# Conditions, ranges, keys and what belongs to a body are about one request, whatever answers are kept, and so in no
# list here (RFC 9110, section 12.5.5; RFC 9111, section 4).
VARIANTS = {
    "Accept": ["application/xml", "application/yaml;q=0.5", "image/png", "application/problem+xml", "*/*;q=0"],
    "Prefer": ["count=exact", "count=none", "handling=strict", "return=minimal", "wait=1"],
    "X-Key": ["good", "stolen"],
    "Cookie": ["known=1", "theme=dark"],
}
NEUTRAL = {
    "Accept-Charset": "latin-1",
    "Accept-Encoding": "gzip",
    "Accept-Language": "de",
    "Authorization": "Basic YWxpY2U6YWxpY2U=",
    "Cache-Control": "no-cache",
    "DNT": "1",
    "Expect": "100-continue",
    "Forwarded": "for=192.0.2.1;proto=https",
    "Origin": "http://example.org",
    "Pragma": "no-cache",
    "Referer": "http://example.org/",
    "User-Agent": "Mozilla/5.0",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Host": "example.org",
    "X-Forwarded-Proto": "https",
    "X-HTTP-Method-Override": "DELETE",
    "X-Requested-With": "XMLHttpRequest",
}
OF_THE_MOMENT = {"vary", "server-timing", "date", "content-length"}
INSTANCE = re.compile(rb"urn:uuid:[-0-9a-f]{36}")
READS = ("GET", "HEAD", "OPTIONS", "QUERY", "BREW", "TRACE")
READ = [asked for _, asked in (*GOOD, *REFUSED) if asked.method in READS]


def essence(answered: Answered) -> tuple[Any, ...]:
    """Return what two answers have to have in common to be the same."""
    fields = {(name.lower(), value) for name, value in answered.fields if name.lower() not in OF_THE_MOMENT}
    return answered.status, fields, INSTANCE.sub(b"", answered.body)


def varies(answered: Answered) -> set[str]:
    return {name.strip().lower() for name in dict(answered.fields).get("Vary", "").split(",")} - {""}


def with_field(asked: Asked, fields: dict[str, str]) -> Asked:
    return Asked(asked.method, asked.target, {**asked.fields, **fields}, asked.body)


def trials(client, asked: Asked):
    """Yield a field, a value that was tried for it, and the answer to the request with it."""
    for name, values in VARIANTS.items():
        for value in values:
            if asked.fields.get(name) != value:
                yield name, value, by_client(client, with_field(asked, {name: value}))


@pytest.fixture
def client(db):
    site.fill()
    with site.judged() as client:
        yield client


def test_a_field_that_changes_an_answer_is_named_by_both(client):
    """Answers to writes are kept by nobody; and who sends too much is refused unread, whatever else there is."""
    missing = []
    for asked in READ:
        before = by_client(client, asked)
        for name, value, after in trials(client, asked):
            if essence(before) != essence(after) and not {before.status, after.status} & {431}:
                missing += [
                    f"{asked}: {name}: {value}: {before.status} -> {after.status}; {each.status} names {varies(each)}"
                    for each in (before, after)
                    if name.lower() not in varies(each)
                ]

    assert not missing, "\n".join(missing)


def test_nothing_else_that_a_client_says_of_itself_changes_an_answer(client):
    for asked in READ:
        assert essence(by_client(client, asked)) == essence(by_client(client, with_field(asked, NEUTRAL))), asked


@pytest.mark.parametrize(
    "target", ["/api/", "/api/tags/", "/api/tags/tag-1/", "/api/tags/nothing/", "/api/posts/", "/api/rows/", "/api/x/"]
)
def test_what_is_named_changes_something(client, target):
    """Each field too many would have caches keep as many answers as there are values."""
    asked = Asked("GET", target, {})
    before = by_client(client, asked)
    changing = {name.lower() for name, _, after in trials(client, asked) if essence(before) != essence(after)}

    assert varies(before) == changing


@pytest.mark.parametrize("method", ["GET", "HEAD", "QUERY", "OPTIONS", "DELETE"])
@pytest.mark.parametrize(
    "target",
    ["/api/tags.xml", "/api/tags/?format=xml", "/api/tags/tag-1.json", "/api/tags/tag-1/?format=json", "/api/tags.gif",
     "/api/tags/?fields=name&format=gif", "/api/posts.json", "/api/tags/nothing.json", "/api/rows.yaml"],
)  # fmt: skip
def test_where_the_address_names_the_format_accept_is_not_named(client, method, target):
    assert "accept" not in varies(by_client(client, Asked(method, target, {})))


@pytest.mark.parametrize("target", ["/api/tags/?xformat=xml", "/api/tags/?fields=name", "/api/tags/?slug=format"])
def test_where_the_address_only_looks_as_if_accept_is_named(client, target):
    assert "accept" in varies(by_client(client, Asked("GET", target, {})))


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/api/tags/"),
        ("GET", "/api/tags/tag-1/"),
        ("HEAD", "/api/tags/tag-1/"),
        ("QUERY", "/api/tags/"),
        ("GET", "/api/feed/"),
        ("QUERY", "/api/feed/"),
        ("GET", "/api/posts/post-1/"),
        ("GET", "/api/later/3/"),
        ("GET", "/api/problems/busy"),
    ],
)
def test_what_has_not_changed_is_told_with_the_fields_of_what_would_have_been_sent(client, method, target):
    """RFC 9110, section 15.4.5: a 304 has these fields, if the 200 would have them."""
    fields, body = {"X-Key": "good"}, b""
    if method == "QUERY":
        fields, body = {"X-Key": "good", "Content-Type": "application/json"}, b'{"slug": "tag-1"}'
    good = by_client(client, Asked(method, target, fields, body))
    same = by_client(client, Asked(method, target, {**fields, "If-None-Match": dict(good.fields)["ETag"]}, body))
    names = ("Cache-Control", "Content-Location", "ETag", "Expires")
    told = [{name: value for name, value in each.fields if name in names} for each in (good, same)]

    assert (good.status, same.status) == (200, 304)
    assert told[0] == told[1]
    assert varies(good) == varies(same)
