"""Write JSON (RFC 8259) and JSON Lines, at the speed of orjson and with every digit of an integer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest

from piston_core import Document, Emitter, in_pieces


class JSONEmitter(Emitter):
    """Writes JSON documents, and lists of any length row by row.

    ``float`` is not native: the core refuses what is not finite, for which JSON has no form and
    orjson would write ``null``.

    Args:
        indent: whether to write line ends and two blanks, for people.
    """

    name = "json"
    media_types = ("application/json",)
    problem_type = "application/problem+json"
    native = frozenset({datetime, date, UUID})
    textual = True

    def __init__(self, *, indent: bool = False) -> None:
        self.indent = indent
        self.verbatim = None if indent else orjson.Fragment  # which is written without line ends
        self._end = b"\n]" if indent else b"]"

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as one JSON text."""
        return encode(document.data, indent=self.indent)

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield an array, some rows at a time."""
        before = b"["
        for rows in in_pieces(document.data, self._rows):
            yield before + rows
            before = b","
        yield b"[]" if before == b"[" else self._end

    def schema(self, schema: Mapping[str, Any], *, many: bool = False, is_problem: bool = False) -> Mapping[str, Any]:
        """Return the schema of the data, which JSON has nothing around."""
        return schema

    def _rows(self, rows: list[Any]) -> bytes:
        """Return rows as they stand between the brackets of their array."""
        return encode(rows, indent=self.indent)[1 : -len(self._end)]


class JSONLinesEmitter(Emitter):
    """Writes each row of a list as a line of its own; anything else as the only line."""

    name = "jsonl"
    media_types = ("application/jsonl", "application/x-ndjson", "application/json-lines")
    native = JSONEmitter.native
    textual = True
    verbatim = orjson.Fragment
    streams = True

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as lines."""
        return _lines(document.data if isinstance(document.data, list) else [document.data])

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield some lines at a time; where the rows fail, an open one, so that a part does not pass for the whole."""
        begun = False
        try:
            for piece in in_pieces(document.data, _lines):
                yield piece
                begun = True
        except Exception:
            if begun:
                yield b"{"
            raise

    def schema(self, schema: Mapping[str, Any], *, many: bool = False, is_problem: bool = False) -> Mapping[str, Any]:
        """Return the schema of the lines as the items of a list: any number where it may be one that the data is."""
        if many:
            return schema
        if "array" in schema.get("type", "array"):
            return {"type": "array"}
        return {"type": "array", "items": schema, "minItems": 1, "maxItems": 1}


def encode(data: Any, *, indent: bool = False) -> bytes:
    """Return plain data as JSON.

    Raises:
        TypeError: something in it is not plain.
        ValueError: something in it has no form in JSON, such as text that is not Unicode.
        RecursionError: it is nested too deeply.
    """
    option = orjson.OPT_INDENT_2 if indent else 0
    try:
        return orjson.dumps(data, option=option)
    except orjson.JSONEncodeError:
        return _encode_fully(data, option)


def _encode_fully(data: Any, option: int) -> bytes:
    """Return what orjson refuses and JSON does not: integers beyond 64 bits, and more than 254 levels."""
    try:
        return orjson.dumps(_with_large_integers(data), option=option)
    except (orjson.JSONEncodeError, RecursionError):
        indent, separators = (2, (",", ": ")) if option else (None, (",", ":"))
        text = json.dumps(
            data, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators, default=_native
        )
        return text.encode()


def _with_large_integers(data: Any) -> Any:
    """Return the data with integers beyond 64 bits, which orjson refuses, as ready JSON."""
    if isinstance(data, dict):
        return {key: _with_large_integers(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_large_integers(value) for value in data]
    if isinstance(data, int) and not -(2**63) <= data < 2**64:
        return orjson.Fragment(str(data))
    return data


def _native(value: Any) -> Any:
    if isinstance(value, orjson.Fragment):
        return json.loads(orjson.dumps(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__module__}.{type(value).__qualname__} is not plain data")


def _lines(rows: list[Any]) -> bytes:
    return b"".join(encode(row) + b"\n" for row in rows)
