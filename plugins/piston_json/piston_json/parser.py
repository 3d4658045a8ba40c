"""Read JSON (RFC 8259) and refuse, with a position, what two readers could understand differently."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any, NoReturn

import orjson
from django.http import HttpRequest

from piston_core import MalformedBody, Parser

_CONTAINERS = frozenset({dict, list})
_BOM = b"\xef\xbb\xbf"
# Every string with the colon that makes it a name; only whole strings, so that none is entered.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"(\s*+:)?', re.DOTALL)
_TOKEN = re.compile(rb'("(?:[^"\\]++|\\.)*+")(\s*+:)?|[\[\]{}]', re.DOTALL)
# Integers that orjson takes for a float have 19 digits and more, those that it takes for infinity 309. Whole
# strings are matched so that none is entered, an open one to its end: to look for its end again from each
# quotation mark takes quadratic time.
_BEYOND = re.compile(rb"\d{19}")
_ENDLESS = re.compile(rb"\d{309}")
_INTEGER = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|(?<![\d.])[1-9]\d{308,}+(?![.eE])', re.DOTALL)
_MOST_DIGITS = 4300  # what Python itself reads; the time for more grows with their square


class JSONParser(Parser):
    """Reads JSON bodies in UTF-8.

    Integers keep all their digits, up to 4300 of them. Refused are: what is not JSON, invalid
    UTF-8, a name that comes twice in one object, a number with a fraction or an exponent beyond a
    double's range, and nesting beyond the limit.

    Args:
        max_depth: how deeply lists and objects may be nested.
    """

    name = "json"
    media_types = ("application/json",)

    def __init__(self, *, max_depth: int = 64) -> None:
        self.max_depth = max_depth

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema of the data, which JSON has nothing around."""
        return schema

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the data of a JSON text.

        Raises:
            MalformedBody: it is not acceptable; the detail says why and where.
        """
        if body.startswith(_BOM):  # RFC 8259, section 8.1: a reader may ignore it
            body = body.replace(_BOM, b"   ", 1)  # so that positions stay what they are
        beyond = _BEYOND.search(body)
        try:
            data = orjson.loads(_INTEGER.sub(_shortened, body) if beyond and _ENDLESS.search(body) else body)
        except orjson.JSONDecodeError as error:
            raise self._refusal(body, error) from error
        if type(data) in _CONTAINERS:
            self._refuse_ambiguous(body, data)
        return _exact(body) if beyond else data

    def _refusal(self, body: bytes, error: orjson.JSONDecodeError) -> MalformedBody:
        """Return the refusal of a text that orjson could not read."""
        try:
            body.decode()
        except UnicodeDecodeError as wrong:
            return MalformedBody(f"The JSON text is not UTF-8 at {_place(body, wrong.start)}.")
        if not body.strip():
            return MalformedBody("The body is empty; a JSON text is expected.")
        if "depth" in error.msg:
            return self._too_deep()
        at = _place(body, len(error.doc[: error.pos].encode()))
        return MalformedBody(f"The body is not JSON: {error.msg} at {at}.")

    def _refuse_ambiguous(self, body: bytes, data: Any) -> None:
        """Refuse deep nesting, and a name that comes twice in one object (RFC 8259, section 4: what it means is open).

        Names in the text are counted against those in the data; only where they differ is it worth
        finding out which and where.
        """
        names = depth = 0
        level = [data]
        while level:  # orjson itself has stopped at 1024 levels
            depth += 1
            if depth > self.max_depth:
                raise self._too_deep()
            names += sum(len(each) for each in level if type(each) is dict)
            level = [item for each in level for item in _items(each) if type(item) in _CONTAINERS]
        if names != sum(1 for colon in _STRING.findall(body) if colon):
            _name_duplicate(body)

    def _too_deep(self) -> MalformedBody:
        return MalformedBody(f"The JSON text is nested more than {self.max_depth} levels deep.")


def _items(data: Any) -> Any:
    return data.values() if type(data) is dict else data


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
                raise MalformedBody(
                    f"The name {name[:40]!r} comes twice in one object, at {_place(body, token.start())}."
                )
            open_objects[-1].add(name)
    raise MalformedBody("A name comes twice in one object.")


def _exact(body: bytes) -> Any:
    """Return the data with every digit of its integers, read by the standard library."""
    try:
        return json.loads(body, parse_float=_finite, parse_int=_integer)
    except ValueError as error:
        raise MalformedBody(f"A number cannot be read: {error}.") from error


def _shortened(token: re.Match[bytes]) -> bytes:
    """Return a long integer as one digit and blanks, for orjson to read all the rest; a string as it is."""
    return token[0] if token[0].startswith(b'"') else b"1".ljust(len(token[0]))


def _integer(text: str) -> int:
    digits = len(text.removeprefix("-"))
    if digits > _MOST_DIGITS:
        raise ValueError(f"{text[:40]}… has {digits} digits, and {_MOST_DIGITS} are read at most")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _place(body: bytes, offset: int) -> str:
    """Return a byte offset as people and programs look for it: line, column (in bytes) and byte, from 1, 1 and 0."""
    line = body.count(b"\n", 0, offset) + 1
    column = offset - (body.rfind(b"\n", 0, offset) + 1) + 1
    return f"line {line}, column {column} (byte {offset})"
