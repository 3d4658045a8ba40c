"""An independent linter of HTTP reads what Piston answers, and has nothing to object to that is not explained here."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from tests.piston_core.http import site
from tests.piston_core.http.linting import Answered, Asked, by_client, objections, over_asgi, over_http

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPLOAD = {"Content-Type": "multipart/form-data; boundary=X"}
KNOWN = {"X-Key": "good"}
Ask = Callable[[Asked], Answered]


class Explained(NamedTuple):
    """Why a note is not about a defect, and where it may be."""

    why: str
    where: Callable[[Asked, Answered], bool]


def is_list(asked: Asked, answered: Answered) -> bool:
    return any(asked.target.startswith(f"/api/{name}") for name in ("tags", "posts", "feed", "old", "tag-", "post-"))


def has_no_state(asked: Asked, answered: Answered) -> bool:
    return answered.status in (206, 301) or asked.target.startswith(("/api/rows", "/api/limited", "/bare/"))


EXPLAINED = {
    "UNKNOWN_RANGE": Explained(
        "Range units are made to be extended (RFC 9110, section 14.1); a client that knows no items asks for none.",
        is_list,
    ),
    "FRESHNESS_NO_CACHE_NO_VALIDATOR": Explained(
        "A stream is never held whole to be hashed, nor is the list that a range is a part of; a redirect has no "
        "state. A handler that declares its validators has them in its streams and parts, too.",
        has_no_state,
    ),
    "REQUEST_HDR_IN_RESPONSE": Explained(
        "In a 415, Accept says which types would do (RFC 9110, sections 12.5.1 and 15.5.16).",
        lambda asked, answered: answered.status in (400, 415) and "Accept" in dict(answered.fields),
    ),
    "CREATED_WITHOUT_LOCATION": Explained(
        "Of several new objects none is the primary one, whose address it would be (RFC 9110, section 15.3.2); the "
        "body has the address of each.",
        lambda asked, answered: answered.status == 201 and asked.body.startswith(b"["),
    ),
    "STORE_PUBLIC_UNNECESSARY": Explained(
        "Clients send credentials with each request, and then only public lets a shared cache keep what is "
        "everybody's (RFC 9111, section 3.5).",
        lambda asked, answered: asked.target.startswith(("/api/feed", "/api/problems/")),
    ),
    "VARY_COMPLEX": Explained(
        "There are as many as an answer depends on; with two authenticators these are four.",
        lambda asked, answered: asked.target.startswith("/api/posts/"),
    ),
    "DEPRECATION_PAST": Explained(
        "Since when it has been deprecated is what the field says (RFC 9745, section 2.1).",
        lambda asked, answered: asked.target.startswith("/api/old/"),
    ),
    "STATUS_406_WITHOUT_NEGOTIATION": Explained(
        "The format that the address asks for stands in the place of Accept.",
        lambda asked, answered: "format=" in asked.target,
    ),
    "STATUS_BAD_REQUEST": Explained(
        "The request was bad.",
        lambda asked, answered: answered.status == 400,
    ),
    "STATUS_URI_TOO_LONG": Explained(
        "The address was too long.",
        lambda asked, answered: answered.status == 414,
    ),
}  # fmt: skip


def asked(method: str, target: str, body: Any = b"", **fields: str) -> Asked:
    """Return a request; underscores in the names of its fields are hyphens, and data is sent as JSON."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    if isinstance(body, bytes):
        return Asked(method, target, named, body)
    return Asked(method, target, {**JSON, **named}, json.dumps(body).encode())


def tag(number: int, **more: Any) -> dict[str, Any]:
    return {"name": f"Name {number}", "slug": f"tag-{number}", **more}


GOOD = [
    (200, asked("GET", "/api/")),
    (200, asked("HEAD", "/api/")),
    (200, asked("GET", "/api/?format=xml")),
    *((200, asked("GET", f"/api/{at}", Accept=f"application/{each}"))
      for at in ("tags/", "tags/tag-1/", "rows/", "problems/invalid-data", "feed/")
      for each in ("json", "xml", "yaml")),
    *((200, asked("GET", f"/api/tags{item}.{each}")) for item in ("", "/tag-1") for each in ("json", "xml", "yaml")),
    *((200, asked("HEAD", f"/api/{at}")) for at in ("tags/", "tags/tag-1/", "rows/", "feed/", "own/", "later/3/")),
    *((204, asked("OPTIONS", f"/api/{at}")) for at in ("", "tags/", "tags/tag-1/", "posts/", "later/3/", "old/")),
    (200, asked("GET", "/api/own/")),
    (200, asked("GET", "/api/later/3/")),
    (200, asked("GET", "/bare/")),
    (301, asked("GET", "/api/tags")),
    (301, asked("HEAD", "/api/tags/tag-1")),
    # Lists and their parts
    (200, asked("GET", "/api/tags/?limit=2&offset=4&sort=-name", Prefer="count=exact")),
    (200, asked("GET", "/api/tags/?fields=name&name__startswith=Tag", Prefer="count=none, handling=strict")),
    (200, asked("GET", "/api/tags/?slug=nothing")),
    (206, asked("GET", "/api/tags/", Range="items=1-2")),
    (206, asked("GET", "/api/tags/", Range="items=-2", Prefer="count=exact")),
    (206, asked("GET", "/api/feed/", Range="items=1-2")),
    (200, asked("GET", "/api/tags/", Range="bytes=1-2")),
    (200, asked("GET", "/api/tags/", Range="items=1-2", If_Range='"another"')),
    (200, asked("QUERY", "/api/tags/", {"slug": ["tag-1", "tag-2"], "sort": "-name", "limit": 1})),
    (200, asked("QUERY", "/api/tags/", b"slug=tag-1", **FORM)),
    # Those who are known
    (200, asked("GET", "/api/posts/", **KNOWN)),
    (200, asked("GET", "/api/posts/", Cookie="known=1")),
    (200, asked("HEAD", "/api/posts/post-1/", **KNOWN)),
    (206, asked("GET", "/api/posts/", Range="items=0-0", **KNOWN)),
    (304, asked("GET", "/api/posts/post-1/", If_Modified_Since="Wed, 01 May 2024 12:00:00 GMT", **KNOWN)),
    (304, asked("GET", "/api/feed/", If_Modified_Since="Wed, 01 May 2024 12:00:00 GMT")),
    (304, asked("GET", "/api/tags/", If_None_Match="*")),
    (304, asked("HEAD", "/api/tags/tag-1/", If_None_Match="*")),
    (304, asked("QUERY", "/api/tags/", {}, If_None_Match="*")),
    (304, asked("GET", "/api/later/3/", If_None_Match="*")),
    # Writes
    (201, asked("POST", "/api/tags/", tag(20))),
    (201, asked("POST", "/api/tags/", tag(21), Prefer="return=minimal")),
    (201, asked("POST", "/api/tags/", b"name=Form&slug=form", **FORM)),
    (201, asked("POST", "/api/tags/", [tag(30), tag(31)])),
    (201, asked("POST", "/api/tags/", [tag(32), tag(33)], Prefer="return=minimal")),
    (201, asked("POST", "/api/tags/", tag(40), Idempotency_Key='"forty"')),
    (201, asked("POST", "/api/tags/", tag(40), Idempotency_Key='"forty"')),  # again
    (200, asked("POST", "/api/uploads/", {"a": 1})),
    (200, asked("PUT", "/api/tags/tag-1/", tag(1))),
    (200, asked("PUT", "/api/tags/tag-1.xml", tag(1))),
    (204, asked("PUT", "/api/tags/tag-1/", tag(1), Prefer="return=minimal")),
    (200, asked("PUT", "/api/later/3/", {"a": 1})),
    (200, asked("PATCH", "/api/tags/tag-1/", {"name": "One"}, Prefer="return=representation")),
    (200, asked("PATCH", "/api/tags/tag-1/", b'{"name":"Eins"}', Content_Type="application/merge-patch+json")),
    (200, asked("PATCH", "/api/tags/tag-1/", b"[]", Content_Type="application/json-patch+json", If_Match="*")),
    (204, asked("PATCH", "/api/tags/tag-1/", {"name": "Uno"}, Prefer="return=minimal")),
    (200, asked("PATCH", "/api/tags/", [{"slug": "tag-1", "name": "Un"}])),
    (204, asked("PATCH", "/api/tags/", [{"slug": "tag-1", "name": "Moja"}], Prefer="return=minimal")),
    (204, asked("DELETE", "/api/tags/tag-9/")),
    (204, asked("DELETE", "/api/tags/tag-8/", If_Match="*")),
    # Routes with a life of their own
    (200, asked("GET", "/api/old/")),
    (304, asked("GET", "/api/old/", If_None_Match="*")),
    (201, asked("POST", "/api/old/", tag(50))),
    (200, asked("GET", "/api/limited/")),
]  # fmt: skip

UNTYPED = (400, asked("QUERY", "/api/tags/", b"a=1"))  # of which wsgiref would have it that it is text/plain
REFUSED = [
    (400, asked("POST", "/api/tags/", b"<", **JSON)),
    (400, asked("GET", "/api/tags/?limit=x")),
    (400, asked("GET", "/api/tags/?x=1", Prefer="handling=strict")),
    UNTYPED,
    (400, asked("POST", "/api/tags/", tag(60), Idempotency_Key="no, key")),
    (401, asked("GET", "/api/posts/")),
    (401, asked("DELETE", "/api/posts/post-1/", X_Key="stolen")),
    (401, asked("HEAD", "/api/posts/post-1/")),
    (403, asked("GET", "/api/failing/forbidden/")),
    (404, asked("GET", "/api/nothing/")),
    (404, asked("GET", "/api/tags/nothing/")),
    (404, asked("GET", "/api/tags.gif")),
    (404, asked("POST", "/api/tags", tag(61))),
    (404, asked("GET", "/api/later/6/")),
    (405, asked("PUT", "/api/tags/", tag(1))),
    (405, asked("TRACE", "/api/tags/")),
    (405, asked("DELETE", "/api/old/")),
    (406, asked("GET", "/api/tags/", Accept="image/png")),
    (406, asked("GET", "/api/tags/?format=gif")),
    (409, asked("POST", "/api/tags/", tag(2, name="Tag 2"))),
    (410, asked("GET", "/api/failing/not_here/")),
    (411, asked("POST", "/api/uploads/", b"", Transfer_Encoding="chunked", **UPLOAD)),
    (412, asked("PUT", "/api/tags/tag-1/", tag(1), If_Match='"another"')),
    (412, asked("GET", "/api/tags/tag-1/", If_Match='"another"')),
    (413, asked("POST", "/api/tags/", b"x" * 2_700_000, **JSON)),
    (414, asked("GET", f"/api/tags/?x={'x' * 9000}")),
    (415, asked("POST", "/api/tags/", b"x", Content_Type="image/png")),
    (415, asked("PATCH", "/api/tags/tag-1/", b"x", Content_Type="image/png")),
    (415, asked("QUERY", "/api/tags/", b"x", Content_Type="image/png")),
    (416, asked("GET", "/api/tags/", Range="items=100-")),
    (422, asked("POST", "/api/tags/", {"name": "", "slug": "no slug"})),
    (422, asked("POST", "/api/tags/", [tag(70), {}])),
    (422, asked("POST", "/api/tags/", tag(41), Idempotency_Key='"forty"')),
    (428, asked("PUT", "/api/careful/tag-2/", tag(2))),
    (429, asked("GET", "/api/limited/?spent")),
    (429, asked("HEAD", "/api/limited/?spent")),
    (431, asked("GET", "/api/tags/", Prefer="x" * 9000)),
    (500, asked("GET", "/api/failing/broken/")),
    (501, asked("GET", "/api/failing/not_implemented/")),
    (501, asked("BREW", "/api/tags/")),
    (503, asked("GET", "/api/failing/busy/")),
    *((404, asked("GET", "/api/tags/nothing/", Accept=f"application/{each}")) for each in ("json", "xml", "yaml")),
    (406, asked("GET", "/api/tags/nothing/", Accept="application/problem+xml")),
    (406, asked("GET", "/api/tags/nothing/", Accept="image/png")),
]  # fmt: skip


def unexplained(exchanges: list[tuple[int, Asked]], ask: Ask) -> tuple[list[str], set[str]]:
    """Return what is to be said of the answers, and the names of the notes that are explained."""
    wrong, seen = [], set()
    for status, request in exchanges:
        answered = ask(request)
        if answered.status != status:
            wrong.append(f"{request}: {answered.status}, not {status}: {answered.body[:300]!r}")
        for note in objections(request, answered):
            name = type(note).__name__
            seen.add(name)
            if name not in EXPLAINED or not EXPLAINED[name].where(request, answered):
                wrong.append(f"{request}: {answered.status} {name}: {note.summary}")
    return wrong, seen


def test_a_linter_of_http_has_no_objection_that_is_not_explained(db):
    site.fill()
    with site.judged() as client:
        wrong, seen = unexplained([*GOOD, *REFUSED], partial(by_client, client))

    assert not wrong, "\n".join(wrong)
    assert seen == {*EXPLAINED}  # what never occurs needs no explanation


def test_nor_has_it_over_asgi(db):
    site.fill()
    with site.judged():
        wrong, seen = unexplained([*GOOD, *REFUSED], over_asgi)

    assert not wrong, "\n".join(wrong)
    assert seen == {*EXPLAINED}


def test_nor_has_it_over_real_http(live_server):
    """With all that a server adds: its date, its name, how a body ends."""
    site.fill()
    with site.judged():
        exchanges = [each for each in (*GOOD, *REFUSED) if each is not UNTYPED]
        wrong, _ = unexplained(exchanges, partial(over_http, live_server.url))

    assert not wrong, "\n".join(wrong)
