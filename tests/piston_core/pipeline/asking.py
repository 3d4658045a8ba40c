"""Ask a handler that a test has just defined, and judge the problems that come back."""

from __future__ import annotations

import json
from asyncio import Event
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path

from piston_core import AuthenticationFailed, Authenticator, BaseHandler, Identity, Problem, Resource

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=X"


@contextmanager
def serving(*routes: Any, **settings: Any) -> Iterator[Client]:
    """Serve these URL patterns for the length of a block."""
    with override_settings(ROOT_URLCONF=routes, **settings):
        yield Client(raise_request_exception=False)


def ask(
    handler: type[BaseHandler] | BaseHandler,
    method: str = "GET",
    address: str = "/it/",
    body: bytes | str = b"",
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    route: str = "it/",
    authentication: Sequence[Any] = (),
    emitters: Sequence[str] | None = None,
    **settings: Any,
) -> Any:
    """Return the response of a handler's resource to one request."""
    resource = Resource(handler, authentication=authentication, emitters=emitters)
    with serving(path(route, resource), **settings) as client:
        return send(client, method, address, body, content_type, headers)


def send(
    client: Client,
    method: str,
    address: str,
    body: bytes | str = b"",
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Return the response to a request with exactly these header fields."""
    typed = {"Content-Type": content_type} if content_type and not body else {}  # which the client would leave out
    return client.generic(method, address, body, content_type, headers={**typed, **(headers or {})})


def over_asgi(
    handler: type[BaseHandler] | BaseHandler,
    method: str,
    body: bytes | Sequence[bytes] = b"",
    headers: Mapping[str, str] | None = None,
    version: str = "1.1",
) -> tuple[int, bytes]:
    """Return status and body as an ASGI server gets them, without a test client in between; a body may have pieces."""
    sent: list[dict[str, Any]] = []
    pieces = [body] if isinstance(body, bytes) else [*body, b""]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages[-1]["more_body"] = False

    async def receive() -> Any:
        return messages.pop(0) if messages else await Event().wait()  # nobody hangs up

    async def take(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "http_version": version, "method": method, "path": "/it/", "query_string": b""}
    scope |= {"scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 9)}
    scope["headers"] = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    with serving(path("it/", Resource(handler, authentication=()))):
        async_to_sync(get_asgi_application())(scope, receive, take)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def text_of(response: Any) -> str:
    return response.getvalue().decode()


def data_of(response: Any) -> Any:
    assert 200 <= response.status_code < 300, response.getvalue()
    return json.loads(response.getvalue())


def problem_of(response: Any) -> dict[str, Any]:
    """Return a response's problem document, once it is certain that it is one (RFC 9457, section 3)."""
    assert response.status_code >= 400, response.getvalue()
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    document = json.loads(response.content)
    assert document["status"] == response.status_code
    assert document["type"]
    assert document["title"]
    assert document["instance"]  # what the server's log calls it
    assert all(isinstance(document.get(name, ""), str) for name in ("type", "title", "detail", "instance"))
    assert response.headers["Cache-Control"] == "no-store"
    if response.status_code in {401, 405}:  # RFC 9110, sections 15.5.2 and 15.5.6
        assert response.headers["WWW-Authenticate" if response.status_code == 401 else "Allow"]
    return document


class Key(Authenticator):
    """Knows whoever sends ``X-Key: good``, and refuses any other key."""

    name = "key"
    reads = ("X-Key",)

    def __init__(self, user: Any = "somebody") -> None:
        self.user = user

    def authenticate(self, request: HttpRequest) -> Identity | None:
        key = request.headers.get("X-Key")
        if key is None:
            return None
        if key != "good":
            raise AuthenticationFailed("The key is not good.")
        return Identity(self.user, self.name)

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str | None:
        return 'Key realm="keys"'


class Cookie(Authenticator):
    """Knows whoever sends a certain cookie; there is no challenge for that."""

    name = "cookie"
    reads = ("Cookie",)

    def authenticate(self, request: HttpRequest) -> Identity | None:
        return Identity("cookie monster", self.name) if "known" in request.COOKIES else None

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str | None:
        return None


GOOD = {"X-Key": "good"}
BAD = {"X-Key": "stolen"}


class Recording(BaseHandler):
    """Serves every method and writes down that it did."""

    atomic = False

    def __init__(self) -> None:
        self.calls: list[str] = []

    def read(self, request: HttpRequest, **kwargs: Any) -> Any:
        self.calls.append("read")
        return {"read": kwargs}

    def create(self, request: HttpRequest, **kwargs: Any) -> Any:
        self.calls.append("create")
        return {"data": request.data}

    def update(self, request: HttpRequest, **kwargs: Any) -> Any:
        self.calls.append("update")
        return {"data": request.data}

    def patch(self, request: HttpRequest, **kwargs: Any) -> Any:
        self.calls.append("patch")
        return {"data": request.data}

    def delete(self, request: HttpRequest, **kwargs: Any) -> Any:
        self.calls.append("delete")
