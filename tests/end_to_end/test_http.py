"""The blog over real sockets: framing, connections that stay open, and what no test client would send."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection

import pytest
from django.contrib.auth.models import User
from django.urls import path

from blog.models import Post, Tag
from blog.urls import urlpatterns as blog_urls
from piston_core import BaseHandler, Resource

ALICE = {"Authorization": "Basic YWxpY2U6YWxpY2U="}
JSON = {"Content-Type": "application/json"}


class Rows(BaseHandler):
    def read(self, request):
        yield from ({"row": number} for number in range(1000))


class BrokenRows(BaseHandler):
    def read(self, request):
        yield {"row": 0}
        yield {"row": 1}
        raise RuntimeError("after the first rows")


urlpatterns = [
    *blog_urls,
    path("rows/", Resource(Rows, authentication=())),
    path("broken/", Resource(BrokenRows, authentication=())),
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def site(live_server):
    """Serve a small blog on a real port; return its address."""
    alice = User.objects.create_user("alice", password="alice", first_name="Alice")
    tea = Tag.objects.create(name="Tea", slug="tea")
    for number in range(3):
        post = Post.objects.create(title=f"Post {number}", slug=f"post-{number}", content="Grüße", author=alice)
        post.tags.add(tea)
    return live_server.thread.host, live_server.thread.port


@pytest.fixture
def connection(site):
    made = HTTPConnection(*site, timeout=10)
    yield made
    made.close()


def ask(connection, method, address, body=None, headers=None):
    """Return status, header fields and body of one request on a connection that may have had others."""
    connection.request(method, address, body, headers or {})
    response = connection.getresponse()
    return response.status, dict(response.getheaders()), response.read()


def ask_raw(site, *lines, body=b"", hang_up=False):
    """Return what comes back for these very bytes."""
    with socket.create_connection(site, timeout=10) as raw:
        raw.sendall(b"\r\n".join([*lines, b"Host: localhost", b"Connection: close", b"", body]))
        if hang_up:
            raw.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: raw.recv(65536), b""))


def problem(answer):
    status, headers, body = answer
    document = json.loads(body)
    assert headers["Content-Type"] == "application/problem+json"
    assert document["status"] == status
    return document


def test_a_post_is_written_read_changed_and_deleted_on_one_connection(connection):
    """Each answer is framed so that the next request on the connection is understood."""
    new = json.dumps({"title": "New", "slug": "new", "content": "茶", "tags": ["tea"]}).encode()

    status, headers, body = ask(connection, "POST", "/api/posts/", new, ALICE | JSON)
    assert (status, headers["Location"]) == (201, "/api/posts/new/")
    assert int(headers["Content-Length"]) == len(body)

    status, headers, body = ask(connection, "GET", headers["Location"])
    assert (status, json.loads(body)["content"]) == (200, "茶")

    status, _, body = ask(connection, "PATCH", "/api/posts/new/", b'{"title": "Newer"}', ALICE | JSON)
    assert (status, json.loads(body)["title"]) == (200, "Newer")

    status, headers, body = ask(connection, "DELETE", "/api/posts/new/", headers=ALICE)
    assert (status, body) == (204, b"")
    assert "Content-Type" not in headers

    assert problem(ask(connection, "GET", "/api/posts/new/"))["status"] == 404
    assert len(json.loads(ask(connection, "GET", "/api/posts/")[2])) == 3


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/", 200),
        ("/api/posts/", 200),
        ("/api/posts/post-1/", 200),
        ("/api/statistics/", 200),
        ("/api/posts/?format=jsonl", 200),
        ("/rows/", 200),
        ("/api/nope/", 404),
        ("/api/posts/?format=nope", 406),
    ],
)
def test_head_has_the_header_fields_of_get_and_nothing_follows_them(connection, site, address, status):
    got = ask(connection, "GET", address)
    raw = ask_raw(site, b"HEAD %s HTTP/1.1" % address.encode())
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    changing = {"Date", "Server-Timing", "Connection"}

    assert (got[0], body) == (status, b"")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert {name: fields[name] for name in fields if name not in changing} == {
        name: got[1][name] for name in got[1] if name not in changing
    }


@pytest.mark.parametrize(
    ("method", "address", "body", "headers", "status"),
    [
        ("POST", "/api/posts/", b"x" * 5000, JSON, 401),
        ("POST", "/api/posts/", b"x" * 5000, {"Authorization": "Basic !!"} | JSON, 401),
        ("PUT", "/api/posts/", b"x" * 5000, ALICE | JSON, 405),
        ("POST", "/api/posts/?format=nope", b"x" * 5000, ALICE | JSON, 406),
        ("POST", "/api/posts/", b"x" * 5000, ALICE | {"Content-Type": "text/csv"}, 415),
        ("POST", "/api/posts/", b"x" * 3_000_000, ALICE | JSON, 413),
        ("POST", "/api/posts/", b"{", ALICE | JSON, 400),
        ("POST", "/api/posts/", b'{"title": ""}', ALICE | JSON, 422),
        ("POST", "/api/nope/", b"x" * 5000, JSON, 404),
        ("DELETE", "/api/posts/post-1/", b"x" * 5000, {}, 401),
    ],
)
def test_a_refused_body_does_not_garble_the_next_request(connection, method, address, body, headers, status):
    assert problem(ask(connection, method, address, body, headers))["status"] == status
    assert ask(connection, "GET", "/api/tags/")[0] == 200
    assert Post.objects.count() == 3


def test_a_request_without_a_body_and_a_type_has_sent_nothing(connection):
    """As ``curl -X POST`` does; wsgiref would have it that its type is text/plain."""
    refused = problem(ask(connection, "POST", "/api/posts/", headers=ALICE))

    assert refused["status"] == 422
    assert {error["pointer"] for error in refused["errors"]} == {"/title", "/slug", "/content"}


def test_a_body_in_chunks_is_asked_for_with_its_length(site):
    answer = ask_raw(
        site,
        b"POST /api/posts/ HTTP/1.1",
        b"Authorization: Basic YWxpY2U6YWxpY2U=",
        b"Content-Type: application/json",
        b"Transfer-Encoding: chunked",
        body=b"2\r\n{}\r\n0\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 411 Length Required\r\n")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (b"application/json", b'{"title": "Cut", "slug": "cut", "content": "off"}'),
        (b"application/json", b'{"title": "Cu'),
        (b"application/x-www-form-urlencoded", b"title=Cut&slug=cut&content=of"),
        (
            b"multipart/form-data; boundary=X",
            b"".join(
                b'--X\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
                for part in (
                    (b"title", b"", b"Cut"),
                    (b"slug", b"", b"cut"),
                    (b"content", b"", b"Text."),
                    (b"attachment", b'; filename="a.txt"', b"half a file"),
                )
            ),
        ),
    ],
)
def test_a_body_that_breaks_off_is_not_taken_for_the_whole(site, content_type, body):
    """The client has gone before it was through; its half of a post must not be saved."""
    answer = ask_raw(
        site,
        b"POST /api/posts/ HTTP/1.1",
        b"Authorization: Basic YWxpY2U6YWxpY2U=",
        b"Content-Type: " + content_type,
        b"Content-Length: 1000",
        body=body,
        hang_up=True,
    )

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not Post.objects.filter(slug="cut").exists()


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(site):
    with socket.create_connection(site, timeout=10) as raw:
        raw.sendall(
            b"POST /api/posts/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic YWxpY2U6YWxpY2U=\r\n"
            b"Content-Type: application/json\r\nContent-Length: 30000000\r\n\r\n"
        )
        answer = raw.recv(65536)

    assert answer.startswith(b"HTTP/1.1 413 Content Too Large\r\n")


@pytest.mark.parametrize(
    "target",
    [
        b"/api/posts/%00/",
        b"/api/posts/\xff/",
        b"/api/posts/%ff/",
        b"/api/%2e%2e/posts",
        b"/api/posts/%0d%0aX:y/",
        b"/api//",
    ],
)
def test_odd_addresses_are_404(site, target):
    answer = ask_raw(site, b"GET " + target + b" HTTP/1.1")
    head, _, body = answer.partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 404 Not Found")
    assert json.loads(body)["status"] == 404
    assert b"X:y" not in head


def test_fields_that_come_twice_count_as_one_list(site):
    answer = ask_raw(site, b"GET /api/tags/ HTTP/1.1", b"Accept: image/png", b"Accept: application/jsonl")
    twice = ask_raw(site, b"GET /api/posts/ HTTP/1.1", *[b"Authorization: Basic YWxpY2U6YWxpY2U="] * 2)

    assert b"Content-Type: application/jsonl\r\n" in answer
    assert twice.startswith(b"HTTP/1.1 401 ")


def test_a_stream_arrives_whole(connection):
    _, headers, body = ask(connection, "GET", "/rows/")

    assert "Content-Length" not in headers
    assert json.loads(body) == [{"row": number} for number in range(1000)]


def test_a_stream_that_fails_does_not_look_whole(connection):
    status, _, body = ask(connection, "GET", "/broken/")

    assert (status, body) == (200, b'[{"row":0}')
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_options_tells_a_browser_what_is_served(connection):
    status, headers, body = ask(connection, "OPTIONS", "/api/posts/")

    assert (status, body) == (204, b"")
    assert headers["Allow"] == "GET, HEAD, QUERY, POST, OPTIONS"
    assert headers["Accept-Query"].startswith("application/json")
    assert ask(connection, "GET", "/api/tags/")[0] == 200
