"""Sites of one address that speak XML: what a handler returns, and what a client sends, as the other one gets it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path

from piston_core import BaseHandler, Document, MalformedBody, Resource
from piston_xml import XMLEmitter, XMLLayout, XMLParser

PISTON = {"PLUGINS": ["json", "xml"]}
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


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


def asked(handler: BaseHandler, accept: str = "application/xml") -> Any:
    """Return the response to a GET of a handler's resource."""
    with override_settings(ROOT_URLCONF=(path("", Resource(handler, authentication=())),), PISTON=PISTON):
        return Client(raise_request_exception=False).get("/", headers={"Accept": accept})


def shown(data: Any, accept: str = "application/xml") -> Any:
    """Return the response to a GET of a resource that returns this data."""
    return asked(Returning(data), accept)


def sent(body: bytes, content_type: str = "application/xml", **options: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    handler = Receiving()
    piston = PISTON | {"OPTIONS": {"xml": options}}
    with override_settings(ROOT_URLCONF=(path("", Resource(handler, authentication=())),), PISTON=piston):
        client = Client(raise_request_exception=False, CONTENT_TYPE=content_type)  # also of an empty body
        response = client.generic("POST", "/", body, content_type)
    return response, handler.received


def emitted(data: Any, layout: XMLLayout | None = None) -> bytes:
    """Return the document of plain data."""
    return XMLEmitter().emit(Document(data, layout), HttpRequest())


def written(data: Any, layout: XMLLayout | None = None) -> str:
    """Return what comes after the declaration."""
    return emitted(data, layout).decode().removeprefix(DECLARATION)


def read(body: str | bytes) -> Any:
    """Return what the parser reads in a body."""
    return XMLParser().parse(body.encode() if isinstance(body, str) else body, HttpRequest())


def refusal(body: str | bytes) -> str:
    """Return why the parser refuses a body."""
    try:
        data = read(body)
    except MalformedBody as refused:
        return refused.detail
    raise AssertionError(f"it was read, as {data!r}")
