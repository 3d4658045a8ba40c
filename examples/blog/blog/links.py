"""Where an answer of the blog leads to: from one thing to the list that it is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.urls import NoReverseMatch, reverse

from piston_core import Link, LinkBuilder, Subject


class CollectionLinkBuilder(LinkBuilder):
    """Leads from ``posts/hello/`` to ``posts/`` as its ``collection`` (RFC 6573)."""

    name = "collection"

    def links(self, subject: Subject) -> Iterator[Link]:
        """Yield the link of an answer about one object that is in a list."""
        match = subject.request.resolver_match
        if match is None or not match.view_name.endswith("-item"):
            return
        with suppress(NoReverseMatch):  # not everything is listed
            yield Link(reverse(f"{match.view_name.removesuffix('-item')}-list"), "collection")
