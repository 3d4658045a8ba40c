"""The whole page: its title, its introduction, and a chapter for each thing that is served."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from piston_core import Description
from piston_openapi.document import document, operations_of
from piston_openapi.pages import texts
from piston_openapi.pages.credentials import Scheme, schemes_of
from piston_openapi.pages.introduction import (
    Formats,
    Problem,
    Topic,
    first_address,
    formats_of,
    problems_of,
    topics_of,
)
from piston_openapi.pages.operations import Entry, entry_of

_LARGEST = "3.2"  # the version that knows all methods


class Chapter(NamedTuple):
    """What is told of one handler.

    Attributes:
        anchor: its name in addresses.
        title: what is served, in a word.
        about: what the handler's docstring says.
        entries: the methods.
    """

    anchor: str
    title: str
    about: SafeString
    entries: tuple[Entry, ...]


class Text(NamedTuple):
    """A part of the introduction with its text as HTML, and an address that shows it."""

    topic: Topic
    about: SafeString
    address: str


class Way(NamedTuple):
    """A way to say who somebody is, with its text as HTML, and a line for curl."""

    scheme: Scheme
    about: SafeString
    curl: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What is on the page.

    Attributes:
        info: what the document says of the API.
        about: the API's description.
        origin: where the site is.
        ways: how to say who somebody is.
        formats: the media types.
        texts: what holds for many methods.
        problems: the kinds of problems.
        chapters: what is served.
    """

    info: Mapping[str, Any]
    about: SafeString
    origin: str
    ways: tuple[Way, ...]
    formats: Formats
    texts: tuple[Text, ...]
    problems: tuple[Problem, ...]
    chapters: tuple[Chapter, ...]


def contents_of(description: Description, origin: str) -> Contents:
    """Return what is on the page of a description.

    What a hook has taken out of the document is not on the page either.

    Args:
        description: what is served.
        origin: where the site is, such as ``https://example.org``.
    """
    made = document(description, _LARGEST)
    root = origin + first_address(description)
    return Contents(
        info=made["info"],
        about=texts.html(made["info"].get("description", "")),
        origin=origin,
        ways=tuple(_way(each, root) for each in schemes_of(description)),
        formats=formats_of(description),
        texts=tuple(_text(each, root) for each in topics_of(description)),
        problems=problems_of(description),
        chapters=_chapters(description, made, origin),
    )


def _way(scheme: Scheme, root: str) -> Way:
    line = f"curl {scheme.arguments} {shlex.quote(root)}" if scheme.arguments else ""
    return Way(scheme, texts.line(scheme.about), line)


def _text(topic: Topic, root: str) -> Text:
    return Text(topic, texts.line(topic.about), f"curl {shlex.quote(root + topic.example)}" if topic.example else "")


def _chapters(description: Description, made: Mapping[str, Any], origin: str) -> tuple[Chapter, ...]:
    operations = operations_of(made)
    told = {each["name"]: each.get("description", "") for each in made.get("tags", ())}
    entries: dict[str, dict[str, Entry]] = {}
    for place in description.places:
        for served in place.methods:
            operation = operations.get((place.template, served.method.lower()))
            if operation is not None:
                entry = entry_of(place, served, operation, made, origin)
                entries.setdefault(place.title, {}).setdefault(entry.anchor, entry)
    return tuple(
        Chapter(_anchor(title), title, texts.html(told.get(title, "")), tuple(named.values()))
        for title, named in entries.items()
    )


def _anchor(title: str) -> str:
    return f"about-{re.sub(r'[^A-Za-z0-9]+', '-', title)}"
