"""Cursors: a place between two objects of a list, as text that need mean nothing to a client.

It holds the values of the columns that the list is ordered by, for whoever cares to decode it, and
does not keep them secret; so a list should not be ordered by what its readers may not know.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db.models import Q
from django.utils.duration import duration_string

from piston_core.lists.orders import Term, Terms
from piston_core.lists.refusals import Misfit, invalid
from piston_core.lists.texts import INTEGERS, kind_of, value_of
from piston_core.problems import Problem

_LONGEST = 1000
_TOKEN = re.compile(f"[A-Za-z0-9_-]{{1,{_LONGEST}}}")
_NOTHING = Q(pk__in=())

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list, read as far as that is possible without knowing the list.

    Attributes:
        order: stands for the order that the list had.
        forward: whether it means what follows an object, or what ends with it.
        key: the values of this object; ``None`` for the end of the list.
    """

    order: str
    forward: bool
    key: list[Any] | None


def read_cursor(token: str) -> Cursor:
    """Return what a parameter ``cursor`` holds.

    Raises:
        Problem: 400, it was not made by Piston.
    """
    if not _TOKEN.fullmatch(token):
        raise unknown()
    try:
        found = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, RecursionError) as error:
        raise unknown() from error
    if not (isinstance(found, list) and [type(each) for each in found[:2]] == [str, bool] and len(found) == 3):
        raise unknown()
    order, forward, key = found
    if not (isinstance(key, list) or (key is None and not forward)):
        raise unknown()
    return Cursor(order, forward, key)


def unknown() -> Problem:
    """Return the problem for a cursor that this list has not given."""
    return invalid("cursor", "'cursor' is none of this list in this order; take it from a link, or leave it out.")


def token_of(terms: Terms, key: Key | None, *, forward: bool) -> str:
    """Return a cursor for a list of this order; ``""`` if it would be too long, or the values cannot be read again."""
    texts = None if key is None else [_written(value) for value in key]
    content = json.dumps([_mark(terms), forward, texts], ensure_ascii=False, separators=(",", ":"))
    token = urlsafe_b64encode(content.encode(errors="surrogatepass")).decode().rstrip("=")
    try:
        again = None if texts is None else tuple(map(_value, terms, texts))
    except Misfit:
        return ""
    return token if again == key and len(token) <= _LONGEST else ""


def key_of(cursor: Cursor, terms: Terms) -> Key | None:
    """Return the values of the object that a cursor names, ``None`` for the end of the list.

    Raises:
        Problem: 400, it belongs to another order, or its values are none of these columns.
    """
    if cursor.order != _mark(terms):
        raise unknown()
    if cursor.key is None:
        return None
    if len(cursor.key) != len(terms):
        raise unknown()
    try:
        return tuple(map(_value, terms, cursor.key))
    except Misfit as misfit:
        raise unknown() from misfit


def _mark(terms: Terms) -> str:
    return sha256(" ".join(map(str, terms)).encode()).hexdigest()[:8]


def _written(value: Any) -> Any:
    if isinstance(value, dt.timedelta):
        return duration_string(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def _value(term: Term, item: Any) -> Any:
    """Return the value of a column from a cursor.

    Raises:
        Misfit: the column cannot hold it.
    """
    if item is None and term.nullable:
        return None
    kind = kind_of(term.field)
    expected = bool if kind == "BooleanField" else int if kind in INTEGERS else str
    if type(item) is not expected:
        raise Misfit("a value of this column")
    return item if kind == "BooleanField" else value_of(term.field, str(item))


# -- conditions ------------------------------------------------------------------------------------


def behind(terms: Terms, key: Key, *, inclusive: bool = False) -> Q:
    """Return the condition for the objects that follow one in a list.

    Args:
        terms: the order of the list.
        key: the values that the object has in these columns.
        inclusive: whether the object itself is meant as well.
    """
    condition = _behind(terms, key, inclusive=inclusive)
    first, value = terms[0], key[0]
    if len(terms) > 1 and value is not None and not (first.nullable and not first.nulls_first):
        condition &= Q(**{f"{first.name}__{_sign(first)}e": value})  # what an index on this column can use
    return condition


def _behind(terms: Terms, key: Key, *, inclusive: bool) -> Q:
    term, value = terms[0], key[0]
    if len(terms) == 1 and inclusive and value is not None and not term.nullable:
        return Q(**{f"{term.name}__{_sign(term)}e": value})
    if len(terms) == 1:
        return _past(term, value) | _same(term, value) if inclusive else _past(term, value)
    return _past(term, value) | (_same(term, value) & _behind(terms[1:], key[1:], inclusive=inclusive))


def _past(term: Term, value: Any) -> Q:
    """Return the condition for other values of a column that come later."""
    if value is None:
        return Q(**{f"{term.name}__isnull": False}) if term.nulls_first else _NOTHING
    later = Q(**{f"{term.name}__{_sign(term)}": value})
    nulls_follow = term.nullable and not term.nulls_first
    return later | Q(**{f"{term.name}__isnull": True}) if nulls_follow else later


def _same(term: Term, value: Any) -> Q:
    return Q(**{f"{term.name}__isnull": True}) if value is None else Q(**{term.name: value})


def _sign(term: Term) -> str:
    return "lt" if term.descending else "gt"
