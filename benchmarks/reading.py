"""Reads answers back with parsers that are nobody's own, so that they can be compared."""

from __future__ import annotations

from collections.abc import Callable
from csv import DictReader
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import yaml as pyyaml

from benchmarks.serving import Answer


def json(answer: Answer) -> Any:
    """Return the JSON of an answer."""
    return orjson.loads(answer.body)


def lines(answer: Answer) -> list[Any]:
    """Return the JSON Lines of an answer."""
    return [orjson.loads(line) for line in answer.body.splitlines()]


def yaml(answer: Answer) -> Any:
    """Return the YAML of an answer, as a reader of YAML 1.1 understands it."""
    return pyyaml.load(answer.body, Loader=pyyaml.CSafeLoader)


def csv(answer: Answer) -> list[dict[str, Any]]:
    """Return the posts of an answer in CSV, which has texts only: the types of the fields are known here."""
    rows = DictReader(StringIO(answer.body.decode(), newline=""))
    return [{name: _KNOWN.get(name, _as_it_is)(text) for name, text in row.items()} for row in rows]


def xml(answer: Answer) -> list[dict[str, Any]]:
    """Return the posts of an answer in XML, whoever has written it.

    Piston's elements say their type, and have to say it; for the others, who write nothing but texts, the
    types of the fields are known here.

    Raises:
        KeyError: the document has nobody's structure.
    """
    root = ET.fromstring(answer.body)
    [item] = {element.tag for element in root}
    read = _STRUCTURES[root.tag, item]
    return [{element.tag: read(element) for element in post} for post in root]


def _of_its_type(element: ET.Element) -> Any:
    return _TYPES[element.get("type", "")](element.text)


def _of_known_type(element: ET.Element) -> Any:
    return _KNOWN.get(element.tag, _as_it_is)(element.text)


def _as_it_is(text: Any) -> Any:
    return text


_TYPES: dict[str, Callable[[Any], Any]] = {
    "": _as_it_is,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
}
_KNOWN: dict[str, Callable[[Any], Any]] = {
    "id": int,
    "rating": float,
    "is_published": {"true": True, "false": False, "True": True, "False": False}.__getitem__,
}
_STRUCTURES = {
    ("response", "resource"): _of_its_type,
    ("root", "list-item"): _of_known_type,
    ("posts", "post"): _of_known_type,
}
