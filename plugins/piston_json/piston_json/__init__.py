"""JSON for Piston: an emitter, JSON Lines, problem+json and a parser, on orjson.

The entry point ``json`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piston_core import Emitter, Parser, hookimpl, plugin_options
from piston_json.emitters import JSONEmitter, JSONLinesEmitter
from piston_json.parser import JSONParser

__version__ = "0.1.0"

__all__ = ["JSONEmitter", "JSONLinesEmitter", "JSONParser", "Options", "piston_emitters", "piston_parsers"]


_DEEPEST = 500  # what the standard library reads safely below Python's own limit


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["json"]``.

    Attributes:
        max_depth: how deeply lists and objects in a body may be nested, at most 500 levels.
        indent: whether to write documents with line ends and two blanks, for people.
    """

    max_depth: Any = 64
    indent: Any = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if type(self.max_depth) is not int or not 1 <= self.max_depth <= _DEEPEST:
            raise ValueError(f"max_depth is {self.max_depth!r}; it has to be a number from 1 to {_DEEPEST}")
        if not isinstance(self.indent, bool):
            raise ValueError(f"indent is {self.indent!r}; it has to be True or False")


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer ``json`` and ``jsonl``."""
    return [JSONEmitter(indent=plugin_options("json", Options).indent), JSONLinesEmitter()]


@hookimpl
def piston_parsers() -> list[Parser]:
    """Offer ``json``."""
    return [JSONParser(max_depth=plugin_options("json", Options).max_depth)]
