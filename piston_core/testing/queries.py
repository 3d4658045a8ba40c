"""Hold code to a number of queries; it says which they were, and never checks the clock."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import iscoroutinefunction
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from asgiref.sync import sync_to_async

from piston_core.queries import Query, Recorder, TooManyQueries, counted, told

Test = TypeVar("Test", bound=Callable[..., Any])


def assert_max_queries(n: int, using: str | Sequence[str] | None = None) -> QueryLimit:
    """Fail if a block, or a function that it decorates, runs more than ``n`` queries.

    What only opens or ends a transaction does not count, so that a test counts what a server
    would. Code that awaits enters it with ``async with``.

    Example::

        with assert_max_queries(3):
            client.get("/api/books/")

    Args:
        n: how many are allowed.
        using: the aliases of the databases to look at, by default all of them.

    Raises:
        TooManyQueries: there were more; it is an ``AssertionError`` that lists them, those that
            are the same but for their values together.
    """
    return QueryLimit(n, [using] if isinstance(using, str) else using)


class QueryLimit(Recorder):
    """What ``assert_max_queries`` returns; its ``queries`` are those that have been run.

    Args:
        limit: how many are allowed.
        using: the aliases of the databases, ``None`` for all.
    """

    def __init__(self, limit: int, using: Sequence[str] | None = None) -> None:
        super().__init__(using)
        self.limit = limit

    def __enter__(self) -> Self:
        _refuse_event_loop()
        self.queries.clear()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if kind is None and len(self.queries) > self.limit:
            raise TooManyQueries(_message(self.queries, self.limit), self.queries)

    async def __aenter__(self) -> Self:
        return await sync_to_async(self.__enter__)()  # in the thread that runs Django's queries

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: Test) -> Test:
        """Return a function that is held to the limit anew each time."""

        @wraps(function)
        def held(*args: Any, **kwargs: Any) -> Any:
            with QueryLimit(self.limit, self.using):
                return function(*args, **kwargs)

        @wraps(function)
        async def held_while_awaited(*args: Any, **kwargs: Any) -> Any:
            async with QueryLimit(self.limit, self.using):
                return await function(*args, **kwargs)

        return cast("Test", held_while_awaited if iscoroutinefunction(function) else held)


def _message(queries: Sequence[Query], limit: int) -> str:
    """Say what was too much."""
    return f"{counted(len(queries))}, where at most {limit} may be run:\n{told(queries)}"


def _refuse_event_loop() -> None:
    """Raise an error where no query of Django's could be seen: its connections are those of another thread.

    Raises:
        RuntimeError: an event loop runs here, and Django has not been told that this is fine.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    if not os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
        raise RuntimeError("Queries that are awaited run in another thread: use `async with assert_max_queries(...)`.")
