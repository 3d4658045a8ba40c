"""The contracts of links: what an answer leads to, what may be done next, and how a format shows both.

What a handler declares is compiled once, to targets; a link builder says, once as well, where a format has them
in an object's row. So no builder is ever asked about a row.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:
    from piston_core.handler import BaseHandler

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Link:
    """A connection to another resource, and what kind of connection it is (RFC 8288).

    Attributes:
        href: where it leads; a relative reference is resolved against the request's address.
        rel: the relation type: a registered name such as ``collection``, or a URI of your own;
            several are separated by blanks.
        attributes: further target attributes, such as ``title``, ``type`` and ``hreflang``.
        templated: whether ``href`` is a template with names for the client to fill in (RFC 6570); the header
            field ``Link`` has no form for that.
    """

    href: str
    rel: str
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    templated: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that an action asks for, in the terms of HTML.

    Attributes:
        name: the name in the data.
        kind: the type of an ``<input>`` that fits it, such as ``number``, ``date`` and ``checkbox``, or ``textarea``.
        title: what people call it.
        about: what there is to say about it.
        required: whether it has to be sent.
        value: what it is where it is not sent.
        choices: the values that it may have, each with what people call it.
        many: whether it is a list of such values.
        limits: the further attributes of the ``<input>``: ``min``, ``max``, ``minlength``, ``maxlength``, ``pattern``
            and ``step``.
        related: the model whose objects are the choices, which may be too many to list.
        key: the name of the field that such an object is sent by.
        href: the address of the list that the choices are in, ``""`` if the API has none.
    """

    name: str
    kind: str
    title: str = ""
    about: str = ""
    required: bool = False
    value: Any = None
    choices: tuple[tuple[Any, str], ...] = ()
    many: bool = False
    limits: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    related: type[Model] | None = None
    key: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Affordance:
    """Something that the sender of a request may do next.

    Attributes:
        name: its name, such as ``update`` or ``publish``; no two that an answer offers have the same.
        method: the HTTP method.
        href: the address that it is sent to.
        title: what people call it.
        media_type: what its data is sent in, ``""`` for a method without data.
        inputs: what it asks for.
        media_types: all that its data may be sent in.
    """

    name: str
    method: str
    href: str
    title: str = ""
    media_type: str = ""
    inputs: tuple[Input, ...] = ()
    media_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Where every object of a kind leads to: a link whose address is not filled in yet.

    Attributes:
        rel: the relation type, ``self`` for the object's own address.
        attributes: further target attributes.
        templated: whether its address is a template also when it is filled in.
    """

    rel: str
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    templated: bool = False


def in_full(rel: str, curies: Mapping[str, str]) -> str:
    """Return relation types with what is abbreviated filled in."""
    return " ".join(_in_full(each, curies) for each in rel.split())


def _in_full(rel: str, curies: Mapping[str, str]) -> str:
    name, colon, reference = rel.partition(":")
    return curies[name].replace("{rel}", reference) if colon and name in curies else rel


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What the rows of a plan are made of, for a builder to put in order.

    Attributes:
        kind: what the objects are called, such as ``posts``; see ``BaseHandler.resource_type``.
        model: their model.
        names: the names that are shown, in their order; with the shape of related objects of one model.
        many: those names that show several objects.
        targets: where each of the objects leads to, itself first if it has an address.
        linked: whether its handler declares links.
        curies: what abbreviates relation types; see ``BaseHandler.curies``.
        within: the name that they are shown by in another object, ``""`` for those that the answer consists of.
    """

    kind: str
    model: type[Model]
    names: Mapping[str, Shape | None]
    many: frozenset[str]
    targets: tuple[Target, ...]
    linked: bool = False
    curies: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    within: str = ""

    def relation(self, rel: str) -> str:
        """Return relation types in full, for a format that has no form for what ``curies`` abbreviates."""
        return in_full(rel, self.curies)

    @property
    def self(self) -> Target | None:
        """The objects' own address, ``None`` if they have none."""
        return next((each for each in self.targets if each.rel == "self"), None)


class Shown(NamedTuple):
    """Stands for what an object shows by a name; an object without it does not have the entry.

    Attributes:
        name: the name.
        nulls: whether an object has the entry that shows ``None``, such as an article without an author.
    """

    name: str
    nulls: bool = True


class Each(NamedTuple):
    """Stands in a list for the objects that an object shows by a name, one after the other.

    Attributes:
        name: the name, one of ``Shape.many``.
    """

    name: str


class Href(NamedTuple):
    """Stands for the address that a target has for an object, ``None`` if it has none.

    Attributes:
        target: the target.
    """

    target: Target


class Where(NamedTuple):
    """Stands for a part of a row that is left out for an object without this link.

    Attributes:
        target: the target; the part holds ``Href(target)``.
        then: the part.
    """

    target: Target
    then: Any


class Key(NamedTuple):
    """Stands for an object's key, as text."""


class Written(NamedTuple):
    """Stands around a part of links and plain values that the emitter only writes, and does not look into.

    In a list it arrives as ready JSON where the emitter has a form for that; see ``Emitter.verbatim``.

    Attributes:
        part: the part.
    """

    part: Any


@dataclass(frozen=True, slots=True)
class Subject:
    """What an answer is about, for those who build its links.

    Attributes:
        request: the request that is answered.
        handler: the class of the handler that answers it.
        result: what the handler's method has returned: an object, a queryset, any data; for one
            object that nobody has read yet a ``Sought``.
        links: where the answer leads to by what its handler declares, filled in.
    """

    request: HttpRequest
    handler: type[BaseHandler]
    result: Any
    links: tuple[Link, ...] = ()


class LinkBuilder(ABC):
    """Says where an answer leads to: in its header fields, or in the rows of some formats.

    Attributes:
        name: the builder's name in lists.
        media_types: the formats whose rows it arranges, by a media type of their emitter; ``*/*`` for all that no
            other builder arranges.
        adds: the names that it adds to rows, which ``?fields=`` may choose like those of ``fields``; where it
            chooses others only, the rows stay as they are. Without any it arranges rows in any case.
    """

    name: ClassVar[str]
    media_types: ClassVar[tuple[str, ...]] = ()
    adds: ClassVar[tuple[str, ...]] = ()

    def links(self, subject: Subject) -> Iterable[Link]:
        """Return the links of an answer for its ``Link`` field, in the order in which they are to be sent."""
        return ()

    def arrange(self, shape: Shape) -> Any:
        """Return what a row looks like, once for all rows of a shape; ``None`` to leave them as they are.

        It is made of dictionaries, lists, and plain values, with ``Shown``, ``Each``, ``Href``, ``Where`` and ``Key``
        in the place of what each object has of its own, and ``Written`` around what may be written ahead. The
        rows of related objects are arranged by their own shape.

        Args:
            shape: what there is to arrange.
        """
        return None
