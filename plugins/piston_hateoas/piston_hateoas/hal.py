"""HAL (draft-kelly-json-hal-11) with HAL-FORMS: links, embedded resources, curies, and forms for what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest

from piston_core import Affordance, Document, Href, Input, Link, LinkBuilder, Shape, Shown, Target, Where
from piston_hateoas.writing import JSONFormat

MEDIA_TYPES = ("application/hal+json", "application/prs.hal-forms+json")


class HALLinkBuilder(LinkBuilder):
    """Puts rows in order as resource objects: ``_links``, what is shown, ``_embedded`` for related objects."""

    name = "hal"
    media_types = MEDIA_TYPES

    def arrange(self, shape: Shape) -> Any:
        """Return a resource object."""
        embedded = {name: Shown(name, nulls=False) for name, inner in shape.names.items() if inner is not None}
        own = {name: Shown(name) for name in shape.names if name not in embedded}
        links = _by_relation(shape.targets)
        return {
            **({"_links": links} if links else {}),
            **own,
            **({"_embedded": embedded} if embedded else {}),
        }


def _by_relation(targets: Iterable[Target]) -> dict[str, Any]:
    """Return the links of a row; several of one relation type are a list, even if an object has only one."""
    found: dict[str, list[Any]] = {}
    for target in targets:
        described = {**({"templated": True} if target.templated else {}), **target.attributes}
        found.setdefault(target.rel, []).append(Where(target, {"href": Href(target), **described}))
    return {rel: links[0] if len(links) == 1 else links for rel, links in found.items()}


class HALEmitter(JSONFormat):
    """Writes HAL documents."""

    name = "hal"
    media_types = MEDIA_TYPES

    def enveloped(self, document: Document, data: Any, request: HttpRequest) -> Any:
        """Return a resource object: the one of the answer, or one that has the list embedded."""
        resource = data if isinstance(data, dict) else _of_list(document, data)
        own = resource.pop("_links", {}) if isinstance(data, dict) else {}
        return {
            "_links": {"self": {"href": request.get_full_path()}, **_links(document), **own},
            **resource,
            **_templates(document.actions),
        }


def _of_list(document: Document, data: Any) -> dict[str, Any]:
    if document.shape is None or not isinstance(data, list):
        return {"items" if isinstance(data, list) else "value": data}
    total = {} if document.total is None else {"total": document.total}
    return {**total, "_embedded": {document.shape.kind: data}}


def _links(document: Document) -> dict[str, Any]:
    """Return the links of the answer as a whole."""
    found: dict[str, Any] = {}
    for link in document.links:
        described = _link(link)
        known = found.get(link.rel)
        found[link.rel] = described if known is None else [*(known if isinstance(known, list) else [known]), described]
    curies = {} if document.shape is None else document.shape.curies
    if curies:
        found["curies"] = [{"name": name, "href": href, "templated": True} for name, href in curies.items()]
    return found


def _link(link: Link) -> Mapping[str, Any]:
    return {"href": link.href, **({"templated": True} if link.templated else {}), **link.attributes}


def _templates(actions: Iterable[Affordance]) -> dict[str, Any]:
    """Return the forms for what can be done; HAL-FORMS wants the first one to be called ``default``."""
    templates = {each.name: _template(each) for each in actions}
    if not templates:
        return {}
    first = next(iter(templates))
    return {"_templates": {"default" if name == first else name: each for name, each in templates.items()}}


def _template(action: Affordance) -> dict[str, Any]:
    return {
        **({"title": action.title} if action.title else {}),
        "method": action.method,
        "target": action.href,
        **({"contentType": action.media_type} if action.media_type else {}),
        "properties": [_property(each) for each in action.inputs],
    }


def _property(each: Input) -> dict[str, Any]:
    limits = {"minlength": "minLength", "maxlength": "maxLength", "pattern": "regex"}
    return {
        "name": each.name,
        **({"prompt": each.title} if each.title else {}),
        **({"required": True} if each.required else {}),
        **({"value": each.value} if each.value is not None else {}),
        **({"type": each.kind} if not each.choices else {"options": _options(each)}),
        **{limits.get(name, name): value for name, value in each.limits.items()},
    }


def _options(each: Input) -> dict[str, Any]:
    inline = [{"prompt": text, "value": value} for value, text in each.choices]
    return {"inline": inline, **({} if each.many else {"maxItems": 1})}
