"""Write answers as pickles that the standard library alone can read, lists of any length row by row."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from piston_core import Document, Emitter, in_pieces

# The last protocol that says under which number something is remembered. So a piece that was pickled by itself can
# stand behind others, whose numbers it takes over; from protocol 4 on, the reader counts through the whole document.
_PROTOCOL = 3


class PickleEmitter(Emitter):
    """Writes pickles of dictionaries, lists and the plain types of the standard library."""

    name = "pickle"
    media_types = ("application/python-pickle", "application/x-python-pickle")
    native = frozenset({float, datetime, date, time, timedelta, Decimal, UUID, bytes})

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as one pickle."""
        return pickled(document.data)

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the pickle of a list, some rows at a time.

        Each piece is the middle of the pickle of its own rows: it appends them to the list on the
        stack, which is the one that the first piece begins.
        """
        begin = before = pickled([]).removesuffix(pickle.STOP)
        for piece in in_pieces(document.data, lambda rows: pickled(rows)[len(begin) : -len(pickle.STOP)]):
            yield before + piece
            before = b""
        yield before + pickle.STOP


def pickled(data: Any) -> bytes:
    """Return the pickle of plain data.

    Raises:
        RecursionError: it is nested too deeply.
    """
    file = BytesIO()
    _Pickler(file, _PROTOCOL).dump(data)
    return file.getvalue()


def _reduced_moment(value: Any) -> Any:
    """Return how a datetime or a time is made again, with its offset instead of its zone, whose class may be any."""
    if value.tzinfo is not None and value.tzinfo is not UTC:
        offset = value.utcoffset()
        value = value.replace(tzinfo=None if offset is None else timezone(offset), fold=0)
    return value.__reduce_ex__(4)  # before 4, fold is lost


def _reduced_uuid(value: UUID) -> Any:
    """Return how a UUID is made again: from its digits, by its constructor, which checks them."""
    return UUID, (value.hex,)


class _Pickler(pickle.Pickler):
    dispatch_table = {datetime: _reduced_moment, time: _reduced_moment, UUID: _reduced_uuid}
