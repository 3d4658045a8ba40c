"""Where the API of a request has its own pages: its root, and what explains its problems."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

ROOT = "root"  # the names of the routes
PROBLEM = "problem"


def root_of(request: HttpRequest) -> str:
    """Return the address of the API's root, ``""`` if it has none or the resource belongs to no API."""
    return _address(request, ROOT, "")


def problems_of(request: HttpRequest) -> str:
    """Return what the addresses of the API's problems begin with, ``""`` if the resource belongs to no API."""
    return _address(request, PROBLEM, "name")


def _address(request: HttpRequest, name: str, argument: str) -> str:
    match = request.resolver_match
    if match is None or not match.namespace:
        return ""
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    return _reversed(urlconf, get_script_prefix(), f"{match.namespace}:{name}", argument)


@lru_cache(maxsize=64)
def _reversed(urlconf: Any, _prefix: str, name: str, argument: str) -> str:
    """Return a route's address up to its argument; to reverse a route takes time."""
    try:
        if not argument:
            return reverse(name, urlconf)
        return reverse(name, urlconf, kwargs={argument: "x"}).removesuffix("x")
    except NoReverseMatch:
        return ""
