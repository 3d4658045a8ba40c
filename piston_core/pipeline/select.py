"""Second step: select the handler and the method that serve the request, or refuse it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from inspect import isasyncgenfunction, iscoroutinefunction, signature
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.db import connections
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest

from piston_core.arguments import identifies
from piston_core.bulk import takes_several
from piston_core.handler import ACTIONS, BaseHandler, allowed_methods, implements, leaves, overrides
from piston_core.problems import Problem

# The methods that this server knows (RFC 9110, section 9.3; RFC 5789; RFC 10008); all others are 501 everywhere.
_KNOWN = frozenset({*ACTIONS, "OPTIONS", "TRACE", "CONNECT"})
# Where OPTIONS tells which bodies a method takes (RFC 5789, section 3.1; RFC 10008, section 3).
_ACCEPTED = {"PATCH": ("Accept-Patch", "patch"), "QUERY": ("Accept-Query", "read")}


@dataclass(frozen=True, slots=True)
class Methods:
    """What one handler serves at one kind of address.

    Attributes:
        handler: the handler.
        actions: the handler's method for each HTTP method; ``""`` for one that nothing implements.
        awaited: those of the handler's methods that are ``async def``.
        stated: whether the handler declares the state of what it shows.
    """

    handler: BaseHandler
    actions: Mapping[str, str]
    awaited: frozenset[str] = frozenset()
    stated: bool = False

    @property
    def allow(self) -> str:
        """The ``Allow`` field (RFC 9110, section 10.2.1)."""
        return ", ".join((*self.actions, "OPTIONS"))


def methods_of(handler: BaseHandler, actions: Mapping[str, str]) -> Methods:
    """Return what a handler serves at an address, with what has to be known of its methods.

    Args:
        handler: the handler.
        actions: its method for each HTTP method, as ``actions_of`` returns it.
    """
    awaited = frozenset(action for action in actions.values() if action and is_async(handler, action))
    stated = bool(handler.version_field or handler.modified_field) or overrides(handler, "validators")
    return Methods(handler, actions, awaited, stated)


def actions_of(handler: BaseHandler, names: frozenset[str]) -> Mapping[str, str]:
    """Return the handler's method for each HTTP method at an address with arguments of these names.

    The model's own CRUD creates in a list and changes one object, so its ``create`` is not served
    where the address names one object, nor the others where it does not; a method of the handler's
    own is served where it takes the address's arguments.
    """
    actions: dict[str, str] = {}
    for method in allowed_methods(handler):
        action = ACTIONS.get(method, "")
        if action and _fits(handler, action, names):
            actions[method] = action if implements(handler, action) else ""
            if method == "GET":
                actions["HEAD"] = actions[method]
            if method == "GET" and _is_list_of_the_model(handler, names):
                actions["QUERY"] = actions[method]
    return actions


def is_async(handler: BaseHandler, action: str) -> bool:
    """Return whether a handler's method runs on the event loop."""
    method = getattr(handler, action)
    return iscoroutinefunction(method) or isasyncgenfunction(method)


def mark_async(view: Any) -> None:
    """Mark a view as asynchronous, for which Django refuses ATOMIC_REQUESTS."""
    markcoroutinefunction(view)
    for alias in connections:
        non_atomic_requests(alias)(view)


def _fits(handler: BaseHandler, action: str, names: frozenset[str]) -> bool:
    if action == "patch" and takes_several(handler, action, names):
        return True
    if overrides(handler, action):
        return action == "read" or _takes(getattr(handler, action), names)
    if handler.model is None or action == "read":
        return True
    return identifies(handler.model, names) != (action == "create")


def _is_list_of_the_model(handler: BaseHandler, names: frozenset[str]) -> bool:
    """Return whether a list is read by the core, which knows what a query in a body means (RFC 10008)."""
    return handler.model is not None and leaves(handler, "read") and not identifies(handler.model, names)


def _takes(method: Callable[..., Any], names: frozenset[str]) -> bool:
    try:
        signature(method).bind(None, **dict.fromkeys(names))
    except TypeError:
        return False
    return True


def select(
    request: HttpRequest,
    known: Methods,
    unknown: Methods | None,
    refuse: Callable[[str], Problem] | None,
    open_actions: Container[str] = (),
) -> tuple[Methods, str]:
    """Return what serves the request and the name of the handler's method.

    Args:
        request: the request.
        known: what the handler for identified clients serves here.
        unknown: what the handler for requests without credentials serves here, if there is one.
        refuse: makes the 401 problem; ``None`` if the request may use what identified clients may.
        open_actions: what everybody may use of it.

    Raises:
        Problem: 401 if nobody unknown may do this, 405 with ``Allow`` for a method that is not
            served here, 501 if it is declared but nothing implements it, or if no resource knows it.
    """
    if request.method not in known.actions and request.method not in _KNOWN:
        raise Problem(501, f"{(request.method or '')[:40]!r} is no method that this server knows.")
    methods = known
    if refuse is not None:
        if unknown is not None and request.method in unknown.actions:
            methods = unknown
        elif known.actions.get(request.method or "") not in open_actions:
            raise refuse("This needs credentials; WWW-Authenticate says which.")
    if request.method not in methods.actions:
        raise Problem(
            405, f"{_told(request)} is not served here; Allow lists what is.", headers={"Allow": methods.allow}
        )
    action = methods.actions[request.method or ""]
    if not action:
        raise Problem(501, f"{_told(request)} is declared here, but nothing implements it yet.")
    return methods, action


def _told(request: HttpRequest) -> str:
    """Return the method that a refusal speaks of; HEAD has the length of what GET is told (RFC 9110, section 8.6)."""
    return "GET" if request.method == "HEAD" else request.method or ""


def allowed(known: Methods, unknown: Methods | None) -> str:
    """Return the ``Allow`` field for what is served here, to anybody."""
    return Methods(known.handler, {**known.actions, **(unknown.actions if unknown else {})}).allow


def describe(
    known: Methods, unknown: Methods | None, types_for: Callable[[BaseHandler, str], Iterable[str]]
) -> dict[str, str]:
    """Return the header fields that answer OPTIONS.

    Args:
        known: what is served here to identified clients.
        unknown: what is served here to all others.
        types_for: returns the media types that a handler's action reads.
    """
    here = {*known.actions, *(unknown.actions if unknown else ())}
    accepted = {
        field: ", ".join(types_for(known.handler, action))
        for method, (field, action) in _ACCEPTED.items()
        if method in here
    }
    return {"Allow": allowed(known, unknown), **accepted}
