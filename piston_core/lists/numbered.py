"""Pages that begin at a number, for lists in whose order no object has a place of its own."""

from __future__ import annotations

from typing import Any

from piston_core.linking import Link
from piston_core.lists.parts import Asked, Page, count_of, taken
from piston_core.lists.turning import FIRST, turning


def numbered(source: Any, asked: Asked) -> Page:
    """Return the objects behind the first so many ones.

    Args:
        source: a queryset, or the objects of one that has been read.
        asked: what the request asks.
    """
    start, size = asked.wish.offset or 0, asked.size
    total: int | None = None
    if asked.streams:
        end = None if size is None else start + size
        rows, more = asked.read(source[start:end]), end is not None and _has(source, end)
    else:
        rows, found, more = taken(source, start, size, asked)
        total = start + found if not more and (found or not start) else None
    if total is None and asked.counts:
        total = count_of(source)
    return Page(rows, total=total, links=_links(start, size, total, asked, more=more))


def _has(source: Any, position: int) -> bool:
    beyond = source[position : position + 1]
    return bool(beyond) if isinstance(beyond, list) else beyond.exists()


def _links(start: int, size: int | None, total: int | None, asked: Asked, *, more: bool) -> tuple[Link, ...]:
    if size is None or not (start or more):
        return ()
    places = [FIRST]
    if start:
        places.append(("prev", "offset", str(max(0, start - size))))
    if more:
        places.append(("next", "offset", str(start + size)))
    if asked.counts and total:
        offset = start % size  # from which this page is a whole number of pages away
        places.append(("last", "offset", str(max(0, offset + (total - 1 - offset) // size * size))))
    return turning(asked.parameters, places, asked.names)
