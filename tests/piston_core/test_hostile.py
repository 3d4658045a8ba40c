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
from tests.piston_core.pipeline.asking import FORM, JSON, MULTIPART, problem_of, send

ALICE = "Basic YWxpY2U6YWxpY2U="

hostile = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

characters = st.characters(codec="utf-8")
odd = st.sampled_from(
    ["\x00", "%00", "../..", "'; DROP TABLE blog_post; --", "{{7*7}}", "%(a)s", "\u202e", "𝕏", "\r\n", " "]
)
text = st.text(characters, max_size=12) | odd | st.integers().map(str)
header = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30)

methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]) | st.text(
    st.characters(codec="ascii", categories=["Lu"]), min_size=1, max_size=8
)
steps = (
    st.sampled_from(["posts", "hello-piston", "comments", "authors", "alice", "tags", "statistics", "other"]) | text
)
paths = st.tuples(st.lists(steps, max_size=4), st.booleans()).map(
    lambda path: "/api/" + "/".join(quote(step, safe="") for step in path[0]) + ("/" if path[1] else "")
)
names = (
    st.sampled_from(["format", "fields", "offset", "limit", "sort", "callback", "_method", "csrfmiddlewaretoken"])
    | text
)
queries = st.lists(st.tuples(names, st.sampled_from(["json", "jsonl", "xml", ""]) | text), max_size=4).map(
    lambda pairs: "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
)
accepts = (
    st.sampled_from(["*/*", JSON, "application/jsonl", "text/html", "application/json;q=0", "", '"', "*/*;q=0"])
    | header
)
credentials = (
    st.sampled_from([None, ALICE, "Basic Ym9iOmJvYg==", "Basic", "Basic !!!!", "Bearer x", "Digest a=b"]) | header
)
content_types = (
    st.sampled_from(
        ["", JSON, FORM, MULTIPART, "multipart/form-data", "text/plain", "application/json; charset=utf-16"]
    )
    | st.sampled_from([f"{FORM}; charset={charset}" for charset in ("rot13", "utf-7", "idna", "latin-1", "none")])
    | header.filter(lambda value: "*" not in value)  # Django itself fails at charset*=, before any view
)

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | text
    | st.sampled_from([10**400, 10**19, -1, "1e400", "2026-02-30"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
fields = (
    st.sampled_from(["title", "slug", "content", "tags", "is_published", "price", "rating", "attachment", "body"])
    | text
)
posts = st.fixed_dictionaries(
    {},
    optional={
        "title": text | values,
        "slug": st.sampled_from(["a-post", "hello-piston"]) | values,
        "content": text | values,
        "tags": st.lists(st.sampled_from(["django", "rest"]) | values, max_size=3) | values,
        "is_published": values,
        "price": values,
        "rating": values,
        "attachment": values,
        "created": values,
        "author": values,
        "body": text | values,
    },
)
bodies = (
    st.binary(max_size=80)
    | (st.dictionaries(fields, values, max_size=5) | posts | values).map(lambda data: json.dumps(data).encode())
    | st.lists(st.tuples(fields, text), max_size=5).map(
        lambda pairs: "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode()
    )
)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what an example has written, so that the next one finds the blog as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def judge(response, method: str) -> None:
    """Fail unless the response is one that a client can make sense of."""
    assert response.status_code < 500
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
@given(st.sampled_from(["POST", "PUT", "PATCH"]), posts, st.sampled_from(["/api/posts/", "/api/posts/hello-piston/"]))
def test_any_data_for_a_post_is_saved_or_refused_with_pointers(blog, method, data, address):
    """The author's own post, so that nothing but the data stands in the way."""
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


@hostile
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "Range",
                "If-Match",
                "If-None-Match",
                "Prefer",
                "Cookie",
                "X-HTTP-Method-Override",
                "Expect",
                "Content-Encoding",
                "Accept-Charset",
                "Accept-Language",
                "Forwarded",
                "X-Forwarded-For",
                "Referer",
                "Origin",
            ]
        ),
        header,
        max_size=5,
    ),
    paths,
)
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
    judge(Client().get("/api/posts/", headers={"Accept": f"{long}/{long}", "Authorization": f"Basic {long}"}), "GET")
    judge(send(Client(), long, "/api/posts/"), long)
    judge(send(Client(), "POST", "/api/posts/", b"{}", long, {"Authorization": ALICE}), "POST")


def test_a_method_cannot_be_overridden_by_a_field_or_a_parameter(alice):
    """A proxy that lets GET pass must be able to trust that it reads."""
    before = Post.objects.count()
    alice.get("/api/posts/hello-piston/?_method=DELETE", headers={"X-HTTP-Method-Override": "DELETE"})
    send(alice, "POST", "/api/posts/hello-piston/", b"_method=DELETE", FORM, {"X-HTTP-Method-Override": "DELETE"})

    assert Post.objects.count() == before
