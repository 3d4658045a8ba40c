"""Last step: put status, header fields and body into Django's response."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator, Mapping

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.cache import patch_vary_headers

from piston_core.contracts import Emitter
from piston_core.problems import Problem, phrase

_KEPT = ("Cache-Control", "Content-Location", "ETag", "Expires", "Last-Modified", "Vary")


def respond(
    request: HttpRequest,
    status: int,
    body: bytes | Iterator[bytes],
    content_type: str,
    headers: Mapping[str, str],
) -> HttpResponseBase:
    """Return the response; a stream is not even begun for HEAD."""
    if isinstance(body, bytes):
        return _whole(status, body, content_type, headers)
    return _streaming(request, status, body, content_type, headers)


def _whole(status: int, body: bytes, content_type: str, headers: Mapping[str, str]) -> HttpResponse:
    unusual = None if status == 200 else status  # the constructor checks what it is given
    response = HttpResponse(body, status=unusual, content_type=content_type, headers=headers)
    response.headers["Content-Length"] = str(len(body))
    return response


def without_body(response: HttpResponseBase) -> None:
    """Leave away the body of an answer to HEAD, which has the same header fields as GET (RFC 9110, section 9.3.2)."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = _nothing() if response.is_async else iter(())
    elif isinstance(response, HttpResponse) and response.content:
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""


def rendered(response: HttpResponseBase) -> HttpResponseBase:
    """Return a response that a handler or a plugin has made, with its body.

    Django renders templates when the view is over: after a transaction that could still undo what was done, and
    after all that depends on the body.
    """
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


async def _nothing() -> AsyncIterator[bytes]:
    nothing: tuple[bytes, ...] = ()
    for piece in nothing:
        yield piece


class Bodiless(HttpResponse):
    """An answer that has no body by its status, and so neither a type nor a length (RFC 9110, 8.6 and 15.4.5).

    Args:
        status: 204 or 304.
        headers: its header fields.
    """

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(b"", status=status, headers=headers)
        del self.headers["Content-Type"]

    def has_header(self, header: str) -> bool:
        """Return whether a field is set; of the length so that ``CommonMiddleware`` does not set that of nothing."""
        return header.lower() == "content-length" or super().has_header(header)

    __contains__ = has_header


def not_modified(fields: Mapping[str, str]) -> HttpResponse:
    """Return 304: the client has what it would be sent.

    Args:
        fields: those that the good answer would have had, of which the right ones are sent.
    """
    return Bodiless(304, {name: fields[name] for name in _KEPT if name in fields})


def empty(status: int, headers: Mapping[str, str]) -> HttpResponse:
    """Return a response without a body, and so without a ``Content-Type``."""
    if status == 204:
        return Bodiless(status, headers)
    response = HttpResponse(b"", status=status, headers=headers)
    del response.headers["Content-Type"]
    return response


def refused(problem: Problem, emitter: Emitter | None, body: bytes) -> HttpResponse:
    """Return the response for a problem, written by an emitter or by the core as plain text."""
    content_type = emitter.problem_type if emitter else "text/plain; charset=utf-8"
    response = _whole(problem.status, body, content_type, problem.headers)
    response.reason_phrase = phrase(problem.status)  # Python's own are of an older RFC
    return response


def vary(response: HttpResponseBase, names: str) -> None:
    """Say what the choice of this answer depended on (RFC 9110, section 12.5.5)."""
    if not names:
        return
    if "Vary" in response.headers:
        patch_vary_headers(response, names.split(", "))
    else:
        response.headers["Vary"] = names


def _streaming(
    request: HttpRequest, status: int, body: Iterator[bytes], content_type: str, headers: Mapping[str, str]
) -> StreamingHttpResponse:
    body = iter(()) if request.method == "HEAD" else body
    # Under ASGI, Django would read a synchronous iterator whole before it sends anything.
    pieces = _OffTheLoop(body) if isinstance(request, ASGIRequest) else body
    return StreamingHttpResponse(pieces, status=status, content_type=content_type, headers=headers)


class _OffTheLoop:
    """Pieces that are made in the thread of the request, which is where the database's connection belongs.

    Django closes them in that thread, too, also where the client has gone away before the end.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        step = sync_to_async(lambda: next(self.pieces, None))
        try:
            while (piece := await step()) is not None:
                yield piece
        finally:  # a request that is cancelled has no response to close
            await sync_to_async(self.close)()

    def close(self) -> None:
        """End the reading."""
        if isinstance(self.pieces, Generator):
            self.pieces.close()
