"""Sites of one address: what a handler returns, as a client gets it, and what a client sends, as a handler gets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import path

from piston_core import BaseHandler, MalformedBody, Resource
from piston_core.testing.handlers import Receiving, Returning

__all__ = ["Receiving", "Returning", "asked", "body_of", "broken_off", "nested", "refusal_of", "sent", "told"]


def asked(handler: BaseHandler, accept: str, **settings: Any) -> Any:
    """Return the response to a GET of a handler's resource."""
    resource = Resource(handler, authentication=())
    with override_settings(ROOT_URLCONF=(path("", resource),), **settings):
        return Client(raise_request_exception=False).get("/", headers={"Accept": accept})


def sent(body: bytes, content_type: str, **settings: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    handler = Receiving()
    with override_settings(ROOT_URLCONF=(path("", Resource(handler, authentication=())),), **settings):
        client = Client(raise_request_exception=False, CONTENT_TYPE=content_type)  # also of an empty body
        response = client.generic("POST", "/", body, content_type)
    return response, handler.received


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def told(response: Any) -> dict[str, Any]:
    """Return what a problem document tells, without the name of this one problem."""
    document: dict[str, Any] = response.json()
    assert document.pop("instance").startswith("urn:uuid:")
    return document


def broken_off(pieces_of: Callable[[Iterator[int]], Iterable[bytes]]) -> bytes:
    """Return what is written of ten rows before the eleventh raises an exception, which has to go on."""

    def rows() -> Iterator[int]:
        yield from range(10)
        raise ConnectionResetError

    received: list[bytes] = []
    with pytest.raises(ConnectionResetError):
        received.extend(pieces_of(rows()))
    return b"".join(received)


def refusal_of(parse: Callable[[], Any]) -> str:
    """Return why a parser refuses a body."""
    try:
        data = parse()
    except MalformedBody as refused:
        return refused.detail
    raise AssertionError(f"it was read, as {data!r}")


def nested(depth: int, inner: Any = 1, *, as_list: bool = True) -> Any:
    """Return data below this many lists or objects."""
    for _ in range(depth):
        inner = [inner] if as_list else {"a": inner}
    return inner
