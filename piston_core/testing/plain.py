"""An emitter without a library, for what the part under test leaves to another one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from piston_core.contracts import Document, Emitter


class PlainEmitter(Emitter):
    """Writes JSON below a media type of its own, so that it stands in the way of no other emitter."""

    name = "plain"
    media_types = ("application/vnd.piston.plain+json",)
    problem_type = "application/problem+json"

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as JSON."""
        return json.dumps(document.data).encode()

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the document in one piece; nothing in the kit is long here."""
        yield self.emit(Document(list(document.data)), request)

    @staticmethod
    def read(body: bytes) -> Any:
        """Return the data of a document."""
        return json.loads(body)
