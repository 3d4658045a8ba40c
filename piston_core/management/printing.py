"""Lists, tables and plans as lines of text, for people who read them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent, wrap
from typing import Any

from piston_core.management.planned import Planned
from piston_core.plans.description import Description
from piston_core.queries import counted

Rows = list[dict[str, Any]]

_WIDTH = 110
_HOW = {
    "columns": "one query that reads just these columns",
    "objects": "one query that loads objects",
    "given": "objects that the handler has read",
}


def table(rows: Rows, below: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of a table.

    Args:
        rows: the rows, all with the same names.
        below: the names that do not fit into a column and stand below their row, if there is something.
    """
    columns = [name for name in rows[0] if name not in below]
    cells = [columns, *([text(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    for line, row in zip(cells, [{}, *rows], strict=True):
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for name in below:
            if row.get(name):
                yield f"    {name}: {text(row[name])}"


def text(value: Any) -> str:
    """Return a value for a cell."""
    if isinstance(value, list | tuple):
        return ", ".join(value) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "-"


def plan_lines(planned: Planned, *, sql: bool, code: bool) -> Iterator[str]:
    """Yield what there is to know of how a handler's objects are read.

    Args:
        planned: the plan.
        sql: whether to print the SQL as well.
        code: whether to print the generated code as well.
    """
    yield f"{planned.handler}, {planned.shown}: {counted(planned.level.queries)}{_more(planned.level)}"
    if planned.note:
        yield f"  note: {planned.note}"
    yield from _level(planned.level, "  ", sql=sql, code=code)


def _level(level: Description, margin: str, *, sql: bool, code: bool) -> Iterator[str]:
    deeper = margin + "  "
    yield f"{margin}{f'{level.name}: ' if level.name else ''}{level.model}, {_HOW[level.how]}"
    for name, value in _facts(level):
        yield from wrap(
            f"{name}: {value}", _WIDTH, initial_indent=deeper, subsequent_indent=deeper + "  ", break_on_hyphens=False
        )
    if sql and level.query is not None:
        yield f"{deeper}sql: {level.query.sql or '(it can find nothing, so it is not run)'}"
    if code and level.code:
        yield f"{deeper}code:"
        yield indent(level.code.rstrip(), deeper + "  ")
    for each in level.levels:
        yield from _level(each, deeper, sql=sql, code=code)


def _facts(level: Description) -> Iterator[tuple[str, str]]:
    """Yield what is said of a level in one line each."""
    for reason in level.reasons:
        yield "because", f"{reason.name} {reason.why}".strip() + (f"; {reason.advice}" if reason.advice else "")
    if level.link:
        yield "link", level.link
    if level.query is not None:
        yield "columns", ", ".join(level.query.columns) or "-"
    if level.query is not None and level.query.joins:
        yield "joins", ", ".join(level.query.joins)
    if level.fetches:
        yield "fetched by Django, a query each", ", ".join(level.fetches)


def _more(level: Description) -> str:
    """Say that there may be more queries: nobody knows what a method does."""
    return ", and what methods run by themselves" if _has_methods(level) else ""


def _has_methods(level: Description) -> bool:
    return any(reason.runs for reason in level.reasons) or any(map(_has_methods, level.levels))
