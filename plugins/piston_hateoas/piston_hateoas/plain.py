"""Links for formats that have no form of their own for them: in the rows by name, and in the ``Link`` field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from piston_core import Href, Link, LinkBuilder, Shape, Shown, Subject, Written
from piston_hateoas.relations import by_relation

LINKS = "_links"


class PlainLinkBuilder(LinkBuilder):
    """Adds ``_links`` to the rows of handlers that declare links: each relation type with its address.

    ``?fields=`` may choose it, and leaves it away where it chooses other names only. Handlers that show
    ``resource_uri`` do so without it.
    """

    name = "plain"
    media_types = ("*/*",)
    adds = (LINKS,)

    def arrange(self, shape: Shape) -> Any:
        """Return the names that are shown with the links behind them."""
        if not shape.linked:
            return None
        return {**{name: Shown(name) for name in shape.names}, LINKS: Written(by_relation(shape, Href))}


class HeaderLinkBuilder(LinkBuilder):
    """Sends what a handler declares, and the list that an object is in, in the field ``Link`` (RFC 8288)."""

    name = "header"

    def links(self, subject: Subject) -> Iterable[Link]:
        """Return the declared links; those that a client has to fill in have no form there."""
        return (each for each in subject.links if not each.templated)
