"""The rhythm of a stream: early, in pieces that are worth sending, in memory that does not grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

Row = TypeVar("Row")

_MOST_ROWS = 512  # that are written at once
_ENOUGH = 64 * 1024  # bytes, which are worth sending and fit a processor's caches


def in_pieces(rows: Iterator[Row], write: Callable[[list[Row]], bytes]) -> Iterator[bytes]:
    """Yield rows as an emitter writes them, 1, 2, 4 … at a time: the first goes out at once, later ones together.

    Of rows that turn out to be large, only so many are taken as make a piece of the usual size.

    Args:
        rows: the rows; nothing is taken from it before its turn, and what it raises goes on.
        write: returns the bytes of some rows.
    """
    size = 1
    while group := list(islice(rows, size)):
        piece = write(group)
        yield piece
        size = max(1, min(size * 2, _MOST_ROWS, len(group) * _ENOUGH // max(len(piece), 1)))
