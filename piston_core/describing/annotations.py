"""Schemas of what a method returns, as its annotation says it."""

from __future__ import annotations

import types
import typing
from collections import abc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from inspect import cleandoc, isroutine, unwrap
from typing import Any

from django.db.models import Manager, Model, QuerySet
from django.http.response import HttpResponseBase

from piston_core.describing.records import Schema
from piston_core.describing.schemas import OF_TYPES, array, moment, of_choices, one_of
from piston_core.replies import Reply

# Django forgets which model ``QuerySet[Post]`` names, so for none it is the handler's own.
Show = Callable[[type[Model] | None, bool], Schema]

_UNIONS = (typing.Union, types.UnionType)
_LISTS = (
    list, set, frozenset, abc.Sequence, abc.Collection, abc.Set, abc.Iterable, abc.Iterator, abc.Generator,
    abc.AsyncIterable, abc.AsyncIterator, abc.AsyncGenerator,
)  # fmt: skip
_OBJECTS = (dict, abc.Mapping, abc.MutableMapping)
_QUERIES = (QuerySet, Manager)


@dataclass(frozen=True, slots=True)
class Returned:
    """What a method returns.

    Attributes:
        schema: the data; ``{}`` for anything.
        data: whether it may be data at all.
        nothing: whether it may be ``None``.
        replies: whether it may be a reply with a status of its own.
        responses: whether it may be a response of the method's own making.
        queries: whether the data may be a queryset.
        lists: whether the data may be a list.
    """

    schema: Schema = field(default_factory=dict)
    data: bool = True
    nothing: bool = True
    replies: bool = True
    responses: bool = True
    queries: bool = True
    lists: bool = True


def returned(method: Callable[..., Any], show: Show) -> Returned:
    """Return what a method of a handler returns; without an annotation that may be anything.

    Args:
        method: the method.
        show: returns the schema of an object of a model, or of the handler's own, and of one in a list.
    """
    kinds = list(_alternatives(annotation_of(method)))
    if Any in kinds or object in kinds:
        return Returned()
    data = [kind for kind in kinds if not _is(kind, Reply) and not _is(kind, HttpResponseBase)]
    found = [kind for kind in data if kind is not type(None)]
    return Returned(
        one_of(_schema(kind, show, ()) for kind in found) if found else {},
        bool(found),
        type(None) in kinds,
        any(_is(kind, Reply) for kind in kinds),
        any(_is(kind, HttpResponseBase) for kind in kinds),
        any(_origin(kind) in _QUERIES for kind in found),
        any(_origin(kind) in (*_QUERIES, *_LISTS, tuple) for kind in found),
    )


def schema_of(method: Any, show: Show) -> Schema:
    """Return the schema of the value of a resource method or a property, with what its docstring says."""
    about = cleandoc(method.__doc__ or "").partition("\n")[0] if isroutine(method) else ""
    found = _schema(annotation_of(method), show, ())
    return {**found, "description": about} if about and "title" not in found else found


def annotation_of(method: Any) -> Any:
    """Return what a method says that it returns, ``Any`` if it says nothing that can be found."""
    function: Any = unwrap(getattr(method, "__func__", method))
    declared = getattr(function, "__annotations__", {}) if isroutine(function) else {}
    if "return" not in declared:
        return Any
    alone = types.SimpleNamespace(__annotations__={"return": declared["return"]})
    try:
        return typing.get_type_hints(alone, getattr(function, "__globals__", {}), include_extras=False)["return"]
    except Exception:  # noqa: BLE001 - a name that only a type checker imports, or whatever else stands there
        return Any


def _alternatives(kind: Any) -> Iterator[Any]:
    if typing.get_origin(kind) in _UNIONS:
        for each in typing.get_args(kind):
            yield from _alternatives(each)
    else:
        yield type(None) if kind is None else _plain(kind)


def _plain(kind: Any) -> Any:
    """Return what stands behind a name for a type."""
    for name in ("__value__", "__supertype__"):  # TypeAliasType, NewType
        if hasattr(kind, name):
            return _plain(getattr(kind, name))
    return kind


def _origin(kind: Any) -> Any:
    origin = typing.get_origin(kind) or kind
    return next((each for each in _QUERIES if _is(origin, each)), origin)


def _is(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def _schema(kind: Any, show: Show, around: tuple[Any, ...]) -> Schema:
    """Return the schema of the values of a type; ``{}`` for what is not known, and for what is within itself."""
    kinds = list(_alternatives(kind))
    if len(kinds) > 1:
        return one_of(_schema(each, show, around) for each in kinds)
    kind = kinds[0]
    if kind in around:
        return {}
    origin, inner = _origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return of_choices((value, value) for value in inner)
    if origin in _QUERIES:
        return _of_query(inner, show, around)
    if origin in _LISTS:
        return array(_schema(inner[0], show, around) if inner else {})
    if origin in _OBJECTS:
        return {"type": "object", **({"additionalProperties": _schema(inner[1], show, around)} if inner else {})}
    if origin is tuple:
        return _of_tuple(inner, show, around)
    return _of_class(kind, show, around) if isinstance(kind, type) else {}


def _of_query(inner: tuple[Any, ...], show: Show, around: tuple[Any, ...]) -> Schema:
    if len(inner) > 1 and not _is(inner[1], Model):  # of values() and the like
        return array(_schema(inner[1], show, around))
    return array(show(inner[0] if inner and _is(inner[0], Model) else None, True))


def _of_tuple(inner: tuple[Any, ...], show: Show, around: tuple[Any, ...]) -> Schema:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return array(_schema(inner[0], show, around))
    if not inner:
        return array({})
    items = [_schema(each, show, around) for each in inner]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _of_class(kind: Any, show: Show, around: tuple[Any, ...]) -> Schema:
    if issubclass(kind, Model):
        return show(kind, False)
    if callable(getattr(kind, "__emittable__", None)):
        return _schema(annotation_of(kind.__emittable__), show, (*around, kind))
    if issubclass(kind, Enum):
        return of_choices((each.value, each.name) for each in kind) if _is_plain_enum(kind) else {}
    if typing.is_typeddict(kind) or is_dataclass(kind):
        return _of_members(kind, show, (*around, kind))
    if issubclass(kind, tuple):  # a named one is written as a list, too
        return _of_tuple(tuple(_hints(kind).values()), show, (*around, kind))
    return (
        moment()
        if kind.__name__ == "datetime"
        else next((OF_TYPES[each] for each in kind.__mro__ if each in OF_TYPES), {})
    )


def _is_plain_enum(kind: type[Enum]) -> bool:
    return all(isinstance(each.value, str | int) for each in kind)


def _of_members(kind: Any, show: Show, around: tuple[Any, ...]) -> Schema:
    """Return the schema of a dataclass, all of whose fields are shown, or of a typed dictionary."""
    hints = _hints(kind)
    if is_dataclass(kind):
        names: list[str] = [each.name for each in fields(kind)]
        required = names
    else:
        names, required = list(kind.__annotations__), sorted(kind.__required_keys__)
    properties = {name: _schema(hints.get(name, Any), show, around) for name in names}
    return {"type": "object", "title": kind.__name__, "properties": properties, "required": list(required)}


def _hints(kind: Any) -> Mapping[str, Any]:
    """Return the types of what a class declares, nothing where one of them cannot be found."""
    try:
        return typing.get_type_hints(kind)
    except Exception:  # noqa: BLE001 - as in annotation_of
        return {}
