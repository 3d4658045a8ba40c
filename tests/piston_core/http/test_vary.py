"""``Vary`` is right by experiment: what changes an answer is named, and where the address decides, nothing is."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

from tests.piston_core.http import site
from tests.piston_core.http.linting import Answered, Asked, by_client
from tests.piston_core.http.test_linted import GOOD, REFUSED

# What a client may say of itself and of what it likes. Conditions, ranges, keys and what belongs to a body are about
# one request, whatever answers are kept (RFC 9110, section 12.5.5; RFC 9111, section 4).
VARIANTS = {
    "Accept": ["application/xml", "application/yaml;q=0.5", "image/png", "application/problem+xml", "*/*;q=0"],
    "Prefer": ["count=exact", "count=none", "handling=strict", "return=minimal", "wait=1"],
    "X-Key": ["good", "stolen"],
    "Cookie": ["known=1", "sessionid=x"],
    "Authorization": ["Basic YWxpY2U6YWxpY2U=", "Bearer x"],
    "Accept-Language": ["de"],
    "Accept-Charset": ["latin-1"],
    "Accept-Encoding": ["gzip", "identity;q=0"],
    "User-Agent": ["Mozilla/5.0"],
    "Origin": ["http://example.org"],
    "Referer": ["http://example.org/"],
    "X-Requested-With": ["XMLHttpRequest"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Forwarded-For": ["192.0.2.1"],
    "X-Forwarded-Proto": ["https"],
    "Cache-Control": ["no-cache"],
    "Pragma": ["no-cache"],
    "Expect": ["100-continue"],
    "DNT": ["1"],
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


def trials(client, asked: Asked):
    """Yield a field, a value that was tried for it, and the answer to the request with it."""
    for name, values in VARIANTS.items():
        for value in values:
            if asked.fields.get(name) != value:
                yield name, value, by_client(client, Asked(asked.method, asked.target, {**asked.fields, name: value}, asked.body))


@pytest.fixture
def client(db):
    site.fill()
    with site.judged() as client:
        yield client


def test_a_field_that_changes_an_answer_is_named_by_both(client):
    missing = []
    for asked in READ:
        before = by_client(client, asked)
        for name, value, after in trials(client, asked):
            if essence(before) != essence(after):
                missing += [
                    f"{asked}: {name}: {value} makes {before.status} {after.status}; {each.status} varies by {varies(each)}"
                    for each in (before, after)
                    if name.lower() not in varies(each)
                ]

    assert not missing, "\n".join(missing)
