"""Read JSON:API documents that create or change an object, as the flat data that a handler and its form take."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from django.http import HttpRequest

from piston_core import Aim, MalformedBody, Parser, Problem
from piston_hateoas.jsonapi.errors import SENT
from piston_hateoas.jsonapi.naming import MEDIA_TYPE, Sent, name_of, relations_of
from piston_hateoas.jsonapi.reading import read

_PARAMETERS = frozenset({"ext", "profile"})


class JSONAPIParser(Parser):
    """Reads JSON:API bodies.

    Args:
        max_depth: how deeply lists and objects may be nested.
    """

    name = "jsonapi"
    media_types = (MEDIA_TYPE,)
    causes = MappingProxyType(
        {
            **Parser.causes,
            403: "The client has chosen an id, which is not its to choose.",
            409: "The type or the id is not that of this address.",
        }
    )

    def __init__(self, *, max_depth: int = 64) -> None:
        self.max_depth = max_depth

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema of a document with one resource object, whatever of the data is a relationship."""
        text = {"type": "string"}
        parts = {"type": text, "id": text, "attributes": {"type": "object"}, "relationships": {"type": "object"}}
        resource = {"type": "object", "properties": parts, "required": ["type"]}
        return {"type": "object", "properties": {"data": resource}, "required": ["data"]}

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the data of a JSON text.

        Raises:
            Problem: 415 for a media type with parameters that are not known here, as JSON:API wants it.
            MalformedBody: it is not acceptable as JSON.
        """
        parameters = request.content_params or {}
        if "ext" in parameters or not parameters.keys() <= _PARAMETERS:
            detail = f"{MEDIA_TYPE} is read without parameters; the only one that may come is profile."
            raise Problem(415, detail, headers={"Accept": MEDIA_TYPE})
        return read(body, self.max_depth)

    def values(self, data: Any, aim: Aim) -> dict[str, Any]:
        """Return the attributes, and for each relationship the key or the keys of what it leads to.

        Raises:
            MalformedBody: the data is no document with one resource object.
            Problem: 409 for an object of another type or of another id than is at this address; 403 for an id that
                the client has chosen, where the handler's form does not ask for the key.
        """
        resource = _object(_object(data, "").get("data"), "/data")
        attributes = _object(resource.get("attributes", {}), "/data/attributes")
        relationships = _object(resource.get("relationships", {}), "/data/relationships")
        model = aim.handler.model
        relations = frozenset(name_of(model, name) for name in relationships)
        aim.request.META[SENT] = Sent(model, relations | (relations_of(model) if model is not None else frozenset()))
        _refuse_type(resource, aim)
        keyed = _key(resource, aim)
        _refuse_ambiguous(attributes, relationships)
        linked = {name: _linkage(each, name, _kind(aim, name)) for name, each in relationships.items()}
        return keyed | {name_of(model, name): value for name, value in {**attributes, **linked}.items()}


# -- what the object is ----------------------------------------------------------------------------


def _refuse_type(resource: Mapping[str, Any], aim: Aim) -> None:
    given, shape = resource.get("type"), aim.shape()
    if not isinstance(given, str):
        _refuse("/data", "A resource object has a type.")
    kind = shape.kind if shape is not None else aim.handler.resource_type
    if kind and given != kind:
        raise Problem(409, f"This is the address of objects of the type {kind!r}.", pointer="/data/type")


def _key(resource: Mapping[str, Any], aim: Aim) -> dict[str, Any]:
    """Return the key of an object that is created with one, nothing of others."""
    if "id" not in resource:
        if aim.action != "create":
            _refuse("/data", "A resource object that is changed has an id.")
        return {}
    given = resource["id"]
    if not isinstance(given, str):
        _refuse("/data/id", "An id is a text.")
    if aim.action == "create":
        return _chosen(given, aim)
    if aim.of_one and given != _key_at(aim):
        raise Problem(409, "Another object than the one with this id has this address.", pointer="/data/id")
    return {}


def _chosen(given: str, aim: Aim) -> dict[str, Any]:
    """Return the key that a client has chosen, if it is the client's to choose."""
    model = aim.handler.model
    if model is None or model._meta.pk.name not in aim.names():
        raise Problem(403, "An object gets its id here; leave it out.", pointer="/data/id")
    return {model._meta.pk.name: given}


def _key_at(aim: Aim) -> str:
    """Return the key of the object that has the address, as text."""
    model: Any = aim.handler.model
    for name in ("pk", model._meta.pk.name):
        if name in aim.kwargs:
            return str(aim.kwargs[name])
    request: Any = aim.request
    return str(aim.handler.get(request, **aim.kwargs).pk)


# -- what is sent of it ----------------------------------------------------------------------------


def _refuse_ambiguous(attributes: Mapping[str, Any], relationships: Mapping[str, Any]) -> None:
    """Refuse what has no one meaning: type, id, attributes and relationships share their names."""
    for part, names in (("attributes", attributes), ("relationships", relationships)):
        for name in ("type", "id"):
            if name in names:
                _refuse(f"/data/{part}/{name}", f"{name!r} is a member of the resource object itself.")
    for name in attributes:
        if name in relationships:
            _refuse(f"/data/attributes/{_escaped(name)}", "This is sent as a relationship, too.")


def _kind(aim: Aim, member: str) -> str:
    """Return the type of what a relationship leads to, ``""`` if that is not shown."""
    shape = aim.shape()
    inner = None if shape is None else shape.names.get(name_of(shape.model, member))
    return "" if inner is None else inner.kind


def _linkage(relationship: Any, name: str, kind: str) -> Any:
    """Return the key of what a relationship leads to, or a list of keys, or nothing."""
    pointer = f"/data/relationships/{_escaped(name)}"
    found = _object(relationship, pointer)
    if "data" not in found:
        _refuse(pointer, "A relationship is sent with its data.")
    data = found["data"]
    if isinstance(data, list):
        return [_identifier(each, f"{pointer}/data/{index}", kind) for index, each in enumerate(data)]
    return None if data is None else _identifier(data, f"{pointer}/data", kind)


def _identifier(given: Any, pointer: str, kind: str) -> str:
    found = _object(given, pointer)
    if not isinstance(found.get("type"), str) or not isinstance(found.get("id"), str):
        _refuse(pointer, "What a relationship leads to has a type and an id, both of them text.")
    if kind and found["type"] != kind:
        raise Problem(409, f"This leads to objects of the type {kind!r}.", pointer=f"{pointer}/type")
    identity: str = found["id"]
    return identity


def _object(given: Any, pointer: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        _refuse(pointer, "An object is expected here.")
    return given


def _refuse(pointer: str, detail: str) -> NoReturn:
    raise MalformedBody(f"{detail} See {pointer or 'the document'}.", pointer=pointer)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
