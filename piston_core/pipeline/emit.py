"""Eighth step: have the emitter write the document, whole or piece by piece."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from django.http import HttpRequest

from piston_core.contracts import Document, Emitter


def emit(request: HttpRequest, document: Document, emitter: Emitter) -> bytes | Iterator[bytes]:
    """Return the body.

    A stream's first piece is made before the answer begins, so that what fails there is still
    answered as a problem; what fails later breaks the connection off.
    """
    if not document.is_stream:
        return emitter.emit(document, request)
    pieces = emitter.stream(document, request)
    return _begun(next(pieces, b""), pieces)


def _begun(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces; whoever stops before the end ends the reading as well, and with it a transaction."""
    try:
        yield first
        yield from pieces
    finally:
        if isinstance(pieces, Generator):
            pieces.close()
