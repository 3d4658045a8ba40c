"""A resource: a handler behind a URL. A plain Django view that takes a request through the pipeline."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from inspect import isawaitable
from typing import Any, cast

from asgiref.sync import async_to_sync, markcoroutinefunction, sync_to_async
from django.conf import settings as django_settings
from django.core.exceptions import SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import connections
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.log import log_response

from piston_core.bound import Bound, bind
from piston_core.contracts import Authenticator, Document, Emitter, Subject, Throttle
from piston_core.exchange import Exchange
from piston_core.handler import WRITES, BaseHandler
from piston_core.pipeline.authenticate import authenticate, unauthorized
from piston_core.pipeline.call import Outcome, outcome_of, refuse_misfit, transaction_for, undo_request
from piston_core.pipeline.choose import choose
from piston_core.pipeline.emit import emit
from piston_core.pipeline.link import link, link_field
from piston_core.pipeline.negotiate import negotiate, wanted
from piston_core.pipeline.parse import WITH_BODY, parse
from piston_core.pipeline.represent import location, represent
from piston_core.pipeline.respond import empty, refused, respond, vary
from piston_core.pipeline.select import Methods, describe, is_async, methods_of, select
from piston_core.pipeline.throttle import tell_limits, throttle
from piston_core.pipeline.validate import validate
from piston_core.pipeline.watch import watch_for
from piston_core.plans.compiler import Compiler
from piston_core.plans.values import Values
from piston_core.problems import Problem
from piston_core.registry import get_registry
from piston_core.replies import NOTHING
from piston_core.requests import Request
from piston_core.scope import Scope
from piston_core.sought import stored


class Resource:
    """Serves a handler as a Django view, synchronous or, with ``async def`` methods, asynchronous.

    Example: ``path("posts/<slug:slug>/", Resource(PostHandler))``.

    Args:
        handler: the handler's class.
        authentication: the authenticators to ask, by name or as instances; by default those of
            ``PISTON["AUTHENTICATORS"]``. An empty list lets everybody in.
        throttles: the throttles to ask, by name or as instances; by default those of ``PISTON["THROTTLES"]``.
        emitters: the names of the formats to offer, the first for clients that take anything; by
            default those of ``PISTON["EMITTERS"]``.
        scope: the handlers of the API that it belongs to; alone, it knows only its own.
    """

    csrf_exempt = True  # an authenticator that uses cookies checks the token itself

    def __init__(
        self,
        handler: type[BaseHandler] | BaseHandler,
        *,
        authentication: Sequence[str | Authenticator] | str | Authenticator | None = None,
        throttles: Sequence[str | Throttle] | None = None,
        emitters: Sequence[str] | None = None,
        scope: Scope | None = None,
    ) -> None:
        self.handler = handler() if isinstance(handler, type) else handler
        self.authentication = [authentication] if isinstance(authentication, str | Authenticator) else authentication
        self.throttles = throttles
        self.emitters = emitters
        self.scope = Scope() if scope is None else scope
        self.scope.add(type(self.handler))
        self.compiler = Compiler(self.scope, self.handler)
        self._bound: Bound | None = None
        self._methods: dict[tuple[str, ...], tuple[Methods, Methods | None]] = {}
        self.is_async = any(is_async(self.handler, action) for action in WRITES | {"read"})
        if self.is_async:
            mark_async(self)

    def __call__(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Answer a request; what goes wrong on the way is answered as a problem."""
        if self.is_async:
            return self._call_async(request, kwargs)
        bound = self.bound()
        moments = bound.moments
        try:
            if moments.received is not None:  # a call for nothing costs more than the question
                moments.request_received(request, self)
            response = self.handle(request, kwargs, bound)
        except Exception as error:  # noqa: BLE001 - the one place where everything is answered
            response = self._refuse(request, bound, error)
        if moments.ready is not None:
            response = self._ready(request, bound, response)
        vary(response, bound.vary)
        if bound.throttles:
            tell_limits(request, response)
        if response.status_code >= 400:
            undo_request()
        return response

    async def _call_async(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> HttpResponseBase:
        bound = self.bound()
        try:
            if bound.moments.received is not None:  # a plugin may use the database
                await sync_to_async(bound.moments.request_received)(request, self)
            response = await self.handle_async(request, kwargs, bound)
        except Exception as error:  # noqa: BLE001 - as in __call__
            response = await sync_to_async(self._refuse)(request, bound, error)
        if bound.moments.ready is not None:
            response = await sync_to_async(self._ready)(request, bound, response)
        vary(response, bound.vary)
        if bound.throttles:
            tell_limits(request, response)
        return response

    def handle(self, request: HttpRequest, kwargs: Mapping[str, Any], bound: Bound) -> HttpResponseBase:
        """Take a request through the pipeline: decide everything, then act, then answer."""
        if request.method == "OPTIONS":
            return empty(204, describe(*self.methods(kwargs)))
        exchange = self._decide(request, kwargs, bound)
        return self._perform(request, exchange) if exchange.action in WRITES else self._act(request, exchange)

    async def handle_async(self, request: HttpRequest, kwargs: Mapping[str, Any], bound: Bound) -> HttpResponseBase:
        """Do the same with a method that is awaited; the steps around it run in a thread."""
        if request.method == "OPTIONS":
            return empty(204, describe(*self.methods(kwargs)))
        exchange = await sync_to_async(self._decide)(request, kwargs, bound)
        if not exchange.awaited:
            return await sync_to_async(self._perform)(request, exchange)
        await sync_to_async(self._validate)(request, exchange)
        answer = partial(self._answer, request, exchange)
        watch = watch_for(request, exchange, self.compiler)
        async with watch or nullcontext():
            result = self._invoke(request, exchange)
            result = await result if isawaitable(result) else result
        return await sync_to_async(watch.answered)(result, answer) if watch else await sync_to_async(answer)(result)

    def _decide(self, request: HttpRequest, kwargs: Mapping[str, Any], bound: Bound) -> Exchange:
        authenticators = bound.authenticators
        identity = authenticate(request, authenticators)
        known, unknown = self.methods(kwargs)
        open_to_it = identity is not None or not authenticators
        refuse = None if open_to_it else partial(unauthorized, request, authenticators)
        methods, action = select(request, known, unknown, refuse)
        if bound.throttles:
            throttle(request, identity, bound.throttles)
        emitter = negotiate(request, bound.formats)
        query = request.META.get("QUERY_STRING")
        wanted = choose(request, methods.handler, action, kwargs, self.compiler) if query else ()
        data = parse(request, action, bound.parsers, bound.max_upload_size)
        request.data = data  # type: ignore[attr-defined]  # declared by piston_core.Request
        awaited = action in methods.awaited
        moments, builders = bound.moments, bound.link_builders
        return Exchange(methods.handler, action, awaited, emitter, data, kwargs, wanted, moments, builders)

    def _perform(self, request: HttpRequest, exchange: Exchange) -> HttpResponseBase:
        with transaction_for(exchange.handler, exchange.action) as undo:
            self._validate(request, exchange)
            response = self._act(request, exchange)
            if response.status_code >= 400:  # a refusal of the handler's own making
                undo()
            return response

    def _act(self, request: HttpRequest, exchange: Exchange) -> HttpResponseBase:
        if exchange.handler.max_queries is not None or request.META.get("QUERY_STRING"):
            watch = watch_for(request, exchange, self.compiler)
            if watch is not None:
                return watch.over(partial(self._result, request, exchange), partial(self._answer, request, exchange))
        return self._answer(request, exchange, self._result(request, exchange))

    def _result(self, request: HttpRequest, exchange: Exchange) -> Any:
        result = self._invoke(request, exchange)
        return async_to_sync(_awaited)(result) if exchange.awaited and isawaitable(result) else result

    def _validate(self, request: HttpRequest, exchange: Exchange) -> None:
        if exchange.action in WITH_BODY:
            validate(cast("Request", request), exchange.handler, exchange.action, exchange.data, exchange.kwargs)

    def _invoke(self, request: HttpRequest, exchange: Exchange) -> Any:
        handler, action, kwargs = exchange.handler, exchange.action, exchange.kwargs
        try:
            return exchange.moments.call_handler(request, self, handler, action, exchange.data, kwargs)
        except TypeError as error:
            refuse_misfit(error, handler, action, request, kwargs)
            raise

    def _answer(self, request: HttpRequest, exchange: Exchange, result: Any) -> HttpResponseBase:
        outcome = outcome_of(result, exchange.action)
        if not isinstance(outcome, Outcome):
            return outcome
        if outcome.data is NOTHING:
            return empty(outcome.status, outcome.headers)
        emitter, handler, action = exchange.emitter, exchange.handler, exchange.action
        data = stored(request, handler, action, outcome.data) if action in WRITES else outcome.data
        document = represent(request, handler, data, emitter, self.compiler, exchange.wanted)
        headers = outcome.headers
        if exchange.link_builders:
            links = link(Subject(request, type(handler), outcome.data), exchange.link_builders)
            document = replace(document, links=links)
            headers = {**headers, "Link": link_field(links)} if links else headers
        if outcome.created:
            address = location(request, handler, outcome.data, self.compiler)
            headers = {"Location": address, **headers} if address else headers
        content_type = emitter.content_type or emitter.media_types[0]
        return respond(request, outcome.status, emit(request, document, emitter), content_type, headers)

    def _refuse(self, request: HttpRequest, bound: Bound, error: Exception) -> HttpResponseBase:
        try:
            answer = bound.moments.handle_exception(request, self, error)
        except Exception as another:  # noqa: BLE001 - a plugin's defect; the first exception is its context
            return self._refused(request, bound, another)
        return answer if isinstance(answer, HttpResponseBase) else self._refused(request, bound, answer)

    def _refused(self, request: HttpRequest, bound: Bound, answer: Exception) -> HttpResponseBase:
        if not isinstance(answer, Problem):
            return self._failed(request, bound, answer)
        try:
            return self._written(request, bound, answer)
        except Exception as another:  # noqa: BLE001 - the problem holds what no emitter can write
            return self._failed(request, bound, another)

    def _failed(self, request: HttpRequest, bound: Bound, error: Exception) -> HttpResponse:
        response = self._written(request, bound, _defect(request, error))
        log_response("Internal Server Error: %s", request.path, response=response, request=request, exception=error)
        return response

    def _written(self, request: HttpRequest, bound: Bound, problem: Problem) -> HttpResponse:
        emitter = _asked_for(request, bound) or bound.problem_emitter
        if emitter is None:
            return refused(request, problem, None, problem.text().encode())
        values = Values(self.compiler, type(self.handler), emitter.native, request)
        body = emitter.emit(Document(values.plain(problem.document()), is_problem=True), request)
        return refused(request, problem, emitter, body)

    def _ready(self, request: HttpRequest, bound: Bound, response: HttpResponseBase) -> HttpResponseBase:
        try:
            bound.moments.response_ready(request, self, response)
        except Exception as error:  # noqa: BLE001 - a plugin's defect is answered like any other
            return self._refuse(request, bound, error)
        return response

    def bound(self) -> Bound:
        """Return what this resource uses of the current registry; it changes only with the settings."""
        registry = get_registry()
        bound = self._bound
        if bound is None or bound.registry is not registry:
            bound = self._bound = bind(registry, self.authentication, self.throttles, self.emitters)
        return bound

    def methods(self, kwargs: Mapping[str, Any]) -> tuple[Methods, Methods | None]:
        """Return what is served at an address with these arguments, to identified and to unknown clients."""
        arguments = tuple(kwargs)
        if arguments not in self._methods:
            names = frozenset(arguments)
            anonymous = self.scope.anonymous_of(type(self.handler))
            unknown = methods_of(anonymous(), names) if anonymous else None
            self._methods[arguments] = (methods_of(self.handler, names), unknown)
        return self._methods[arguments]


def mark_async(view: Any) -> None:
    """Mark a view as asynchronous, for which Django refuses ATOMIC_REQUESTS."""
    markcoroutinefunction(view)
    for alias in connections:
        non_atomic_requests(alias)(view)


def _asked_for(request: HttpRequest, bound: Bound) -> Emitter | None:
    try:
        return wanted(request, bound.problem_formats)
    except SuspiciousOperation:  # a query with too many fields, which may be what is refused
        return None


async def _awaited(result: Any) -> Any:
    return await result


def _defect(request: HttpRequest, error: Exception) -> Problem:
    """Report an exception as Django would, and return the problem that tells nothing of it.

    With ``DEBUG`` the traceback is there as well.
    """
    got_request_exception.send(sender=Resource, request=request)
    detail = "Something went wrong on the server; it has been noted."
    if not django_settings.DEBUG:
        return Problem(500, detail)
    return Problem(500, detail, traceback=traceback.format_exception(error))
