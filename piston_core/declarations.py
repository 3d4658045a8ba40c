"""What handlers and routes declare about the life of what they serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one state of a thing from another (RFC 9110, section 8.8).

    Attributes:
        version: a value that changes with every change of what is shown, such as a number or a moment;
            the entity tag is made of it. ``None`` if only the answer itself tells.
        modified: the moment of the last change, which HTTP tells in whole seconds; ``None`` if it is not known.
    """

    version: Any = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What becomes of a route: declared with it, told with each of its answers.

    Attributes:
        deprecated: since when, or from when on, it should no longer be used (RFC 9745).
        sunset: when it will probably cease to answer (RFC 8594), not before that.
        successor: the address of what takes its place (RFC 5829).
        policy: the address of a page that explains it to people.
    """

    deprecated: datetime | None = None
    sunset: datetime | None = None
    successor: str = ""
    policy: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a moment without a time zone, or an end before the deprecation.
        """
        for moment in (self.deprecated, self.sunset):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{moment!r} has no time zone; say datetime(..., tzinfo=UTC).")
        if self.deprecated and self.sunset and self.sunset < self.deprecated:
            raise ValueError("sunset is before deprecated, where it has to be after it (RFC 9745, section 4).")
