"""Compare the URI that a client has hashed with the one that it asks for (RFC 7616, section 3.4.6)."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

_ABSOLUTE = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE)
_PORTS = {"http": ":80", "https": ":443"}


def is_asked_for(uri: str, request: HttpRequest) -> bool:
    """Return whether a URI is that of a request: its path and its query, and this host where it names one.

    The server hands over the path decoded, so both are compared decoded; the query is compared as it is.

    Args:
        uri: the URI in octets, read as Latin-1, as those of a header field are.
        request: the request.
    """
    absolute = _ABSOLUTE.fullmatch(uri)
    if absolute:
        if not _is_here(absolute[1].lower(), absolute[2].lower(), request):
            return False
        uri = absolute[3] if absolute[3].startswith("/") else f"/{absolute[3]}"
    path, _, query = uri.partition("?")
    return _decoded(path) == request.path and query.encode("latin-1") == _query(request)


def _is_here(scheme: str, host: str, request: HttpRequest) -> bool:
    try:
        ours = request.get_host().lower()
    except DisallowedHost:
        return False
    port = _PORTS[scheme]
    return host.removesuffix(port) == ours.removesuffix(port)


def _decoded(path: str) -> str | None:
    try:
        return unquote_to_bytes(path.encode("latin-1")).decode()
    except UnicodeDecodeError:
        return None


def _query(request: HttpRequest) -> bytes:
    """Return the octets of the query, which WSGI reads as Latin-1 and Django's ASGI handler as UTF-8."""
    query: str = request.META.get("QUERY_STRING", "")
    return query.encode() if hasattr(request, "scope") else query.encode("latin-1")
