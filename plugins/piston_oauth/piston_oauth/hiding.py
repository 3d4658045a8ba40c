"""Takes the protocol parameters out of a query or a form, once they have been verified.

Handlers, filters, links to other pages and the fingerprints of repeated requests shall see what a client means, not
how it has signed; ``?oauth_nonce=`` is no filter of a list.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, QueryDict


def hide(request: HttpRequest, place: str) -> None:
    """Leave in the query or the form of a request only what is not OAuth's."""
    if place == "query":
        _hide_in_query(request)
    elif place == "form":
        _hide_in_form(request)


def _hide_in_query(request: HttpRequest) -> None:
    request.META["QUERY_STRING"] = _without(request.META["QUERY_STRING"])
    request.GET = QueryDict(_bytes(request.META["QUERY_STRING"]), encoding=request.encoding)


def _hide_in_form(request: Any) -> None:
    """Replace what ``request.body`` and ``request.POST`` return; whoever reads next finds its length right."""
    request._body = _bytes(_without(request.body.decode("latin-1")))
    request.META["CONTENT_LENGTH"] = str(len(request._body))
    if hasattr(request, "_post"):  # middleware has asked for it
        request._post = QueryDict(request._body, encoding=request.encoding)


def _without(text: str) -> str:
    return "&".join(piece for piece in text.split("&") if not unquote_plus(piece).startswith("oauth_"))


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")
