"""XML for Piston: documents that keep every type, layouts for partners, problem+xml, and a parser on defusedxml.

The entry point ``xml`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piston_core import Emitter, Parser, hookimpl, plugin_options
from piston_xml.emitter import XMLEmitter
from piston_xml.layout import XMLLayout
from piston_xml.parser import XMLParser

__version__ = "0.1.0"

__all__ = ["Options", "XMLEmitter", "XMLLayout", "XMLParser", "piston_emitters", "piston_parsers"]


_DEEPEST = 500  # what a handler can still go through below Python's own limit


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["xml"]``.

    Attributes:
        max_depth: how deeply elements in a body may be nested, the root included; at most 500 levels.
    """

    max_depth: Any = 64

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if type(self.max_depth) is not int or not 1 <= self.max_depth <= _DEEPEST:
            raise ValueError(f"max_depth is {self.max_depth!r}; it has to be a number from 1 to {_DEEPEST}")


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer ``xml``."""
    return [XMLEmitter()]


@hookimpl
def piston_parsers() -> list[Parser]:
    """Offer ``xml``."""
    return [XMLParser(max_depth=plugin_options("xml", Options).max_depth)]
