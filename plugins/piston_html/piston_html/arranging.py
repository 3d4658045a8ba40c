"""Puts the addresses of objects into their rows, so that a page leads on wherever the API has an address."""

from __future__ import annotations

from typing import Any

from piston_core import Href, LinkBuilder, Shape, Shown, Where

LINKS = "@links"  # what no handler can show by this name


class HTMLLinkBuilder(LinkBuilder):
    """Adds to every row where its object leads to."""

    name = "html"
    media_types = ("text/html",)

    def arrange(self, shape: Shape) -> Any:
        """Return the names that are shown, with the links behind them."""
        if not shape.targets:
            return None
        links = [
            Where(each, {"rel": each.rel, "href": Href(each), **each.attributes})
            for each in shape.targets
            if not each.templated
        ]
        return {**{name: Shown(name) for name in shape.names}, LINKS: links}
