"""Sixth step: what the handler's method returns, told apart from how it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from inspect import signature
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, router, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from piston_core.handler import WRITES, BaseHandler
from piston_core.locking import take_turn
from piston_core.problems import Problem
from piston_core.replies import NOTHING, Reply


class Outcome(NamedTuple):
    """What comes of a request, before it is represented.

    Attributes:
        status: the HTTP status code.
        data: what to represent, ``NOTHING`` for an empty body.
        headers: header fields to send.
        created: whether ``data`` is a new object, whose address the answer tells.
    """

    status: int
    data: Any
    headers: Mapping[str, str] = MappingProxyType({})
    created: bool = False


Undo = Callable[[], None]

_NO_TRANSACTION: AbstractContextManager[Undo] = nullcontext(lambda: None)


def transaction_for(handler: BaseHandler, action: str) -> AbstractContextManager[Undo]:
    """Return the transaction that a method runs in if it writes; its value undoes what was written so far.

    The transaction is of the database that the model's writes are routed to; without a model of
    the default one, if the project has a database.
    """
    if action not in WRITES or not handler.atomic:
        return _NO_TRANSACTION
    alias = _alias(handler)
    return _NO_TRANSACTION if alias is None else _transaction(alias, handler.model)


@contextmanager
def _transaction(alias: str, model: type[Model] | None) -> Iterator[Undo]:
    with transaction.atomic(using=alias):
        if model is not None:
            take_turn(model, connections[alias])
        yield partial(transaction.set_rollback, True, using=alias)


def _alias(handler: BaseHandler) -> str | None:
    if handler.model is not None:
        return router.db_for_write(handler.model)
    return DEFAULT_DB_ALIAS if _has_database() else None


def undo_request() -> None:
    """Roll back what ``ATOMIC_REQUESTS`` has begun: Django sees an answer where it would have seen an exception."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)


def _has_database() -> bool:
    return connections[DEFAULT_DB_ALIAS].vendor != "unknown"  # Django's stand-in for no database


def refuse_misfit(error: TypeError, handler: BaseHandler, action: str, request: HttpRequest, kwargs: Any) -> None:
    """Raise a 400 problem if a method failed because the URL's arguments are not those that it takes."""
    try:
        signature(getattr(handler, action)).bind(request, **kwargs)
    except TypeError as misfit:  # which names no class, as the error itself does
        raise Problem(400, f"This address does not fit the method: {misfit}.") from error


def outcome_of(result: Any, action: str) -> Outcome | HttpResponseBase:
    """Return what a method's result means for the answer.

    A response goes out as it is, a reply has its own status (and no data if that is 204), ``None``
    after a write is an empty 204, a created object 201, and everything else 200.

    Raises:
        Problem: the result is a reply of 400 or more.
    """
    if isinstance(result, HttpResponseBase):
        return result
    if isinstance(result, Reply):
        if result.status >= 400:
            raise result.problem()
        data = NOTHING if result.status == 204 else result.data
        return Outcome(result.status, data, result.headers, created=result.status == 201)
    if result is None and action != "read":
        return Outcome(204, NOTHING)
    return Outcome(201, result, created=True) if action == "create" else Outcome(200, result)
