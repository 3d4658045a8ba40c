"""Write XML documents (RFC 7303), whole or row by row, and problem documents (RFC 9457, appendix B)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from piston_core import Document, Emitter, in_pieces
from piston_xml.layout import XMLLayout
from piston_xml.writer import Writer

_PROBLEM = XMLLayout(root="problem", item="i", namespace="urn:ietf:rfc:7807", types=False)
_AT_ONCE = 256  # rows of a whole list: many share what is worked out once, and their texts fit a processor's caches


class XMLEmitter(Emitter):
    """Writes XML documents in UTF-8, and lists of any length row by row.

    ``float`` is not native: the core refuses what is not finite, which readers of numbers do not
    expect.
    """

    name = "xml"
    media_types = ("application/xml", "text/xml")
    # RFC 7303, section 8.1; the declaration says the same, but not every client looks so far.
    content_type = "application/xml; charset=utf-8"
    problem_type = "application/problem+xml"
    native = frozenset({datetime, date, UUID})
    textual = True
    layout = XMLLayout

    def __init__(self) -> None:
        self._plain = Writer(XMLLayout())
        self._problems = Writer(_PROBLEM, item=_PROBLEM.item)

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document."""
        writer, data = self._writer(document), document.data
        if type(data) is not list:
            return writer.document(data)
        pieces = [writer.rows(data[at : at + _AT_ONCE]) for at in range(0, len(data), _AT_ONCE)]
        return b"".join([writer.begin, *pieces, writer.end])

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the document, some rows at a time."""
        return _pieces(self._writer(document), document.data)

    def _writer(self, document: Document) -> Writer:
        if document.is_problem:
            return self._problems
        return self._plain if document.layout is None else document.layout.writer


def _pieces(writer: Writer, rows: Iterator[Any]) -> Iterator[bytes]:
    """Yield a list, some rows at a time."""
    before = writer.begin
    for piece in in_pieces(rows, writer.rows):
        yield before + piece
        before = b""
    yield before + writer.end
