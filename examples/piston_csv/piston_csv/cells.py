"""What emitter and parser agree on: how a text stands in a cell, and how a nested value's column is named."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What a spreadsheet may take for the beginning of a formula, full-width forms included, behind the apostrophes
# that stand there already: so that exactly one is added, and exactly one is taken away.
_FORMULA = re.compile(r"'*+(?:[\x00-\x1f]|\s*+[=+\-@\uff1d\uff0b\uff0d\uff20])")


def guarded(text: str) -> str:
    """Return a text as it stands in a cell: with an apostrophe before what a spreadsheet would compute (CWE-1236)."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that ``guarded`` has made a cell of."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def groups(columns: Iterable[str]) -> set[str]:
    """Return the names that stand for objects: of ``author.name`` it is ``author``."""
    return {column[:at] for column in columns for at, character in enumerate(column) if character == "."}
