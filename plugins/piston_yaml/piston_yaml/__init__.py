"""YAML for Piston: an emitter of documents that people like to read, and a parser that constructs nothing.

The entry point ``yaml`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piston_core import Emitter, Parser, hookimpl, plugin_options
from piston_yaml.emitter import YAMLEmitter
from piston_yaml.parser import YAMLParser

__version__ = "0.1.0"

__all__ = ["Options", "YAMLEmitter", "YAMLParser", "piston_emitters", "piston_parsers"]

_DEEPEST = 200  # what is read safely below Python's own limit, at two calls for each level


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["yaml"]``.

    Attributes:
        max_depth: how deeply sequences and mappings in a body may be nested, at most 200 levels.
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
    """Offer ``yaml``."""
    return [YAMLEmitter()]


@hookimpl
def piston_parsers() -> list[Parser]:
    """Offer ``yaml``."""
    return [YAMLParser(max_depth=plugin_options("yaml", Options).max_depth)]
