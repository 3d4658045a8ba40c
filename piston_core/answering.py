"""From what a handler's method returns to the response: represent, link, emit, respond."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, cast

from django.db.models import Manager, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from piston_core.access import Operation
from piston_core.arguments import identifies
from piston_core.contracts import Document, Link, Subject
from piston_core.exchange import Exchange
from piston_core.handler import WRITES, BaseHandler
from piston_core.headers import link_field
from piston_core.lists.pages import Page, page_of
from piston_core.lists.refusals import VARIES
from piston_core.lists.wish import Wish, wish_of
from piston_core.mounted import root_of
from piston_core.pipeline.call import Outcome, outcome_of
from piston_core.pipeline.conditions import tag_of
from piston_core.pipeline.emit import emit
from piston_core.pipeline.link import link
from piston_core.pipeline.permit import visible
from piston_core.pipeline.prefer import applied
from piston_core.pipeline.query import equivalent, parameters_of
from piston_core.pipeline.represent import location, represent, rows_of
from piston_core.pipeline.respond import empty, rendered, respond
from piston_core.pipeline.select import Methods, describe
from piston_core.plans.compiler import Compiler
from piston_core.replies import NOTHING
from piston_core.requests import Request
from piston_core.sought import stored

_LISTS = (QuerySet, Manager, list, tuple)  # a union would be made anew for each question
# A list can be had in parts, and what is told of it depends on what the client prefers.
_LIST: Mapping[str, str] = {"Accept-Ranges": "items", **VARIES}


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


def answer(request: HttpRequest, exchange: Exchange, compiler: Compiler, result: Any) -> HttpResponseBase:
    """Return the response for the result of a handler's method."""
    outcome = outcome_of(result, exchange.action)
    if not isinstance(outcome, Outcome):
        return _own(exchange, outcome)
    if outcome.data is NOTHING:
        return _own(exchange, empty(outcome.status, outcome.headers))
    if exchange.action in WRITES:
        return _written(request, exchange, compiler, outcome)
    return _shown(request, exchange, compiler, outcome)


def _own(exchange: Exchange, response: HttpResponseBase) -> HttpResponseBase:
    """Return a response that is not made of data, with an entity tag if it can have one."""
    response = rendered(response)
    if isinstance(response, HttpResponse) and _has_tag_of_its_bytes(exchange, response.status_code):
        response.headers.setdefault("ETag", tag_of(response.content, response.headers.get("Content-Type", "")))
    return response


def _has_tag_of_its_bytes(exchange: Exchange, status: int) -> bool:
    """Return whether the bytes of an answer make its entity tag, since its handler has declared none."""
    return exchange.action == "read" and status == 200 and (exchange.state is None or not exchange.state.etag)


def _shown(request: HttpRequest, exchange: Exchange, compiler: Compiler, outcome: Outcome) -> HttpResponseBase:
    handler, emitter, data = exchange.handler, exchange.emitter, outcome.data
    headers, demand = outcome.headers, exchange.demand
    if demand is not None and demand.of_list and isinstance(data, QuerySet | Manager):
        data = visible(cast("Request", request), Operation(handler, exchange.action), demand.of_list, data.all())
    listed = isinstance(data, _LISTS) and outcome.status == 200
    if listed:
        headers = {**_LIST, **headers, **(equivalent(request) if request.method == "QUERY" else {})}
    if not listed or exchange.wish is None:
        document = represent(request, handler, data, emitter, compiler, exchange.wanted)
        return _sent(request, exchange, outcome, document, headers)
    read = partial(rows_of, request, handler, emitter=emitter, compiler=compiler, wanted=exchange.wanted)
    source = data.all() if isinstance(data, Manager) else data
    streams = handler.stream or emitter.streams
    page = page_of(source, exchange.wish, handler, parameters_of(request), read, streams=streams)
    document = Document(page.rows, handler.layouts.get(emitter.name))
    outcome = outcome._replace(status=206) if page.partial else outcome
    told = _told(page, exchange.preferred)
    more = told.get("Total-Count", "") + (repr(page.links) if page.links else "")  # may change where no row does
    return _sent(request, exchange, outcome, document, {**headers, **told}, _led(request, page.links), more)


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


def _written(request: HttpRequest, exchange: Exchange, compiler: Compiler, outcome: Outcome) -> HttpResponseBase:
    handler, action, obj = exchange.handler, exchange.action, outcome.data
    headers = {**applied(exchange.preferred, ("return",)), **outcome.headers}
    if outcome.created:
        address = location(request, handler, obj, compiler)
        headers = {"Location": address, **headers} if address else headers
    if exchange.preferred.get("return") == "minimal" and outcome.status in (200, 201):
        return empty(201 if outcome.created else 204, headers)
    data = stored(request, handler, action, obj)
    document = represent(request, handler, data, exchange.emitter, compiler, exchange.wanted)
    if data is not obj and not outcome.created and _is_at(obj, exchange.kwargs):  # RFC 9110, section 8.7
        headers = {"Content-Location": request.get_full_path(), **headers}
    return _sent(request, exchange, outcome, document, headers)


def _is_at(obj: Any, kwargs: Mapping[str, Any]) -> bool:
    """Return whether a saved object still has the address that it was written at."""
    return all(str(getattr(obj, name, value)) == str(value) for name, value in kwargs.items())


def _sent(
    request: HttpRequest,
    exchange: Exchange,
    outcome: Outcome,
    document: Document,
    headers: Mapping[str, str],
    links: tuple[Link, ...] = (),
    more: str = "",
) -> HttpResponseBase:
    if exchange.link_builders:
        links += link(Subject(request, type(exchange.handler), outcome.data), exchange.link_builders)
    if links:
        document = Document(document.data, document.layout, links=links)
        headers = {**headers, "Link": link_field(links)}
    emitter = exchange.emitter
    content_type = exchange.content_type
    body = emit(request, document, emitter)
    if isinstance(body, bytes) and _has_tag_of_its_bytes(exchange, outcome.status):
        headers = {"ETag": tag_of(body, content_type + more), **headers}
    return respond(request, outcome.status, body, content_type, headers)
