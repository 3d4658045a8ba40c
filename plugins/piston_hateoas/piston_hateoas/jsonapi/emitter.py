"""Write JSON:API documents: resource objects in an envelope, with what they are related to beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest

from piston_core import Affordance, Document, in_pieces
from piston_hateoas.jsonapi.errors import errors_of
from piston_hateoas.jsonapi.included import Included, is_resource
from piston_hateoas.jsonapi.naming import MEDIA_TYPE
from piston_hateoas.jsonapi.parameters import JSONAPIDialect, asks_to_include, sparse
from piston_hateoas.writing import JSONFormat, encode

_VERSION = {"jsonapi": {"version": "1.1"}}
_OBJECT = {"type": "object"}
_PAGES = frozenset({"first", "prev", "next", "last"})


class JSONAPIEmitter(JSONFormat):
    """Writes JSON:API 1.1.

    What no plan shows has no type and no id, so it is no resource object and stands in ``meta``.
    """

    name = "jsonapi"
    media_types = (MEDIA_TYPE,)
    problem_type = MEDIA_TYPE
    dialect = JSONAPIDialect()

    def schema(
        self, schema: Mapping[str, Any], *, many: bool = False, is_problem: bool = False
    ) -> Mapping[str, Any] | None:
        """Return the schema of a document."""
        around = {"jsonapi": _OBJECT, "links": _OBJECT, "meta": _OBJECT}
        if is_problem:
            errors = {"type": "array", "items": _OBJECT}
            return {"type": "object", "properties": {**around, "errors": errors}, "required": ["errors"]}
        row = schema.get("items", {}) if many else schema
        resource = _resource(row.get("properties", {}).get("attributes", _OBJECT))
        data: Mapping[str, Any] = (
            {"type": "array", "items": resource} if many else {"anyOf": [resource, {"type": "null"}]}
        )
        if not schema:  # nobody knows what the handler returns
            data = {"type": ["array", "object", "null"]}
        included = {"type": "array", "items": _resource(_OBJECT)}
        return {"type": "object", "properties": {**around, "data": data, "included": included}}

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the document as one JSON text."""
        if document.is_problem:
            return encode({**_VERSION, "errors": errors_of(document.data, request)})
        data = document.data
        if not _is_primary(document):
            return encode(self.enveloped(document, data, request))
        included = Included(sparse(request))
        if _may_nest(document) or included.fields:
            data = [included.freed(row) for row in data] if type(data) is list else included.freed(data)
        return encode({**_head(document, request), "data": data, **_tail(document, request, included)})

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the envelope up to its rows, then some rows at a time, then what they are related to.

        The related objects are kept until then, so memory grows with them, though not with the rows.
        """
        if document.shape is None:
            yield from super().stream(document, request)
            return
        included = Included(sparse(request))
        before = encode(_head(document, request))[:-1] + b',"data":['
        for rows in in_pieces(document.data, lambda rows: encode([included.freed(row) for row in rows])[1:-1]):
            yield before + rows
            before = b","
        tail = encode(_tail(document, request, included))[1:]
        yield (b"" if before == b"," else before) + (b"]" if tail == b"}" else b"],") + tail

    def enveloped(self, document: Document, data: Any, request: HttpRequest) -> Any:
        """Return a document of data that consists of no resource objects."""
        head, meta = _head(document, request), _meta(document)
        if data is None:
            return {**head, "data": None, **({"meta": meta} if meta else {})}
        return {**head, "meta": {**meta, "items" if isinstance(data, list) else "value": data}}


def _resource(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of a resource object."""
    text = {"type": "string"}
    parts = {"attributes": attributes, "relationships": _OBJECT, "links": _OBJECT, "meta": _OBJECT}
    return {"type": "object", "properties": {"type": text, "id": text, **parts}, "required": ["type", "id"]}


def _is_primary(document: Document) -> bool:
    """Return whether the data consists of resource objects; where a plan shows it, the first one tells."""
    data = document.data
    if type(data) is not list:
        return is_resource(data)
    if document.shape is not None:
        return not data or is_resource(data[0])
    return bool(data) and all(map(is_resource, data))


def _may_nest(document: Document) -> bool:
    return document.shape is None or any(document.shape.names.values())


def _head(document: Document, request: HttpRequest) -> dict[str, Any]:
    links = {"self": _address(request)} if request.method in ("GET", "HEAD") else {}
    links |= {each.rel: each.href for each in document.links if each.rel in _PAGES}
    return {**_VERSION, **({"links": links} if links else {})}


def _address(request: HttpRequest) -> str:
    """Return the address of a request as a URI, in which brackets have no place (RFC 3986, section 3.4)."""
    return request.get_full_path().replace("[", "%5B").replace("]", "%5D")


def _tail(document: Document, request: HttpRequest, included: Included) -> dict[str, Any]:
    objects, meta = included.objects(), _meta(document)
    compound = objects or asks_to_include(request)
    return {**({"included": objects} if compound else {}), **({"meta": meta} if meta else {})}


def _meta(document: Document) -> dict[str, Any]:
    total = {} if document.total is None else {"total": document.total}
    actions = [_action(each) for each in document.actions]
    return {**total, **({"actions": actions} if actions else {})}


def _action(action: Affordance) -> dict[str, Any]:
    """Return what can be done; the format has no place of its own for it."""
    told = {"name": action.name, "method": action.method, "href": action.href}
    return {**told, **({"title": action.title} if action.title else {})}
