"""What an object looks like in JSON-LD: said once, and not asked again for any row."""

from __future__ import annotations

from typing import Any

from piston_core import Href, LinkBuilder, Shape, Shown, Where

MEDIA_TYPES = ("application/ld+json",)


class HydraLinkBuilder(LinkBuilder):
    """Puts rows in order as nodes: ``@id``, ``@type``, what is shown, and what they lead to.

    Where a name is shown, it stands for itself and not for a link of the same name.
    """

    name = "hydra"
    media_types = MEDIA_TYPES

    def arrange(self, shape: Shape) -> Any:
        """Return a node."""
        own = {"@id": Where(shape.self, Href(shape.self))} if shape.self else {}
        links: dict[str, list[Any]] = {}
        for target in shape.targets:
            if target.rel not in {"self", *shape.names} and not target.templated:
                links.setdefault(shape.relation(target.rel), []).append(Where(target, {"@id": Href(target)}))
        return {**own, "@type": shape.kind, **{name: Shown(name) for name in shape.names}, **links}
