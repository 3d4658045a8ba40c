"""Read ``fields`` into a small tree and decide which names an object is shown with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

if TYPE_CHECKING:
    from piston_core.handler import BaseHandler


class FieldsError(ImproperlyConfigured):
    """A handler's ``fields`` cannot be read; the message names the handler and the entry."""


@dataclass(frozen=True, slots=True)
class Node:
    """One name of ``fields``.

    Attributes:
        name: the name.
        children: what to show of the related object, or ``()`` to leave it to its handler.
        wanted: what a request wants of what its handler shows, or ``()`` for all of it.
    """

    name: str
    children: tuple[Node, ...] = ()
    wanted: tuple[Node, ...] = ()


def read_fields(fields: Any, place: str) -> tuple[Node, ...]:
    """Return the tree of a ``fields`` declaration; a name that comes twice counts once.

    Args:
        fields: names, and ``(name, fields)`` for related objects.
        place: what to call the declaration in a message, such as ``PostHandler.fields``.

    Raises:
        FieldsError: it holds something else.
    """
    if isinstance(fields, str) or not isinstance(fields, Sequence):
        raise FieldsError(f"{place} is {fields!r}; it has to be a tuple of names, such as ('title',) with its comma.")
    nodes = [_node(entry, place) for entry in fields]
    return tuple({node.name: node for node in nodes}.values())


def _node(entry: Any, place: str) -> Node:
    if isinstance(entry, str):
        return Node(entry)
    if isinstance(entry, tuple | list) and len(entry) == 2 and isinstance(entry[0], str):
        return Node(entry[0], read_fields(entry[1], f"{place}, at {entry[0]!r},"))
    raise FieldsError(
        f"{place} holds {entry!r}; an entry is a name, or a name with a tuple: ('author', ('username',))."
    )


def shown(handler: type[BaseHandler], model: type[Model] | None, *, many: bool) -> tuple[Node, ...]:
    """Return the names that a handler shows an object with.

    ``list_fields`` count for the objects of a list, then ``fields``; without either it is the
    model's columns less ``exclude``, and ``extra_fields``.
    """
    if many and handler.list_fields:
        return read_fields(handler.list_fields, f"{handler.__name__}.list_fields")
    if handler.fields:
        return read_fields(handler.fields, f"{handler.__name__}.fields")
    exclude = _rules(handler.exclude, f"{handler.__name__}.exclude")
    columns = tuple(Node(name) for name in _columns(model) if not _excluded(name, exclude)) if model else ()
    return columns + read_fields(handler.extra_fields, f"{handler.__name__}.extra_fields")


def _columns(model: type[Model]) -> list[str]:
    return [
        field.name for field in model._meta.concrete_fields if not getattr(field.remote_field, "parent_link", False)
    ]


def _rules(exclude: Any, place: str) -> Sequence[str | re.Pattern[str]]:
    """Return an ``exclude`` declaration; one that excludes nothing by mistake must not show what it meant to hide."""
    if isinstance(exclude, list | tuple) and all(isinstance(rule, str | re.Pattern) for rule in exclude):
        return exclude
    raise FieldsError(
        f"{place} is {exclude!r}; it has to be a tuple of names and compiled patterns, such as ('id',) with its comma."
    )


def _excluded(name: str, exclude: Sequence[str | re.Pattern[str]]) -> bool:
    return any(name == rule if isinstance(rule, str) else rule.match(name) for rule in exclude)
