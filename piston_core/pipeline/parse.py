"""Fourth step: read the body of a POST, PUT or PATCH within its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from piston_core.contracts import Parser
from piston_core.problems import MalformedBody, Problem

WITH_BODY = frozenset({"create", "update", "patch"})

_PROBE = rb"\ud800+2AA-xn--"  # what Python's own codecs, which no client needs, make surrogates or an error of
_LONGEST_NUMBER = 18  # digits, which is more bytes than there are


def parse(request: HttpRequest, action: str, parsers: Mapping[str, Parser], max_upload_size: int) -> Any:
    """Return the data that the request brings, ``None`` for a method that brings none.

    Args:
        request: the request.
        action: the handler's method.
        parsers: the parsers by media type.
        max_upload_size: the largest body in bytes of a parser that reads the request itself;
            all others stay within Django's ``DATA_UPLOAD_MAX_MEMORY_SIZE``.

    Raises:
        Problem: 411 without a length, 413 for too much, 415 for a type that no parser reads.
        MalformedBody: 400.
    """
    if action not in WITH_BODY:
        return None
    length = _length(request)
    media_type = request.content_type or ""
    parser = parsers.get(media_type)
    if parser is None:
        if not length:  # of whatever type, which wsgiref makes text/plain where there is none
            return {}
        raise _unsupported(request, media_type, parsers)
    _forget_unusable_charset(request)
    if parser.reads_request:
        if length > max_upload_size:
            raise Problem(413, f"The body has {length} bytes; this server accepts {max_upload_size}.")
        return parser.parse(b"", request)
    body = request.body
    if len(body) < length:  # a server may take the end of the connection for the end of the body
        raise MalformedBody("The body broke off before its end.")
    return parser.parse(body, request)


def _forget_unusable_charset(request: HttpRequest) -> None:
    """Forget a charset that is no text encoding, as Django forgets one that it does not know.

    Forms would be read in it, which fails, or makes text that cannot be written again.
    """
    try:
        _PROBE.decode(request.encoding or "utf-8", "replace").encode()
    except (LookupError, UnicodeError):
        request.encoding = None  # type: ignore[assignment]  # Django's own default; the stubs lack it


def _length(request: HttpRequest) -> int:
    """Return the body's length; a body whose length is not known must not pass for an empty one."""
    given = request.META.get("CONTENT_LENGTH") or ""
    if not given and _may_have_any_length(request):
        raise Problem(411, "Send the body with a Content-Length.")
    if given and not (given.isascii() and given.isdigit() and len(given) <= _LONGEST_NUMBER):
        raise Problem(400, "Content-Length is not a number.")
    return int(given or 0)


def _may_have_any_length(request: HttpRequest) -> bool:
    """Return whether a body may come without ``Content-Length``: HTTP/2 need not announce it as HTTP/1.1 does."""
    scope: Mapping[str, Any] = getattr(request, "scope", {})
    version = scope.get("http_version") or request.META.get("SERVER_PROTOCOL", "HTTP/1.1").rpartition("/")[2]
    return "HTTP_TRANSFER_ENCODING" in request.META or not version.startswith(("0", "1"))


def _unsupported(request: HttpRequest, media_type: str, parsers: Mapping[str, Parser]) -> Problem:
    """Return the 415 problem; ``Accept`` says what would do (RFC 9110, section 12.5.1; RFC 5789, section 2.2)."""
    types = ", ".join(parsers)
    given = f"The content type {media_type!r} is not read here" if media_type else "The body has no Content-Type"
    headers = {"Accept": types} | ({"Accept-Patch": types} if request.method == "PATCH" else {})
    return Problem(415, f"{given}; accepted are: {types}.", headers=headers)
