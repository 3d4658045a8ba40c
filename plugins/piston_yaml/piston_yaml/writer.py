"""Write plain data as YAML in block style, column by column: what rows have in common is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, groupby, islice
from typing import Any, NamedTuple

from piston_yaml.texts import column, key

Columns = list[list[bytes]]  # what is joined row by row


class Place(NamedTuple):
    """Where values stand, which is the same place in different rows.

    Attributes:
        front: what every value has in front of it: a dash, or a key with its colon and its indentation.
        lead: what comes between that and a sequence or a mapping: a blank, or ``pad``.
        pad: a line end, and the indentation of the lines that belong to the values.
    """

    front: bytes
    lead: bytes
    pad: bytes


_AT_ONCE = 256  # rows
_ROOT_ITEMS = Place(b"-", b" ", b"\n  ")
_ROOT_MAPPING = Place(b"", b"", b"\n")
_ROOT_SCALAR = Place(b"", b" ", b"\n  ")


def whole(data: Any) -> bytes:
    """Return plain data as the lines of a document.

    Raises:
        TypeError: something in it is not plain.
        ValueError: something in it has no form in YAML, such as text that is not Unicode.
        RecursionError: it is nested too deeply.
    """
    if type(data) is list and data:  # so many at once that what is made of them stays in the processor's caches
        return b"".join([rows(data[at : at + _AT_ONCE]) for at in range(0, len(data), _AT_ONCE)])
    (cell,) = _cells([data], _ROOT_MAPPING if type(data) is dict else _ROOT_SCALAR)
    return cell.removeprefix(b" ") + b"\n"


def rows(items: Sequence[Any]) -> bytes:
    """Return the items of a sequence at the root of a document, each on lines of its own."""
    ends = [b"\n"] * len(items)
    return b"".join(chain.from_iterable(zip(*_columns(items, _ROOT_ITEMS), ends, strict=True)))


def _cells(values: Sequence[Any], place: Place) -> list[bytes]:
    """Return each value with what stands in front of it."""
    return _joined(_columns(values, place))


def _joined(columns: Columns) -> list[bytes]:
    return [*map(b"".join, zip(*columns, strict=True))]


def _columns(values: Sequence[Any], place: Place) -> Columns:
    """Return the pieces of what ``_cells`` returns, not joined yet: the front of all values is one and the same."""
    kinds = set(map(type, values))
    if len(kinds) == 1:
        return _columns_of(kinds.pop())(values, place)
    cells = {kind: iter(_cells([value for value in values if type(value) is kind], place)) for kind in kinds}
    return [[next(cells[type(value)]) for value in values]]


def _columns_of(kind: type) -> Callable[[Sequence[Any], Place], Columns]:
    if kind not in _KINDS:
        raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not plain data")
    return _KINDS[kind]


def _mappings(values: Sequence[dict[str, Any]], place: Place) -> Columns:
    groups = [_fields(names, list(group), place) for names, group in groupby(values, tuple)]
    return groups[0] if len(groups) == 1 else [[cell for group in groups for cell in _joined(group)]]


def _fields(names: Sequence[str], alike: Sequence[dict[str, Any]], place: Place) -> Columns:
    """Return the columns of mappings that have the same keys."""
    front, pad = place.front + place.lead, place.pad
    inner = pad + b"  "
    columns: Columns = []
    for name in names:
        columns += _columns([each[name] for each in alike], Place(front + key(name, pad), inner, inner))
        front = pad
    return columns or [[place.front + b" {}"] * len(alike)]


def _sequences(values: Sequence[list[Any]], place: Place) -> Columns:
    front, lead, pad = place
    inner = [item for value in values for item in value]
    items = iter(_cells(inner, Place(b"-", b" ", pad + b"  ")))
    return [[front + (lead + pad.join(islice(items, len(value))) if value else b" []") for value in values]]


def _texts(values: Sequence[str], place: Place) -> Columns:
    return [[place.front + b" "] * len(values), column(values, place.pad)]


def _integers(values: Sequence[int], place: Place) -> Columns:
    return [[place.front + b" "] * len(values), [b"%d" % value for value in values]]


def _floats(values: Sequence[float], place: Place) -> Columns:
    front = place.front
    digits = [digits if "." in (digits := repr(value)) else _with_point(digits) for value in values]
    return [[front + b" "] * len(values), [*map(str.encode, digits)]]


def _with_point(digits: str) -> str:
    """Return a number such as ``1e+16`` with the point without which YAML 1.1 takes it for text.

    Raises:
        ValueError: it is infinite or not a number.
    """
    if "e" not in digits:
        raise ValueError(f"{digits} is not a finite number")
    return digits.replace("e", ".0e")


def _truths(values: Sequence[bool], place: Place) -> Columns:
    true, false = place.front + b" true", place.front + b" false"
    return [[true if value else false for value in values]]


def _nulls(values: Sequence[None], place: Place) -> Columns:
    return [[place.front + b" null"] * len(values)]


_KINDS: Mapping[type, Callable[[Sequence[Any], Place], Columns]] = {
    dict: _mappings,
    list: _sequences,
    str: _texts,
    int: _integers,
    float: _floats,
    bool: _truths,
    type(None): _nulls,
}
