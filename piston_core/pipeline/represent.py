"""Seventh step: turn the result into a document; all work with the database is done here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Manager, Model, QuerySet
from django.db.models.query import RawQuerySet
from django.http import HttpRequest

from piston_core.exchange import Exchange
from piston_core.handler import BaseHandler
from piston_core.plans.addresses import Addresses, address_of
from piston_core.plans.compiler import Compiler
from piston_core.plans.values import Values
from piston_core.sought import Sought


def data_of(values: Values, exchange: Exchange, result: Any) -> Any:
    """Return a method's result as plain data, or as an iterator of rows.

    A generator is passed on row by row, and a queryset too where the handler or the emitter asks
    for it; everything else is read whole. So is an asynchronous generator on a WSGI server, whose
    event loop ends, and the generator with it, before the answer is sent.
    """
    streams = exchange.emitter.streams
    if type(result) is Sought:
        return values.sought(result)
    if isinstance(result, Manager):
        result = result.all()
    if isinstance(result, QuerySet):
        if exchange.handler.stream or streams:
            return values.streamed(result)
        return values.fetched(result, many=True)
    if isinstance(result, list | tuple | AbstractSet | RawQuerySet):
        rows = values.listed(result, many=True)
        return iter(rows) if streams else rows
    if isinstance(result, AsyncIterator):
        in_step = isinstance(values.request, ASGIRequest)
        result = _in_step(result) if in_step else iter(async_to_sync(_whole)(result))
    if isinstance(result, Iterator):
        return values.passed_on(result)
    return values.plain(result)


def location(request: HttpRequest, handler: BaseHandler, obj: Any, compiler: Compiler) -> str | None:
    """Return the address of a created object for ``Location``, ``None`` if it has none."""
    if not isinstance(obj, Model):
        return None
    shower = handler if handler.model is not None and isinstance(obj, handler.model) else None
    match = request.resolver_match
    namespace = match.namespace if match else ""
    return address_of(obj, compiler.scope, type(shower) if shower else None, Addresses(namespace))


async def _whole(rows: AsyncIterator[Any]) -> list[Any]:
    return [row async for row in rows]


def _in_step(rows: AsyncIterator[Any]) -> Iterator[Any]:
    """Yield the rows of an asynchronous iterator; its code runs on the event loop it belongs to."""

    async def following() -> tuple[bool, Any]:
        try:
            return True, await anext(rows)
        except StopAsyncIteration:
            return False, None

    step = async_to_sync(following)
    while (found := step())[0]:
        yield found[1]
