"""Streams that fail after their first piece: the connection ends before the answer, and no document looks whole."""

from __future__ import annotations

import json
from asyncio import Event
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from blog.models import Tag
from piston_core import BaseHandler
from tests.piston_core.http.served import api, asking
from tests.piston_core.pipeline.asking import problem_of

ROWS = 5


class Fault(Exception):
    """What goes wrong on the way."""


def rows(count):
    """Yield so many rows, and fail."""
    for number in range(count):
        yield {"number": number}
    raise Fault


bodies: list[Any] = []  # of requests over ASGI, which Django leaves open where the answer fails


class SyncHandler(BaseHandler):
    def read(self, request):
        bodies.append(request._stream)
        return rows(int(request.GET["count"]))


class AsyncHandler(BaseHandler):
    async def read(self, request):
        bodies.append(request._stream)
        for row in rows(int(request.GET["count"])):
            yield row


class ModelHandler(BaseHandler):
    """Fails in the middle of the rows of a database."""

    model = Tag
    fields = ("name", "shown")
    stream = True

    def read(self, request):
        bodies.append(request._stream)
        return Tag.objects.filter(pk__lte=int(request.GET["count"]) + 1)

    @classmethod
    def shown(cls, tag):
        if tag.slug == request_fails_at[0]:
            raise Fault
        return True


request_fails_at = [""]
HANDLERS = {"sync/": SyncHandler, "async/": AsyncHandler, "model/": ModelHandler}


def lines(body):
    assert body.endswith(b"\n")  # each line does, so that one that is missing shows
    return [json.loads(line) for line in body.splitlines()]


def documents(body):
    assert body.endswith(b"...\n")  # a sequence without it is one as well
    return yaml.safe_load(body)


READERS = {
    "application/json": json.loads,
    "application/jsonl": lines,
    "application/xml": ET.fromstring,
    "application/yaml": documents,
}
each_format = pytest.mark.parametrize("accept", READERS)


@pytest.fixture
def tags(db):
    Tag.objects.bulk_create(Tag(pk=pk, name=f"n{pk:04}", slug=f"s{pk}") for pk in range(1, 1100))


def over_wsgi(address, accept):
    """Return status, what was sent of the body, and whether the server was told that it failed."""
    environ = RequestFactory().get(address, headers={"Accept": accept}).environ
    told, sent = [], []
    response = get_wsgi_application()(environ, lambda status, fields: told.append(int(status[:3])))
    try:
        sent.extend(response)
    except Fault:
        return told[0], b"".join(sent), True
    finally:
        response.close()
        bodies.clear()
    return told[0], b"".join(sent), False


def over_asgi(address, accept):
    """Return the same of an ASGI server, which knows the end of an answer by its last message."""
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        return messages.pop(0) if messages else await Event().wait()

    async def send(message):
        sent.append(message)

    path, _, query = address.partition("?")
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": path, "query_string": query.encode()}
    scope |= {"scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 9), "root_path": ""}
    scope["headers"] = [(b"accept", accept.encode())]
    failed = False
    try:
        async_to_sync(get_asgi_application())(scope, receive, send)
    except Fault:
        failed = True
    finally:
        while bodies:
            bodies.pop().close()
    ended = [message for message in sent[1:] if not message.get("more_body")]
    assert failed == (not ended)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]), failed


def looks_whole(accept, body):
    try:
        READERS[accept](body)
    except (ValueError, AssertionError, ET.ParseError, yaml.YAMLError, IndexError):
        return False
    return True


@each_format
@pytest.mark.parametrize("count", [1, 2, ROWS, 700])
@pytest.mark.parametrize(
    ("ask", "address"),
    [(over_wsgi, "sync/"), (over_asgi, "sync/"), (over_asgi, "async/")],
    ids=["wsgi", "asgi", "async"],
)
def test_rows_that_fail_end_the_connection_and_leave_the_document_open(db, ask, address, count, accept):
    with api(HANDLERS):
        status, body, failed = ask(f"/api/{address}?count={count}", accept)

    assert (status, failed) == (200, True)
    assert body
    assert not looks_whole(accept, body)


@each_format
@pytest.mark.parametrize("ask", [over_wsgi, over_asgi])
def test_rows_of_a_database_that_fail_do_so_as_well(tags, ask, accept):
    request_fails_at[0] = "s1050"
    with api(HANDLERS):
        status, body, failed = ask("/api/model/?count=1098", accept)

    assert (status, failed) == (200, True)
    assert b"n0001" in body
    assert not looks_whole(accept, body)


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
@pytest.mark.parametrize("address", ["sync/", "async/"])
def test_what_fails_before_the_first_row_is_a_problem(db, server, address):
    with api(HANDLERS):
        assert problem_of(asking(server)("GET", f"/api/{address}?count=0"))["status"] == 500


def test_the_judges_know_a_whole_document_when_they_see_one(db):
    class Whole(BaseHandler):
        def read(self, request):
            return iter([{"number": number} for number in range(ROWS)])

    with api({"whole/": Whole}):
        for accept in READERS:
            for ask in (over_wsgi, over_asgi):
                status, body, failed = ask("/api/whole/", accept)
                assert (status, failed, looks_whole(accept, body)) == (200, False, True), accept
