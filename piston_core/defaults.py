"""The core as a plugin of itself: what happens where no plugin says otherwise.

If the core needs more than these hooks give, third parties need the hook too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from piston_core.bodies import FormParser, MultipartParser
from piston_core.bulk import Item, done
from piston_core.contracts import Parser
from piston_core.hookspecs import hookimpl
from piston_core.kinds import BLANK
from piston_core.locking import is_contention
from piston_core.problems import Invalid, Problem
from piston_core.requests import Request
from piston_core.sought import sought

if TYPE_CHECKING:
    from piston_core.handler import BaseHandler

logger = logging.getLogger("piston")

# What Django's own exceptions mean to a client; the first that fits counts.
_MEANINGS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], int, str, str], ...] = (
    ((Http404, ObjectDoesNotExist), 404, "There is nothing at this address.", BLANK),
    (PermissionDenied, 403, "You may not do this.", BLANK),
    (RequestDataTooBig, 413, "The body is larger than this server accepts.", BLANK),
    (UnreadablePostError, 400, "The body broke off before its end.", "malformed-body"),
    ((SuspiciousOperation, BadRequest, MultiPartParserError), 400, "The request is malformed.", BLANK),
    (IntegrityError, 409, "This conflicts with what is already stored.", "conflict"),
    (DataError, 422, "A value does not fit into what it is for.", "invalid-data"),
)


@hookimpl
def piston_parsers() -> Iterable[Parser]:
    """Offer the formats of HTML forms, which need no library."""
    return [FormParser(), MultipartParser()]


@hookimpl(trylast=True)
def piston_call_handler(request: HttpRequest, handler: BaseHandler, method: str, kwargs: Mapping[str, Any]) -> Any:
    """Call the handler's method with the request and the URL's arguments.

    One that would only read an object of the model is not called: what is shown decides what is read.
    """
    if method == "read":
        return sought(request, handler, method, kwargs) or getattr(handler, method)(request, **kwargs)
    items: Sequence[Item] | None = getattr(request, "items", None)
    if items is not None:
        return done(cast("Request", request), items, getattr(handler, method))
    return getattr(handler, method)(request, **kwargs)


@hookimpl(trylast=True)
def piston_handle_exception(exception: Exception) -> Exception:
    """Return the problem that an exception stands for, or the exception itself if it is a defect."""
    if isinstance(exception, Problem):
        return exception
    if isinstance(exception, ValidationError):
        return Invalid.of(exception)
    if isinstance(exception, OperationalError) and is_contention(exception):
        detail = "Other writers were in the way; nothing was done."
        return Problem(503, detail, type="busy", headers={"Retry-After": "1"})
    for kinds, status, detail, kind in _MEANINGS:
        if isinstance(exception, kinds):
            _report(exception)
            return Problem(status, detail, type=kind)
    return exception


def _report(exception: Exception) -> None:
    """Tell the log what a client is not told: what the database says, and what Django takes for an attack."""
    if isinstance(exception, IntegrityError | DataError):
        logger.warning("refused by the database", exc_info=exception)
    elif isinstance(exception, SuspiciousOperation):
        security = logging.getLogger(f"django.security.{type(exception).__name__}")
        security.error(str(exception), exc_info=exception)
