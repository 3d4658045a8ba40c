"""What goes wrong becomes a problem (RFC 9457), in one place: told to the client, noted under an id in the log."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.log import log_response

from piston_core.bound import Bound
from piston_core.contracts import Document, Emitter
from piston_core.kinds import BLANK, KINDS
from piston_core.mounted import problems_of
from piston_core.pipeline.authenticate import unauthorized
from piston_core.pipeline.negotiate import wanted
from piston_core.pipeline.respond import refused, rendered
from piston_core.plans.values import Values
from piston_core.problems import InsufficientScope, Problem, phrase

if TYPE_CHECKING:
    from piston_core.resource import Resource

logger = logging.getLogger("piston.problems")


def refuse(resource: Resource, request: HttpRequest, bound: Bound, error: Exception) -> HttpResponseBase:
    """Return the answer for an exception: what a plugin makes of it, else the problem that it stands for, else 500."""
    try:
        answer = bound.moments.handle_exception(request, resource, error)
        if isinstance(answer, HttpResponseBase):
            return rendered(answer)
    except Problem as problem:
        answer = problem
    except Exception as another:  # noqa: BLE001 - a plugin's defect; the first exception is its context
        return _failed(resource, request, bound, another)
    if not isinstance(answer, Problem):
        return _failed(resource, request, bound, answer)
    try:
        return _written(resource, request, bound, _challenging(request, bound, answer))
    except Exception as another:  # noqa: BLE001 - the problem holds what no emitter can write
        return _failed(resource, request, bound, another)


def _challenging(request: HttpRequest, bound: Bound, problem: Problem) -> Problem:
    """Return a refusal with what would help: 401 to somebody who could make themselves known (RFC 9110, 15.5.4).

    What an authenticator itself forbids, when nobody knows yet who it is, stays as it is.
    """
    if problem.status != 403 or not bound.authenticators or not hasattr(request, "identity"):
        return problem
    if request.identity is None:
        return unauthorized(request, bound.authenticators, problem.detail, problem)
    if isinstance(problem, InsufficientScope):
        asked = [each for each in bound.authenticators if each.name == request.identity.authenticator]
        challenges = [found for each in asked if (found := each.challenge(request, problem))]
        problem.headers |= {"WWW-Authenticate": ", ".join(challenges)} if challenges else {}
    return problem


def _failed(resource: Resource, request: HttpRequest, bound: Bound, error: Exception) -> HttpResponse:
    """Report a defect as Django would, and return a problem that tells nothing of it without ``DEBUG``."""
    got_request_exception.send(sender=type(resource), request=request)
    problem = Problem(500, "Something went wrong on the server; it has been noted.")
    if settings.DEBUG:
        problem.members["traceback"] = traceback.format_exception(error)
    problem.members["instance"] = _new_instance()
    response = _written(resource, request, bound, problem, defect=True)
    noted = f"Internal Server Error: %s ({problem.members['instance']})"
    log_response(noted, request.path, response=response, request=request, exception=error)
    return response


def _written(
    resource: Resource, request: HttpRequest, bound: Bound, problem: Problem, *, defect: bool = False
) -> HttpResponse:
    told = _told(request, bound, problem)
    emitter = _asked_for(request, bound) or bound.problem_emitter
    if emitter is None:
        body = "".join(f"{name}: {value}\n" for name, value in told.items()).encode()
    else:
        values = Values(resource.compiler, type(resource.handler), emitter.native, request)
        body = emitter.emit(Document(values.plain(told), is_problem=True), request)
    if not defect:
        _note(request, problem, told["instance"])
    return refused(problem, emitter, body)


def _told(request: HttpRequest, bound: Bound, problem: Problem) -> dict[str, Any]:
    """Return the document of a problem, with the URI of its kind and one of its own; it may be raised again."""
    told = problem.document()
    told.setdefault("instance", _new_instance())
    if problem.type in KINDS:
        pages = bound.registry.settings.problem_types or problems_of(request)
        told["type"] = f"{pages}{problem.type}" if pages else BLANK
        if not pages and problem.title == KINDS[problem.type].title:  # section 4.2.1
            told["title"] = phrase(problem.status)
    return told


def _new_instance() -> str:
    return f"urn:uuid:{uuid4()}"


def _note(request: HttpRequest, problem: Problem, instance: str) -> None:
    """Write down who was told what under which id; a line of the log stays one line."""
    level = logging.INFO if problem.status < 500 else logging.WARNING
    if logger.isEnabledFor(level):
        path = request.path.encode("unicode_escape").decode()
        detail = problem.detail.encode("unicode_escape").decode()
        method = str(request.method).encode("unicode_escape").decode()
        logger.log(level, "%s %s %s %s: %s", instance, problem.status, method, path, detail)


def _asked_for(request: HttpRequest, bound: Bound) -> Emitter | None:
    try:
        choice = wanted(request, bound.problem_formats)
    except SuspiciousOperation:  # a query with too many fields, which may be what is refused
        return None
    return choice.emitter if choice else None
