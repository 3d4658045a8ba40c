"""What is not Piston's own and judges its documents: the specification's schema and rules, and two readers of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import json_api_doc
from jsonapi_pydantic.v1_0 import TopLevel
from jsonschema import Draft6Validator

MEDIA_TYPE = "application/vnd.api+json"

_OWN = Draft6Validator(json.loads((Path(__file__).parents[1] / "schemas" / "jsonapi.json").read_text()))
_MEMBER = re.compile(r"[a-zA-Z0-9](?:[-\w]*[a-zA-Z0-9])?", re.ASCII)
_RESOURCE = {"type", "id", "attributes", "relationships", "links", "meta"}
_ERROR = {"id", "links", "status", "code", "title", "detail", "source", "meta"}


def expect_valid(document: dict[str, Any]) -> None:
    """Raise an ``AssertionError`` unless a response is a JSON:API 1.1 document with full linkage."""
    assert document.keys() <= {"jsonapi", "links", "data", "errors", "included", "meta"}
    assert document["jsonapi"] == {"version": "1.1"}
    assert document.keys() & {"data", "errors", "meta"}
    assert not {"data", "errors"} <= document.keys()
    assert "included" not in document or "data" in document
    assert document.get("links", {}).keys() <= {"self", "related", "describedby", "first", "prev", "next", "last"}
    _OWN.validate(document)
    if "errors" not in document:  # what this library knows is 1.0: whole addresses, and no types of errors
        TopLevel.model_validate_json(json.dumps(document).replace(': "/', ': "http://testserver/'))
    for error in document.get("errors", ()):
        _expect_error(error)
    for resource in resources(document):
        _expect_resource(resource)
    _expect_each_once(document)


def expect_linked(document: dict[str, Any]) -> None:
    """Raise an ``AssertionError`` unless all that is included is linked from the primary data (full linkage)."""
    included = {(each["type"], each["id"]): each for each in document.get("included", ())}
    seen, left = set(), list(primary(document))
    while left:
        for identity in linkage(left.pop()):
            if identity in included and identity not in seen:
                seen.add(identity)
                left.append(included[identity])
    assert seen == included.keys()


def primary(document: dict[str, Any]) -> list[dict[str, Any]]:
    data = document.get("data")
    return data if isinstance(data, list) else [data] if data else []


def resources(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [*primary(document), *document.get("included", ())]


def linkage(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for relationship in resource.get("relationships", {}).values():
        data = relationship.get("data")
        for each in data if isinstance(data, list) else [data] if data else []:
            assert each.keys() == {"type", "id"}
            yield each["type"], each["id"]


def plain(document: dict[str, Any]) -> Any:
    """Return a document's data with its related objects in their place, as a reader from PyPI puts it together."""
    return json_api_doc.deserialize(document)


def _expect_resource(resource: dict[str, Any]) -> None:
    assert resource.keys() <= _RESOURCE
    assert isinstance(resource["type"], str)
    assert isinstance(resource["id"], str)
    attributes, relationships = resource.get("attributes", {}), resource.get("relationships", {})
    names = [*attributes, *relationships]
    assert len(set(names)) == len(names)
    assert not {"type", "id"} & set(names)
    assert all(_MEMBER.fullmatch(name) for name in (*names, resource["type"], *resource.get("links", ())))
    for relationship in relationships.values():
        assert relationship
        assert relationship.keys() <= {"data", "links", "meta"}
    list(linkage(resource))


def _expect_each_once(document: dict[str, Any]) -> None:
    identities = [(each["type"], each["id"]) for each in resources(document)]
    assert len(set(identities)) == len(identities)


def _expect_error(error: dict[str, Any]) -> None:
    assert error
    assert error.keys() <= _ERROR
    assert re.fullmatch(r"[1-5]\d\d", error["status"])
    assert error.get("source", {}).keys() <= {"pointer", "parameter", "header"}
    assert re.fullmatch(r"(/[^/]*)*", error.get("source", {}).get("pointer", ""))
