"""Read JSON Pointers (RFC 6901), which say where in a document something is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST = 4096  # characters
_SHOWN = 80  # characters of a pointer in a sentence
_WRONG_ESCAPE = re.compile("~(?![01])")
_INDEX = re.compile("0|[1-9][0-9]*")
_MOST_DIGITS = 18  # no list has more items


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place in a document.

    Attributes:
        text: how it is written.
        steps: the names and indices on the way. The first is always empty, as the text before the
            first slash is, and leads to the whole document.
    """

    text: str
    steps: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Pointer:
        """Return what a pointer's text says.

        Raises:
            ValueError: it is no pointer; the message begins with a verb.
        """
        if len(text) > _LONGEST:
            raise ValueError(f"has {len(text)} characters, and {_LONGEST} are read at most")
        if text and not text.startswith("/"):
            raise ValueError(f"is {text[:40]!r}, which does not begin with '/'")
        if _WRONG_ESCAPE.search(text):
            raise ValueError(f"is {text[:40]!r}, where a '~' is followed by neither '0' nor '1'")
        # '~01' stands for '~1', so this order (RFC 6901, section 4)
        return cls(text, tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")))

    def __str__(self) -> str:
        return repr(self.text if len(self.text) <= _SHOWN else f"{self.text[:_SHOWN]}…")

    @property
    def whole(self) -> bool:
        """Whether it leads to the whole document."""
        return len(self.steps) == 1

    def holds(self, other: Pointer) -> bool:
        """Return whether another pointer leads to something inside of what this one leads to."""
        return len(other.steps) > len(self.steps) and other.steps[: len(self.steps)] == self.steps


def index_of(step: str) -> int | None:
    """Return the index that a step writes, ``None`` if it writes none: leading zeros and signs are not for indices."""
    if not _INDEX.fullmatch(step):
        return None
    return int(step[:_MOST_DIGITS])  # of more digits, the first ones are beyond every list as well
