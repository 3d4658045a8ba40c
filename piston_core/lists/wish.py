"""What a request wants of a list, read and judged before anything is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.datastructures import MultiValueDict

from piston_core.handler import BaseHandler, overrides
from piston_core.lists.cursors import Cursor, read_cursor
from piston_core.lists.filters import Asked, refuse_misfits
from piston_core.lists.ranges import Range, read_range
from piston_core.lists.refusals import VARIES, invalid
from piston_core.problems import Problem

OWN_PARAMETERS = frozenset({"fields", "format", "explain", "sort", "offset", "limit", "cursor"})

_DIGITS = re.compile(r"[0-9]{1,18}")
_ONCE = ("offset", "limit", "cursor")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request wants of a list; the defaults leave everything to the handler.

    Attributes:
        offset: how many objects to pass over.
        limit: how many to answer with.
        cursor: where to begin, or to end.
        sort: the order, as ``order_by`` takes it.
        filters: names of the handler's ``filters`` with the texts that were given for them.
        range: the positions that ``Range`` asks for. It is left out of account, as RFC 9110, section 14.2
            allows, where the request says ``offset``, ``limit`` or ``cursor``.
        count: ``"exact"`` to count all objects, ``"none"`` never to, ``""`` to do so where it is needed.
        refusal: what is wrong with the parameters where they may be the handler's own: it counts only
            if the handler returns a queryset.
    """

    offset: int | None = None
    limit: int | None = None
    cursor: Cursor | None = None
    sort: tuple[str, ...] = ()
    filters: tuple[Asked, ...] = ()
    range: Range | None = None
    count: str = ""
    refusal: Problem | None = None


NOTHING = Wish()


def wish_of(
    handler: BaseHandler,
    parameters: MultiValueDict[str, str],
    range_field: str = "",
    count: str = "",
    *,
    strict: bool = False,
) -> Wish:
    """Return what a request wants of the list that it is going to get.

    Args:
        handler: the handler that answers.
        parameters: the query string, or what takes its place.
        range_field: the header field ``Range``; ``""`` for all methods but GET (RFC 9110, section 14.2).
        count: what the request prefers: ``"exact"``, ``"none"`` or nothing.
        strict: whether parameters that mean nothing are refused (RFC 7240, section 4.4).

    Raises:
        Problem: 400 with the name of the parameter that cannot be followed.
    """
    if not (parameters or range_field or count):
        return NOTHING
    if strict:
        _refuse_unknown(handler, parameters)
    found = read_range(range_field) if range_field else None
    if found is not None and found.first is None and count == "none":  # only a count tells where the end is
        found = None
    try:
        return _read(handler, parameters, found, count)
    except Problem as refusal:
        if handler.model is not None and not overrides(handler, "read"):
            raise
        return Wish(range=found, count=count, refusal=refusal)


def _read(handler: BaseHandler, parameters: MultiValueDict[str, str], found: Range | None, count: str) -> Wish:
    offset, limit, cursor = (_given(parameters, name) for name in _ONCE)
    if offset is not None and cursor is not None:
        raise invalid("cursor", "'cursor' and 'offset' are two ways to say where to begin; give one of them.")
    filters = tuple((name, tuple(parameters.getlist(name))) for name in handler.filters if name in parameters)
    if handler.model is not None:
        refuse_misfits(handler.model, filters)
    return Wish(
        None if offset is None else _number("offset", offset, 0),
        None if limit is None else _number("limit", limit, 1),
        None if cursor is None else read_cursor(cursor),
        _sort(handler.sorting, parameters.getlist("sort")) if handler.sorting else (),
        filters,
        found if offset is limit is cursor is None else None,
        count,
    )


def _given(parameters: MultiValueDict[str, str], name: str) -> str | None:
    values = parameters.getlist(name)
    if len(values) > 1:
        raise invalid(name, f"{name!r} is given {len(values)} times; give it once.")
    return values[0] if values else None


def _number(name: str, text: str, least: int) -> int:
    if not _DIGITS.fullmatch(text) or int(text) < least:
        raise invalid(name, f"{name!r} has to be an integer from {least} on, of 18 digits at most.")
    return int(text)


def _sort(known: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """Return the order that a request wants, ``()`` if it says none."""
    found: dict[str, str] = {}
    for entry in ",".join(given).split(",") if given else ():
        name = entry.removeprefix("-")
        if name not in known:
            names = ", ".join(known)
            raise invalid("sort", f"'sort' can name {names}, each with - before it for descending; not {name[:80]!r}.")
        if name in found:
            raise invalid("sort", f"'sort' names {name!r} twice.")
        found[name] = entry
    return tuple(found.values())


def _refuse_unknown(handler: BaseHandler, parameters: MultiValueDict[str, str]) -> None:
    own = OWN_PARAMETERS if handler.sorting else OWN_PARAMETERS - {"sort"}
    known = {*own, *handler.filters}
    for name in parameters:
        if name not in known:
            raise invalid(name, f"{name[:80]!r} means nothing here. Known are: {', '.join(sorted(known))}.", VARIES)
