"""Read YAML (RFC 9512) event by event and refuse, with its place, what is not plain data or has two meanings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from django.http import HttpRequest
from yaml import CSafeLoader  # only this one: PyYAML's own parser, in Python, refuses other bodies
from yaml.events import (
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from piston_core import MalformedBody, Parser
from piston_yaml.emitter import MEDIA_TYPES
from piston_yaml.scalars import meaning, spelt

# What YAML allows as escapes only, and the line ends of YAML 1.1 that are none in YAML 1.2 (1.2.2, section 5.4).
_UNREADABLE = re.compile("[^\t\n\r -~\xa0-\u2027\u202a-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_TAG_DIRECTIVE = re.compile("^%TAG", re.MULTILINE)  # the time that libyaml takes for them grows with their square
_LINE_END = re.compile("\r\n?")
_TAGS: Mapping[type, str] = {
    type(None): "tag:yaml.org,2002:null",
    bool: "tag:yaml.org,2002:bool",
    int: "tag:yaml.org,2002:int",
    float: "tag:yaml.org,2002:float",
    str: "tag:yaml.org,2002:str",
    list: "tag:yaml.org,2002:seq",
    dict: "tag:yaml.org,2002:map",
}
_UNTYPED = "!"  # YAML 1.2.2, section 6.9.1: a scalar is text, whatever it looks like


class YAMLParser(Parser):
    """Reads YAML bodies in UTF-8, by the core schema of YAML 1.2.

    Data is made of libyaml's events directly: there is nothing that could construct an object, and what is refused is
    refused before more of the body is read.

    Args:
        max_depth: how deeply sequences and mappings may be nested.
    """

    name = "yaml"
    media_types = MEDIA_TYPES

    def __init__(self, *, max_depth: int = 64) -> None:
        self.max_depth = max_depth

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema of the data, which YAML has nothing around."""
        return schema

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the data of a body's only document.

        Raises:
            MalformedBody: it is not acceptable; the detail says why and where.
        """
        text = _decoded(body)
        _check_text(text)
        try:
            return self._document(yaml.parse(text, Loader=CSafeLoader))
        except yaml.MarkedYAMLError as error:
            raise MalformedBody(f"The body is not YAML: {error.problem}{_at(error.problem_mark)}.") from error

    def _document(self, events: Iterator[Event]) -> Any:
        next(events)
        start = next(events)
        if not isinstance(start, DocumentStartEvent):
            raise MalformedBody("The body is empty; a YAML document is expected.")
        if start.version not in (None, (1, 2)):
            raise MalformedBody("The directive %YAML names another version than 1.2, which is read; leave it out.")
        data = self._node(next(events), events, 0)
        next(events)
        after = next(events)
        if not isinstance(after, StreamEndEvent):
            raise MalformedBody(f"A second document begins{_at(after.start_mark)}; a body is one document.")
        return data

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Any:
        """Return the data that begins with an event, within so many sequences and mappings."""
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        if not isinstance(event, CollectionStartEvent):
            raise _aliased(event)
        is_sequence = isinstance(event, SequenceStartEvent)
        _check_properties(event, list if is_sequence else dict)
        if depth == self.max_depth:
            raise MalformedBody(f"The YAML document is nested more than {depth} levels deep{_at(event.start_mark)}.")
        return (self._sequence if is_sequence else self._mapping)(events, depth + 1)

    def _sequence(self, events: Iterator[Event], depth: int) -> list[Any]:
        items = []
        while not isinstance(event := next(events), SequenceEndEvent):
            items.append(self._node(event, events, depth))
        return items

    def _mapping(self, events: Iterator[Event], depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            if isinstance(event, CollectionStartEvent):
                raise MalformedBody(f"A key is a sequence or a mapping{_at(event.start_mark)}; it has to be text.")
            name = spelt(self._node(event, events, depth))
            if name in data:
                raise MalformedBody(f"The key {name[:40]!r} comes twice in one mapping{_at(event.start_mark)}.")
            data[name] = self._node(next(events), events, depth)
        return data


def _scalar(event: ScalarEvent) -> Any:
    """Return what a scalar stands for; quoted and block scalars are text (YAML 1.2.2, section 10.3.2)."""
    tag = event.tag
    is_text = bool(event.style) if tag is None else tag in (_UNTYPED, _TAGS[str])
    try:
        data = event.value if is_text else meaning(event.value)
    except ValueError as error:
        raise MalformedBody(f"A number cannot be read{_at(event.start_mark)}: {error}.") from error
    _check_properties(event, type(data))
    return data


def _check_properties(event: ScalarEvent | CollectionStartEvent, kind: type) -> None:
    """Refuse an anchor, and every tag but the core schema's for this kind of value."""
    if event.anchor is not None:
        raise _aliased(event)
    if event.tag not in (None, _UNTYPED, _TAGS[kind]):
        raise MalformedBody(f"The tag {event.tag[:40]!r} does not fit{_at(event.start_mark)}; leave it out.")


def _aliased(event: Event) -> MalformedBody:
    place = _at(event.start_mark)
    return MalformedBody(f"Anchors and aliases are not read; there is one{place}. Write the value where it belongs.")


def _decoded(body: bytes) -> str:
    try:
        return body.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The YAML text is not UTF-8{_end_of(body[: error.start].decode())}.") from error


def _check_text(text: str) -> None:
    """Refuse what the parser had better not see."""
    if found := _UNREADABLE.search(text):
        place = _end_of(text[: found.start()])
        raise MalformedBody(f"There is the character U+{ord(found[0]):04X}{place}; write it as an escape, in quotes.")
    if found := _TAG_DIRECTIVE.search(text):
        raise MalformedBody(f"There is a directive %TAG{_end_of(text[: found.start()])}; leave it and the tags out.")


def _end_of(text: str) -> str:
    """Return where a text goes on."""
    text = _LINE_END.sub("\n", text)
    return _named(text.count("\n"), len(text) - text.rfind("\n") - 1)


def _at(mark: Any) -> str:
    """Return where libyaml has set a mark."""
    return "" if mark is None else _named(mark.line, mark.column)


def _named(line: int, column: int) -> str:
    """Return a place, counted from 0 in lines and characters, as people count."""
    return f" at line {line + 1}, column {column + 1}"
