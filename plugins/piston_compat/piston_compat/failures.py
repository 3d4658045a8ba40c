"""What the ancestor answered when something went wrong: short texts, and reports for those who develop."""

from __future__ import annotations

import logging
import traceback
from inspect import signature
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.core.mail import mail_admins
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.debug import ExceptionReporter

from piston_compat.asking import asked
from piston_compat.options import options
from piston_compat.replies import Answer, FormValidationError, HttpStatusCode, rc
from piston_compat.signatures import signature_text
from piston_core import Problem

logger = logging.getLogger("piston.compat")
VERSION = "0.1.0"
_SHORT = {400: "BAD_REQUEST", 404: "NOT_FOUND", 409: "DUPLICATE_ENTRY", 410: "NOT_HERE", 416: "BAD_RANGE"}
_DJANGOS = (PermissionDenied, SuspiciousOperation, BadRequest, MultiPartParserError)  # which Django answers with 4xx


class Refusal(Problem):
    """A refusal whose detail is the text that the ancestor answered."""


def format_error(error: Any) -> str:
    """Return a report of what went wrong."""
    return f"Piston/{VERSION} (Django {django.get_version()}) crash report:\n\n{error}"


def refused(problem: Problem) -> HttpResponse:
    """Return the answer for a refusal of the core's, in the ancestor's words where it had some."""
    status = int(options().throttled_status) if problem.status == 429 else problem.status
    response: HttpResponse
    if isinstance(problem, Refusal) or (status not in _SHORT and problem.status != 429):
        response = HttpResponse(problem.detail or problem.title, content_type="text/plain", status=status)
    else:
        response = rc.THROTTLED if problem.status == 429 else getattr(rc, _SHORT[status])
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def result_of_error(resource: Any, error: Exception, request: Any, method: Any) -> Any:
    """Return what is answered for what a handler's method has raised, or raise it again for Django to answer.

    Args:
        resource: the resource, with its ``email_errors``, ``display_errors`` and ``form_validation_response``.
        error: what was raised.
        request: the request.
        method: the bound method, ``None`` if it was raised elsewhere.
    """
    if isinstance(error, FormValidationError):
        return resource.form_validation_response(error)
    if isinstance(error, TypeError) and method is not None and not _fits(method, request):
        return _misfit(method, error, shown=resource.display_errors)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        return rc.NOT_FOUND
    if isinstance(error, HttpStatusCode):
        return error.response
    if isinstance(error, _DJANGOS):
        raise error
    if resource.email_errors:
        resource.email_exception(ExceptionReporter(None, type(error), error, error.__traceback__))
    if not resource.display_errors:
        raise error
    return _report("".join(traceback.format_exception(error)), 500)


def mail(report: Any) -> None:
    """Send a report to the project's ADMINS; a mail that cannot be sent must not cover what it is about."""
    text = format_error("".join(traceback.format_exception_only(report.exc_value)))
    try:
        mail_admins("Piston crash report", text, html_message=report.get_traceback_html())
    except Exception:
        logger.exception("A crash report could not be sent")


def displays_errors() -> bool:
    """Return whether clients get to see tracebacks."""
    return bool(getattr(settings, "PISTON_DISPLAY_ERRORS", settings.DEBUG))


def _fits(method: Any, request: Any) -> bool:
    state = asked(request)
    named = {name: value for name, value in state.kwargs.items() if name != "emitter_format"}
    try:
        signature(method).bind(request, *state.args, **named)
    except TypeError:
        return False
    return True


def _misfit(method: Any, error: TypeError, *, shown: bool) -> Answer:
    text = signature_text(method)
    said = f"Signature should be: {text}" if text else "Resource does not expect any parameters."
    more = f"\n\nException was: {error}" if shown else ""
    return _report(f"Method signature does not match.\n\n{said}{more}", 400)


def _report(text: str, status: int) -> Answer:
    return Answer(format_error(text), content_type="text/plain", status=status)
