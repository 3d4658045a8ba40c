"""What handlers and routes declare about what they serve: its life, and where it leads to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.forms import BaseForm

_NOTHING: Mapping[str, str] = MappingProxyType({})
_RELATION = re.compile(r"[a-z][a-z0-9.-]*|[A-Za-z][A-Za-z0-9+.-]*:\S+")  # RFC 8288, section 3.3


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one state of a thing from another (RFC 9110, section 8.8).

    Attributes:
        version: a value that changes with every change of what is shown, such as a number or a moment;
            the entity tag is made of it. ``None`` if only the answer itself tells.
        modified: the moment of the last change, which HTTP tells in whole seconds; ``None`` if it is not known.
    """

    version: Any = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What becomes of a route: declared with it, told with each of its answers.

    Attributes:
        deprecated: since when, or from when on, it should no longer be used (RFC 9745).
        sunset: when it will probably cease to answer (RFC 8594), not before that.
        successor: the address of what takes its place (RFC 5829).
        policy: the address of a page that explains it to people.
    """

    deprecated: datetime | None = None
    sunset: datetime | None = None
    successor: str = ""
    policy: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a moment without a time zone, or an end before the deprecation.
        """
        for moment in (self.deprecated, self.sunset):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{moment!r} has no time zone; say datetime(..., tzinfo=UTC).")
        if self.deprecated and self.sunset and self.sunset < self.deprecated:
            raise ValueError("sunset is before deprecated, where it has to be after it (RFC 9745, section 4).")


@dataclass(frozen=True, slots=True)
class Relation:
    """Where each object of a handler leads to, or a list of them; declared in ``links``.

    Example: ``Relation("comments", "comment-list")`` for a route ``posts/<slug:slug>/comments/``.

    Attributes:
        rel: the relation type: a registered name, a name of your own, or a URI; ``name:reference`` for one that
            ``curies`` of the handler abbreviates.
        to: the name of a route of the API, with its namespace if it is another one; or a URI template (RFC 6570) such
            as ``/help/{slug}{?page}``, in which the names of columns are filled in and others left to the client.
        arguments: what fills in the route's arguments: for the name of each that of a column, behind relations to
            one with ``__`` between the names. Those that it does not name are columns of their own name. Names
            that are no arguments become parameters of the query.
        query: the names of parameters that a client may fill in.
        title: what people call it.
        attributes: further target attributes, such as ``type`` and ``hreflang``.
        of_list: whether a list leads there, instead of each of its objects; its arguments are those of the list's
            own address.
    """

    rel: str
    to: str
    arguments: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    query: Sequence[str] = ()
    title: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    of_list: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no relation type.

        Raises:
            ValueError: ``rel`` is neither a name in lower case nor a URI.
        """
        if not _RELATION.fullmatch(self.rel):
            raise ValueError(f"{self.rel!r} is no relation type; take a name in lower case, or a URI.")


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with an object or a list beside reading and changing it; declared in ``actions``.

    It is offered to those who may do it. What the core itself serves at an address (``create``, ``update``, ``patch``,
    ``delete``) needs no declaration.

    Example: ``Action("publish", "post-publish")`` for a route ``posts/<slug:slug>/publish/``.

    Attributes:
        name: its name among the others.
        to: where it is sent, as in ``Relation``.
        method: the HTTP method.
        arguments: as in ``Relation``.
        form: the form of its data, where it is not that of the handler behind the route.
        title: what people call it.
        of_list: whether it is something to do with a list.
    """

    name: str
    to: str
    method: str = "POST"
    arguments: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    form: type[BaseForm] | None = None
    title: str = ""
    of_list: bool = False
