"""The system checks of what a handler declares about HTTP: parts of lists, validators, limits, keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.db.models import DateTimeField

from piston_core.handler import BaseHandler
from piston_core.idempotency import installed
from piston_core.lists.declared import misdeclared

_GZIP = "django.middleware.gzip.GZipMiddleware"


def check_http(handler: type[BaseHandler]) -> Iterator[CheckMessage]:
    """Yield what a handler declares that it cannot mean, or that cannot work in this project."""
    for sentence in (*misdeclared(handler), *_validators(handler), *_values(handler)):
        yield Error(sentence, obj=handler, id="piston.E010")
    if handler.idempotency and not installed():
        yield Error(
            f"{handler.__name__}.idempotency needs a place to keep answers.",
            hint="Add 'piston_core.idempotency' to INSTALLED_APPS, and migrate.",
            obj=handler,
            id="piston.E011",
        )
    if handler.require_precondition and _GZIP in settings.MIDDLEWARE:
        yield CheckWarning(
            f"{handler.__name__} requires If-Match, and GZipMiddleware makes each ETag weak, which never matches.",
            hint="Let a server in front compress, or have clients read with Accept-Encoding: identity.",
            obj=handler,
            id="piston.W008",
        )


def _validators(handler: type[BaseHandler]) -> Iterator[str]:
    for attribute in ("version_field", "modified_field"):
        name = getattr(handler, attribute)
        if name is None:
            continue
        columns: dict[str, Any] = _columns(handler)
        if name not in columns:
            yield f"{handler.__name__}.{attribute} is {name!r}, which is no column of its model."
        elif attribute == "modified_field" and not isinstance(columns[name], DateTimeField):
            yield f"{handler.__name__}.modified_field is {name!r}, which is no DateTimeField."


def _columns(handler: type[BaseHandler]) -> dict[str, Any]:
    if handler.model is None:
        return {}
    return {field.name: field for field in handler.model._meta.concrete_fields}


def _values(handler: type[BaseHandler]) -> Iterator[str]:
    name = handler.__name__
    if type(handler.bulk_limit) is not int or handler.bulk_limit < 0:
        yield f"{name}.bulk_limit is {handler.bulk_limit!r}; it has to be a number of objects, or 0 for one at a time."
    if handler.idempotency not in (True, False, "required"):
        yield f'{name}.idempotency is {handler.idempotency!r}; it has to be True, False or "required".'
    kept: Any = handler.cache_control
    if not isinstance(kept, str) or not kept:
        yield f'{name}.cache_control is {kept!r}; it has to be a field\'s value, such as "no-cache".'
