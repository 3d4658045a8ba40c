"""Write CSV (RFC 4180): a line for each row, a column for each name, and no cell that a spreadsheet would compute."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from django.http import HttpRequest

from piston_core import Document, Emitter, in_pieces
from piston_csv.cells import groups, guarded
from piston_csv.layout import CSVLayout

_AS_JSON = frozenset({bool, list, dict})
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


class CSVEmitter(Emitter):
    """Writes lists as tables; anything else is the only row of one.

    ``Decimal`` is native because a number is written as it is, while a text that begins with a
    minus sign is guarded.
    """

    name = "csv"
    media_types = ("text/csv",)
    content_type = "text/csv; charset=utf-8; header=present"
    native = frozenset({Decimal})
    layout = CSVLayout

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the table, whose columns are those of all rows."""
        rows = [_flat(row) for row in (document.data if isinstance(document.data, list) else [document.data])]
        return "".join(_lines(document.layout or CSVLayout(), rows, rows)).encode()

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the table some rows at a time; the columns are those of the first row."""
        rows = map(_flat, document.data)
        first = list(islice(rows, 1))
        yield from in_pieces(_lines(document.layout or CSVLayout(), first, chain(first, rows)), _encoded)


def _flat(row: Any) -> dict[str, Any]:
    """Return a row's values by the names of their columns."""
    cells: dict[str, Any] = {}
    _flatten(row if isinstance(row, dict) else {"value": row}, "", cells)
    return cells


def _flatten(data: dict[str, Any], group: str, cells: dict[str, Any]) -> None:
    for name, value in data.items():
        column = group + name
        if value and isinstance(value, dict):
            _flatten(value, f"{column}.", cells)
        elif column in cells:
            raise ValueError(f"A row has two values for the column {column!r}; call one of them something else.")
        else:
            cells[column] = value


def _lines(layout: CSVLayout, known: list[dict[str, Any]], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the header and a line for each row; without columns and without rows there is no line.

    Args:
        layout: says the columns, or leaves them open.
        known: the rows whose columns make the header then.
        rows: all rows.
    """
    if not layout.columns and not known:
        return
    columns = layout.columns or _columns(known)
    names, objects = frozenset(columns), groups(columns)
    writer = csv.writer(_Echo(), delimiter=layout.delimiter)
    yield writer.writerow(map(guarded, columns))
    for number, row in enumerate(rows, start=1):
        for name in row.keys() - names:
            if row[name] is not None or name not in objects:
                raise _without_column(number, name)
        yield writer.writerow([_cell(row.get(column)) for column in columns])


def _without_column(number: int, name: str) -> ValueError:
    return ValueError(
        f"Row {number} has a value for {name!r}, and the header has no such column. Name all columns in the "
        'handler: layouts = {"csv": CSVLayout(columns=(...))}.'
    )


def _encoded(lines: list[str]) -> bytes:
    return "".join(lines).encode()


class _Echo:
    """A file that returns what is written to it; ``writerow`` returns the same."""

    def write(self, text: str) -> str:
        return text


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    """Return the names of the rows' columns, in the order in which they appear.

    A name without a value is none if it is an object in other rows.
    """
    names = dict.fromkeys(chain.from_iterable(rows))
    objects = groups(names)
    return [name for name in names if name not in objects or any(row.get(name) is not None for row in rows)]


def _cell(value: Any) -> Any:
    """Return a value as ``csv`` writes it: guarded text, JSON for what has no other form, numbers as they are."""
    if isinstance(value, str):
        return guarded(value)
    return _JSON.encode(value) if type(value) in _AS_JSON else value
