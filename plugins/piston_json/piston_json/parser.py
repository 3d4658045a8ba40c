"""Read JSON (RFC 8259) and refuse, with a position, what two readers could understand differently."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, NoReturn

import orjson
from django.http import HttpRequest

from piston_core import MalformedBody, Parser

_BOM = b"\xef\xbb\xbf"
# Every string with the colon that makes it a name; only whole strings, so that none is entered.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"(\s*+:)?', re.DOTALL)
_TOKEN = re.compile(rb'("(?:[^"\\]++|\\.)*+")(\s*+:)?|[\[\]{}]', re.DOTALL)
# Numbers that orjson would take for a float, or round: 19 digits and more, or an exponent.
_BEYOND = re.compile(rb"\d{19}|\d[eE][+]?\d{2}")


class JSONParser(Parser):
    """Reads JSON bodies in UTF-8.

    Integers keep all their digits. Refused are: what is not JSON, invalid UTF-8, a name that comes
    twice in one object, a number beyond a double's range, and nesting beyond the limit.

    Args:
        max_depth: how deeply lists and objects may be nested.
    """

    name = "json"
    media_types = ("application/json",)

    def __init__(self, *, max_depth: int = 64) -> None:
        self.max_depth = max_depth

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the data of a JSON text.

        Raises:
            MalformedBody: it is not acceptable; the detail says why and where.
        """
        body = body.removeprefix(_BOM)  # RFC 8259, section 8.1: a reader may ignore it
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            _explain(body, error)
        if isinstance(data, dict | list):
            self._refuse_depth(body, data)
            _refuse_duplicates(body, data)
        if _BEYOND.search(body):
            data = _exact(body)
        return data

    def _refuse_depth(self, body: bytes, data: Any) -> None:
        """Refuse deep nesting; orjson itself has stopped at 1024 levels."""
        if body.count(b"[") + body.count(b"{") <= self.max_depth:
            return
        level, depth = [data], 1
        while level := [item for each in level for item in _items(each) if isinstance(item, dict | list)]:
            depth += 1
            if depth > self.max_depth:
                raise MalformedBody(f"The JSON text is nested more than {self.max_depth} levels deep.")


def _refuse_duplicates(body: bytes, data: Any) -> None:
    """Refuse a name that comes twice in one object (RFC 8259, section 4: what it means is open).

    Names in the text are counted against those in the data; only where they differ is it worth
    finding out which and where.
    """
    written = sum(1 for colon in _STRING.findall(body) if colon)
    if written != _count_names(data):
        _name_duplicate(body)


def _count_names(data: Any) -> int:
    count, level = 0, [data]
    while level:
        count += sum(len(each) for each in level if isinstance(each, dict))
        level = [item for each in level for item in _items(each) if isinstance(item, dict | list)]
    return count


def _items(data: Any) -> Any:
    return data.values() if isinstance(data, dict) else data


def _name_duplicate(body: bytes) -> NoReturn:
    open_objects: list[set[str]] = []
    for token in _TOKEN.finditer(body):
        text, colon = token.groups()
        if token[0] in (b"{", b"["):
            open_objects.append(set())
        elif token[0] in (b"}", b"]"):
            open_objects.pop()
        elif colon:
            name = orjson.loads(text)
            if name in open_objects[-1]:
                raise MalformedBody(f"The name {name!r} comes twice in one object, at {_place(body, token.start())}.")
            open_objects[-1].add(name)
    raise MalformedBody("A name comes twice in one object.")


def _exact(body: bytes) -> Any:
    """Return the data with every digit of its integers, read by the standard library."""
    try:
        return json.loads(body, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise MalformedBody(f"A number cannot be read: {error}.") from error


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _explain(body: bytes, error: orjson.JSONDecodeError) -> NoReturn:
    """Raise the refusal of a text that orjson could not read."""
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        raise MalformedBody(f"The JSON text is not UTF-8 at {_place(body, wrong.start)}.") from error
    if not body.strip():
        raise MalformedBody("The body is empty; a JSON text is expected.") from error
    at = _place(body, len(error.doc[: error.pos].encode())) if error.pos else _place(body, 0)
    raise MalformedBody(f"The body is not JSON: {error.msg} at {at}.") from error


def _place(body: bytes, offset: int) -> str:
    """Return a byte offset as people and programs look for it: line, column (in bytes) and byte, from 1, 1 and 0."""
    line = body.count(b"\n", 0, offset) + 1
    column = offset - (body.rfind(b"\n", 0, offset) + 1) + 1
    return f"line {line}, column {column} (byte {offset})"
