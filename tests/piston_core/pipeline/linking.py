"""A plugin with two link builders, for the tests of the step that asks them."""

from __future__ import annotations

from collections.abc import Iterator

from piston_core import Link, LinkBuilder, Problem, Subject, hookimpl


class Fixed(LinkBuilder):
    """Leads wherever the handler says in ``goes_to``."""

    name = "fixed"

    def links(self, subject: Subject) -> Iterator[Link]:
        yield from getattr(subject.handler, "goes_to", ())


class Telling(LinkBuilder):
    """Names the request's path and the result's type, or fails where the handler wants that."""

    name = "telling"

    def links(self, subject: Subject) -> Iterator[Link]:
        if getattr(subject.handler, "fails", False):
            raise Problem(409, "This leads nowhere.")
        if getattr(subject.handler, "tells", False):
            yield Link(subject.request.path, "self", {"title": type(subject.result).__name__})


@hookimpl
def piston_link_builders():
    return [Fixed(), Telling()]
