"""The objects of a list at the positions that ``Range`` names (RFC 9110, section 14)."""

from __future__ import annotations

from piston_core.lists.parts import Asked, Page, Source, count_of, taken
from piston_core.lists.ranges import Range
from piston_core.lists.refusals import VARIES
from piston_core.problems import Problem


def ranged(source: Source, wanted: Range, asked: Asked) -> Page:
    """Return the objects in a range; an empty list is answered whole, for it has no positions.

    Raises:
        Problem: 416 if there are objects, but none at these positions.
    """
    total = count_of(source) if wanted.first is None or not hasattr(source, "query") else None
    first, size = _span(wanted, asked, total or 0)
    if wanted.first is None and not wanted.suffix:
        raise _beyond(total)
    rows, found, more = taken(source, first, size, asked)
    if not found:
        if first:
            raise _beyond(None if asked.wish.count == "none" else count_of(source))
        return Page(rows, total=0)
    if not more:
        total = first + found
    elif total is None and asked.counts:
        total = count_of(source)
    return Page(rows, True, f"items {first}-{first + found - 1}/{'*' if total is None else total}", total)


def _span(wanted: Range, asked: Asked, total: int) -> tuple[int, int | None]:
    """Return the first position and how many objects may follow; the ceiling leaves the end of a list its end."""
    if wanted.first is None:
        size = wanted.suffix if asked.most is None else min(wanted.suffix, asked.most)
        return max(0, total - size), size
    if wanted.last is None:
        return wanted.first, asked.most
    size = wanted.last - wanted.first + 1
    return wanted.first, size if asked.most is None else min(size, asked.most)


def _beyond(total: int | None) -> Problem:
    detail = "The range begins behind the end of the list."
    told = {} if total is None else {"Content-Range": f"items */{total}"}
    return Problem(416, detail, headers={**VARIES, **told})
