"""Say problems as error objects: one for each fault, with where in the request its source is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from piston_hateoas.jsonapi.naming import Sent
from piston_hateoas.jsonapi.parameters import as_sent

SENT = "piston_hateoas.sent"  # where the request's META holds what its body is about

_BLANK = "about:blank"
_HEADERS = {"406": "Accept", "415": "Content-Type"}
_OWN = frozenset({"type", "title", "status", "detail", "instance", "errors", "pointer", "parameter"})


def errors_of(problem: Mapping[str, Any], request: HttpRequest) -> list[dict[str, Any]]:
    """Return the error objects for the members of a problem document (RFC 9457)."""
    faults = problem.get("errors")
    if not isinstance(faults, list) or not faults or not all(isinstance(each, dict) for each in faults):
        return [_error(problem, request, {}, problem.get("instance", ""))]
    instance = problem.get("instance", "")
    return [_error(problem, request, each, f"{instance}#{index}") for index, each in enumerate(faults)]


def _error(problem: Mapping[str, Any], request: HttpRequest, fault: dict[str, Any], identity: str) -> dict[str, Any]:
    status, kind = str(problem["status"]), problem["type"]
    found = {
        "id": identity,
        "links": {} if kind == _BLANK else {"type": kind},
        "status": status,
        "code": fault.get("code") or ("" if kind == _BLANK else kind.rstrip("/").rpartition("/")[2]),
        "title": problem["title"],
        "detail": fault.get("detail") or problem.get("detail"),
        "source": _source(problem, request, fault, status),
        "meta": {name: value for name, value in problem.items() if name not in _OWN},
    }
    return {name: value for name, value in found.items() if value}


def _source(problem: Mapping[str, Any], request: HttpRequest, fault: dict[str, Any], status: str) -> dict[str, str]:
    if "pointer" in fault:
        sent: Sent | None = request.META.get(SENT)
        return {"pointer": fault["pointer"] if sent is None else sent.pointer(fault["pointer"])}
    if "pointer" in problem:
        return {"pointer": problem["pointer"]}
    if "parameter" in problem:
        return {"parameter": as_sent(request, problem["parameter"])}
    return {"header": _HEADERS[status]} if status in _HEADERS else {}
