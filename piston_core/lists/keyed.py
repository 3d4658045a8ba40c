"""Pages that begin behind an object: what is inserted and deleted meanwhile moves nothing from one to another.

Such a page costs two queries: one for the keys of the objects at its end, one for all that is
between. A page that is walked to backwards ends with the object that a cursor names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from piston_core.lists.cursors import Key, behind, key_of, token_of
from piston_core.lists.orders import Terms, in_order, opposite
from piston_core.lists.parts import Asked, Page
from piston_core.lists.turning import FIRST, Place, turning


def keyed(queryset: QuerySet[Any], terms: Terms, asked: Asked) -> Page:
    """Return the objects behind a cursor, or those that end with it.

    Between the two queries objects may come and go; the page then has more or fewer, and the next
    one still begins where it ends.

    Args:
        queryset: the list.
        terms: its order.
        asked: what the request asks.

    Raises:
        Problem: 400 for a cursor of another list or order.
    """
    cursor, size = asked.wish.cursor, asked.size
    forward = cursor is None or cursor.forward
    key = None if cursor is None else key_of(cursor, terms)
    walk = terms if forward else opposite(terms)
    part = queryset if key is None else queryset.filter(behind(walk, key, inclusive=not forward))
    edges = [] if size is None else _edges(part, walk, size)
    if edges:
        part = part.filter(behind(opposite(walk), edges[0], inclusive=True))
    rows = asked.read(in_order(part, terms))
    before, after = _neighbours(key, edges, forward=forward)
    if before is None and after is None:
        return Page(rows, total=_total(queryset, rows, asked))
    links = turning(asked.parameters, _places(queryset, terms, before, after, size or 0), asked.names)
    return Page(rows, total=queryset.count() if asked.counts else None, links=links)


def _total(queryset: QuerySet[Any], rows: Any, asked: Asked) -> int | None:
    """Return how many objects a list of one page has."""
    if isinstance(rows, list):
        return len(rows)
    return queryset.count() if asked.counts else None


def _edges(queryset: QuerySet[Any], walk: Terms, size: int) -> list[Key]:
    """Return the keys of a page's last object and of the one behind it, as far as there are any."""
    keys = in_order(queryset, walk).prefetch_related(None).values_list(*(term.name for term in walk))
    return list(keys[size - 1 : size + 1])


def _neighbours(key: Key | None, edges: list[Key], *, forward: bool) -> tuple[Key | None, Key | None]:
    """Return the object that ends the page before, and the one that the page after follows."""
    more = len(edges) > 1
    if forward:
        return key, edges[0] if more else None
    return edges[1] if more else None, key


def _places(
    queryset: QuerySet[Any], terms: Terms, before: Key | None, after: Key | None, size: int
) -> Iterator[Place]:
    yield FIRST
    if before is not None:
        yield _place("prev", queryset, terms, before, size)
    if after is not None:
        yield _place("next", queryset, terms, after, size)
    yield "last", "cursor", token_of(terms, None, forward=False)


def _place(rel: str, queryset: QuerySet[Any], terms: Terms, key: Key, size: int) -> Place:
    """Return where a page is: by a cursor, or by a number where its key is too long for one."""
    forward = rel == "next"
    token = token_of(terms, key, forward=forward)
    if token:
        return rel, "cursor", token
    upto = queryset.filter(behind(opposite(terms), key, inclusive=True)).count()
    return rel, "offset", str(upto if forward else max(0, upto - size))
