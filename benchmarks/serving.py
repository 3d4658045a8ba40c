"""Requests as a WSGI server makes them: Django's handler without middleware, a contestant's urlconf in each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contestant has answered."""

    status: int
    content_type: str
    body: bytes


def setup() -> None:
    """Make Django ready with the benchmarks' settings."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()


def application(urlconf: str) -> WSGIHandler:
    """Return a WSGI application that serves a contestant as if it were alone in its project."""
    handler = WSGIHandler()
    handler.request_class = type("Request", (WSGIRequest,), {"urlconf": urlconf})
    return handler


def serving(urlconf: str, urlpatterns: Sequence[Any]) -> WSGIHandler:
    """Return a WSGI application that serves these patterns, by a name for their URL configuration."""
    sys.modules[urlconf] = SimpleNamespace(urlpatterns=urlpatterns)  # type: ignore[assignment]  # Django reads no more of it
    return application(urlconf)


def timed(serve: WSGIHandler, request: Callable[[], dict[str, Any]], repeat: int, clock: Callable[[], float]) -> float:
    """Return the seconds that one request takes, on average of several.

    Args:
        serve: serves it.
        request: makes it.
        repeat: how many there are.
        clock: tells the seconds.
    """
    requests = [request() for _ in range(repeat)]
    start = clock()
    for each in requests:
        send(serve, each)
    return (clock() - start) / repeat


def environ(path: str, method: str = "GET", body: bytes = b"", accept: str = "*/*") -> dict[str, Any]:
    """Return what a WSGI server hands over for a request."""
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json" if body else "",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_ACCEPT": accept,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def send(serve: WSGIHandler, request: dict[str, Any]) -> bytes:
    """Return the body of the answer to a request, as a server does that has read all of it."""
    response: Any = serve(request, start_response)
    body = b"".join(response)
    response.close()
    return body


def ask(serve: WSGIHandler, request: dict[str, Any]) -> Answer:
    """Return the whole answer to a request."""
    response: Any = serve(request, start_response)
    body = b"".join(pieces(response))
    response.close()
    return Answer(response.status_code, response.headers.get("Content-Type", ""), body)


def pieces(response: Any) -> Any:
    """Return the pieces of a body; one that only ASGI may send is read on an event loop, as an ASGI server would."""
    if getattr(response, "is_async", False):
        from benchmarks.asynchronous import in_step

        return in_step(response)
    return response


def start_response(*_: Any) -> Any:
    """Take status and header fields as a server does, and do nothing with them."""
