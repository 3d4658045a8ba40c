"""Where routes lead: an API's own pages, and the text around the arguments of a route, each reversed only once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_resolver, get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language

ROOT = "root"  # the names of the routes
PROBLEM = "problem"

_SAMPLE = "a-sample-of-piston-907856341290785634"  # what no URL holds by chance


def root_of(request: HttpRequest) -> str:
    """Return the address of the API's root, ``""`` if it has none or the resource belongs to no API."""
    return _page(request, ROOT, ())


def problems_of(request: HttpRequest) -> str:
    """Return what the addresses of the API's problems begin with, ``""`` if the resource belongs to no API."""
    return _page(request, PROBLEM, (("name", _SAMPLE),))


def _page(request: HttpRequest, name: str, samples: tuple[tuple[str, Any], ...]) -> str:
    match = request.resolver_match
    if match is None or not match.namespace:
        return ""
    found = around(f"{match.namespace}:{name}", samples)
    return "" if found is None else found[0]


def around(name: str, samples: tuple[tuple[str, Any], ...]) -> tuple[str, ...] | None:
    """Return the text before, between and behind the arguments of a route, ``None`` where that cannot be told.

    To reverse a route takes longer than to read a row, so it is done once for each URL configuration, prefix and
    language.

    Args:
        name: the route's name with its namespace.
        samples: its arguments in their order, each with a value that no URL holds by chance.
    """
    language = get_language() if settings.USE_I18N else None
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    # The resolver stands for its configuration: Django makes a new one where that has changed.
    return _around(get_resolver(urlconf), get_script_prefix(), language, urlconf, name, samples)


@lru_cache(maxsize=512)
def _around(
    _resolver: Any,
    _prefix: str,
    _language: str | None,
    urlconf: Any,
    name: str,
    samples: tuple[tuple[str, Any], ...],
) -> tuple[str, ...] | None:
    try:
        rest = reverse(name, urlconf, kwargs=dict(samples))
    except NoReverseMatch:
        return None
    pieces = []
    for _, sample in samples:
        piece, found, rest = rest.partition(str(sample))
        if not found:
            return None
        pieces.append(piece)
    return (*pieces, rest)
