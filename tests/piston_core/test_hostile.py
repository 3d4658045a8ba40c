"""Whatever a client sends to the blog: never a 5xx, and every refusal is a problem (RFC 9457) that fits its status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.models import Post
from piston_core.pipeline.negotiate import SUFFIX
from tests.piston_core.pipeline.asking import FORM, JSON, MULTIPART, problem_of, send

ALICE = "Basic YWxpY2U6YWxpY2U="

hostile = settings(
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

odd = st.sampled_from(["\x00", "%00", "../..", "'; DROP TABLE blog_post; --", "{{7*7}}", "%(a)s", "\u202e", "𝕏", " "])
text = st.text(st.characters(codec="utf-8"), max_size=12) | odd | st.integers().map(str)
header = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30)


def anywhere(*known: str | None) -> st.SearchStrategy[str | None]:
    """Draw something that means something here, now and then anything."""
    return st.sampled_from(known) | st.sampled_from(known) | header


def escaped(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)


def address(steps: list[str], slash: bool) -> str:
    return "/api/" + "/".join(quote(step, safe="") for step in steps) + ("/" if slash else "")


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
KNOWN = {*METHODS, "QUERY", "TRACE", "CONNECT"}
methods = st.sampled_from([*METHODS, *METHODS, "QUERY", "QUERY", "TRACE", "CONNECT"])
methods |= st.text("ABCZ", min_size=1, max_size=8)
ADDRESSES = [
    "/api/",
    "/api/posts/",
    "/api/posts/hello-piston/",
    "/api/posts/hello-piston/comments/",
    "/api/authors/alice/",
    "/api/tags/",
    "/api/statistics/",
    "/api/other/alice/data/",
]
STEPS = ["posts", "hello-piston", "comments", "authors", "alice", "tags", "other"]
invented = st.builds(address, st.lists(st.sampled_from(STEPS) | text, max_size=4), st.booleans())
paths = st.sampled_from(ADDRESSES) | st.sampled_from(ADDRESSES) | invented
names = st.sampled_from(["format", "fields", "offset", "limit", "sort", "callback", "_method"]) | text
queries = st.lists(st.tuples(names, st.sampled_from(["json", "jsonl", "xml", ""]) | text), max_size=2).map(escaped)
accepts = anywhere("*/*", JSON, "application/jsonl", "text/html", "application/json;q=0", "", '"', "*/*;q=0")
credentials = anywhere(None, ALICE, ALICE, "Basic Ym9iOmJvYg==", "Basic !!!!", "Bearer x")
content_types = anywhere(
    "",
    JSON,
    JSON,
    FORM,
    MULTIPART,
    "multipart/form-data",
    "text/plain",
    "application/json; charset=utf-16",
    *(f"{FORM}; charset={charset}" for charset in ("rot13", "utf-7", "idna", "latin-1", "none")),
).filter(lambda value: "*" not in value)  # Django itself fails at charset*=, before any view

numbers = st.integers() | st.floats() | st.sampled_from([10**400, 10**19, -1, 0.001, 1e308])
single = st.none() | st.booleans() | numbers | text | st.sampled_from(["1e400", "2026-02-30", "django", "NaN"])
values = st.recursive(single, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3))
FIELDS = [
    "title",
    "slug",
    "content",
    "tags",
    "is_published",
    "price",
    "rating",
    "attachment",
    "created",
    "author",
    "body",
]
fields = st.sampled_from(FIELDS) | st.sampled_from(FIELDS) | text
objects = st.dictionaries(fields, values, max_size=3)
bodies = (
    st.binary(max_size=80)
    | (objects | values).map(lambda data: json.dumps(data).encode())
    | st.lists(st.tuples(fields, text), max_size=5).map(lambda pairs: escaped(pairs).encode())
)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what an example has written, so that the next one finds the blog as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def judge(response, method: str) -> None:
    """Fail unless the response is one that a client can make sense of."""
    assert response.status_code < 500 or (response.status_code == 501 and method not in KNOWN)
    sent = response.wsgi_request.META
    if SUFFIX not in sent and "format=" not in sent["QUERY_STRING"]:  # which leave Accept no say
        assert "Accept" in response.headers["Vary"]
    if response.status_code in (301, 302):
        assert response.headers["Location"].startswith("/api/")
    elif response.status_code >= 400 and method == "HEAD":
        assert response.headers["Content-Type"] == "application/problem+json"
    elif response.status_code >= 400:
        problem = problem_of(response)
        assert problem["detail"]
        assert "Traceback" not in response.content.decode()


@hostile
@given(methods, paths, queries, accepts, credentials, content_types, bodies)
def test_any_request_is_answered_and_every_refusal_is_a_problem(
    blog, method, path, query, accept, authorization, content_type, body
):
    if "charset" in content_type.lower():
        query = ""  # Django reads it in that charset before any view, and may fail there
    headers = {"Accept": accept} | ({"Authorization": authorization} if authorization is not None else {})

    with undone():
        judge(send(Client(), method, f"{path}?{query}", body, content_type, headers), method)


@hostile
@given(st.sampled_from(["POST", "PUT", "PATCH"]), objects)
def test_any_data_for_a_post_is_saved_or_refused_with_pointers(blog, method, data):
    """The author's own post, so that nothing but the data stands in the way."""
    address = "/api/posts/" if method == "POST" else "/api/posts/hello-piston/"
    data = {"title": "A post", "slug": "a-post", "content": "Text."} | data
    with undone():
        response = send(Client(), method, address, json.dumps(data).encode(), JSON, {"Authorization": ALICE})

        judge(response, method)
        if response.status_code == 422:
            assert response.json()["errors"]
        if response.status_code < 300:
            saved = response.headers.get("Location") or response.json()["resource_uri"]
            assert Client().get(saved, headers={"Authorization": ALICE}).status_code == 200


@hostile
@given(st.sampled_from(["POST", "PUT", "PATCH"]), st.lists(st.tuples(fields, text, st.booleans()), max_size=5))
def test_any_multipart_form_is_saved_or_refused(blog, method, parts):
    body = b"".join(
        b'--X\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        % (name.encode(), b'; filename="%s"' % value.encode() if is_file else b"", value.encode())
        for name, value, is_file in parts
    )
    address = "/api/posts/" if method == "POST" else "/api/posts/hello-piston/"
    with undone():
        judge(send(Client(), method, address, body + b"--X--\r\n", MULTIPART, {"Authorization": ALICE}), method)


HEADERS = ["Range", "If-Match", "If-None-Match", "Prefer", "Cookie", "X-HTTP-Method-Override", "Expect", "Origin"]
HEADERS += ["Content-Encoding", "Accept-Charset", "Accept-Language", "Forwarded", "X-Forwarded-For", "Referer"]


@hostile
@given(st.dictionaries(st.sampled_from(HEADERS), header, max_size=5), paths)
def test_any_header_fields_are_taken_in_one_s_stride(blog, headers, path):
    judge(Client().get(path, headers=headers), "GET")


@pytest.mark.parametrize("depth", [65, 1000, 100_000])
@pytest.mark.parametrize("brackets", ["[]", '{"a":'])
def test_deep_nesting_is_refused(alice, depth, brackets):
    body = brackets[0] * depth + brackets[1] * depth if brackets == "[]" else brackets * depth + "1" + "}" * depth

    assert problem_of(send(alice, "POST", "/api/posts/", body, JSON))["status"] == 400


def test_long_addresses_queries_and_fields_are_refused_or_answered(blog):
    long = "x" * 60_000
    for address in (f"/api/posts/{long}/", f"/api/{long}", f"/api/posts/?{long}={long}", f"/api/other/alice/{long}/"):
        judge(Client().get(address), "GET")
    assert Client().get(f"/api/posts/?a={long}").status_code == 414
    for name, value in (("Accept", f"{long}/{long}"), ("Authorization", f"Basic {long}")):
        response = Client().get("/api/posts/", headers={name: value})
        judge(response, "GET")
        assert response.status_code == 431
    judge(send(Client(), long, "/api/posts/"), long)
    judge(send(Client(), "POST", "/api/posts/", b"{}", long[:900], {"Authorization": ALICE}), "POST")


def test_a_method_cannot_be_overridden_by_a_field_or_a_parameter(alice):
    """A proxy that lets GET pass must be able to trust that it reads."""
    before = Post.objects.count()
    alice.get("/api/posts/hello-piston/?_method=DELETE", headers={"X-HTTP-Method-Override": "DELETE"})
    send(alice, "POST", "/api/posts/hello-piston/", b"_method=DELETE", FORM, {"X-HTTP-Method-Override": "DELETE"})

    assert Post.objects.count() == before
