"""Writes plain data as HTML that a person reads: tables, lists of definitions, and each value with its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from types import NoneType
from typing import Any

from piston_html.arranging import LINKS
from piston_html.texts import possible, safe_address, shown, text

_SCALARS = (str, int, float, bool, NoneType)


def _number(value: float) -> str:
    if not isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    return f'<code class="n">{value!r}</code>'


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: text,
    bool: lambda value: f'<code class="b">{"true" if value else "false"}</code>',
    int: lambda value: f'<code class="n">{value}</code>',
    float: _number,
    NoneType: lambda _: '<code class="z">null</code>',
}


@dataclass(frozen=True, slots=True)
class Tree:
    """Writes values within values.

    Attributes:
        most: how many items of a list are shown before they are folded.
    """

    most: int

    def of(self, value: Any) -> str:
        """Return plain data as HTML.

        Raises:
            TypeError: something in it is not plain.
            ValueError: a number is not finite.
            RecursionError: it is nested too deeply.
        """
        kind = type(value)
        if kind is dict:
            return self.members(value)
        if kind is list:
            return self.items(value)
        if kind not in _WRITERS:
            raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not plain data")
        return _WRITERS[kind](value)

    def members(self, value: Mapping[str, Any], *, whole: bool = False) -> str:
        """Return an object with what stands in it; where it leads to, unless it is the whole answer."""
        names = [name for name in value if name != LINKS or not _is_arranged(value)]
        values = [self.of(value[name]) for name in names]
        if values and not whole:
            values[0] = _led(values[0], value)
        pairs = [
            f"<div><dt><bdi>{shown(name)}</bdi></dt><dd>{each}</dd></div>"
            for name, each in zip(names, values, strict=True)
        ]
        return f"<dl>{''.join(pairs)}</dl>" if pairs else '<code class="e">{}</code>'

    def items(self, values: Sequence[Any]) -> str:
        """Return a list within other data: flat objects as a table, many of anything folded."""
        if not values:
            return '<code class="e">[]</code>'
        flat = all(type(each) is dict and _is_flat(each) for each in values)
        rows = Rows(self)
        markup = (rows.write(values) if flat else self._listed(values)) + rows.end
        if len(values) <= self.most:
            return markup
        return f"<details><summary>{len(values):,} items</summary>{markup}</details>"

    def _listed(self, values: Sequence[Any]) -> str:
        kind = ' class="flat"' if all(type(each) in _SCALARS for each in values) else ""
        return f"<ol{kind}>{''.join([f'<li>{self.of(each)}' for each in values])}</ol>"


class Rows:
    """Writes the rows of a list, some at a time: into one table as long as they have its columns.

    Attributes:
        end: what closes what was written so far.

    Args:
        tree: writes what stands in the rows.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.end = ""
        self._columns: tuple[str, ...] | None = None

    def write(self, rows: Sequence[Any]) -> str:
        """Return some more rows; the last ones are followed by ``end``."""
        columns = _columns(rows)
        begin = ""
        if not self.end or (columns != self._columns and not self._has_room_for(columns)):
            begin, self.end = self.end + _opening(columns), "</tbody></table></div>" if columns else "</ol>"
            self._columns = columns
        write = self._row if self._columns else self._item
        return begin + "".join([write(row) for row in rows])

    def _has_room_for(self, columns: tuple[str, ...]) -> bool:
        return bool(columns) and {*columns} <= {*(self._columns or ())}

    def _item(self, row: Any) -> str:
        return f"<li>{self.tree.of(row)}"

    def _row(self, row: Mapping[str, Any]) -> str:
        names = self._columns or ()
        cells = [self.tree.of(row[name]) if name in row else None for name in names]
        cells[0] = _led(cells[0] or "", row) or None
        return "<tr>" + "".join([_cell(name, markup) for name, markup in zip(names, cells, strict=True)])


def _cell(name: str, markup: str | None) -> str:
    return '<td class="m">' if markup is None else f'<td data-name="{possible(escape(name))}">{markup}'


def _columns(rows: Sequence[Any]) -> tuple[str, ...]:
    """Return the columns that rows have as a table, none if they are something else or too different."""
    if not all(type(each) is dict and each for each in rows):
        return ()
    names = {name: None for row in rows for name in row}
    filled = sum(map(len, rows))
    if _is_arranged(rows[0]):
        del names[LINKS]
    return tuple(names) if len(names) * len(rows) <= 2 * filled else ()


def _opening(columns: tuple[str, ...]) -> str:
    if not columns:
        return "<ol>"
    heads = "".join([f'<th scope="col"><bdi>{shown(name)}</bdi>' for name in columns])
    return f'<div class="wide"><table><thead><tr>{heads}<tbody>'


def _is_flat(value: Mapping[str, Any]) -> bool:
    """Return whether an object holds nothing but single values and lists of them, so that it fits a row."""
    return bool(value) and all(_is_single(each) or name == LINKS for name, each in value.items())


def _is_single(value: Any) -> bool:
    return type(value) in _SCALARS or (type(value) is list and all(type(each) in _SCALARS for each in value))


# -- where a row leads to -------------------------------------------------------------------------


def _is_arranged(row: Mapping[str, Any]) -> bool:
    """Return whether a row has the links that ``arranging`` has put there, and not something of that name."""
    links = row.get(LINKS)
    return type(links) is list and all(type(each) is dict and "rel" in each and "href" in each for each in links)


def _own_address(row: Mapping[str, Any]) -> str:
    own = (each["href"] for each in row[LINKS] if each["rel"] == "self") if _is_arranged(row) else ()
    return safe_address(str(next(iter(own), "")))


def _led(first: str, row: Mapping[str, Any]) -> str:
    """Return the first thing that an object shows, as the link to it and to whatever belongs to it."""
    address = _own_address(row)
    if address and first.startswith(("<bdi>", "<code")):
        first = f'<a href="{escape(address)}">{first}</a>'
    elif address:  # it leads elsewhere itself, or holds something that a link cannot
        first = f'<a class="open" href="{escape(address)}">open</a> {first}'
    return first + _links(row)


def _links(row: Mapping[str, Any]) -> str:
    if not _is_arranged(row):
        return ""
    found = [
        _link(str(each["href"]), str(each.get("title", each["rel"]))) for each in row[LINKS] if each["rel"] != "self"
    ]
    return f'<p class="to">{" ".join(found)}</p>' if found else ""


def _link(href: str, name: str) -> str:
    """Return a link by what it is called; one that is not safe to follow as text."""
    address = safe_address(href)
    return f'<a href="{escape(address)}">{shown(name)}</a>' if address else f"<span>{shown(name)}</span>"
