"""CSV for Piston: tables out, neutral to spreadsheets, and tables in.

The entry point ``csv`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piston_core import Emitter, Parser, hookimpl, plugin_options
from piston_csv.emitter import CSVEmitter
from piston_csv.layout import CSVLayout
from piston_csv.parser import CSVParser

__version__ = "0.1.0"

__all__ = ["CSVEmitter", "CSVLayout", "CSVParser", "Options", "piston_emitters", "piston_parsers"]


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["csv"]``.

    Attributes:
        max_cells: how many cells a table in a body may have.
    """

    max_cells: Any = 100_000

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if type(self.max_cells) is not int or self.max_cells < 1:
            raise ValueError(f"max_cells is {self.max_cells!r}; it has to be a number from 1")


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer ``csv``."""
    return [CSVEmitter()]


@hookimpl
def piston_parsers() -> list[Parser]:
    """Offer ``csv``."""
    return [CSVParser(max_cells=plugin_options("csv", Options).max_cells)]
