"""Links for Piston: what a handler declares once, as HAL, Siren, JSON:API, plain links and the ``Link`` field.

The entry point ``hateoas`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from piston_core import Emitter, LinkBuilder, Parser, hookimpl, plugin_options
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
    "Options",
    "PlainLinkBuilder",
    "SirenEmitter",
    "SirenLinkBuilder",
    "piston_emitters",
    "piston_link_builders",
    "piston_parsers",
]

_EMITTERS: Mapping[str, type[Emitter]] = {"hal": HALEmitter, "siren": SirenEmitter, "jsonapi": JSONAPIEmitter}
_BUILDERS: Mapping[str, type[LinkBuilder]] = {
    "hal": HALLinkBuilder,
    "siren": SirenLinkBuilder,
    "jsonapi": JSONAPILinkBuilder,
}


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["hateoas"]``.

    Attributes:
        formats: the formats to offer, of ``hal``, ``siren`` and ``jsonapi``, in this order.
    """

    formats: Any = ("hal", "siren", "jsonapi")

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a format is none of these.
        """
        if not isinstance(self.formats, list | tuple) or not set(self.formats) <= _EMITTERS.keys():
            raise ValueError(f"formats is {self.formats!r}; it has to be a list of {', '.join(_EMITTERS)}")


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer the formats that show links and actions."""
    return [_EMITTERS[name]() for name in plugin_options("hateoas", Options).formats]


@hookimpl
def piston_link_builders() -> list[LinkBuilder]:
    """Offer plain links, the ``Link`` field, and the rows of the formats."""
    own = [_BUILDERS[name]() for name in plugin_options("hateoas", Options).formats]
    return [PlainLinkBuilder(), HeaderLinkBuilder(), *own]


@hookimpl
def piston_parsers() -> list[Parser]:
    """Offer the parser of JSON:API."""
    return [JSONAPIParser()] if "jsonapi" in plugin_options("hateoas", Options).formats else []
