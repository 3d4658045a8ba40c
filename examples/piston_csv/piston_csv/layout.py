"""What a handler may declare about its documents in CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class CSVLayout:
    """How a handler's documents look: ``layouts = {"csv": CSVLayout(columns=("title", "author.name"))}``.

    Attributes:
        columns: the names of the columns, in their order; without, those that the rows have.
        delimiter: what stands between two cells: a comma, or ``;``, a tab or ``|`` for
            spreadsheets that expect it.

    Raises:
        ValueError: one of them cannot be meant.
    """

    columns: Sequence[str] = ()
    delimiter: str = ","

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if isinstance(self.columns, str) or len(set(self.columns)) < len(self.columns):
            raise ValueError(f'columns is {self.columns!r}; it has to be a tuple of different names, such as ("id",)')
        if self.delimiter not in _DELIMITERS:
            raise ValueError(f"delimiter is {self.delimiter!r}; it has to be one of {_DELIMITERS}")
