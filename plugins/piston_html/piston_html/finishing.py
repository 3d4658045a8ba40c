"""Finishes a page when its answer is ready: fills in what is known only then, and says what the page may do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import HttpHeaders
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch
from django.utils.html import format_html

from piston_core import Resource, quoted
from piston_html.assets import TOKEN, TOP, begin, policy
from piston_html.emitter import STREAMS
from piston_html.texts import possible
from piston_html.top import top


def finish(request: HttpRequest, resource: Resource, response: HttpResponseBase) -> None:
    """Finish an answer, if it is a page of ours."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    if isinstance(response, StreamingHttpResponse):
        if request.META.pop(STREAMS, False):
            _tell(request, resource, response)
            _fill_stream(response, _filling(request, resource, response))
    elif isinstance(response, HttpResponse) and response.content.startswith(begin()):
        _tell(request, resource, response)
        response.content = _filling(request, resource, response)(response.content)
        response.headers["Content-Length"] = str(len(response.content))


def _tell(request: HttpRequest, resource: Resource, response: HttpResponseBase) -> None:
    """Set the header fields of a page, which holds header fields and a token and so is for one reader."""
    response.headers["Content-Security-Policy"] = policy()
    response.headers["Cache-Control"] = "no-store"
    login = login_address(request, resource)
    if response.status_code == 401 and login and "Authorization" not in request.headers:
        # A browser would ask for a password in a window of its own, and not show the page that leads to the login.
        # So it gets a scheme that it does not know, as RFC 9110, section 15.5.2, wants one.
        response.headers["WWW-Authenticate"] = f"Cookie form-action={quoted(login)}"


def _filling(request: HttpRequest, resource: Resource, response: HttpResponseBase) -> Callable[[bytes], bytes]:
    """Return what fills in the places that a page has left; data cannot have such places, since it is escaped."""
    token = get_token(request) if _has_cookie(resource) and _is_known(request) else ""
    header = HttpHeaders.parse_header_name(settings.CSRF_HEADER_NAME) or ""
    login = "" if _is_known(request) else login_address(request, resource)
    above = possible(top(request, resource, response, login, {header: token} if token else {})).encode()
    field = (
        format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token).encode() if token else b""
    )
    return lambda piece: piece.replace(TOP, above, 1).replace(TOKEN, field)


def _is_known(request: HttpRequest) -> bool:
    return getattr(request, "identity", None) is not None


def _has_cookie(resource: Resource) -> bool:
    """Return whether somebody may be known to a resource by a cookie, as a browser sends it."""
    return any("Cookie" in each.reads for each in resource.bound().authenticators)


def login_address(request: HttpRequest, resource: Resource) -> str:
    """Return where to log in for a resource that knows people by their sessions, ``""`` if there is no such page."""
    if not _has_cookie(resource):
        return ""
    try:
        address = resolve_url(settings.LOGIN_URL)
    except NoReverseMatch:
        return ""
    back = request.get_full_path() if request.method == "GET" else request.path
    return f"{address}{'&' if '?' in address else '?'}{urlencode({REDIRECT_FIELD_NAME: back})}"


def _fill_stream(response: StreamingHttpResponse, fill: Callable[[bytes], bytes]) -> None:
    pieces = response.streaming_content
    if isinstance(pieces, AsyncIterator):
        response.streaming_content = _filled(pieces, fill)
    else:
        response.streaming_content = map(fill, pieces)


async def _filled(pieces: AsyncIterator[bytes], fill: Callable[[bytes], bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield fill(piece)
