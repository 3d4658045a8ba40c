"""Hold a request to its preconditions: before there is an answer if possible, under a lock if it writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import Any

from django.db import router
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_http_date_safe

from piston_core.access import Operation
from piston_core.arguments import identifies
from piston_core.contracts import Emitter
from piston_core.demands import Demand, Demands
from piston_core.exchange import Exchange
from piston_core.handler import BaseHandler, implements, leaves
from piston_core.linking import LinkBuilder
from piston_core.lists.refusals import VARIES
from piston_core.locking import has_locks, lock
from piston_core.pipeline.conditions import State, range_holds, refuse_other_state, state_of, tag_of, unmodified
from piston_core.pipeline.permit import forbidden, permit, permit_object
from piston_core.pipeline.prefer import NOTHING_PREFERRED
from piston_core.pipeline.query import equivalent
from piston_core.pipeline.respond import not_modified
from piston_core.pipeline.select import is_async
from piston_core.pipeline.throttle import throttle
from piston_core.plans.tree import Node
from piston_core.requests import Request

_NOTHING = State()


def declared_state(
    request: HttpRequest,
    handler: BaseHandler,
    kwargs: Mapping[str, Any],
    emitter: Emitter,
    wanted: tuple[Node, ...],
    arranger: LinkBuilder | None,
) -> State | None:
    """Return the state of what is at an address as its handler declares it, ``None`` if it declares nothing.

    What makes one representation differ from another of the same state is in the tag as well: the format, who
    shows it to whom, and which names.
    """
    validators = handler.validators(request, **kwargs)  # type: ignore[arg-type]  # authenticated by now
    if validators is None:
        return None
    kind = type(handler)
    shown = repr(
        (handler.fields, handler.exclude, handler.list_fields, handler.extra_fields, wanted, arranger is None)
    )
    asked = request.META["QUERY_STRING"] if request.method == "QUERY" else ""  # which the address does not tell
    user = getattr(request, "user", None)  # none in a project without users
    return state_of(validators, emitter.name, kind.__module__, kind.__qualname__, shown, asked, str(_key(user)))


def _declared(request: HttpRequest, exchange: Exchange) -> State | None:
    return declared_state(
        request, exchange.handler, exchange.kwargs, exchange.emitter, exchange.wanted, exchange.arranger
    )


def _key(user: Any) -> Any:
    return getattr(user, "pk", user)


def known(request: HttpRequest, exchange: Exchange) -> HttpResponseBase | None:
    """Return the answer to a client that has what it would be sent, if that can be told before it is made.

    Raises:
        Problem: 412.
    """
    state, conditions = exchange.state, exchange.conditions
    if state is None or not state.etag or conditions is None or not unmodified(conditions, state):
        return None
    return not_modified({**_told_of_lists(request, exchange), **state.fields()})


def _told_of_lists(request: HttpRequest, exchange: Exchange) -> dict[str, str]:
    """Return what else the good answer would tell, if it is a list's: 304 tells it as well (RFC 9110, 15.4.5)."""
    handler = exchange.handler
    if identifies(handler.model, frozenset(exchange.kwargs)):
        return {}
    address = equivalent(request) if request.method == "QUERY" and leaves(handler, "read") else {}
    return {**VARIES, **address}


def in_parts(exchange: Exchange) -> Exchange:
    """Return a read without the part that it wants, if ``If-Range`` says that the client has another list.

    So is one whose conditions are about the tag of a whole list that nobody has declared.
    """
    wish, conditions, state = exchange.wish, exchange.conditions, exchange.state or _NOTHING
    if wish is None or conditions is None:
        return exchange
    tagged = conditions.match is not None or conditions.none_match is not None
    if range_holds(conditions, state) and (state.etag or not tagged):
        return exchange
    return exchange._replace(wish=replace(wish, range=None))


def conclude(exchange: Exchange, response: HttpResponseBase) -> HttpResponseBase:
    """Give a good answer to a read its validators; and leave it away if the client has it already.

    Raises:
        Problem: 412.
    """
    conditions = exchange.conditions
    if exchange.action != "read" or response.status_code not in (200, 206):
        return response
    state = _state_of(response, exchange.state or _NOTHING)
    for name, value in state.fields().items():
        response.headers.setdefault(name, value)
    if conditions is None or not unmodified(conditions, state):
        return response
    _let_go(response)
    return not_modified(response.headers)


def tell_new_state(request: HttpRequest, exchange: Exchange, response: HttpResponseBase) -> None:
    """Give the answer to a PATCH its validators, where it is what the next read will be answered.

    PUT gets none: it would say that what was sent is stored as it was sent (RFC 9110, section 9.3.4).
    """
    handler = exchange.handler
    if (
        exchange.action == "patch"
        and "Content-Location" in response.headers  # it is about what is at this address, as it is now
        and leaves(handler, "patch")
        and leaves(handler, "read")
    ):
        with suppress(Http404):  # the client may write it, and then not see it any more
            declared = _declared(request, exchange)
            state = _state_of(response, declared or _NOTHING)
            if not state.etag and isinstance(response, HttpResponse):
                state = state._replace(etag=tag_of(response.content, response.headers["Content-Type"]))
            for name, value in state.fields().items():
                response.headers[name] = value


def _state_of(response: HttpResponseBase, declared: State) -> State:
    """Return the state that an answer is of: what it tells itself comes before what is declared."""
    if declared.modified is None and "Last-Modified" in response.headers:
        declared = declared._replace(modified=parse_http_date_safe(response.headers["Last-Modified"]))
    return declared._replace(etag=response.headers.get("ETag", declared.etag))


def admit(
    request: Request, handler: BaseHandler, action: str, demands: Demands, kwargs: Mapping[str, Any]
) -> Demand | None:
    """Return what is demanded of a request, once it satisfies what can be told before its body is read.

    Raises:
        Problem: 429, 403.
        Http404: it reads an object that is not there.
    """
    demand = demands.get((type(handler), action))
    if demand is None:
        return None
    operation = Operation(handler, action)
    throttle(request, request.identity, operation, demand.throttles)
    permit(request, operation, demand.permissions)
    if operation.action == "read":
        _permit_objects(request, operation, demand, [kwargs])
    return demand


def _permit_objects(
    request: Request, operation: Operation, demand: Demand, named: Sequence[Mapping[str, Any]]
) -> None:
    """Ask those permissions that want to know it about each object that a request is about.

    Where the address does not name one, a read is of a list, which shows what is visible, and ``create`` has none
    yet; whatever else is done there, nobody can tell to what, so it is forbidden.

    Args:
        request: the request.
        operation: what it is about to do.
        demand: what is demanded of such a request.
        named: the URL's arguments, for each of the objects.

    Raises:
        Problem: 403.
        Http404: there is no such object.
    """
    handler, action = operation.handler, operation.action
    if not demand.of_object or action == "create":
        return
    for kwargs in named:
        if identifies(handler.model, frozenset(kwargs)):
            permit_object(request, operation, demand.of_object, handler.get(request, **kwargs))
        elif action != "read" or handler.model is None:
            raise forbidden()


def hold(request: Request, exchange: Exchange) -> None:
    """Keep other writers from what a request is about until it is done, if it is held to anything; ask whose it is.

    A PATCH keeps them out in any case, since it reads what it does not change.

    Raises:
        Problem: 403.
        Http404: there is nothing at this address any more.
    """
    handler, demand, action = exchange.handler, exchange.demand, exchange.action
    owned = demand is not None and bool(demand.of_object)
    if handler.atomic and handler.model is not None and (exchange.conditions or action == "patch" or owned):
        _lock(request, exchange, router.db_for_write(handler.model))
    if demand is not None:
        _permit_objects(request, Operation(handler, action), demand, _named(exchange))


def _named(exchange: Exchange) -> list[Mapping[str, Any]]:
    """Return the URL's arguments for each object that a request is about."""
    return [exchange.kwargs] if exchange.items is None else [item.kwargs for item in exchange.items]


def guard(request: HttpRequest, exchange: Exchange, read: Callable[[Exchange], HttpResponseBase]) -> None:
    """Hold a write to its preconditions; ``hold`` keeps all other writers of the object out until it is done.

    Args:
        request: the request.
        exchange: what it is to do.
        read: answers a read at the same address.

    Raises:
        Problem: 412.
    """
    if exchange.conditions is not None:
        refuse_other_state(exchange.conditions, _present_state(request, exchange, read))


def _lock(request: Request, exchange: Exchange, alias: str) -> None:
    """Keep other writers from what a request is about. Of several objects, one that is missing is told later."""
    handler, items = exchange.handler, exchange.items
    if not has_locks(alias):
        return
    # All take them in one order, so that no two of them wait for each other.
    for kwargs in sorted(_named(exchange), key=lambda each: [*map(str, each.values())]):
        if identifies(handler.model, frozenset(kwargs)):
            with nullcontext() if items is None else suppress(Http404):
                if not lock(handler.get(request, **kwargs), alias):
                    raise Http404


def _present_state(request: HttpRequest, exchange: Exchange, read: Callable[[Exchange], HttpResponseBase]) -> State:
    """Return the validators of what a read would be answered now (RFC 9110, section 3.2)."""
    handler = exchange.handler
    declared = _declared(request, exchange)
    if declared is not None and declared.etag:
        return declared
    if not implements(handler, "read"):
        return declared or _NOTHING
    seen = read(
        exchange._replace(
            action="read", awaited=is_async(handler, "read"), preferred=NOTHING_PREFERRED, conditions=None, state=None
        )
    )
    try:
        return _state_of(seen, declared or _NOTHING)
    finally:
        _let_go(seen)


def _let_go(response: HttpResponseBase) -> None:
    """End what an answer is made of; to close the answer would tell Django that the request is over."""
    for end in response._resource_closers:  # type: ignore[attr-defined]  # Django's stubs leave it away
        end()
