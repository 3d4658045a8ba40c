"""Whatever stands in a request's fields: no defect, no write that was refused, nothing shared that is one person's."""

from __future__ import annotations

import json
import re
from io import BytesIO
from operator import itemgetter
from typing import Any
from urllib.parse import quote

import pytest
from defusedxml import ElementTree
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_core.pipeline.negotiate import names_format
from tests.piston_core.http import site

hostile = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def mostly(meant: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw what means something here, now and then something odd; a union would weigh each of its parts alike."""
    return st.sampled_from([meant, meant, meant, odd]).flatmap(lambda each: each)


# -- requests ---------------------------------------------------------------------------------------

SERVED = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"]
KNOWN = [*SERVED, "TRACE", "CONNECT"]
TOKEN = st.text(st.sampled_from("!#$%&'*+-.^_`|~09AZaz"), min_size=1, max_size=12)
METHODS = mostly(st.sampled_from(KNOWN), TOKEN)
PATHS = st.sampled_from(
    [
        "/api/", "/api/tags/", "/api/tags/tag-1/", "/api/tags/nothing/", "/api/tags.xml", "/api/tags/tag-1.yaml",
        "/api/tags.gif", "/api/tags", "/api/careful/tag-2/", "/api/posts/", "/api/posts/post-1/", "/api/posts.json",
        "/api/feed/", "/api/rows/", "/api/own/", "/api/later/3/", "/api/later/6/", "/api/uploads/", "/api/limited/",
        "/api/failing/forbidden/", "/api/old/", "/api/problems/busy", "/api/problems/nothing", "/api/nothing/",
        "/bare/",
    ]
)  # fmt: skip
READING = st.tuples(
    st.sampled_from(["GET", "GET", "HEAD", "QUERY"]),
    st.sampled_from(["/api/tags/", "/api/tags/", "/api/tags/tag-1/", "/api/posts/", "/api/feed/", "/api/later/3/"]),
)
WRITING = st.sampled_from(
    [
        ("POST", "/api/tags/"), ("POST", "/api/tags/"), ("POST", "/api/old/"), ("PATCH", "/api/tags/"),
        ("PUT", "/api/tags/tag-1/"), ("PATCH", "/api/tags/tag-1/"), ("DELETE", "/api/tags/tag-1/"),
        ("PUT", "/api/careful/tag-2/"), ("PUT", "/api/later/3/"), ("POST", "/api/uploads/"), ("POST", "/api/posts/"),
        ("PATCH", "/api/posts/post-1/"), ("DELETE", "/api/posts/post-1/"),
    ]
)  # fmt: skip
TARGETS = mostly(READING | WRITING | WRITING, st.tuples(METHODS, PATHS))
TEXT = st.text(st.characters(codec="utf-8"), max_size=10) | st.sampled_from(
    ["\x00", "-1", "0", "9" * 19, "1e9", "é", "𝕏"]
)
VALUES = {
    "limit": ["1", "2", "0", "-1", "1000000"],
    "offset": ["0", "1", "8", "9", "1000000000000000000"],
    "cursor": ["", "WyJiMWRlMzJjYSIsdHJ1ZSxbIlRhZyAzIiwzXV0", "W10", "bnVsbA", "WyJiMWRlMzJjYSIsZmFsc2UsbnVsbF0"],
    "sort": ["name", "-name", "name,slug", "pk", "-", "name,name"],
    "fields": ["name", "name,slug", "name(slug)", "(", ",", "resource_uri", "tags(name)", "password"],
    "format": ["json", "xml", "yaml", "gif", ""],
    "slug": ["tag-1", "nothing", ""],
    "name__startswith": ["Tag", "%", "_"],
    "title": ["Post 1"],
    "explain": [""],
    "spent": [""],
    "_method": ["DELETE"],
}
PARAMETERS = st.sampled_from([*VALUES]).flatmap(
    lambda name: st.tuples(st.just(name), mostly(st.sampled_from(VALUES[name]), TEXT))
)
QUERIES = st.lists(mostly(PARAMETERS, st.tuples(TEXT, TEXT)), max_size=3).map(
    lambda pairs: "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
)

MEDIA_TYPES = {
    "application/json": "json",
    "application/xml;q=0.9, text/html;q=0.1": "xml",
    "application/yaml, application/json;q=0.2": "json",  # YAML has no type for problems
    "application/problem+xml, application/json;q=0.2": "",
    "*/*": "json",
}
FIELDS = {
    "Accept": [*MEDIA_TYPES, "image/png", "", "*/*;q=0", 'a/b;c="', "application/json;q=2"],
    "Prefer": ["return=minimal", "return=representation", "count=exact", "count=none", "handling=strict", 'a="'],
    "Range": ["items=0-1", "items=8-", "items=-3", "items=-0", "items=90-", "items=1-0", "bytes=0-1", "items=0-1,3-4"],
    "If-Match": ["*", '"a"', 'W/"a"', '"a", "b"', '"'],
    "If-None-Match": ["*", '"a"', 'W/"a"', '"'],
    "If-Modified-Since": ["Wed, 01 May 2024 12:00:00 GMT", "Wed, 01 May 9999 12:00:00 GMT", "0"],
    "If-Unmodified-Since": ["Wed, 01 May 2024 12:00:00 GMT", "Wed, 01 May 1901 12:00:00 GMT", "now"],
    "If-Range": ['"a"', 'W/"a"', "Wed, 01 May 2024 12:00:00 GMT"],
    "Idempotency-Key": ['"a"', "a", '"b"', '""', '"a";b=1', "a b", '"' + "x" * 256 + '"'],
    "Content-Length": ["0", "1", "5", "99999999999999999999", "-1", "x", "1, 1", "+1", " 1", "٣"],
    "Transfer-Encoding": ["chunked", "gzip, chunked", "identity"],
    "Authorization": ["Basic !!!", "Basic YTpi", "Bearer x"],
    "X-Key": ["good", "good", "good", "stolen"],
    "Cookie": ["known=1", "known", "sessionid=x"],
}
OCTETS = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
FIELD = st.sampled_from([*FIELDS]).flatmap(
    lambda name: st.tuples(st.just(name), mostly(st.sampled_from(FIELDS[name]), OCTETS))
)
HEADERS = st.lists(FIELD, max_size=4).map(dict)

JSON, MERGE, PATCH = "application/json", "application/merge-patch+json", "application/json-patch+json"
TYPES = st.sampled_from(
    [
        JSON, PATCH, "application/xml", "application/yaml", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=X", "image/png", "",
        "application/json; charset=utf-16",
    ]
)  # fmt: skip
NAMES = st.sampled_from(["name", "slug", "title", "resource_uri", "limit", "sort", "id", "data"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from(["tag-1", "Tag 1", "new"])
OBJECTS = st.dictionaries(NAMES, SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
NEW = st.fixed_dictionaries(
    {
        "name": mostly(st.sampled_from(["New", "Newer", "Newest", "Tag 2"]), SCALARS),
        "slug": mostly(st.sampled_from(["new", "newer", "newest", "tag-1"]), SCALARS),
    }
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "x"])},
    optional={"path": st.sampled_from(["", "/name", "/slug", "/-", "name", "/a~2"]), "from": NAMES, "value": SCALARS},
)
DATA = mostly(NEW | NEW | st.lists(NEW, max_size=3) | st.lists(OPERATIONS, max_size=3), OBJECTS | SCALARS)
MEANT = st.tuples(
    mostly(st.just(JSON), st.sampled_from([MERGE, PATCH])), DATA.map(lambda data: json.dumps(data).encode())
)
ANY = st.sampled_from([b"", b"<", b"{", b"name=x&slug=x", b"<a><name>n</name><slug>s</slug></a>", b"name: n\nslug: s"])
BODIES = mostly(MEANT, st.tuples(TYPES, ANY | st.binary(max_size=40)))


def ask(method: str, target: str, body: bytes, content_type: str, headers: dict[str, str], *, ends: bool) -> Any:
    """Return the answer to a request as a WSGI server hands it over, whose body ends where it ends."""
    typed = {"Content-Type": content_type} if content_type else {}
    client = Client(raise_request_exception=False)
    server = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": ends}
    return client.generic(method, target, body, content_type, headers={**typed, **headers}, **server)


# -- what is expected of every answer ------------------------------------------------------------------

READS = {"json": json.loads, "xml": ElementTree.fromstring}
PERSONAL = re.compile(r"(^|, )(private|no-store)($|, )")
SHARED = re.compile(r"(^|, )(public|s-maxage)")


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def judge_status(response: Any, method: str) -> None:
    """A method that nobody knows is 501 wherever there is something; only then is anything beyond 499."""
    if method in KNOWN:
        assert response.status_code < 500
    else:
        assert response.status_code in (401, 404, 501)


def judge_problem(response: Any, method: str, body: bytes, accept: str) -> None:
    """RFC 9457, section 3: the document, in the format that was asked for."""
    kind = re.fullmatch(r"application/problem\+(json|xml)(; charset=utf-8)?", response.headers["Content-Type"])
    assert kind, response.headers["Content-Type"]
    assert MEDIA_TYPES.get(accept, "") in ("", kind[1]) or names_format(response.wsgi_request)
    if method == "HEAD":
        return
    document = READS[kind[1]](body)
    if kind[1] == "xml":
        document = {each.tag.partition("}")[2]: each.text for each in document}
    assert int(document["status"]) == response.status_code
    assert document["type"]
    assert document["title"]
    assert document["instance"].startswith("urn:uuid:")
    assert b"Traceback" not in body


def judge_caching(response: Any, method: str) -> None:
    """RFC 9111, section 3: a shared cache keeps nothing of one person, nobody keeps what was refused or written."""
    kept = response.headers["Cache-Control"]
    if response.status_code >= 400 or method not in ("GET", "HEAD", "QUERY"):
        assert kept == "no-store"
    elif getattr(response.wsgi_request, "identity", None) is not None:
        assert PERSONAL.search(kept)
        assert not SHARED.search(kept)
    varies = {name.strip() for name in response.headers.get("Vary", "").split(",")}
    assert ("Accept" in varies) != names_format(response.wsgi_request)
    if "/posts" in response.wsgi_request.path:
        assert {"X-Key", "Cookie"} <= varies


def judge_fields(response: Any, body: bytes) -> None:
    """RFC 9110, sections 8.6, 11.6.1, 15.3.7, 15.5.6 and 15.5.17: what belongs to a status."""
    status, fields = response.status_code, response.headers
    assert status != 401 or fields["WWW-Authenticate"]
    assert ("Allow" in fields) == (status == 405 or (status == 204 and "Allow" in fields))
    assert ("Content-Range" in fields) <= (status in (206, 416))
    assert status != 206 or fields["Content-Range"].startswith("items ")
    assert status != 201 or "Location" in fields or body.startswith(b"[") or not body or b"<" in body
    if status in (204, 304):
        assert not body
        assert not {"Content-Length", "Content-Type"} & {*fields}
    elif "Content-Length" in fields and response.wsgi_request.method != "HEAD":
        assert int(fields["Content-Length"]) == len(body)


@hostile
@given(TARGETS, QUERIES, HEADERS, BODIES, st.booleans())
def test_any_request_is_answered_as_http_has_it(stored, target, query, headers, sent, ends):
    (method, path), (content_type, body) = target, sent
    if "/posts" in path:
        headers = {"X-Key": "good"} | headers
    with transaction.atomic():
        before = site.rows()
        response = ask(method, f"{path}?{query}", body, content_type, headers, ends=ends)
        answer, after = body_of(response), site.rows()
        transaction.set_rollback(True)

    judge_status(response, method)
    judge_caching(response, method)
    judge_fields(response, answer)
    if response.status_code >= 400:
        judge_problem(response, method, answer, headers.get("Accept", "*/*"))
    if response.status_code >= 400 or method in ("GET", "HEAD", "QUERY", "OPTIONS"):
        assert after == before


@hostile
@given(READING.map(itemgetter(1)) | PATHS, QUERIES, HEADERS)
def test_head_is_get_without_a_body(stored, path, query, headers):
    """RFC 9110, section 9.3.2; a Range is about GET alone (section 14.2)."""
    headers.pop("Range", None)
    if "/posts" in path:
        headers = {"X-Key": "good"} | headers
    get, head = (ask(method, f"{path}?{query}", b"", "", headers, ends=True) for method in ("GET", "HEAD"))
    fields = [{name: value for name, value in each.headers.items() if name != "Server-Timing"} for each in (get, head)]

    assert head.status_code == get.status_code
    assert fields[0] == fields[1]
    assert body_of(head) == b""


@pytest.fixture
def stored(db):
    site.fill()
    with site.judged():
        yield
