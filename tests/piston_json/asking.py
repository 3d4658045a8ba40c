"""Sites of one address: what a handler returns, as a client gets it, and what a client sends, as a handler gets it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path

from piston_core import BaseHandler, Resource


class Returning(BaseHandler):
    def __init__(self, data: Any) -> None:
        self.data = data

    def read(self, request: HttpRequest) -> Any:
        return self.data


class Receiving(BaseHandler):
    atomic = False

    def __init__(self) -> None:
        self.received: list[Any] = []

    def create(self, request: HttpRequest) -> None:
        self.received.append(request.data)


def asked(handler: BaseHandler, accept: str, **settings: Any) -> Any:
    """Return the response to a GET of a handler's resource."""
    resource = Resource(handler, authentication=())
    with override_settings(ROOT_URLCONF=(path("", resource),), **settings):
        return Client(raise_request_exception=False).get("/", headers={"Accept": accept})


def shown(data: Any, accept: str = "application/json", **settings: Any) -> Any:
    """Return the response to a GET of a resource that returns this data."""
    return asked(Returning(data), accept, **settings)


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def data_in(response: Any) -> Any:
    """Return what the standard library reads in a response, which is the judge of what orjson writes."""
    assert response.status_code == 200, body_of(response)
    return json.loads(body_of(response), parse_constant=refused)


def lines_in(response: Any) -> list[Any]:
    assert response.status_code == 200, body_of(response)
    return [json.loads(line, parse_constant=refused) for line in body_of(response).splitlines()]


def refused(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def sent(body: bytes, content_type: str = "application/json", **settings: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    handler = Receiving()
    with override_settings(ROOT_URLCONF=(path("", Resource(handler, authentication=())),), **settings):
        client = Client(raise_request_exception=False, CONTENT_TYPE=content_type)  # also of an empty body
        response = client.generic("POST", "/", body, content_type)
    return response, handler.received


def nested(depth: int, inner: Any = 1, *, as_list: bool = True) -> Any:
    """Return data below this many lists or objects."""
    for _ in range(depth):
        inner = [inner] if as_list else {"a": inner}
    return inner
