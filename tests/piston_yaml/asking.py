"""Sites of one address that speak YAML: what a handler returns, and what a client sends, as the other one gets it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path

from piston_core import BaseHandler, Document, MalformedBody, Resource
from piston_yaml import YAMLEmitter, YAMLParser

PISTON = {"PLUGINS": ["json", "yaml"]}


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


def shown(data: Any, accept: str = "application/yaml") -> Any:
    """Return the response to a GET of a resource that returns this data."""
    resource = Resource(Returning(data), authentication=())
    with override_settings(ROOT_URLCONF=(path("", resource),), PISTON=PISTON):
        return Client(raise_request_exception=False).get("/", headers={"Accept": accept})


def sent(body: bytes, content_type: str = "application/yaml", **options: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    handler = Receiving()
    resource = Resource(handler, authentication=())
    piston = PISTON | {"OPTIONS": {"yaml": options}}
    with override_settings(ROOT_URLCONF=(path("", resource),), PISTON=piston):
        client = Client(raise_request_exception=False, CONTENT_TYPE=content_type)  # also of an empty body
        response = client.generic("POST", "/", body, content_type)
    return response, handler.received


def written(data: Any) -> bytes:
    """Return the document of plain data."""
    return YAMLEmitter().emit(Document(data), HttpRequest())


def read(body: str | bytes) -> Any:
    """Return what the parser reads in a body."""
    return YAMLParser().parse(body.encode() if isinstance(body, str) else body, HttpRequest())


def refusal(body: str | bytes) -> str:
    """Return why the parser refuses a body."""
    try:
        data = read(body)
    except MalformedBody as refused:
        return refused.detail
    raise AssertionError(f"it was read, as {data!r}")
