"""Links for Piston: what a handler declares once, as HAL, Siren, JSON:API, plain links and the ``Link`` field.

The entry point ``hateoas`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from piston_core import Emitter, LinkBuilder, Parser, hookimpl
from piston_hateoas.hal import HALEmitter, HALLinkBuilder
from piston_hateoas.jsonapi import JSONAPIEmitter, JSONAPILinkBuilder, JSONAPIParser
from piston_hateoas.plain import HeaderLinkBuilder, PlainLinkBuilder
from piston_hateoas.siren import SirenEmitter, SirenLinkBuilder

__version__ = "0.1.0"

__all__ = [
    "HALEmitter",
    "HALLinkBuilder",
    "HeaderLinkBuilder",
    "JSONAPIEmitter",
    "JSONAPILinkBuilder",
    "JSONAPIParser",
    "PlainLinkBuilder",
    "SirenEmitter",
    "SirenLinkBuilder",
    "piston_emitters",
    "piston_link_builders",
    "piston_parsers",
]


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer HAL, Siren and JSON:API."""
    return [HALEmitter(), SirenEmitter(), JSONAPIEmitter()]


@hookimpl
def piston_link_builders() -> list[LinkBuilder]:
    """Offer plain links, the ``Link`` field, and the rows of HAL, Siren and JSON:API."""
    rows = [HALLinkBuilder(), SirenLinkBuilder(), JSONAPILinkBuilder()]
    return [PlainLinkBuilder(), HeaderLinkBuilder(), *rows]


@hookimpl
def piston_parsers() -> list[Parser]:
    """Offer the parser of JSON:API."""
    return [JSONAPIParser()]
