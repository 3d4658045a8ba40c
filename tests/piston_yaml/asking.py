"""Sites of one address that speak YAML: what a handler returns, and what a client sends, as the other one gets it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from piston_core import Document
from piston_yaml import YAMLEmitter, YAMLParser
from tests import asking

PISTON = {"PLUGINS": ["json", "yaml"]}


def shown(data: Any, accept: str = "application/yaml") -> Any:
    """Return the response to a GET of a resource that returns this data."""
    return asking.asked(asking.Returning(data), accept, PISTON=PISTON)


def sent(body: bytes, content_type: str = "application/yaml", **options: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    return asking.sent(body, content_type, PISTON=PISTON | {"OPTIONS": {"yaml": options}})


def written(data: Any) -> bytes:
    """Return the document of plain data."""
    return YAMLEmitter().emit(Document(data), HttpRequest())


def read(body: str | bytes) -> Any:
    """Return what the parser reads in a body."""
    return YAMLParser().parse(body.encode() if isinstance(body, str) else body, HttpRequest())


def refusal(body: str | bytes) -> str:
    """Return why the parser refuses a body."""
    return asking.refusal_of(lambda: read(body))
