"""Siren: entities with classes, sub-entities, links, and actions with the fields of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest

from piston_core import (
    Affordance,
    Document,
    Each,
    Href,
    Input,
    Link,
    LinkBuilder,
    Shape,
    Shown,
    Target,
    Where,
    Written,
)
from piston_hateoas.writing import JSONFormat, text_of

MEDIA_TYPES = ("application/vnd.siren+json",)
ITEM = "item"  # what a row is to its list (RFC 6573)

_TYPES = frozenset(
    {"hidden", "text", "search", "tel", "url", "email", "password", "datetime", "date", "month", "week", "time"}
    | {"datetime-local", "number", "range", "color", "checkbox", "radio", "file"}
)
_QUERY = re.compile(r"([^{}]*)\{[?&]([^{}]+)\}")  # RFC 6570, sections 3.2.8 and 3.2.9


class SirenLinkBuilder(LinkBuilder):
    """Puts rows in order as entities; related objects are sub-entities, by the name that they are shown by.

    Siren has no form for the template of a link, so rows do without these.
    """

    name = "siren"
    media_types = MEDIA_TYPES

    def arrange(self, shape: Shape) -> Any:
        """Return an entity."""
        related = [name for name, inner in shape.names.items() if inner is not None]
        entities = [Each(name) if name in shape.many else Shown(name, nulls=False) for name in related]
        links = [Where(each, _link(each.rel, Href(each), each, shape)) for each in shape.targets if not each.templated]
        return {
            "class": Written([shape.kind]),
            "rel": Written([shape.within or ITEM]),
            "properties": {name: Shown(name) for name in shape.names if name not in related},
            **({"entities": entities} if entities else {}),
            **({"links": Written(links)} if links else {}),
        }


class SirenEmitter(JSONFormat):
    """Writes Siren documents; what is no object stands in one, as its property ``value``."""

    name = "siren"
    media_types = MEDIA_TYPES

    def resource(self, value: Any) -> Any:
        """Return an entity of data that no plan shows."""
        return {
            "class": ["data"],
            "rel": [ITEM],
            "properties": value if isinstance(value, dict) else {"value": value},
        }

    def schema(
        self, schema: Mapping[str, Any], *, many: bool = False, is_problem: bool = False
    ) -> Mapping[str, Any] | None:
        """Return the schema of an entity."""
        if is_problem:
            return schema
        around = {"links": {"type": "array"}, "actions": {"type": "array"}}
        own = {"class": {"type": "array"}, "properties": {"type": "object"}, "entities": {"type": "array"}}
        inner = schema.get("properties", {})
        if many:
            own["entities"] = {"type": "array", "items": schema.get("items", {})}
        elif "class" in inner:  # an object that a plan shows
            own = {name: each for name, each in inner.items() if name not in {"rel", "links"}}
        return {"type": "object", "properties": {**own, **around}}

    def enveloped(self, document: Document, data: Any, request: HttpRequest) -> Any:
        """Return the entity of the answer, or one that has the list's objects as its sub-entities."""
        entity = _of_list(document, data) if isinstance(data, list) else data
        actions = [*_actions(document)]
        return {
            **{name: value for name, value in entity.items() if name not in {"rel", "links"}},
            **({"actions": actions} if actions else {}),
            "links": _links(document, entity.get("links", []), request),
        }


def _of_list(document: Document, rows: list[Any]) -> dict[str, Any]:
    return {
        "class": ["data" if document.shape is None else document.shape.kind, "collection"],
        **({} if document.total is None else {"properties": {"total": document.total}}),
        "entities": rows,
    }


# -- links -----------------------------------------------------------------------------------------


def _links(document: Document, own: Iterable[Any], request: HttpRequest) -> list[Any]:
    """Return the links of an entity together with those of the answer as a whole; the first one is its own."""
    found = [*own]
    for link in document.links:
        described = _link(link.rel, link.href, link, document.shape)
        if not link.templated and described not in found:
            found.append(described)
    if any("self" in each["rel"] for each in found):
        return found
    return [{"rel": ["self"], "href": request.get_full_path()}, *found]


def _link(rel: str, href: Any, link: Link | Target, shape: Shape | None) -> dict[str, Any]:
    described = {name: link.attributes[name] for name in ("title", "type") if name in link.attributes}
    return {"rel": (rel if shape is None else shape.relation(rel)).split(), "href": href, **described}


# -- actions ---------------------------------------------------------------------------------------


def _actions(document: Document) -> Iterator[dict[str, Any]]:
    """Yield what can be done, and what can be asked: a template of parameters is an action with GET."""
    named = {each.name for each in document.actions}
    yield from map(_action, document.actions)
    for link in document.links:
        query = _QUERY.fullmatch(link.href) if link.templated else None
        if query and link.rel not in named:
            named.add(link.rel)
            yield _asking(link, *query.groups())


def _action(action: Affordance) -> dict[str, Any]:
    return {
        "name": action.name,
        **({"title": action.title} if action.title else {}),
        "method": action.method,
        "href": action.href,
        **({"type": action.media_type} if action.media_type else {}),
        **({"fields": [_field(each) for each in action.inputs]} if action.inputs else {}),
    }


def _asking(link: Link, address: str, names: str) -> dict[str, Any]:
    """Return the action of a template: what its address asks already is sent along."""
    href, _, query = address.partition("?")
    given = [{"name": name, "type": "hidden", "value": value} for name, value in parse_qsl(query)]
    title: Mapping[str, str] = {"title": link.attributes["title"]} if "title" in link.attributes else {}
    fields = [*given, *({"name": name, "type": "text"} for name in names.split(","))]
    return {"name": link.rel, **title, "method": "GET", "href": href, "fields": fields}


def _field(each: Input) -> dict[str, Any]:
    """Return a field; one that has to be sent is of the class ``required``."""
    return {
        "name": each.name,
        **({"class": ["required"]} if each.required else {}),
        **({"title": each.title} if each.title else {}),
        **(_chosen(each) if each.choices else _typed(each)),
    }


def _typed(each: Input) -> dict[str, Any]:
    value = {} if each.value is None else {"value": _plain(each.value)}
    return {"type": each.kind if each.kind in _TYPES else "text", **value}


def _chosen(each: Input) -> dict[str, Any]:
    values = [
        {"title": text, "value": _plain(value), **({"selected": True} if value == each.value else {})}
        for value, text in each.choices
    ]
    return {"type": "checkbox" if each.many else "radio", "value": values}


def _plain(value: Any) -> Any:
    """Return a value as Siren has it: text or a number."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else text_of(value)
