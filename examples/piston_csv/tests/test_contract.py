"""What the plugin promises to Piston, by the conformance kit; the judge is the standard library's csv."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

from piston_core.testing import EmitterContract, ParserContract, PluginContract
from piston_csv import CSVEmitter, CSVParser


class TestPlugin(PluginContract):
    name = "csv"


class TestCSVEmitter(EmitterContract):
    emitter = CSVEmitter()
    lossy = frozenset({"types", "null", "nesting", "ragged", "bare", "single", "breaks"})

    def read(self, body: bytes) -> Any:
        """Read a table as a client does that knows of the apostrophes."""
        lines = csv.reader(StringIO(body.decode(), newline=""), strict=True)
        names, *rows = [[without_apostrophe(cell) for cell in line] for line in lines] or [[]]
        return [dict(zip(names, row, strict=True)) for row in rows]


def without_apostrophe(cell: str) -> str:
    text = cell.lstrip("'")
    computed = text[:1] in map(chr, range(32)) or text.lstrip()[:1] in list("=+-@＝＋－＠")
    return cell.removeprefix("'") if computed else cell


class TestCSVParser(ParserContract):
    parser = CSVParser()
    lossy = frozenset({"types", "null", "nesting", "keys", "empty", "bare", "list"})
    malformed = (b"", b"\r\n", b"a,a\r\n", b"a,\r\n", b"a,b\r\n1\r\n", b'a\r\n"b', b'a\r\n"b"c\r\n', b"\xff")

    def write(self, data: Any) -> bytes:
        """Write a table of one row, or of several."""
        rows = data if isinstance(data, list) else [data]
        rows = [row if isinstance(row, dict) else {"value": row} for row in rows]
        table = StringIO(newline="")
        writer = csv.DictWriter(table, [*rows[0]] if rows else [])
        writer.writeheader()
        writer.writerows({name: as_cell(value) for name, value in row.items()} for row in rows)
        return table.getvalue().encode()

    def parsed(self, body: bytes) -> Any:
        """Return the row of a table of one: the kit's bodies are objects, and a table is always a list."""
        rows = super().parsed(body)
        return rows[0] if len(rows) == 1 else rows


def as_cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value
