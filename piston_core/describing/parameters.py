"""The parameters of the query and the header fields of a request that a method honours where it is served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from piston_core.describing.records import Parameter, Schema
from piston_core.describing.schemas import OF_TYPES, array, value_of
from piston_core.describing.spots import Spot
from piston_core.handler import CHANGES, WITH_BODY, WRITES
from piston_core.lists.filters import Filter, Unusable, filter_of, is_field
from piston_core.lists.texts import stored

_TEXT = OF_TYPES[str]
_NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_MOST = 100  # values of one filter
_OF_VALUES = frozenset({"exact", "in", "range", "gt", "gte", "lt", "lte"})
_SAID = {
    "in": "one of these values",
    "range": "from the first value to the second",
    "gt": "is more than this",
    "gte": "is this or more",
    "lt": "is less than this",
    "lte": "is this or less",
    "isnull": "has no value here, or with false what has one",
    "iexact": "is this text in capitals or not",
    "contains": "has this text in it",
    "icontains": "has this text in it, in capitals or not",
    "startswith": "begins with this text",
    "istartswith": "begins with this text, in capitals or not",
    "endswith": "ends with this text",
    "iendswith": "ends with this text, in capitals or not",
}


def query_of(spot: Spot) -> tuple[Parameter, ...]:
    """Return the parameters of the query, those of lists first."""
    return tuple(_query(spot))


def _query(spot: Spot) -> Iterator[Parameter]:
    if spot.action == "read" and spot.returned.queries and not spot.is_one:
        yield from _filters(spot)
        yield from _pages(spot)
    if spot.action != "delete" and (spot.handler.model or spot.handler.fields):
        about = "The names to show, with commas between them; behind that of a related object its own in parentheses."
        yield Parameter("fields", "query", _TEXT, about)
    formats = list(spot.bound.formats.emitters)
    if formats:
        yield Parameter("format", "query", {"enum": formats}, "The format of the answer; it comes before Accept.")


def _filters(spot: Spot) -> Iterator[Parameter]:
    for name in spot.handler.filters:
        yield Parameter(name, "query", *_filter(spot.handler.model, name))


def _filter(model: Any, name: str) -> tuple[Schema, str, bool, bool]:
    """Return what a filter's parameter is like: its schema, what it means, and how its values are written."""
    if model is None or not is_field(model, name):
        return _TEXT, "Only what has this value.", False, False
    try:
        found = filter_of(model, name)
    except Unusable:
        return _TEXT, "Only what has this value.", False, False
    if found.lookup == "exact":
        return {**array(_compared(found)), "maxItems": _MOST}, "Only what has one of these values.", False, False
    if found.lookup in ("in", "range"):
        ends = {"minItems": 2, "maxItems": 2} if found.lookup == "range" else {"minItems": 1, "maxItems": _MOST}
        return {**array(_compared(found)), **ends}, f"Only what is {_SAID[found.lookup]}.", False, True
    return _compared(found), f"Only what {_SAID[found.lookup]}.", False, False


def _compared(found: Filter) -> Schema:
    if found.lookup == "isnull":
        return OF_TYPES[bool]
    if found.lookup not in _OF_VALUES:
        return {**_TEXT, "maxLength": 1000}
    if found.years:
        return {"type": "integer", "minimum": 2, "maximum": 9998}
    value = value_of(stored(found.field))
    return {name: each for name, each in value.items() if name not in ("maxLength", "minimum", "maximum")} or _TEXT


def _pages(spot: Spot) -> Iterator[Parameter]:
    handler = spot.handler
    if handler.sorting:
        names = [name for each in handler.sorting for name in (each, f"-{each}")]
        schema = {**array({"enum": names}), "uniqueItems": True}
        yield Parameter("sort", "query", schema, "The order, with - before a name for descending.", joined=True)
    yield Parameter("offset", "query", _NUMBER, "How many to pass over.")
    most = f", {handler.max_page_size} at most" if handler.max_page_size else ""
    yield Parameter("limit", "query", {**_NUMBER, "minimum": 1}, f"How many to answer with{most}.")
    yield Parameter("cursor", "query", _TEXT, "Where to go on, as the links of an answer say it.")


def fields_of(spot: Spot) -> tuple[Parameter, ...]:
    """Return the header fields of a request; those that every HTTP client sends by itself are not among them."""
    return tuple(_fields(spot))


def _fields(spot: Spot) -> Iterator[Parameter]:
    handler = spot.handler
    yield from _conditions(spot)
    if spot.method == "GET" and spot.returned.lists and not spot.is_one:
        about = "Which objects to answer with, by their places from 0: items=0-9."
        yield Parameter("Range", "header", {**_TEXT, "pattern": "^items=([0-9]+-[0-9]*|-[0-9]+)$"}, about)
        if spot.is_stated:
            yield Parameter("If-Range", "header", _TEXT, "The ETag of the list whose part is wanted.")
    preferred = _preferred(spot)
    if preferred:
        yield Parameter("Prefer", "header", _TEXT, f"What the client would like best: {', '.join(preferred)}.")
    if handler.idempotency and spot.action in WRITES:
        about = "A key of your own making, such as a random UUID in quotation marks; a request with it is done once."
        schema = {**_TEXT, "minLength": 1, "maxLength": 512}
        yield Parameter("Idempotency-Key", "header", schema, about, handler.idempotency == "required")


def _conditions(spot: Spot) -> Iterator[Parameter]:
    if spot.action == "create":
        return
    needed = spot.handler.require_precondition and spot.action in CHANGES and not spot.handler.modified_field
    tell = "answer" if spot.action == "read" else "do it"
    yield Parameter("If-Match", "header", _TEXT, f"The ETag that has to be the present one to {tell}.", bool(needed))
    yield Parameter("If-None-Match", "header", _TEXT, f"The ETag that must not be the present one to {tell}.")
    if spot.is_dated:
        if spot.action == "read":
            yield Parameter("If-Modified-Since", "header", _TEXT, "The Last-Modified of what the client has already.")
        about = f"The moment since when there must have been no change to {tell}."
        yield Parameter("If-Unmodified-Since", "header", _TEXT, about)


def _preferred(spot: Spot) -> list[str]:
    if spot.action in WITH_BODY:
        return ["return=minimal", "return=representation"]
    if spot.action == "read" and spot.returned.queries and not spot.is_one:
        return ["count=exact", "count=none", "handling=strict", "handling=lenient"]
    return []
