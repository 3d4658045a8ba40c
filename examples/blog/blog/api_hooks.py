"""The blog's own Piston plugin: a module of the project, enabled by its dotted name in the settings.

It keeps a journal of what is written, says how long a request took, turns an exception
of the blog's own into an answer, and tells the readers of the API's description whom to ask.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from time import perf_counter
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from piston_core import BaseHandler, Problem, hookimpl

logger = logging.getLogger("blog.journal")


class Moderated(Exception):
    """A comment holds a word that the editors do not want."""


@hookimpl
def piston_request_received(request: HttpRequest) -> None:
    """Start the clock."""
    request.META["blog.started"] = perf_counter()


@hookimpl(wrapper=True)
def piston_call_handler(request: HttpRequest, handler: BaseHandler, method: str) -> Generator[None, Any, Any]:
    """Write down who has written what; a write that fails raises here and is not written down."""
    result = yield
    if method != "read":
        logger.info("%s: %s by %s", type(handler).__name__, method, request.user)
    return result


@hookimpl
def piston_handle_exception(exception: Exception) -> Problem | None:
    """Answer 422 for a comment that the moderation refuses."""
    if isinstance(exception, Moderated):
        return Problem(422, "The editors do not want this word in a comment.", title="Moderated")
    return None


@hookimpl
def piston_response_ready(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say how long it took (W3C Server Timing)."""
    milliseconds = (perf_counter() - request.META.get("blog.started", perf_counter())) * 1000
    response.headers["Server-Timing"] = f"piston;dur={milliseconds:.1f}"


@hookimpl
def piston_openapi(document: dict[str, Any]) -> None:
    """Say whom to ask about the API."""
    document["info"]["contact"] = {"name": "The editors of the blog", "email": "editors@example.org"}
