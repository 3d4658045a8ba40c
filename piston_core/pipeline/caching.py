"""Last words of an answer: who may keep it (RFC 9111), and what becomes of its address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from piston_core.declarations import Lifecycle
from piston_core.headers import link_field
from piston_core.linking import Link

DECLARED = "piston.cache_control"  # where the request's META holds what the handler declares
_SHARED = ("public", "s-maxage", "private")  # directives that are about caches which serve several people


def keep(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say who may keep an answer, where nobody has said so yet.

    What is refused and what a write answers is not to be kept at all. What a known client reads is that client's
    alone; a shared cache must not serve it to another.

    Args:
        request: the request, with what its handler declares for good answers to reads.
        response: its answer.
    """
    if "Cache-Control" in response.headers:
        return
    declared: str = request.META.get(DECLARED, "no-store")  # before there is a handler, all is refused
    if response.status_code >= 400 or request.method not in ("GET", "HEAD", "QUERY"):
        declared = "no-store"
    elif getattr(request, "identity", None) is not None:
        declared = _private(declared)
    response.headers["Cache-Control"] = declared


@cache
def _private(declared: str) -> str:
    """Return what is declared for everybody as it is for one person."""
    directives = [each.strip() for each in declared.split(",")]
    return ", ".join(("private", *(each for each in directives if each.partition("=")[0].lower() not in _SHARED)))


def announcements(lifecycle: Lifecycle) -> Mapping[str, str]:
    """Return the header fields that say what becomes of a route (RFC 9745, RFC 8594, RFC 5829)."""
    links = [Link(lifecycle.successor, "successor-version")] if lifecycle.successor else []
    links += [Link(lifecycle.policy, relation, {"type": "text/html"}) for relation in _policies(lifecycle)]
    told = {
        "Deprecation": f"@{int(lifecycle.deprecated.timestamp())}" if lifecycle.deprecated else "",
        "Sunset": http_date(lifecycle.sunset.timestamp()) if lifecycle.sunset else "",
        "Link": link_field(links),
    }
    return {name: value for name, value in told.items() if value}


def _policies(lifecycle: Lifecycle) -> list[str]:
    if not lifecycle.policy:
        return []
    told = {"deprecation": lifecycle.deprecated, "sunset": lifecycle.sunset}
    return [relation for relation, moment in told.items() if moment]


def announce(response: HttpResponseBase, told: Mapping[str, str]) -> None:
    """Add a route's announcements to an answer, to its own links as well."""
    for name, value in told.items():
        joined = f"{response.headers[name]}, {value}" if name in response.headers else value
        response.headers[name] = joined
