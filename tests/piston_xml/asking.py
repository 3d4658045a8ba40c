"""Sites of one address that speak XML: what a handler returns, and what a client sends, as the other one gets it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from piston_core import BaseHandler, Document
from piston_xml import XMLEmitter, XMLLayout, XMLParser
from tests import asking
from tests.asking import Returning, refusal_of

PISTON = {"PLUGINS": ["json", "xml"]}
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def asked(handler: BaseHandler, accept: str = "application/xml") -> Any:
    """Return the response to a GET of a handler's resource."""
    return asking.asked(handler, accept, PISTON=PISTON)


def shown(data: Any, accept: str = "application/xml") -> Any:
    """Return the response to a GET of a resource that returns this data."""
    return asked(Returning(data), accept)


def sent(body: bytes, content_type: str = "application/xml", **options: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    return asking.sent(body, content_type, PISTON=PISTON | {"OPTIONS": {"xml": options}})


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
    return refusal_of(lambda: read(body))
