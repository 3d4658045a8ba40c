"""Write JSON (RFC 8259) and JSON Lines, at the speed of orjson and with every digit of an integer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest

from piston_core import Document, Emitter

_LARGEST_CHUNK = 512  # rows that are encoded at once; the first ones go out one by one


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

    def __init__(self, *, indent: bool = False) -> None:
        self.option = orjson.OPT_INDENT_2 if indent else 0

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as one JSON text."""
        return encode(document.data, self.option)

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield an array, a chunk of rows at a time."""
        before = b"["
        for rows in _chunks(document.data):
            yield before + encode(rows)[1:-1]
            before = b","
        yield b"[]" if before == b"[" else b"]"


class JSONLinesEmitter(Emitter):
    """Writes each row of a list as a line of its own; anything else as the only line."""

    name = "jsonl"
    media_types = ("application/jsonl", "application/x-ndjson", "application/json-lines")
    native = JSONEmitter.native
    streams = True

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as lines."""
        rows = document.data if isinstance(document.data, list) else [document.data]
        return b"".join(encode(row, orjson.OPT_APPEND_NEWLINE) for row in rows)

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield a chunk of lines at a time."""
        for rows in _chunks(document.data):
            yield b"".join(encode(row, orjson.OPT_APPEND_NEWLINE) for row in rows)


def encode(data: Any, option: int = 0) -> bytes:
    """Return plain data as JSON.

    Raises:
        TypeError: something in it is not plain, or text is not Unicode.
    """
    try:
        return orjson.dumps(data, option=option)
    except orjson.JSONEncodeError:
        return orjson.dumps(_with_large_integers(data), option=option)


def _with_large_integers(data: Any) -> Any:
    """Return the data with integers beyond 64 bits, which orjson refuses, as ready JSON."""
    if isinstance(data, dict):
        return {key: _with_large_integers(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_large_integers(value) for value in data]
    if isinstance(data, int) and not -(2**63) <= data < 2**64:
        return orjson.Fragment(str(data))
    return data


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """Yield lists of 1, 2, 4 … rows: the first goes out at once, later ones are worth encoding together."""
    size = 1
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) >= size:
            yield chunk
            chunk, size = [], min(size * 2, _LARGEST_CHUNK)
    if chunk:
        yield chunk
