"""HAL (draft-kelly-json-hal-11) with HAL-FORMS: links, embedded resources, curies, and forms for what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest

from piston_core import Affordance, Document, Href, Input, Link, LinkBuilder, Shape, Shown, Target, Written
from piston_hateoas.relations import by_relation, with_link
from piston_hateoas.writing import JSONFormat, text_of

MEDIA_TYPES = ("application/hal+json", "application/prs.hal-forms+json")
ITEMS = "items"  # what rows are called that no plan shows

_NUMBERS = {"min": "min", "max": "max", "step": "step", "minlength": "minLength", "maxlength": "maxLength"}


class HALLinkBuilder(LinkBuilder):
    """Puts rows in order as resource objects: ``_links``, what is shown, ``_embedded`` for related objects."""

    name = "hal"
    media_types = MEDIA_TYPES

    def arrange(self, shape: Shape) -> Any:
        """Return a resource object."""
        embedded = {name: Shown(name, nulls=False) for name, inner in shape.names.items() if inner is not None}
        own = {name: Shown(name) for name in shape.names if name not in embedded}
        links = by_relation(shape, lambda target: _described(Href(target), target))
        return {
            **({"_links": Written(links)} if links else {}),
            **own,
            **({"_embedded": embedded} if embedded else {}),
        }


class HALEmitter(JSONFormat):
    """Writes HAL documents.

    What is no object stands in one, as its ``value``; the rows of a list are embedded, by what they are called.
    """

    name = "hal"
    media_types = MEDIA_TYPES

    def resource(self, value: Any) -> Any:
        """Return a resource object; one that its handler has given ``_links`` keeps them."""
        return value if isinstance(value, dict) and isinstance(value.get("_links", {}), dict) else {"value": value}

    def schema(
        self, schema: Mapping[str, Any], *, many: bool = False, is_problem: bool = False
    ) -> Mapping[str, Any] | None:
        """Return the schema of a resource object."""
        if is_problem:
            return schema
        around = {"_links": {"type": "object"}, "_templates": {"type": "object"}}
        if many:
            embedded = {"type": "object", "additionalProperties": schema}
            properties = {**around, "_embedded": embedded, "total": {"type": "integer"}}
            return {"type": "object", "properties": properties}
        if schema.get("type") != "object" or "properties" not in schema:
            return {"type": "object"}
        return {**schema, "properties": {**schema["properties"], **around}}

    def enveloped(self, document: Document, data: Any, request: HttpRequest) -> Any:
        """Return a resource object: the one of the answer, or one that has the list embedded."""
        resource = _of_list(document, data) if isinstance(data, list) else data
        links = _links(document, resource.get("_links", {}))
        return {
            "_links": {"self": {"href": request.get_full_path()}, **links},
            **{name: value for name, value in resource.items() if name != "_links"},
            **_templates(document.actions),
        }


def _of_list(document: Document, rows: list[Any]) -> dict[str, Any]:
    total = {} if document.total is None else {"total": document.total}
    return {**total, "_embedded": {ITEMS if document.shape is None else document.shape.kind: rows}}


def _links(document: Document, own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the links of a resource together with those of the answer as a whole."""
    found = dict(own)
    for link in document.links:
        for rel in link.rel.split():
            found[rel] = with_link(found.get(rel), _described(link.href, link))
    curies = {} if document.shape is None else document.shape.curies
    if curies:
        found["curies"] = [{"name": name, "href": href, "templated": True} for name, href in curies.items()]
    return found


def _described(href: Any, link: Link | Target) -> dict[str, Any]:
    """Return a link object (section 5)."""
    return {"href": href, **({"templated": True} if link.templated else {}), **link.attributes}


# -- HAL-FORMS -------------------------------------------------------------------------------------


def _templates(actions: Iterable[Affordance]) -> dict[str, Any]:
    """Return the forms for what can be done, each by its name.

    The first one is ``default`` as well, which HAL-FORMS wants to be there. It keeps its name: which one is the first
    depends on what the client may do.
    """
    named = {each.name: _template(each) for each in actions}
    return {"_templates": {"default": next(iter(named.values())), **named}} if named else {}


def _template(action: Affordance) -> dict[str, Any]:
    return {
        **({"title": action.title} if action.title else {}),
        "method": action.method,
        "target": action.href,
        **({"contentType": action.media_type} if action.media_type else {}),
        "properties": [_property(each) for each in action.inputs],
    }


def _property(each: Input) -> dict[str, Any]:
    return {
        "name": each.name,
        **({"prompt": each.title} if each.title else {}),
        **({"required": True} if each.required else {}),
        **({"placeholder": each.about} if each.about else {}),
        **(_chosen(each) if each.choices or each.href else _typed(each)),
    }


def _typed(each: Input) -> dict[str, Any]:
    """Return what a value is like; limits are numbers, so that those of dates have no form."""
    limits = {name: each.limits.get(known) for known, name in _NUMBERS.items()}
    pattern = each.limits.get("pattern")
    return {
        "type": each.kind,
        **({} if each.value is None else {"value": text_of(each.value)}),
        **({"regex": pattern} if pattern else {}),
        **{name: limit for name, limit in limits.items() if isinstance(limit, int | float)},
    }


def _chosen(each: Input) -> dict[str, Any]:
    """Return which values there are to choose from: these, or what a list of objects has by one of their names."""
    options: dict[str, Any] = {"inline": [{"prompt": text, "value": text_of(value)} for value, text in each.choices]}
    if not each.choices:
        options = {"link": {"href": each.href}, "promptField": each.key, "valueField": each.key}
    return {
        "options": {
            **options,
            **({} if each.value is None else {"selectedValues": [text_of(each.value)]}),
            **({"minItems": 1} if each.required else {}),
            **({} if each.many else {"maxItems": 1}),
        }
    }
