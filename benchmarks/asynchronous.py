"""Reads an asynchronous answer piece by piece, on one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterator

from asgiref.sync import sync_to_async
from django.db import connections


def in_step(response: AsyncIterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces of an answer that only an event loop can read."""
    loop = asyncio.new_event_loop()
    try:
        pieces = aiter(response)
        while (piece := loop.run_until_complete(anext(pieces, None))) is not None:
            yield piece
    finally:
        loop.run_until_complete(sync_to_async(connections.close_all)())  # those of the thread that has read
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
