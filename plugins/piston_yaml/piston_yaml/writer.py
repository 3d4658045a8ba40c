"""Write plain data as YAML in block style, column by column: what rows have in common is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple

from piston_yaml.texts import key, lines, one_line


class Place(NamedTuple):
    """Where values stand, which is the same place in different rows.

    Attributes:
        front: what every value has in front of it: a dash, or a key with its colon and its indentation.
        lead: what comes between that and a sequence or a mapping: a blank, or ``pad``.
        pad: a line end, and the indentation of the lines that belong to the values.
    """

    front: str
    lead: str
    pad: str


_ROOT_ITEMS = Place("-", " ", "\n  ")
_ROOT_MAPPING = Place("", "", "\n")
_ROOT_SCALAR = Place("", " ", "\n  ")


def whole(data: Any) -> bytes:
    """Return plain data as the lines of a document.

    Raises:
        TypeError: something in it is not plain.
        ValueError: something in it has no form in YAML, such as text that is not Unicode.
        RecursionError: it is nested too deeply.
    """
    if type(data) is list and data:
        return rows(data)
    (cell,) = _cells([data], _ROOT_MAPPING if type(data) is dict else _ROOT_SCALAR)
    return f"{cell.removeprefix(' ')}\n".encode()


def rows(items: Sequence[Any]) -> bytes:
    """Return the items of a sequence at the root of a document, each on lines of its own."""
    return b"\n".join([cell.encode() for cell in _cells(items, _ROOT_ITEMS)]) + b"\n"


def _cells(values: Sequence[Any], place: Place) -> list[str]:
    """Return each value with what stands in front of it."""
    kinds = set(map(type, values))
    if len(kinds) == 1:
        return _column_of(kinds.pop())(values, place)
    columns = {}
    for kind in kinds:
        alike = [value for value in values if type(value) is kind]
        columns[kind] = iter(_column_of(kind)(alike, place))
    return [next(columns[type(value)]) for value in values]


def _column_of(kind: type) -> Callable[[Sequence[Any], Place], list[str]]:
    if kind not in _COLUMNS:
        raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not plain data")
    return _COLUMNS[kind]


def _mappings(values: Sequence[dict[str, Any]], place: Place) -> list[str]:
    cells: list[str] = []
    for names, group in groupby(values, tuple):
        alike = list(group)
        if names:
            cells += map("".join, zip(*_fields(names, alike, place), strict=True))
        else:
            cells += [place.front + " {}"] * len(alike)
    return cells


def _fields(names: Sequence[str], alike: Sequence[dict[str, Any]], place: Place) -> list[list[str]]:
    """Return the columns of mappings that have the same keys."""
    columns = []
    front, pad = place.front + place.lead, place.pad
    inner = pad + "  "
    for name in names:
        columns.append(_cells([each[name] for each in alike], Place(front + key(name, pad), inner, inner)))
        front = pad
    return columns


def _sequences(values: Sequence[list[Any]], place: Place) -> list[str]:
    front, lead, pad = place
    items = iter(_cells([item for value in values for item in value], Place("-", " ", pad + "  ")))
    return [front + (lead + pad.join(islice(items, len(value))) if value else " []") for value in values]


def _texts(values: Sequence[str], place: Place) -> list[str]:
    front, pad = place.front + " ", place.pad
    return [front + (lines(value, pad) if "\n" in value else one_line(value)) for value in values]


def _integers(values: Sequence[int], place: Place) -> list[str]:
    front = place.front
    return [f"{front} {value}" for value in values]


def _floats(values: Sequence[float], place: Place) -> list[str]:
    front = place.front
    return [f"{front} {digits if '.' in (digits := repr(value)) else _with_point(digits)}" for value in values]


def _with_point(digits: str) -> str:
    """Return a number such as ``1e+16`` with the point without which YAML 1.1 takes it for text.

    Raises:
        ValueError: it is infinite or not a number.
    """
    if "e" not in digits:
        raise ValueError(f"{digits} is not a finite number")
    return digits.replace("e", ".0e")


def _truths(values: Sequence[bool], place: Place) -> list[str]:
    true, false = f"{place.front} true", f"{place.front} false"
    return [true if value else false for value in values]


def _nulls(values: Sequence[None], place: Place) -> list[str]:
    return [f"{place.front} null"] * len(values)


_COLUMNS: Mapping[type, Callable[[Sequence[Any], Place], list[str]]] = {
    dict: _mappings,
    list: _sequences,
    str: _texts,
    int: _integers,
    float: _floats,
    bool: _truths,
    type(None): _nulls,
}
