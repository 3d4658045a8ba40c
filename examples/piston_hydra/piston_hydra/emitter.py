"""Write JSON-LD 1.1 in the terms of the Hydra core vocabulary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest

from piston_core import Affordance, Document, Emitter, Input, Link, in_pieces
from piston_hydra.rows import MEDIA_TYPES

_PAGES = {"first": "hydra:first", "prev": "hydra:previous", "next": "hydra:next", "last": "hydra:last"}
_VARIABLES = re.compile(r"\{[?&]?([^{}]+)\}")
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class HydraEmitter(Emitter):
    """Writes nodes, and lists as collections; a value that is no object is the ``value`` of one.

    Args:
        vocabulary: the IRI that names are looked up in.
    """

    name = "hydra"
    media_types = MEDIA_TYPES
    linked = True

    def __init__(self, vocabulary: str = "https://example.org/vocabulary#") -> None:
        self.context = {"@vocab": vocabulary, "hydra": "http://www.w3.org/ns/hydra/core#"}

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as one JSON text."""
        data = document.data
        if isinstance(data, list):
            return b"".join(self._written(document, [_encoded(data)] if data else [], request))
        node = data if isinstance(data, dict) else {"value": data}
        return _JSON.encode({"@context": self.context, **node, **_around(document)}).encode()

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the collection up to its members, then some members at a time, then its end."""
        return self._written(document, in_pieces(document.data, _encoded), request)

    def _written(self, document: Document, pieces: Iterable[bytes], request: HttpRequest) -> Iterator[bytes]:
        before = _JSON.encode({"@context": self.context, **_collection(document, request)}).encode()[:-1]
        before += b',"hydra:member":['
        for piece in pieces:
            yield before + piece
            before = b","
        yield b"]}" if before == b"," else before + b"]}"


def _encoded(rows: list[Any]) -> bytes:
    return _JSON.encode(rows)[1:-1].encode()


def _collection(document: Document, request: HttpRequest) -> dict[str, Any]:
    pages = {_PAGES[link.rel]: {"@id": link.href} for link in document.links if link.rel in _PAGES}
    view = {"@id": request.get_full_path(), "@type": "hydra:PartialCollectionView", **pages}
    return {
        "@id": request.path,
        "@type": "hydra:Collection",
        **({} if document.total is None else {"hydra:totalItems": document.total}),
        **({"hydra:view": view} if pages else {}),
        **_around(document),
    }


def _around(document: Document) -> dict[str, Any]:
    """Return what leads on from the answer as a whole."""
    asked = [_template(link) for link in document.links if link.templated and link.rel == "search"]
    operations = [_operation(action) for action in document.actions]
    return {
        **({"hydra:search": asked} if asked else {}),
        **({"hydra:operation": operations} if operations else {}),
    }


def _template(link: Link) -> dict[str, Any]:
    names = [name for names in _VARIABLES.findall(link.href) for name in names.split(",")]
    mapping = [{"@type": "hydra:IriTemplateMapping", "hydra:variable": name, "hydra:property": name} for name in names]
    return {"@type": "hydra:IriTemplate", "hydra:template": link.href, "hydra:mapping": mapping}


def _operation(action: Affordance) -> dict[str, Any]:
    """Return an operation; that of another address says which one, for which Hydra has no term."""
    asked = {"@type": "hydra:Class", "hydra:supportedProperty": [_property(each) for each in action.inputs]}
    return {
        "@type": "hydra:Operation",
        "hydra:title": action.title or action.name,
        "hydra:method": action.method,
        "target": {"@id": action.href},
        **({"hydra:expects": asked} if action.inputs else {}),
    }


def _property(each: Input) -> dict[str, Any]:
    return {
        "@type": "hydra:SupportedProperty",
        "hydra:property": each.name,
        "hydra:title": each.title,
        "hydra:required": each.required,
    }
