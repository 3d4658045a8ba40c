"""What is kept of an answer, and the answer that is made of it again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from piston_core.idempotency.models import KeptAnswer

LARGEST = 1024 * 1024  # bytes of a body that is kept

# What belongs to one connection (RFC 9110, section 7.6.1), one moment or one browser, or is made anew.
_PASSING = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "proxy-connection",
        "ratelimit",
        "ratelimit-policy",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def columns_of(response: HttpResponseBase) -> dict[str, Any]:
    """Return what to store of an answer, which can still be sent.

    Of an answer with a body of more than ``LARGEST`` bytes these are its status and ``Location``.
    """
    body = _read(response) if isinstance(response, StreamingHttpResponse) else _whole(response)
    if body is None:
        headers = [(name, value) for name, value in response.headers.items() if name.lower() == "location"]
    else:
        headers = [(name, value) for name, value in response.headers.items() if name.lower() not in _PASSING]
    return {"status": response.status_code, "headers": headers, "body": body or b""}


def answer_of(row: KeptAnswer) -> HttpResponse:
    """Return a kept answer, which says that it is one: ``Idempotency-Replayed`` is a Boolean (RFC 9651, 3.3.6)."""
    body = bytes(row.body)
    response = HttpResponse(body, status=row.status)
    del response.headers["Content-Type"]  # Django's guess
    for name, value in row.headers:
        response.headers[name] = value
    if body:
        response.headers["Content-Length"] = str(len(body))
    response.headers["Idempotency-Replayed"] = "?1"
    return response


def _whole(response: HttpResponseBase) -> bytes | None:
    content = cast("HttpResponse", response).content
    return content if len(content) <= LARGEST else None


def _read(response: StreamingHttpResponse) -> bytes | None:
    """Return a stream's body, ``None`` if it is too large; what has been read of it goes out all the same."""
    pieces: list[bytes] = []
    if response.is_async:
        rest = cast("AsyncIterator[bytes]", response.streaming_content)
        async_to_sync(_take_async)(rest, pieces)
        response.streaming_content = _again_async(pieces, rest)
    else:
        others = cast("Iterator[bytes]", response.streaming_content)
        _take(others, pieces)
        response.streaming_content = _again(pieces, others)
    return b"".join(pieces) if _size(pieces) <= LARGEST else None


def _take(rest: Iterator[bytes], pieces: list[bytes]) -> None:
    """Move pieces from the rest of a stream, until there are none, or too many."""
    size = 0
    for piece in rest:
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            return


async def _take_async(rest: AsyncIterator[bytes], pieces: list[bytes]) -> None:
    size = 0
    async for piece in rest:
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            return


def _again(pieces: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from pieces
    yield from rest


async def _again_async(pieces: list[bytes], rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    async for piece in rest:
        yield piece


def _size(pieces: list[bytes]) -> int:
    return sum(map(len, pieces))
