"""What a part of a list is, and what each way to make one has to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict

from piston_core.linking import Link
from piston_core.lists.wish import Wish

Source = QuerySet[Any] | list[Any] | tuple[Any, ...]
Rows = list[Any] | Iterator[Any]


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that is answered.

    Attributes:
        rows: what is emitted.
        partial: whether this is the answer to a ``Range``: 206.
        content_range: the header field ``Content-Range`` of such an answer, else ``""``.
        total: how many objects the whole list has, if that is known.
        links: where the other pages are.
    """

    rows: Rows
    partial: bool = False
    content_range: str = ""
    total: int | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of a list, and how it is read.

    Attributes:
        wish: what the request says.
        size: how many objects a page has, ``None`` for all.
        most: how many it has at most, whatever the request says.
        parameters: what links keep of the request.
        read: makes the rows of a part of the list.
        streams: whether ``read`` returns an iterator, of which nothing may be taken.
        names: what those who ask call ``offset`` and ``cursor``, where it is something else.
    """

    wish: Wish
    size: int | None
    most: int | None
    parameters: MultiValueDict[str, str]
    read: Callable[[Any], Rows]
    streams: bool
    names: Mapping[str, str]

    @property
    def counts(self) -> bool:
        """Whether the request wants to know how many objects there are."""
        return self.wish.count == "exact"


def count_of(source: Source) -> int:
    """Return how many objects a list has."""
    return source.count() if isinstance(source, QuerySet) else len(source)


def whole(source: Source, asked: Asked) -> Page:
    """Return a list as it is."""
    rows = asked.read(source)
    if not asked.counts:
        return Page(rows)
    return Page(rows, total=len(rows) if isinstance(rows, list) else count_of(source))


def taken(source: Any, first: int, size: int | None, asked: Asked) -> tuple[Rows, int, bool]:
    """Return the rows from a position on, how many there are, and whether more follow."""
    end = None if size is None else first + size
    one_more = source[first : None if end is None else end + 1]
    if asked.streams:
        found = count_of(one_more)
        more = size is not None and found > size
        return asked.read(source[first:end]), found - more, more
    rows: Any = asked.read(one_more)
    more = size is not None and len(rows) > size
    return rows[:size] if more else rows, len(rows) - more, more
