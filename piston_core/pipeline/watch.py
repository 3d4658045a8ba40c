"""A step around the act: what it costs is counted, held to the handler's limit, and told to staff who ask for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import mail
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from piston_core.access import Identity
from piston_core.exchange import Exchange
from piston_core.handler import BaseHandler
from piston_core.plans.compiler import Compiler
from piston_core.plans.explanation import Explanation
from piston_core.queries import Recorder, TooManyQueries, counted, told
from piston_core.replies import Reply

logger = logging.getLogger("piston.queries")

# The watches of the request at work, and of the requests around it: several share a thread on an event loop.
_AT_WORK: ContextVar[tuple[Watch, ...]] = ContextVar("piston_watches", default=())

Answer = Callable[[Any], HttpResponseBase]

_PRIVATE = {"Cache-Control": "no-store"}


class Watch(Recorder):
    """Records the queries of one request from its method to its finished document, on all databases.

    Of a stream that is the first piece. The queries of threads that a handler starts by itself
    are not seen, unless it does so through ``sync_to_async``.

    Args:
        handler: the handler that answers.
        explanation: says how the answer is made, if somebody asks who may know it.
    """

    def __init__(self, handler: BaseHandler, explanation: Explanation | None) -> None:
        super().__init__()
        self.handler = handler
        self.explanation = explanation
        self.seconds = 0.0

    def over(self, method: Callable[[], Any], answer: Answer) -> HttpResponseBase:
        """Return the answer to what a method returns, as ``answered`` does; both are watched."""
        with self:
            result = method()
        return self.answered(result, answer)

    def answered(self, result: Any, answer: Answer) -> HttpResponseBase:
        """Return the answer to a method's result, or if that was asked for, the explanation of a good one.

        Args:
            result: what the method has returned.
            answer: makes the response.

        Raises:
            TooManyQueries: see ``judge``.
        """
        if self.explanation is None:
            with self:
                response = answer(result)
            judge(self, self.handler)
            return response
        self.explanation.look(result)  # now, since a queryset is changed by being read
        with self:
            response = answer(result)
        explained = Reply(200, self.explanation.data(self.queries, self.seconds), headers=_PRIVATE)
        return response if response.status_code >= 400 else answer(explained)

    def __enter__(self) -> Self:
        self._begin()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._end()

    async def __aenter__(self) -> Self:
        self._begin()
        return await sync_to_async(super().__enter__)()  # connections belong to the thread that runs the queries

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._end()

    def _begin(self) -> None:
        _AT_WORK.set((*_AT_WORK.get(), self))
        self._started = perf_counter()

    def _end(self) -> None:
        self.seconds += perf_counter() - self._started
        _AT_WORK.set(tuple(each for each in _AT_WORK.get() if each is not self))

    def record(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Run a query for Django, and write it down if it belongs to the watched request."""
        if self in _AT_WORK.get():
            return super().record(execute, sql, params, many, context)
        return execute(sql, params, many, context)


def watch_for(request: HttpRequest, exchange: Exchange, compiler: Compiler) -> Watch | None:
    """Return what watches a request, ``None`` for one that nobody wants to know of."""
    handler = exchange.handler
    if explains(request, exchange.action):
        return Watch(handler, Explanation(handler, exchange.values(request, compiler)))
    return None if handler.max_queries is None else Watch(handler, None)


def explains(request: HttpRequest, action: str) -> bool:
    """Return whether somebody asks how a read is made who may know it: an active member of the staff.

    Whom only a session knows, and no authenticator, is nobody (see ``authenticate``). The query is
    not even read for others.
    """
    if action != "read" or "explain" not in request.META.get("QUERY_STRING", ""):
        return False
    identity: Identity | None = getattr(request, "identity", None)
    user = identity.user if identity is not None else None
    return _is(user, "is_staff") and _is(user, "is_active") and "explain" in request.GET


def _is(user: Any, name: str) -> bool:
    return getattr(user, name, False) is True


def judge(watch: Watch, handler: BaseHandler) -> None:
    """Compare what was run with what the handler allows: too much is a defect where developers see it, else a warning.

    Raises:
        TooManyQueries: there were too many, and tests run, or ``DEBUG`` is set.
    """
    limit = handler.max_queries
    if limit is None or len(watch.queries) <= limit:
        return
    kind = type(handler)
    message = (
        f"{kind.__module__}.{kind.__qualname__} has run {counted(len(watch.queries))} for one request, "
        f"and its max_queries is {limit}:\n{told(watch.queries)}"
    )
    if settings.DEBUG or tests_run():
        raise TooManyQueries(message, watch.queries)
    logger.warning(message)


def tests_run() -> bool:
    """Return whether this process runs Django's tests.

    ``setup_test_environment``, which every Django test runner calls, makes ``django.core.mail.outbox``
    and takes it away at the end. Nothing else in Django does, except for the e-mail backend of
    tests (``locmem``) at its first message.
    """
    return hasattr(mail, "outbox")
