"""Find a handler by what people call it, and say how its objects are read, without a query to any database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, cast

from django.apps import apps
from django.core.management.base import CommandError
from django.db import DatabaseError, connections
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from piston_core.arguments import identifies
from piston_core.handler import BaseHandler, overrides
from piston_core.plans.description import Description
from piston_core.plans.explain import described, described_objects
from piston_core.plans.values import Values
from piston_core.requests import Request
from piston_core.routes import Route, is_own, routes


@dataclass(frozen=True, slots=True)
class Planned:
    """How a handler's objects are read.

    Attributes:
        handler: the handler's name with its module.
        shown: ``a list``, ``one object``, or both.
        note: what does not hold for every request.
        level: the first level of the plan.
    """

    handler: str
    shown: str
    note: str
    level: Description


class NothingIsRun(Exception):
    """Something would have run a query."""


def planned(name: str, database: str | None = None) -> list[Planned]:
    """Return how the objects of a handler are read: in a list, and alone where that differs.

    Args:
        name: the handler's class name, with or without its module, or a route's pattern or name.
        database: the alias of the database to read from, by default that of the handler's queryset.

    Raises:
        CommandError: there is no such handler or database, the handler has no model, or Django cannot
            make SQL of its queryset.
    """
    handler, found = _find(name)
    if database is not None and database not in connections:
        raise CommandError(f"There is no database {database!r} in DATABASES; there are: {', '.join(connections)}.")
    if handler.model is None:
        raise CommandError(f"{_dotted(handler)} has no model, and so no plan: it answers what its methods return.")
    try:
        with _no_queries():
            return _both([_planned(handler, found[0], many, database) for many in _kinds(handler, found)])
    except (NothingIsRun, DatabaseError) as error:
        raise CommandError(f"{_dotted(handler)} cannot be explained without running a query: {error}") from error


# -- finding ---------------------------------------------------------------------------------------


def _find(name: str) -> tuple[BaseHandler, Sequence[Route]]:
    """Return the handler that people mean, and where it is served."""
    served = [*_served()]
    by_route = [(handler, route) for handler, route in served if name in (route.pattern, route.name)]
    if by_route:
        return by_route[0][0], [route for handler, route in by_route if handler is by_route[0][0]]
    meant = [(handler, route) for handler, route in served if name in (_dotted(handler), type(handler).__name__)]
    if not meant:
        raise CommandError(_unknown(name, served))
    kinds = list(dict.fromkeys(_dotted(handler) for handler, _ in meant))
    if len(kinds) > 1:
        raise CommandError(f"{name!r} may be {' or '.join(kinds)}; give the whole name.")
    handler, first = meant[0]
    return handler, [route for _, route in meant if route.resource.scope is first.resource.scope]


def _served() -> Iterator[tuple[BaseHandler, Route]]:
    """Yield the handlers of the project with their routes, and behind each the one for unknown clients."""
    for route in filter(is_own, routes()):
        handler = route.resource.handler
        yield handler, route
        anonymous = route.resource.scope.anonymous_of(type(handler))
        if anonymous is not None:
            yield anonymous(), route


def _unknown(name: str, served: Sequence[tuple[BaseHandler, Route]]) -> str:
    names = {
        text: None
        for handler, route in served
        for text in (type(handler).__name__, _dotted(handler), route.pattern, route.name)
        if text
    }
    close = get_close_matches(name, names, n=3)
    meant = f"did you mean {' or '.join(map(repr, close))}?" if close else "`manage.py piston routes` lists them."
    return f"No resource has a handler, a pattern or a name {name!r}; {meant}"


def _dotted(handler: BaseHandler) -> str:
    return f"{type(handler).__module__}.{type(handler).__qualname__}"


# -- describing ------------------------------------------------------------------------------------


def _kinds(handler: BaseHandler, found: Sequence[Route]) -> list[bool]:
    """Return whether a handler serves lists (``True``), single objects (``False``) or both."""
    model = cast("type[Model]", handler.model)
    many = [not identifies(model, frozenset(route.arguments)) for route in found]
    return sorted(set(many), reverse=True)


def _planned(handler: BaseHandler, route: Route, many: bool, database: str | None) -> Planned:
    emitter = next(iter(route.resource.bound().formats.emitters.values()), None)
    native, textual = (emitter.native, emitter.textual) if emitter else (frozenset[type](), False)
    request = _request()
    values = Values(route.resource.compiler, type(handler), native, request, textual=textual)
    queryset, note = _queryset(handler, request)
    queryset = queryset if database is None else queryset.using(database)
    shown = "a list" if many else "one object"
    return Planned(_dotted(handler), shown, note, _description(handler, queryset, values, many))


def _description(handler: BaseHandler, queryset: QuerySet[Any], values: Values, many: bool) -> Description:
    """Return how objects of a queryset are read, or one of them, by a method of the handler's own if it has one."""
    plan = values.plan_of(cast("type[Model]", queryset.model), many=many)
    own = next((name for name in ("read", "get") if overrides(handler, name)), None)
    if own is None or many:
        return described(plan, queryset if many else queryset.order_by(), values)
    return described_objects(plan, values, f"{own} of {type(handler).__name__} reads the object itself", queryset)


def _queryset(handler: BaseHandler, request: Request) -> tuple[QuerySet[Any], str]:
    """Return what a handler reads for somebody unknown, and what is to be said of that."""
    note = "queryset() was asked for somebody unknown" if overrides(handler, "queryset") else ""
    if overrides(handler, "read"):
        note = "read is the handler's own; this is how objects from its queryset() would be read"
    try:
        return handler.queryset(request), note
    except Exception as error:  # noqa: BLE001 - a project's method, made for requests of another kind
        model = cast("type[Model]", handler.model)
        why = f"queryset() failed without a real request ({type(error).__name__}: {error})"
        return model._default_manager.all(), f"{why}; this is for all objects"


def _both(found: list[Planned]) -> list[Planned]:
    """Return one plan where a list and one object are read in the same way."""
    alike = len(found) == 2 and _unordered(found[0].level) == _unordered(found[1].level)
    return [replace(found[0], shown="a list or one object")] if alike else found


def _unordered(level: Description) -> Description:
    """Return a description without the order of the objects, which one object does not have."""
    query = level.query
    return level if query is None else replace(level, query=replace(query, sql=query.sql.partition(" ORDER BY ")[0]))


def _request() -> Request:
    """Return a request of somebody unknown."""
    request = cast("Request", HttpRequest())
    request.method, request.identity, request.data, request.form = "GET", None, None, None
    if apps.is_installed("django.contrib.auth"):
        from django.contrib.auth.models import AnonymousUser  # an app of the project's choice, so not at import

        request.user = AnonymousUser()
    return request


@contextmanager
def _no_queries() -> Iterator[None]:
    """Raise an error for whatever would ask a database."""
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(_refuse))
        yield


def _refuse(_execute: Any, sql: Any, *_rest: Any) -> Any:
    raise NothingIsRun(f"it asks the database: {sql}")
