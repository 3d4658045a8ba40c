"""Leads from the root of an API to its description and its documentation (RFC 8631)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.urls import NoReverseMatch, reverse

from piston_core import Link, LinkBuilder, Subject

_ROOT = "root"  # what the core calls the route of an API's root


class DocumentLinkBuilder(LinkBuilder):
    """Adds ``service-desc`` and ``service-doc`` to the root of an API, if ``piston_openapi.urls`` is included."""

    name = "openapi"

    def links(self, subject: Subject) -> Iterator[Link]:
        """Yield the links."""
        match = subject.request.resolver_match
        if match is None or match.url_name != _ROOT or not match.namespace:
            return
        with suppress(NoReverseMatch):  # not every project serves it
            yield Link(reverse("piston_openapi:document"), "service-desc", {"type": "application/json"})
            yield Link(reverse("piston_openapi:page"), "service-doc", {"type": "text/html"})
