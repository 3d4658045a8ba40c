"""A step after the document is made: ask the link builders where the answer leads to."""

from __future__ import annotations

from collections.abc import Sequence

from piston_core.contracts import Link, LinkBuilder, Subject


def link(subject: Subject, builders: Sequence[LinkBuilder]) -> tuple[Link, ...]:
    """Return the links of an answer, in the order of the builders."""
    return tuple(each for builder in builders for each in builder.links(subject))
