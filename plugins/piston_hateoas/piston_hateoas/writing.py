"""What the formats here have in common: they are JSON, and put an envelope around rows that are in order already."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.http import HttpRequest

from piston_core import Document, Emitter, in_pieces


class JSONFormat(Emitter):
    """Writes documents of one of the formats.

    Problems are those of RFC 9457, unless the format has a form of its own for them.
    """

    problem_type = "application/problem+json"
    native = frozenset({datetime, date, UUID})
    textual = True
    verbatim = orjson.Fragment
    linked = True
    last = True

    @abstractmethod
    def enveloped(self, document: Document, data: Any, request: HttpRequest) -> Any:
        """Return the document as the format has it.

        Args:
            document: the document.
            data: what to take for its data, which stands for it where that is a stream of rows.
            request: the request that is answered.
        """

    def resource(self, value: Any) -> Any:
        """Return a value that no plan shows, or a row of such a list, as the format has one thing."""
        return value

    def problem(self, document: Document) -> Any:
        """Return a problem as the format has it."""
        return document.data

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as one JSON text."""
        if document.is_problem:
            return encode(self.problem(document))
        data = document.data
        if document.shape is None:
            data = [*map(self.resource, data)] if isinstance(data, list) else self.resource(data)
        return encode(self.enveloped(document, data, request))

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the envelope up to its rows, then some rows at a time, then the rest of it."""
        marker = str(uuid4())  # which nothing of a document is by chance
        before, _, after = encode(self.enveloped(document, [marker], request)).partition(f'"{marker}"'.encode())
        rows = map(self.resource, document.data) if document.shape is None else document.data
        for piece in in_pieces(rows, _between_brackets):
            yield before + piece
            before = b","
        yield after if before == b"," else before + after


def _between_brackets(rows: list[Any]) -> bytes:
    return encode(rows)[1:-1]


def text_of(value: Any) -> str:
    """Return a value of a form as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def encode(data: Any) -> bytes:
    """Return plain data as JSON.

    Raises:
        TypeError: something in it is not plain.
        ValueError: something in it has no form in JSON, such as text that is not Unicode.
        RecursionError: it is nested too deeply.
    """
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError:  # integers beyond 64 bits, and more than 254 levels
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_native)
        return text.encode()


def _native(value: Any) -> Any:
    if isinstance(value, orjson.Fragment):
        return json.loads(orjson.dumps(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__module__}.{type(value).__qualname__} is not plain data")
