"""Make plain data of elements as they are read, without a tree between, and refuse what is not plain."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from piston_core import MalformedBody
from piston_xml.characters import LONGEST_NAME, LONGEST_NAMESPACE, unescaped

_MOST_ATTRIBUTES = 100
_LONGEST_NUMBER = 4300  # characters; what Python itself reads, since the time for more grows with their square
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BLANKS = " \t\r\n"
_TRUTH = {"false": False, "true": True}
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
# Attributes of these namespaces are for validators and for whoever shows text.
_PASSED_OVER = ("{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}")


@dataclass(slots=True)
class _Element:
    """An element that is open."""

    name: str
    kind: str
    escaped: bool
    members: dict[str, Any] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def take(self, name: str, value: Any) -> None:
        """Take the value of an element in it."""
        if self.kind == "array":
            self.items.append(value)
        else:
            self.add(name, value)

    def add(self, name: str, value: Any) -> None:
        """Add a member, which every attribute is, also one of a list."""
        if name in self.members:
            hint = 'a list says type="array"'
            raise ValueError(f"the name {name[:40]!r} comes twice in <{self.name[:40]}>; {hint}")
        self.members[name] = value

    def value(self) -> Any:
        """Return the element's value, now that it is complete."""
        text = "".join(self.texts)
        if not self.members and not self.items and self.kind not in ("array", "object"):
            return self._scalar(text)
        if text.strip(_BLANKS):
            raise ValueError(f"<{self.name[:40]}> has text beside its elements or attributes")
        if self.kind in ("", "object"):
            return self.members
        if self.members or self.kind != "array":
            raise ValueError(f'<{self.name[:40]}> says type="{self.kind}", but has members as an object has')
        return self.items

    def _scalar(self, text: str) -> Any:
        try:
            return _SCALARS[self.kind](unescaped(text) if self.escaped else text)
        except ValueError as error:
            raise ValueError(f"in <{self.name[:40]}>, {error}") from error


class Reader:
    """Reads one document; the parser tells it of each element that begins and ends.

    Args:
        max_depth: how deeply elements may be nested, the root included.
    """

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self._parser = DefusedXMLParser(target=self, forbid_dtd=True)
        self._open: list[_Element] = []
        self._data: Any = None

    def read(self, text: str) -> Any:
        """Return the data of a document.

        Raises:
            MalformedBody: it is not acceptable.
        """
        try:
            self._parser.feed(text)
            return self._parser.close()
        except ParseError as error:
            line, column = error.position
            what = str(error).partition(":")[0]
            raise MalformedBody(f"The body is not XML: {what} at {_place(line, column)}.") from error
        except DefusedXmlException as error:
            raise MalformedBody("The document has a DTD, which is not read; send it without.") from error

    def start_ns(self, prefix: str, uri: str) -> None:
        """Refuse a long namespace, which would be repeated in every name."""
        if len(uri) > LONGEST_NAMESPACE:
            raise self._refusal(f"a namespace has {len(uri)} characters, and {LONGEST_NAMESPACE} are read at most")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        if len(self._open) >= self.max_depth:
            raise self._refusal(f"the elements are nested more than {self.max_depth} levels deep")
        try:
            self._open.append(_element(tag, attributes, self._open[-1] if self._open else None))
        except ValueError as error:
            raise self._refusal(str(error)) from error

    def data(self, text: str) -> None:
        """Take text in the element that is open."""
        self._open[-1].texts.append(text)

    def end(self, tag: str) -> None:
        """Close an element; its value goes to the one around it."""
        element = self._open.pop()
        try:
            self._data = element.value()
            if self._open:
                self._open[-1].take(element.name, self._data)
        except ValueError as error:
            raise self._refusal(str(error)) from error

    def close(self) -> Any:
        """Return the value of the element that was closed last, which is the root."""
        return self._data

    def _refusal(self, reason: str) -> MalformedBody:
        at = self._parser.parser
        place = _place(at.CurrentLineNumber, at.CurrentColumnNumber)
        return MalformedBody(f"The document cannot be read at {place}: {reason}.")


def _element(tag: str, attributes: dict[str, str], around: _Element | None) -> _Element:
    """Return an element that begins; attributes that say nothing about its value are members of it."""
    name = _local(tag)
    if len(attributes) > _MOST_ATTRIBUTES:
        raise ValueError(f"<{name[:40]}> has {len(attributes)} attributes, and {_MOST_ATTRIBUTES} are read at most")
    if name == "member" and around is not None and around.kind != "array":
        name = attributes.pop("name", name)
    kind, escaped = attributes.pop("type", ""), attributes.pop("escaped", "false")
    if attributes.get(_NIL) in ("true", "1"):
        kind = "null"
    if kind not in _KINDS:
        known = ", ".join(sorted(_KINDS - {""}))
        raise ValueError(f"<{name[:40]}> says type={kind[:40]!r}; known are: {known}")
    if escaped not in _TRUTH:
        raise ValueError(f"<{name[:40]}> says escaped={escaped[:40]!r}; known are: false, true")
    element = _Element(unescaped(name) if _TRUTH[escaped] else name, kind, _TRUTH[escaped])
    for each, value in attributes.items():
        if not each.startswith(_PASSED_OVER):
            element.add(_local(each), value)
    return element


def _local(name: str) -> str:
    """Return a name without its namespace."""
    local = name.rpartition("}")[2]
    if len(local) > LONGEST_NAME:
        raise ValueError(f"the name {local[:40]!r}… has {len(local)} characters, and {LONGEST_NAME} are read at most")
    return local


def _integer(text: str) -> int:
    return int(_fit(text, _INTEGER, "integer"))


def _number(text: str) -> float:
    value = float(_fit(text, _NUMBER, "number"))
    if not isfinite(value):
        raise ValueError(f"{text[:40]!r} is too large")
    return value


def _fit(text: str, pattern: re.Pattern[str], kind: str) -> str:
    """Return a number's text without blanks around it."""
    text = text.strip(_BLANKS)
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"{text[:40]}… has {len(text)} characters, and {_LONGEST_NUMBER} are read of one number")
    if not pattern.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no {kind}")
    return text


def _boolean(text: str) -> bool:
    text = text.strip(_BLANKS)
    if text not in _TRUTH:
        raise ValueError(f"{text[:40]!r} is neither true nor false")
    return _TRUTH[text]


def _null(text: str) -> None:
    if text.strip(_BLANKS):
        raise ValueError(f"{text[:40]!r} is not null")


_SCALARS: dict[str, Callable[[str], Any]] = {
    "": str,
    "string": str,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}
_KINDS = {*_SCALARS, "array", "object"}


def _place(line: int, column: int) -> str:
    """Return a place as people look for it: both from 1, columns in characters."""
    return f"line {line}, column {column + 1}"
