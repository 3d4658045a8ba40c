"""A step after the document is made: ask the link builders where the answer leads to."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from piston_core.contracts import Emitter
from piston_core.linking import Link, LinkBuilder, Subject

EVERY = "*/*"


class Linking(NamedTuple):
    """Who links the answers of a format.

    Attributes:
        builders: the link builders that say where whole answers lead to, in their order.
        arranger: the one of them that puts rows in order, if there is any.
    """

    builders: tuple[LinkBuilder, ...] = ()
    arranger: LinkBuilder | None = None

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self.builders)


def linking_for(emitter: Emitter, builders: Collection[LinkBuilder]) -> Linking:
    """Return who links the answers that an emitter writes: the first builder that names one of its media types."""
    own = (each for each in builders if not {*emitter.media_types}.isdisjoint(each.media_types))
    general = (each for each in builders if EVERY in each.media_types)
    telling = tuple(each for each in builders if type(each).links is not LinkBuilder.links)
    return Linking(telling, next(own, next(general, None)))


def link(subject: Subject, linking: Linking) -> tuple[Link, ...]:
    """Return the links of an answer, in the order of the builders."""
    return tuple(each for builder in linking.builders for each in builder.links(subject))
