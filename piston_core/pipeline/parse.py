"""Fourth step: read the body of a POST, PUT, PATCH or QUERY within its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from piston_core.contracts import Aim, Parser
from piston_core.problems import MalformedBody, Problem

_PROBE = rb"\ud800+2AA-xn--"  # what Python's own codecs, which no client needs, make surrogates or an error of
_ACCEPTS = {"PATCH": "Accept-Patch", "QUERY": "Accept-Query"}
_LONGEST_NUMBER = 18  # digits, which is more bytes than there are


def parse(request: HttpRequest, parsers: Mapping[str, Parser], max_upload_size: int, aim: Aim | None = None) -> Any:
    """Return the data that a request brings whose method takes a body.

    Args:
        request: the request.
        parsers: the parsers by media type.
        max_upload_size: the largest body in bytes of a parser that reads the request itself;
            all others stay within Django's ``DATA_UPLOAD_MAX_MEMORY_SIZE``.
        aim: what is to be created or changed, ``None`` for a body that only asks.

    Raises:
        Problem: 411 for an upload without a length, 413 for too much, 415 for a type that no parser reads.
        MalformedBody: 400.
    """
    media_type = request.content_type or ""
    parser = parsers.get(media_type)
    length = _length(request)
    if length is None and not (parser and parser.reads_request):
        length = len(_read_to_the_end(request))
    if parser is None:
        if not length and request.method != "QUERY":  # of whatever type, which wsgiref makes text/plain
            return {}
        raise _unsupported(request, media_type, parsers)
    _forget_unusable_charset(request)
    data = _read_by(parser, request, length, max_upload_size)
    return data if aim is None else parser.values(data, aim)


def _read_by(parser: Parser, request: HttpRequest, length: int | None, max_upload_size: int) -> Any:
    if parser.reads_request:
        return _uploaded(parser, request, length, max_upload_size)
    body = request.body
    if len(body) < (length or 0):  # a server may take the end of the connection for the end of the body
        raise MalformedBody("The body broke off before its end.")
    return parser.parse(body, request)


def _uploaded(parser: Parser, request: HttpRequest, length: int | None, most: int) -> Any:
    if length is None:
        raise Problem(411, "Send an upload with a Content-Length.")
    if length > most:
        raise Problem(413, f"The body has {length} bytes; this server accepts {most}.")
    return parser.parse(b"", request)


def _read_to_the_end(request: HttpRequest) -> bytes:
    """Return a body that comes in chunks; nobody has said how long it is, so it is read no further than the limit.

    Raises:
        RequestDataTooBig: it goes on beyond.
        Problem: 411 from a server that does not say where such a body ends.
    """
    if hasattr(request, "_body"):  # middleware has asked for it
        return request.body
    stream = request if hasattr(request, "scope") else _terminated(request)
    most: int | None = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # None for no limit, which the stubs do not know
    body: bytes = stream.read() if most is None else stream.read(most + 1)
    if most is not None and len(body) > most:
        raise RequestDataTooBig
    request._body = body  # what request.body returns
    return body


def _terminated(request: HttpRequest) -> Any:
    """Return the stream of a WSGI server that ends it where the body ends; PEP 3333 itself promises that of none."""
    if not request.META.get("wsgi.input_terminated"):
        raise Problem(411, "Send the body with a Content-Length.")
    return request.META["wsgi.input"]


def _forget_unusable_charset(request: HttpRequest) -> None:
    """Forget a charset that is no text encoding, as Django forgets one that it does not know.

    Forms would be read in it, which fails, or makes text that cannot be written again.
    """
    try:
        _PROBE.decode(request.encoding or "utf-8", "replace").encode()
    except (LookupError, UnicodeError):
        request.encoding = None  # type: ignore[assignment]  # Django's own default; the stubs lack it


def _length(request: HttpRequest) -> int | None:
    """Return the body's length; ``None`` for one that is not known, which must not pass for an empty one."""
    given = request.META.get("CONTENT_LENGTH") or ""
    if not given and _may_have_any_length(request):
        return None
    if given and not (given.isascii() and given.isdigit() and len(given) <= _LONGEST_NUMBER):
        raise Problem(400, "Content-Length is not a number.")
    return int(given or 0)


def _may_have_any_length(request: HttpRequest) -> bool:
    """Return whether a body may come without ``Content-Length``: HTTP/2 need not announce it as HTTP/1.1 does."""
    scope: Mapping[str, Any] = getattr(request, "scope", {})
    version = scope.get("http_version") or request.META.get("SERVER_PROTOCOL", "HTTP/1.1").rpartition("/")[2]
    return "HTTP_TRANSFER_ENCODING" in request.META or not version.startswith(("0", "1"))


def _unsupported(request: HttpRequest, media_type: str, parsers: Mapping[str, Parser]) -> Problem:
    """Return the 415 problem; ``Accept`` says what would do (RFC 9110, section 12.5.1; RFC 5789, section 2.2).

    A query without a type is 400, since its type says what it means (RFC 10008, section 2).
    """
    types = ", ".join(parsers)
    given = f"The content type {media_type!r} is not read here" if media_type else "The body has no Content-Type"
    headers = {"Accept": types}
    if request.method in _ACCEPTS:
        headers[_ACCEPTS[request.method]] = types
    status = 400 if request.method == "QUERY" and not media_type else 415
    return Problem(status, f"{given}; accepted are: {types}.", headers=headers)
