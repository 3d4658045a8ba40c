"""JSON for Piston: an emitter, JSON Lines, problem+json, a parser and two formats of changes, on orjson.

The entry point ``json`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piston_core import Emitter, Parser, hookimpl, plugin_options
from piston_json.emitters import JSONEmitter, JSONLinesEmitter
from piston_json.json_patch import JSONPatch, JSONPatchParser
from piston_json.merge_patch import MergePatch, MergePatchParser
from piston_json.parser import JSONParser

__version__ = "0.1.0"

__all__ = [
    "JSONEmitter",
    "JSONLinesEmitter",
    "JSONParser",
    "JSONPatch",
    "JSONPatchParser",
    "MergePatch",
    "MergePatchParser",
    "Options",
    "piston_emitters",
    "piston_parsers",
]


_DEEPEST = 500  # what the standard library reads safely below Python's own limit
_MOST_OPERATIONS = 10_000  # beyond which a long list takes seconds to be changed


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["json"]``.

    Attributes:
        max_depth: how deeply lists and objects in a body may be nested, at most 500 levels.
        indent: whether to write documents with line ends and two blanks, for people.
        max_operations: how many operations a JSON patch may have, at most 10000.
    """

    max_depth: Any = 64
    indent: Any = False
    max_operations: Any = 1000

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if type(self.max_depth) is not int or not 1 <= self.max_depth <= _DEEPEST:
            raise ValueError(f"max_depth is {self.max_depth!r}; it has to be a number from 1 to {_DEEPEST}")
        if not isinstance(self.indent, bool):
            raise ValueError(f"indent is {self.indent!r}; it has to be True or False")
        if type(self.max_operations) is not int or not 1 <= self.max_operations <= _MOST_OPERATIONS:
            raise ValueError(
                f"max_operations is {self.max_operations!r}; it has to be a number from 1 to {_MOST_OPERATIONS}"
            )


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer ``json`` and ``jsonl``."""
    return [JSONEmitter(indent=plugin_options("json", Options).indent), JSONLinesEmitter()]


@hookimpl
def piston_parsers() -> list[Parser]:
    """Offer ``json`` for bodies, and ``merge-patch`` and ``json-patch`` for changes."""
    options = plugin_options("json", Options)
    return [
        JSONParser(max_depth=options.max_depth),
        MergePatchParser(max_depth=options.max_depth),
        JSONPatchParser(max_depth=options.max_depth, max_operations=options.max_operations),
    ]
