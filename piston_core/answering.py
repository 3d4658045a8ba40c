"""From what a handler's method returns to the response: represent, link, emit, respond."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.db.models import Manager, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from piston_core.access import Operation
from piston_core.affording import Whereabouts, affordances_of, at, links_of, whereabouts
from piston_core.arguments import identifies
from piston_core.bound import Bound
from piston_core.contracts import Document
from piston_core.exchange import Exchange
from piston_core.handler import WRITES, BaseHandler
from piston_core.headers import link_field
from piston_core.linking import Affordance, Link, Shape, Subject, in_full
from piston_core.lists.pages import Page, page_of
from piston_core.lists.refusals import VARIES
from piston_core.lists.wish import Wish, wish_of
from piston_core.mounted import root_of
from piston_core.pipeline.caching import announce, keep
from piston_core.pipeline.call import Outcome
from piston_core.pipeline.conditions import tag_of
from piston_core.pipeline.emit import emit
from piston_core.pipeline.link import link
from piston_core.pipeline.negotiate import names_format
from piston_core.pipeline.permit import visible
from piston_core.pipeline.prefer import applied
from piston_core.pipeline.query import equivalent, parameters_of
from piston_core.pipeline.represent import data_of, location
from piston_core.pipeline.respond import empty, rendered, respond, vary
from piston_core.pipeline.select import Methods, describe
from piston_core.pipeline.throttle import tell_limits
from piston_core.plans.addresses import Addresses
from piston_core.plans.values import Values, is_plain
from piston_core.plans.whole import Whole
from piston_core.replies import NOTHING
from piston_core.requests import Request
from piston_core.sought import Sought, stored

if TYPE_CHECKING:
    from piston_core.resource import Resource

_LISTS = (QuerySet, Manager, list, tuple)  # a union would be made anew for each question
# A list can be had in parts, and what is told of it depends on what the client prefers.
_LIST: Mapping[str, str] = {"Accept-Ranges": "items", **VARIES}


class Answered(NamedTuple):
    """An answer as plain data, and what it says beside that.

    Attributes:
        whole: the data.
        pages: where the other pages of a list are.
        total: how many objects the whole list has, if that is known.
        more: what an entity tag depends on beside the bytes.
    """

    whole: Whole
    pages: tuple[Link, ...] = ()
    total: int | None = None
    more: str = ""


def description(
    request: HttpRequest,
    methods: Methods,
    unknown: Methods | None,
    types_for: Callable[[BaseHandler, str], Iterable[str]],
) -> HttpResponseBase:
    """Return the answer to OPTIONS: what is served at an address, to anybody, and where the API begins.

    Nothing is read for it, and nobody is asked who they are.
    """
    told = describe(methods, unknown, types_for)
    index = root_of(request)
    return empty(204, {**told, "Link": link_field([Link(index, "index")])} if index else told)


def wish_for(
    request: HttpRequest, handler: BaseHandler, kwargs: Mapping[str, Any], preferred: Mapping[str, str]
) -> Wish | None:
    """Return which objects of a list a read wants, ``None`` for the address of one object.

    Raises:
        Problem: 400 for parameters that cannot be meant.
    """
    if identifies(handler.model, frozenset(kwargs)):
        return None
    ranged = request.META.get("HTTP_RANGE", "") if request.method == "GET" else ""  # RFC 9110, section 14.2
    strict = preferred.get("handling") == "strict"
    return wish_of(handler, request.GET, ranged, preferred.get("count", ""), strict=strict)


def tell(
    request: HttpRequest, response: HttpResponseBase, bound: Bound, announcements: Mapping[str, str] | None
) -> None:
    """Set what every answer of a resource tells, however it has come about."""
    vary(response, bound.vary_but_accept if names_format(request) else bound.vary)
    keep(request, response)
    if bound.demands:
        tell_limits(request, response)
    if announcements:
        announce(response, announcements)


def answer(request: HttpRequest, resource: Resource, exchange: Exchange, result: Any) -> HttpResponseBase:
    """Return the response for the result of a handler's method."""
    outcome = resource.outcome(cast("Request", request), Operation(exchange.handler, exchange.action), result)
    if not isinstance(outcome, Outcome):
        return _own(exchange, outcome)
    if outcome.data is NOTHING:
        return _own(exchange, empty(outcome.status, outcome.headers))
    if exchange.action in WRITES:
        return _written(request, resource, exchange, outcome)
    return _shown(request, resource, exchange, outcome)


def _own(exchange: Exchange, response: HttpResponseBase) -> HttpResponseBase:
    """Return a response that is not made of data, with an entity tag if it can have one."""
    response = rendered(response)
    if isinstance(response, HttpResponse) and _has_tag_of_its_bytes(exchange, response.status_code):
        response.headers.setdefault("ETag", tag_of(response.content, response.headers.get("Content-Type", "")))
    return response


def _has_tag_of_its_bytes(exchange: Exchange, status: int) -> bool:
    """Return whether the bytes of an answer make its entity tag, since its handler has declared none."""
    return exchange.action == "read" and status == 200 and (exchange.state is None or not exchange.state.etag)


def _shown(request: HttpRequest, resource: Resource, exchange: Exchange, outcome: Outcome) -> HttpResponseBase:
    data, headers, demand = outcome.data, outcome.headers, exchange.demand
    if demand is not None and demand.of_list and isinstance(data, QuerySet | Manager):
        data = visible(
            cast("Request", request), Operation(exchange.handler, exchange.action), demand.of_list, data.all()
        )
    listed = isinstance(data, _LISTS) and outcome.status == 200
    if listed:
        headers = {**_LIST, **headers, **(equivalent(request) if request.method == "QUERY" else {})}
    if not listed or exchange.wish is None:
        answered = Answered(_represented(request, resource, exchange, data))
        return _sent(request, resource, exchange, outcome, answered, headers)
    values, source = exchange.values(request, resource.compiler), data.all() if isinstance(data, Manager) else data
    shape = _shape_of(values, exchange, source)
    streams = exchange.handler.stream or exchange.emitter.streams
    read = partial(data_of, values, exchange)
    names = exchange.emitter.dialect.names if exchange.emitter.dialect else {}
    page = page_of(source, exchange.wish, exchange.handler, parameters_of(request), read, streams=streams, names=names)
    outcome = outcome._replace(status=206) if page.partial else outcome
    told = _told(page, exchange.preferred)
    more = told.get("Total-Count", "") + (repr(page.links) if page.links else "")  # may change where no row does
    answered = Answered(Whole(page.rows, shape=shape), _led(request, page.links), page.total, more)
    return _sent(request, resource, exchange, outcome, answered, {**headers, **told})


def _represented(request: HttpRequest, resource: Resource, exchange: Exchange, data: Any) -> Whole:
    """Return a result as plain data; of one object with where it leads to, for those who show that."""
    if type(data) is dict and is_plain(data):  # told apart before the dearer questions
        return Whole(data)
    handler, values = exchange.handler, exchange.values(request, resource.compiler)
    declares = bool(exchange.linking) and bool(handler.links or handler.actions)
    if (declares or exchange.emitter.linked) and (type(data) is Sought or isinstance(data, Model)):
        return values.whole(data, held=exchange.emitter.linked and _is_looked_at(resource, handler))
    shape = _shape_of(values, exchange, data)  # as long as nothing is being shown yet
    return Whole(data_of(values, exchange, data), shape=shape)


def _is_looked_at(resource: Resource, handler: BaseHandler) -> bool:
    """Return whether a rule may want to see a handler's object, to tell what can be done with it."""
    demands = resource.bound().demands
    return bool(handler.actions) or any(
        demand.of_object for (kind, action), demand in demands.items() if kind is type(handler) and action in WRITES
    )


def _shape_of(values: Values, exchange: Exchange, source: Any) -> Shape | None:
    """Return the shape of a list's objects for an emitter that wants it, ``None`` if the list may have other rows."""
    if not exchange.emitter.linked or not isinstance(source, _LISTS):
        return None
    if isinstance(source, QuerySet | Manager):
        model = source.model if getattr(source, "_fields", None) is None else None  # as it is of values()
    else:
        own = values.handler.model
        model = own if all(each.__class__ is own for each in source) else None
    return None if model is None else values.plan_of(model, many=True).shape


def _led(request: HttpRequest, links: Iterable[Link]) -> tuple[Link, ...]:
    """Return links to other pages with their path: not every client knows that "?" alone means the first one."""
    path = escape_uri_path(request.path)
    return tuple(replace(each, href=path if each.href == "?" else path + each.href) for each in links)


def _told(page: Page, preferred: Mapping[str, str]) -> dict[str, str]:
    """Return the header fields that say which part of a list this is, and of how many objects if they were counted."""
    told = applied(preferred, ("count", "handling"))
    if page.content_range:
        told["Content-Range"] = page.content_range
    if page.total is not None and preferred.get("count") == "exact":
        told["Total-Count"] = str(page.total)
    return told


def _written(request: HttpRequest, resource: Resource, exchange: Exchange, outcome: Outcome) -> HttpResponseBase:
    handler, action, obj = exchange.handler, exchange.action, outcome.data
    headers = {**applied(exchange.preferred, ("return",)), **outcome.headers}
    if outcome.created:
        address = location(request, handler, obj, resource.compiler)
        headers = {"Location": address, **headers} if address else headers
    if exchange.preferred.get("return") == "minimal" and outcome.status in (200, 201):
        return empty(201 if outcome.created else 204, headers)
    data = stored(request, handler, action, obj)
    answered = Answered(_represented(request, resource, exchange, data))
    if data is not obj and not outcome.created and _is_at(obj, exchange.kwargs):  # RFC 9110, section 8.7
        headers = {"Content-Location": request.get_full_path(), **headers}
    return _sent(request, resource, exchange, outcome, answered, headers)


def _is_at(obj: Any, kwargs: Mapping[str, Any]) -> bool:
    """Return whether a saved object still has the address that it was written at."""
    return all(str(getattr(obj, name, value)) == str(value) for name, value in kwargs.items())


def _sent(
    request: HttpRequest,
    resource: Resource,
    exchange: Exchange,
    outcome: Outcome,
    answered: Answered,
    headers: Mapping[str, str],
) -> HttpResponseBase:
    handler, emitter, content_type = exchange.handler, exchange.emitter, exchange.content_type
    layout = handler.layouts.get(emitter.name) if handler.layouts else None
    whole, links = answered.whole, answered.pages
    document = Document(whole.data, layout, links=links, shape=whole.shape, total=answered.total)
    if exchange.linking or emitter.linked:
        document, links = _linked(request, resource, exchange, outcome, document, whole)
    if links:
        headers = {**headers, "Link": link_field(links)}
    body = emit(request, document, emitter)
    if isinstance(body, bytes) and _has_tag_of_its_bytes(exchange, outcome.status):
        headers = {"ETag": tag_of(body, content_type + answered.more), **headers}
    return respond(request, outcome.status, body, content_type, headers)


def _linked(
    request: HttpRequest,
    resource: Resource,
    exchange: Exchange,
    outcome: Outcome,
    document: Document,
    whole: Whole,
) -> tuple[Document, tuple[Link, ...]]:
    """Return a document with where it leads to and what can be done next, and the links of its ``Link`` field."""
    handler, match, obj = exchange.handler, request.resolver_match, outcome.data
    addresses = Addresses(match.namespace if match else "")
    here = _here(request, resource, exchange, outcome, whole.obj or (obj if isinstance(obj, Model) else None))
    further = handler.leads_to(cast("Request", request), **exchange.kwargs)
    declared = (*further, *links_of(handler, here, whole.led, addresses))
    built = link(Subject(request, type(handler), obj, declared), exchange.linking)
    pages, others = document.links, tuple(each for each in built if each not in declared)
    actions: tuple[Affordance, ...] = ()
    if exchange.emitter.linked:
        actions = tuple(affordances_of(request, handler, here, whole.led, addresses))
    document = replace(document, links=(*pages, *declared, *others), actions=actions)
    told = (replace(each, rel=in_full(each.rel, handler.curies)) for each in built if not each.templated)
    return document, (*pages, *told)


def _here(
    request: HttpRequest, resource: Resource, exchange: Exchange, outcome: Outcome, obj: Model | None
) -> Whereabouts:
    """Return where an answer is about: at its own address, or at that of what has been created."""
    address = location(request, exchange.handler, obj, resource.compiler) if outcome.created else None
    there = None if address is None else at(request, address, obj)
    return there or whereabouts(request, resource, exchange.kwargs, escape_uri_path(request.path), obj)
