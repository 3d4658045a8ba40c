"""Put rows in order as resource objects, with related objects where their linkage is to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from piston_core import Href, Key, LinkBuilder, Shape, Shown, Target, Where, Written
from piston_hateoas.jsonapi.naming import MEDIA_TYPE, member_of, relations_of

_MEMBER = re.compile(r"[a-zA-Z0-9](?:[-\w]*[a-zA-Z0-9])?", re.ASCII)
_ATTRIBUTES = ("title", "type", "hreflang")  # what a link object has a member for, beside its address


class JSONAPILinkBuilder(LinkBuilder):
    """Puts rows in order as resource objects: attributes, relationships and links."""

    name = "jsonapi"
    media_types = (MEDIA_TYPE,)

    def arrange(self, shape: Shape) -> Any:
        """Return a resource object; the emitter takes related objects out of it."""
        relations = relations_of(shape.model)
        targets = [target for target in shape.targets if not target.templated]  # a template is no link here
        parts = {
            "attributes": {member_of(shape.model, name): Shown(name) for name in attributes_of(shape)},
            "relationships": _relationships(shape, [target for target in targets if target.rel in relations]),
            "links": _links(target for target in targets if target.rel not in relations),
        }
        return {"type": shape.kind, "id": Key(), **{name: part for name, part in parts.items() if part}}


def attributes_of(shape: Shape) -> list[str]:
    """Return the names that are attributes: not what the members ``id`` and ``links`` say already."""
    said = {"id", "resource_uri"} if shape.self is not None else {"id"}
    return [name for name, inner in shape.names.items() if inner is None and name not in said]


def _relationships(shape: Shape, targets: Iterable[Target]) -> Any:
    """Return the relationships: with their data where it is shown, with the link that the handler declares."""
    found: dict[str, Any] = {name: {"data": Shown(name)} for name, inner in shape.names.items() if inner is not None}
    for rel, target in {each.rel: each for each in targets}.items():  # a relationship has one such link
        link = Written({"related": Href(target)})
        if rel in found:
            found[rel]["links"] = Where(target, link)
        else:
            found[rel] = Where(target, {"links": link})
    members = {member_of(shape.model, name): each for name, each in found.items()}
    shows_data = any(shape.names.values())  # which the emitter takes out
    return members if shows_data or not members else Written(members)


def _links(targets: Iterable[Target]) -> Any:
    found: dict[str, Any] = {}
    for target in targets:
        words = _MEMBER.findall(target.rel)
        key = words[-1] if words[-1] not in found else f"{words[-1]}-{len(found)}"
        found[key] = Where(target, _link(target, key))
    return Written(found) if found else None


def _link(target: Target, key: str) -> Any:
    """Return a link as its address, or as an object where there is more to say."""
    more = {name: target.attributes[name] for name in _ATTRIBUTES if name in target.attributes}
    if key != target.rel:
        more["rel"] = target.rel
    return {"href": Href(target), **more} if more else Href(target)
