"""HTML for Piston: whoever opens an address of an API in a browser sees a page with links and forms.

The entry point ``html`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from piston_core import Emitter, LinkBuilder, Resource, hookimpl, plugin_options
from piston_html.arranging import HTMLLinkBuilder
from piston_html.emitter import HTMLEmitter
from piston_html.finishing import finish

__version__ = "0.1.0"

__all__ = [
    "HTMLEmitter",
    "HTMLLinkBuilder",
    "Options",
    "piston_emitters",
    "piston_link_builders",
    "piston_response_ready",
]


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["html"]``.

    Attributes:
        title: what stands above every page, such as the name of the site.
        max_rows: how many items of a list within an object are shown before they are folded.
    """

    title: Any = "API"
    max_rows: Any = 20

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if not isinstance(self.title, str) or not self.title:
            raise ValueError(f"title is {self.title!r}; it has to be text")
        if type(self.max_rows) is not int or self.max_rows < 0:
            raise ValueError(f"max_rows is {self.max_rows!r}; it has to be a number from 0")


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer ``html``."""
    options = plugin_options("html", Options)
    return [HTMLEmitter(title=options.title, max_rows=options.max_rows)]


@hookimpl
def piston_link_builders() -> list[LinkBuilder]:
    """Offer the links of the rows of a page."""
    return [HTMLLinkBuilder()]


@hookimpl(trylast=True)
def piston_response_ready(request: HttpRequest, resource: Resource, response: HttpResponseBase) -> None:
    """Fill in what is known of an answer only when it is ready, after all others have seen to it."""
    finish(request, resource, response)
