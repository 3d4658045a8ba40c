"""Makes of what a handler returns what the core can show: functions are called, odd objects become their text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from inspect import Parameter, isroutine, signature
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db.models import Manager, Model, QuerySet
from django.db.models.query import RawQuerySet
from django.http.response import HttpResponseBase
from django.utils.functional import Promise

from piston_compat.replies import HttpStatusCode

_KNOWN = (
    type(None), bool, int, float, str, bytes, Decimal, date, time, timedelta, UUID, Enum, File, Promise,
    Model, Manager, QuerySet, RawQuerySet,
)  # fmt: skip


def prepared(value: Any, above: tuple[int, ...] = ()) -> Any:
    """Return a value that holds nothing which the core has no form for.

    Args:
        value: what a handler returns.
        above: what it is in; something that is in itself ends in nothing.

    Raises:
        HttpStatusCode: there is a response in it, which is then the answer.
    """
    if isinstance(value, _KNOWN):
        return value
    if isinstance(value, HttpResponseBase):
        raise HttpStatusCode(value)
    if id(value) in above:
        return None
    above = (*above, id(value))
    if isinstance(value, Mapping):
        return {key: prepared(item, above) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [prepared(item, above) for item in value]
    if isroutine(value):
        return prepared(value(), above) if needs_nothing(value) else None
    emittable = getattr(value, "__emittable__", None)
    if callable(emittable) and not isinstance(value, type):
        return prepared(emittable(), above) if needs_nothing(emittable) else None
    return str(value)


def needs_nothing(call: Callable[..., Any]) -> bool:
    """Return whether a function can be called without arguments."""
    try:
        parameters = signature(call).parameters.values()
    except ValueError:  # some that are written in C do not tell
        return False
    loose = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    return all(each.default is not Parameter.empty or each.kind in loose for each in parameters)
