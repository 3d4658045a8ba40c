"""Describe an API, or all that a project serves; nothing is asked of a database, and nothing done at a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

from piston_core.api import Api
from piston_core.arguments import identifies
from piston_core.describing.answers import answers_of
from piston_core.describing.inputs import body_of
from piston_core.describing.parameters import fields_of, query_of
from piston_core.describing.records import Description, Parameter, Place, Schema, Served
from piston_core.describing.schemas import OF_TYPES, of_converter, value_of
from piston_core.describing.shapes import column_of, title_of
from piston_core.describing.spots import Spot, spot_of
from piston_core.handler import BaseHandler, overrides
from piston_core.permissions import Scopes
from piston_core.pipeline.select import Methods
from piston_core.resource import Resource
from piston_core.routes import Route, is_own, routes

_SECTIONS = re.compile(r"\n(Args|Returns|Yields|Raises|Attributes|Examples?):.*", re.DOTALL)


def describe(api: Api | None = None) -> Description:
    """Return what is served: by an API, or by a project as its URL configuration has it.

    It is made anew at each call, from what the handlers declare; no query is run for it.

    Args:
        api: the API; ``None`` for everything.
    """
    found = [route for route in routes() if is_own(route) and (api is None or route.resource.scope is api.scope)]
    return Description(api.title if api is not None else "", tuple(map(place_of, found)))


def place_of(route: Route) -> Place:
    """Return what is served at one route."""
    handler = route.resource.handler
    return Place(
        template=route.template,
        name=route.name,
        title=title_of(type(handler)),
        about=_paragraphs(type(handler).__doc__),
        arguments=tuple(_argument(name, handler, route.converters) for name in route.arguments),
        handler=handler,
        resource=route.resource,
        is_list=handler.model is not None and not identifies(handler.model, frozenset(route.arguments)),
        lifecycle=route.resource.lifecycle,
        methods=methods_at(route.resource, frozenset(route.arguments)),
    )


def _argument(name: str, handler: BaseHandler, converters: Mapping[str, Any]) -> Parameter:
    """Return an argument of a URL: what its converter reads, else what the model's column of its name holds."""
    column = column_of(handler.model, name) if handler.model is not None else None
    known = of_converter(converters.get(name))
    held: Schema = value_of(column) if column is not None else {}
    about = str(getattr(column, "help_text", "") or "")
    text = held if "type" in held else OF_TYPES[str]
    return Parameter(name, "path", text if known is None else known, about, required=True)


def methods_at(resource: Resource, names: frozenset[str]) -> tuple[Served, ...]:
    """Return what a resource serves at an address with arguments of these names."""
    known, unknown = resource.methods(dict.fromkeys(names))
    bound = resource.bound()
    there = {**known.actions, **(unknown.actions if unknown and bound.authenticators else {})}
    return tuple(
        _served(list(_spots(resource, (known, unknown), method, names)), unknown)
        for method, action in there.items()
        if method != "HEAD" and action
    )


def _spots(
    resource: Resource, serving: tuple[Methods, Methods | None], method: str, names: frozenset[str]
) -> Iterator[Spot]:
    for each in serving:
        if each is not None and each.actions.get(method):
            yield spot_of(resource, each.handler, method, each.actions[method], names)


def _served(spots: list[Spot], unknown: Methods | None) -> Served:
    spot = spots[0]
    bound, method = spot.bound, spot.method
    query = query_of(spot)
    told = _told(spot)
    return Served(
        method=method,
        action=spot.action,
        summary=told.partition("\n")[0],
        about=told.partition("\n")[2].strip(),
        parameters=(*query, *fields_of(spot)),
        body=body_of(spot, query),
        answers=answers_of(spots),
        authenticators=bound.authenticators,
        is_open=not bound.authenticators
        or bool(unknown and method in unknown.actions)
        or spot.action in bound.open_actions,
        scopes=_scopes(spot),
    )


def _scopes(spot: Spot) -> tuple[str, ...]:
    asked = (each.scopes for each in spot.demand.permissions if isinstance(each, Scopes))
    return tuple(dict.fromkeys(scope for scopes in asked for scope in scopes))


def _told(spot: Spot) -> str:
    """Return what a method's docstring says, else what the core does."""
    own = spot.runs if spot.is_own else "get" if spot.action == "read" and overrides(spot.handler, "get") else ""
    said = _paragraphs(getattr(spot.handler, own).__doc__) if own else ""
    if said:
        return said
    names = getattr(spot.handler.model, "_meta", None)
    one = str(names.verbose_name) if names else title_of(type(spot.handler))
    many = str(names.verbose_name_plural) if names else one
    several = not spot.is_one and spot.handler.model is not None
    return {
        "read": f"List {many}" if several else f"Read one {one}" if names else f"Read {one}",
        "create": f"Create one {one}",
        "update": f"Replace one {one}",
        "patch": f"Change {many}" if several else f"Change one {one}",
        "delete": f"Delete one {one}",
    }.get(spot.action, spot.action.capitalize()) + "."


def _paragraphs(docstring: str | None) -> str:
    """Return what a docstring says to everybody: not the sections for those who read the code."""
    return _SECTIONS.sub("", cleandoc(docstring or "")).strip()
