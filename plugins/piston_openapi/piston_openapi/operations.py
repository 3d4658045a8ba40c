"""The operations of a document: what one method of HTTP does at one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from piston_core import Answer, Body, Parameter, Place, Served
from piston_openapi.components import Components, words

# The media types of which OpenAPI 3.2 describes each item, instead of the document as a whole.
_SEQUENTIAL = frozenset({"application/jsonl", "application/x-ndjson", "application/json-lines"})
# Names that Python has changed with RFC 9110, and the one that is no status code.
_REFUSALS = {
    "413": "ContentTooLarge",
    "414": "URITooLong",
    "416": "RangeNotSatisfiable",
    "422": "UnprocessableContent",
    "default": "Refused",
}


class Operations:
    """Makes operations, whose common parts become components.

    Args:
        components: the components of the document.
        version: the version of OpenAPI.
    """

    def __init__(self, components: Components, version: str) -> None:
        self.components = components
        self.has_items = version >= "3.2"

    def operation(self, place: Place, served: Served, name: str) -> dict[str, Any]:
        """Return the operation of a method.

        Args:
            place: where it is served.
            served: the method.
            name: what the operation is called.
        """
        about = " ".join(filter(None, (served.about, _ending(place))))
        made = {
            "operationId": name,
            "tags": [place.title],
            "summary": served.summary,
            "description": about,
            "deprecated": place.lifecycle is not None and place.lifecycle.deprecated is not None,
            "parameters": [self._parameter(each) for each in served.parameters],
            "requestBody": self._body(served.body) if served.body else None,
            "responses": {each.status: self._response(each) for each in served.answers},
        }
        return {key: value for key, value in made.items() if value} | {"security": self._security(served)}

    def _parameter(self, parameter: Parameter) -> dict[str, Any]:
        """Return a parameter: of lists and header fields as a component, since many methods have it."""
        return self.components.component("parameters", words(parameter.name), self.parameter(parameter))

    def parameter(self, parameter: Parameter) -> dict[str, Any]:
        """Return a parameter as it is."""
        several = parameter.schema.get("type") == "array"
        return {
            "name": parameter.name,
            "in": parameter.place,
            **({"description": parameter.about} if parameter.about else {}),
            **({"required": True} if parameter.required else {}),
            **({"style": "form", "explode": not parameter.joined} if several else {}),
            "schema": self.components.schema(parameter.schema),
        }

    def _body(self, body: Body) -> dict[str, Any]:
        return {"content": self._content(body.contents), **({"required": True} if body.required else {})}

    def _content(self, contents: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Any]:
        return {name: self._medium(name, schema) for name, schema in contents.items()}

    def _medium(self, media_type: str, schema: Mapping[str, Any] | None) -> dict[str, Any]:
        if schema is None:
            return {}
        if media_type not in _SEQUENTIAL:
            return {"schema": self.components.schema(schema)}
        return {"itemSchema": self.components.schema(schema.get("items", {}))} if self.has_items else {}

    def _response(self, answer: Answer) -> dict[str, Any]:
        content = self._content(answer.contents)
        headers = {each.name: self._header(each) for each in answer.headers}
        made = {
            "description": answer.about or "A refusal.",
            **({"headers": headers} if headers else {}),
            **({"content": content} if content else {}),
            **({"x-problems": list(answer.problems)} if answer.problems else {}),
        }
        if answer.status == "default" or answer.status >= "4":
            return self.components.component("responses", _name_of(answer.status), made)
        return made

    def _header(self, field: Parameter) -> dict[str, Any]:
        made = {
            "description": field.about,
            **({"required": True} if field.required else {}),
            "schema": self.components.schema(field.schema),
        }
        return self.components.component("headers", words(field.name), made)

    def _security(self, served: Served) -> list[dict[str, Any]]:
        """Return the schemes of which one has to be used; an empty one stands for no credentials."""
        schemes = {each.name: dict(each.security()) for each in served.authenticators}
        for name, scheme in schemes.items():
            self.components.found.setdefault("securitySchemes", {})[name] = scheme
        asked: list[dict[str, Any]] = [
            {name: [*served.scopes] if _has_scopes(scheme) else []} for name, scheme in schemes.items()
        ]
        return [*asked, {}] if asked and served.is_open else asked


def _has_scopes(scheme: Mapping[str, Any]) -> bool:
    """Return whether credentials of a scheme may be good for less than everything (OpenAPI 3.1, section 4.8.30)."""
    return scheme["type"] in ("oauth2", "openIdConnect") or scheme.get("scheme") == "bearer"


def _ending(place: Place) -> str:
    life = place.lifecycle
    sunset = f"It may cease to answer from {life.sunset.isoformat()} on." if life and life.sunset else ""
    successor = f"In its place there is {life.successor}." if life and life.successor else ""
    return " ".join(filter(None, (sunset, successor)))


def _name_of(status: str) -> str:
    if status in _REFUSALS:
        return _REFUSALS[status]
    known = status.isdigit() and int(status) in set(HTTPStatus)
    return words(HTTPStatus(int(status)).phrase) if known else f"Status{status}"


def names_of(places: Iterable[Place]) -> dict[tuple[str, str], str]:
    """Return what each operation is called, by its template and its method: the URL's name with the method.

    Of two with the same name the second one gets a number behind it.
    """
    names: dict[tuple[str, str], str] = {}
    for place in places:
        for served in place.methods:
            plain = re.sub(r"\W+", "_", f"{place.name or place.template.strip('/')}_{served.method.lower()}")
            name, number = plain, 2
            while name in names.values():
                name, number = f"{plain}_{number}", number + 1
            names.setdefault((place.template, served.method), name)
    return names
