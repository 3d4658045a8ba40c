"""Bodies of unknown length, in pieces and broken off, as they reach an object of a model: whole, or not at all."""

from __future__ import annotations

import io
from asyncio import Event
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from blog.models import Tag
from piston_core import BaseHandler
from tests.piston_core.http.served import MERGE, YAML, api
from tests.piston_core.pipeline.asking import FORM, JSON, MULTIPART


class TagHandler(BaseHandler):
    model = Tag
    fields = ("name", "slug")
    filters = ("slug",)


ROUTES = {"tags/": TagHandler, "tags/<slug:slug>/": TagHandler}
NEW = b'{"name": "New", "slug": "new"}'


@pytest.fixture
def tea(db):
    return Tag.objects.create(name="Tea", slug="tea")


class Pieces(io.RawIOBase):
    """A stream that gives a few bytes at a time, as sockets do, and counts them."""

    def __init__(self, body: bytes, size: int = 3) -> None:
        self.body, self.size, self.given = io.BytesIO(body), size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self.body.read(min(self.size, len(buffer)))
        self.given += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def over_wsgi(method, address, stream, content_type=JSON, **environ):
    """Return the status with which a WSGI application answers a body in chunks."""
    made = RequestFactory().generic(method, address).environ
    made |= {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": content_type, "wsgi.input": stream}
    made.pop("CONTENT_LENGTH", None)
    told = []
    response = get_wsgi_application()({**made, **environ}, lambda status, fields: told.append((status, dict(fields))))
    body = b"".join(response)
    response.close()
    return int(told[0][0][:3]), body


def over_asgi(method, address, pieces, version="2", **fields):
    """Return status and body with which an ASGI application answers a body in several messages."""
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in pieces]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else await Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    path, _, query = address.partition("?")
    scope = {"type": "http", "http_version": version, "method": method, "path": path, "query_string": query.encode()}
    scope |= {"scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 9), "root_path": ""}
    scope["headers"] = [(name.replace("_", "-").lower().encode(), text.encode()) for name, text in fields.items()]
    async_to_sync(get_asgi_application())(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


WRITES = [
    ("POST", "/api/tags/", NEW, JSON, 201),
    ("POST", "/api/tags/", b"name=New&slug=new", FORM, 201),
    ("POST", "/api/tags/", b"name: New\nslug: new\n", YAML, 201),
    ("PUT", "/api/tags/tea/", NEW, JSON, 200),
    ("PATCH", "/api/tags/tea/", b'{"name": "New"}', JSON, 200),
    ("PATCH", "/api/tags/tea/", b'{"name": "New"}', MERGE, 200),
    ("QUERY", "/api/tags/", b'{"slug": "tea"}', JSON, 200),
]
each_write = pytest.mark.parametrize(("method", "address", "body", "content_type", "status"), WRITES)


@each_write
def test_a_body_in_chunks_is_read_whole_where_the_server_ends_the_stream(
    tea, method, address, body, content_type, status
):
    with api(ROUTES):
        stream = io.BufferedReader(Pieces(body))

        assert over_wsgi(method, address, stream, content_type, **{"wsgi.input_terminated": True})[0] == status
    assert Tag.objects.filter(name="New").count() == (method != "QUERY")


@each_write
def test_a_body_in_chunks_is_411_where_nobody_says_that_the_stream_ends(
    tea, method, address, body, content_type, status
):
    """To read on would be to wait for ever, or to read the next request."""
    stream = Pieces(body)
    with api(ROUTES):
        assert over_wsgi(method, address, stream, content_type)[0] == 411
    assert stream.given == 0
    assert list(Tag.objects.values_list("name", flat=True)) == ["Tea"]


@each_write
@pytest.mark.parametrize("version", ["1.1", "2"])
def test_a_body_in_several_messages_is_read_whole(tea, method, address, body, content_type, status, version):
    pieces = [body[at : at + 4] for at in range(0, len(body), 4)]
    fields = {"Content_Type": content_type} | ({"Transfer_Encoding": "chunked"} if version == "1.1" else {})
    with api(ROUTES):
        assert over_asgi(method, address, pieces, version, **fields)[0] == status
        assert over_asgi("GET", "/api/tags/", [], version)[0] == 200
    assert Tag.objects.filter(name="New").count() == (method != "QUERY")


def test_a_body_in_chunks_is_read_no_further_than_the_limit(tea):
    stream = Pieces(b" " * 1_000_000, 64)
    with api(ROUTES, DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        buffered = io.BufferedReader(stream, 64)

        assert over_wsgi("POST", "/api/tags/", buffered, **{"wsgi.input_terminated": True})[0] == 413
    assert stream.given < 2000


@pytest.mark.parametrize(("size", "status"), [(100, 201), (101, 413), (5000, 413)])
def test_messages_beyond_the_limit_are_413(tea, size, status):
    body = NEW + b" " * (size - len(NEW))
    with api(ROUTES, DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        assert over_asgi("POST", "/api/tags/", [body[:40], body[40:]], Content_Type=JSON)[0] == status
    assert Tag.objects.filter(name="New").exists() == (status == 201)


@pytest.mark.parametrize(("method", "status"), [("POST", 422), ("PUT", 422), ("PATCH", 200), ("DELETE", 204)])
def test_over_http_2_nothing_is_nothing_and_not_an_unknown_length(tea, method, status):
    """RFC 9113, section 8.1.1: neither a length nor a body is announced there."""
    with api(ROUTES):
        assert over_asgi(method, "/api/tags/" if method == "POST" else "/api/tags/tea/", [])[0] == status


def test_an_upload_without_a_length_is_411_everywhere(tea):
    """It goes to the disk, as far as it goes."""
    body = b'--X\r\nContent-Disposition: form-data; name="name"\r\n\r\nNew\r\n--X--\r\n'
    with api(ROUTES):
        assert over_asgi("POST", "/api/tags/", [body], Content_Type=MULTIPART)[0] == 411
        terminated = {"wsgi.input_terminated": True}
        assert over_wsgi("POST", "/api/tags/", io.BytesIO(body), MULTIPART, **terminated)[0] == 411


@pytest.mark.parametrize("size", range(1, len(NEW)))
def test_a_body_that_breaks_off_is_not_taken_for_a_shorter_one(tea, size):
    with api(ROUTES):
        environ = {"CONTENT_LENGTH": str(len(NEW)), "HTTP_TRANSFER_ENCODING": ""}
        environ["wsgi.input"] = io.BytesIO(NEW[:size])
        made = RequestFactory().generic("POST", "/api/tags/").environ | environ | {"CONTENT_TYPE": FORM}
        del made["HTTP_TRANSFER_ENCODING"]
        told = []
        get_wsgi_application()(made, lambda status, fields: told.append(status))

    assert told[0].startswith("400")
    assert Tag.objects.count() == 1


def test_a_length_and_chunks_at_once_are_read_by_the_length(tea):
    """What the server has made of both is its business; here it has said how long the body is."""
    with api(ROUTES):
        stream = io.BytesIO(NEW + b"GET /admin HTTP/1.1")

        assert over_wsgi("POST", "/api/tags/", stream, CONTENT_LENGTH=str(len(NEW)))[0] == 201
