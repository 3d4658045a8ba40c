"""Give a request and its answer to httplint, as they went over the wire."""

from __future__ import annotations

from asyncio import Event
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPConnection
from time import time
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from django.http import HttpResponseBase
from django.test import Client
from httplint import HttpRequestLinter, HttpResponseLinter, Note, levels

HOST = "testserver"
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        method: its method.
        target: its address.
        fields: its header fields, without those that every client adds.
        body: its body.
    """

    method: str
    target: str
    fields: Mapping[str, str]
    body: bytes = b""

    def sent(self) -> dict[str, str]:
        """Return all its header fields."""
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        return {"Host": HOST, "User-Agent": "judge/1", **length, **self.fields}

    def __str__(self) -> str:
        return f"{self.method} {self.target[:60]} {dict(self.fields)}"[:140]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a request.

    Attributes:
        status: its status code.
        phrase: what stands behind that, ``""`` where nothing does.
        fields: its header fields.
        body: its body.
    """

    status: int
    phrase: str
    fields: Fields
    body: bytes


def by_client(client: Client, asked: Asked) -> Answered:
    """Return the answer that Django's client gets, with the date that every server adds."""
    sent = asked.sent()
    content_type = sent.pop("Content-Type", "")
    response = client.generic(asked.method, asked.target, asked.body, content_type, headers=sent)
    return Answered(
        response.status_code, response.reason_phrase, [*response.headers.items(), _date()], _body(response)
    )


def over_http(address: str, asked: Asked) -> Answered:
    """Return the answer of a server on a real port."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.putrequest(asked.method, asked.target, skip_host=True, skip_accept_encoding=True)
        for name, value in asked.sent().items():
            connection.putheader(name, value)
        connection.endheaders(asked.body)
        response = connection.getresponse()
        return Answered(response.status, response.reason, response.getheaders(), response.read())
    finally:
        connection.close()


def over_asgi(asked: Asked) -> Answered:
    """Return the answer that Django gives to an ASGI server, with the date that every server adds."""
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": asked.body, "more_body": False}]
    told: list[dict[str, Any]] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else await Event().wait()  # nobody hangs up

    async def send(message: Any) -> None:
        told.append(message)

    parts = urlsplit(asked.target)
    scope = {"type": "http", "http_version": "1.1", "method": asked.method, "path": parts.path, "scheme": "http"}
    scope |= {"query_string": parts.query.encode(), "server": (HOST, 80), "client": ("127.0.0.1", 9)}
    scope["headers"] = [(name.lower().encode(), value.encode()) for name, value in asked.sent().items()]
    async_to_sync(get_asgi_application())(scope, receive, send)
    fields = [(name.decode(), value.decode("latin-1")) for name, value in told[0]["headers"]]
    body = b"".join(message.get("body", b"") for message in told[1:])
    return Answered(told[0]["status"], "", [*fields, _date()], body)


def objections(asked: Asked, answered: Answered) -> Iterator[Note]:
    """Yield httplint's notes of level BAD and WARN about an answer, and about the parts of its fields.

    Those about the request are left out: what is wrong with it is wrong on purpose.
    """
    now = time()
    request, response = HttpRequestLinter(start_time=now), HttpResponseLinter(start_time=now)
    request.process_request_topline(asked.method.encode(), asked.target.encode(), b"1.1")
    response.request, request.response = request, response
    response.is_head_response = asked.method == "HEAD"
    response.process_response_topline(b"1.1", str(answered.status).encode(), answered.phrase.encode())
    _fill(request, asked, [*asked.sent().items()], asked.body)
    _fill(response, asked, answered.fields, answered.body)
    for note in response.notes:
        yield from (each for each in (note, *note.subnotes) if each.level in (levels.BAD, levels.WARN))


def _fill(linter: Any, asked: Asked, fields: Fields, body: bytes) -> None:
    linter.base_uri = f"http://{HOST}{asked.target}"
    linter.process_headers([(name.encode(), value.encode("latin-1")) for name, value in fields])
    linter.feed_content(body)
    linter.finish_content(True)


def _body(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _date() -> tuple[str, str]:
    return "Date", formatdate(usegmt=True)
