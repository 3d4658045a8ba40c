"""The header field ``Range`` with the unit ``items`` (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPECIFIER = re.compile(r"items=(.*)", re.IGNORECASE | re.DOTALL)
_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
_FARTHEST = 10**18  # beyond every list, and within what a database takes for an offset


@dataclass(frozen=True, slots=True)
class Range:
    """One range of positions, which count from 0.

    Attributes:
        first: the first position; ``None`` for a range that counts from the end.
        last: the last position, ``None`` for all that follow the first one.
        suffix: how many objects at the end, where there is no first position.
    """

    first: int | None = None
    last: int | None = None
    suffix: int = 0


def read_range(field: str) -> Range | None:
    """Return the range that a request wants, ``None`` if the whole list is to be answered.

    That is so for several ranges, for other units and for what cannot be read: a server may ignore
    the field (RFC 9110, section 14.2).

    Args:
        field: the field's value, ``""`` without one.
    """
    found = _SPECIFIER.fullmatch(field.strip(" \t"))
    if found is None:
        return None
    specs = [spec for each in found[1].split(",") if (spec := each.strip(" \t"))]  # empty ones: RFC 9110, 5.6.1.2
    spec = _SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    if spec is None or spec[0] == "-":
        return None
    if not spec[1]:
        return Range(suffix=_position(spec[2]))
    if not spec[2]:
        return Range(_position(spec[1]))
    first, last = _position(spec[1]), _position(spec[2])
    return Range(first, last) if first <= last else None


def _position(digits: str) -> int:
    digits = digits.lstrip("0")
    return _FARTHEST if len(digits) > 18 else int(digits or "0")
