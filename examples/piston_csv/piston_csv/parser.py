"""Read CSV (RFC 4180): lines below a header become objects, and what is not a table is refused with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from django.http import HttpRequest

from piston_core import MalformedBody, Parser
from piston_csv.cells import groups, unguarded

_CHARSETS = {"": "utf-8-sig", "utf-8": "utf-8-sig", "iso-8859-1": "latin-1", "windows-1252": "cp1252"}
_DEEPEST = 32  # objects in each other that a name may stand for
_LONGEST = 131_072  # characters of a cell: csv's own limit, unless somebody in the process has moved it


class CSVParser(Parser):
    """Reads tables as lists of objects, whose values are text.

    Args:
        max_cells: how many cells a table may have, the header's included; a cell of
            ``author.name`` counts twice, since it makes two objects.
    """

    name = "csv"
    media_types = ("text/csv",)

    def __init__(self, *, max_cells: int = 100_000) -> None:
        self.max_cells = max_cells

    def parse(self, body: bytes, request: HttpRequest) -> list[dict[str, Any]]:
        """Return the rows of a table.

        Raises:
            MalformedBody: it is none, or too large; the detail says why and where.
        """
        reader = csv.reader(StringIO(_text(body, request.content_params or {}), newline=""), strict=True)
        try:
            return list(self._rows(reader))
        except csv.Error as error:
            raise MalformedBody(f"The body is not CSV in line {reader.line_num}: {error}.") from error

    def _rows(self, reader: Any) -> Iterator[dict[str, Any]]:
        names = [unguarded(name) for name in next(reader, ())]
        levels = sum(name.count(".") + 1 for name in names)
        self._refuse_beyond(levels)
        paths = _paths(names)
        for number, values in enumerate(reader, start=2):
            self._refuse_beyond(number * levels)
            _refuse_unfit(values, len(names), reader.line_num)
            yield _nested(paths, values)

    def _refuse_beyond(self, cells: int) -> None:
        if cells > self.max_cells:
            raise MalformedBody(f"The table has more than {self.max_cells} cells; send it in parts.")


def _text(body: bytes, parameters: dict[str, str]) -> str:
    """Return a body's text, by the parameters of its type (RFC 4180, section 3); RFC 7111 makes UTF-8 the default."""
    if parameters.get("header", "").lower() == "absent":
        raise MalformedBody("A table without a header cannot be read here; send a first line of names.")
    charset = parameters.get("charset", "").lower()
    if charset not in _CHARSETS:
        raise MalformedBody(f"The charset {charset[:40]!r} is not read here; send the table in UTF-8.")
    try:
        return body.decode(_CHARSETS[charset])
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The table is not in {charset or 'utf-8'}, at byte {error.start}.") from error


def _paths(names: list[str]) -> list[list[str]]:
    """Return where the value of each column belongs: that of ``author.name`` to ``name`` of ``author``.

    Raises:
        MalformedBody: the names are not those of a table.
    """
    if not names:
        raise MalformedBody("The first line is empty; the names of the columns are expected there.")
    paths = [name.split(".") for name in names]
    for number, path in enumerate(paths, start=1):
        if not all(path) or len(path) > _DEEPEST:
            raise MalformedBody(f"The name of column {number} is empty, empty beside a dot, or has too many dots.")
    taken = groups(names)
    for number, name in enumerate(names, start=1):
        if name in taken:
            raise MalformedBody(f"The name {name[:40]!r} of column {number} is taken by another column.")
        taken.add(name)
    return paths


def _refuse_unfit(values: list[str], expected: int, line: int) -> None:
    if len(values) != expected:
        raise MalformedBody(f"The number of values in line {line} is {len(values)}; the header has {expected} names.")
    if max(map(len, values)) > _LONGEST:
        raise MalformedBody(f"A cell in line {line} has more than {_LONGEST} characters.")


def _nested(paths: list[list[str]], values: Iterable[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for (*parents, name), value in zip(paths, values, strict=True):
        place = row
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = unguarded(value)
    return row
