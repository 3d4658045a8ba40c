"""Write YAML documents (RFC 9512), whole or row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest

from piston_core import Document, Emitter, in_pieces
from piston_yaml.writer import rows, whole

MEDIA_TYPES = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")  # RFC 9512, section 2.1

_END = b"...\n"  # YAML 1.2.2, section 9.1.2: without it, a sequence that has broken off would pass for a whole one


class YAMLEmitter(Emitter):
    """Writes YAML in block style, of which readers of YAML 1.1 and of YAML 1.2 read the same values.

    Nothing is native but what JSON has: dates arrive as text, because YAML 1.2 has no type for
    them, and so that what is not finite is refused by the core, ``float`` is not native either.
    Every document has an end marker.
    """

    name = "yaml"
    media_types = MEDIA_TYPES

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document."""
        return whole(document.data) + _END

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield a sequence, some rows at a time."""
        is_empty = True
        for piece in in_pieces(document.data, rows):
            is_empty = False
            yield piece
        yield b"[]\n" + _END if is_empty else _END

    def schema(self, schema: Mapping[str, Any], *, many: bool = False, is_problem: bool = False) -> Mapping[str, Any]:
        """Return the schema of the data, which YAML has nothing around."""
        return schema
