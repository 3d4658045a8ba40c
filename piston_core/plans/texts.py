"""Values as they stand in addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any
from urllib.parse import quote
from uuid import UUID

from piston_core.plans.scalars import scalar

_SAFE = re.compile(r"[-a-zA-Z0-9_]+")  # what a slug is, and what no URL has to quote
_WORDS = frozenset({"slug", "str", "text"})


def _number(value: Any) -> str | None:
    return str(value) if type(value) is int and value >= 0 else None


def _word(value: Any) -> str | None:
    return value if type(value) is str and _SAFE.fullmatch(value) else None


def _uuid(value: Any) -> str | None:
    return str(value) if type(value) is UUID else None


# By the kind of an argument: the text of a value in a URL, if it is one that no converter refuses and no URL quotes.
TEXTS: Mapping[str, Callable[[Any], str | None]] = {"int": _number, "slug": _word, "str": _word, "uuid": _uuid}


def are_simple(kind: str, values: Sequence[Any]) -> bool:
    """Return whether values stand in an address as they are, all of them; those of no object do not count.

    Args:
        kind: how they become text, as in ``TEXTS``; ``text`` for any that is quoted.
        values: the values.
    """
    types = set(map(type, values))
    there = values
    if NoneType in types:
        types.remove(NoneType)
        there = [value for value in values if value is not None]
    if types <= {int}:
        return kind == "text" or (kind == "int" and min(there, default=0) >= 0) or not there
    if types == {UUID}:
        return kind == "uuid"
    return types == {str} and kind in _WORDS and "" not in there and _SAFE.fullmatch("".join(there)) is not None


def text_of(value: Any) -> str | None:
    """Return a value with all that an address would have to quote, ``None`` for none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else quote(str(scalar(value)), safe="")
