"""Where an answer of the blog leads to: from one thing to the list that it is in."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from piston_core import Link, LinkBuilder, Subject


class CollectionLinkBuilder(LinkBuilder):
    """Leads from ``posts/hello/`` to ``posts/`` as its ``collection`` (RFC 6573)."""

    name = "collection"

    def links(self, subject: Subject) -> Iterator[Link]:
        """Yield the link of an answer about one object; a list is in nothing else."""
        match = subject.request.resolver_match
        if match is not None and match.view_name.endswith("-item"):
            yield Link(reverse(f"{match.view_name.removesuffix('-item')}-list"), "collection")
