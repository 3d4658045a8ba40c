"""A resource: a handler behind a URL. A plain Django view that takes a request through the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from piston_core.access import Authenticator, Operation, Throttle
from piston_core.answering import answer, description, tell, wish_for
from piston_core.bound import Bound, bind
from piston_core.bulk import items_of
from piston_core.contracts import Emitter
from piston_core.deciding import Decisions
from piston_core.declarations import Lifecycle
from piston_core.exchange import Exchange
from piston_core.guarding import admit, conclude, declared_state, guard, hold, in_parts, known, tell_new_state
from piston_core.handler import CHANGES, WITH_BODY, WRITES, BaseHandler
from piston_core.idempotency import claim_for
from piston_core.permissions import Declared
from piston_core.pipeline.authenticate import authenticate, unauthorized
from piston_core.pipeline.caching import DECLARED, announcements
from piston_core.pipeline.call import refuse_misfit, transaction_for, undo_request
from piston_core.pipeline.choose import Chosen, aim_of, choose
from piston_core.pipeline.conditions import conditions_of, refuse_unconditional
from piston_core.pipeline.limits import limit
from piston_core.pipeline.prefer import NOTHING_PREFERRED, preferences
from piston_core.pipeline.query import take_query, translate
from piston_core.pipeline.respond import empty, without_body
from piston_core.pipeline.select import Methods, is_async, mark_async, methods_of, select
from piston_core.pipeline.validate import validate
from piston_core.pipeline.watch import watch_for
from piston_core.plans.compiler import Compiler
from piston_core.registry import get_registry
from piston_core.requests import Request
from piston_core.scope import Scope

if TYPE_CHECKING:
    from piston_core.idempotency.rows import Claim


class Resource(Decisions):
    """Serves a handler as a Django view, synchronous or, with ``async def`` methods, asynchronous.

    Example: ``path("posts/<slug:slug>/", Resource(PostHandler))``. What a subclass may decide otherwise is in
    ``Decisions``.

    Args:
        handler: the handler's class.
        authentication: the authenticators to ask, by name or as instances; by default those of
            ``PISTON["AUTHENTICATORS"]``. An empty list lets everybody in.
        throttles: the throttles to ask, by name or as instances; by default those of ``PISTON["THROTTLES"]``.
        permissions: who may do what, beside what the handler says; see ``BaseHandler.permissions``. Where neither
            says anything, ``PISTON["PERMISSIONS"]`` does.
        emitters: the formats to offer, by name or as instances, the first for clients that take anything; by
            default those of ``PISTON["EMITTERS"]``.
        lifecycle: since when its address is deprecated, until when it answers, and what takes its place.
        scope: the handlers of the API that it belongs to; alone, it knows only its own.
    """

    csrf_exempt = True  # an authenticator that uses cookies checks the token itself
    should_append_slash = False  # Django's redirect would lose the body of a POST

    def __init__(
        self,
        handler: type[BaseHandler] | BaseHandler,
        *,
        authentication: Sequence[str | Authenticator] | str | Authenticator | None = None,
        throttles: Sequence[str | Throttle] | None = None,
        permissions: Declared | None = None,
        emitters: Sequence[str | Emitter] | None = None,
        lifecycle: Lifecycle | None = None,
        scope: Scope | None = None,
    ) -> None:
        self.handler = handler() if isinstance(handler, type) else handler
        self.authentication = [authentication] if isinstance(authentication, str | Authenticator) else authentication
        self.throttles = throttles
        self.permissions = permissions
        self.emitters = emitters
        self.lifecycle = lifecycle
        self.announcements = announcements(lifecycle) if lifecycle else None
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
        try:
            if bound.moments.received is not None:  # a call for nothing costs more than the question
                bound.moments.request_received(request, self)
            response = self.handle(request, kwargs, bound)
        except Exception as error:  # noqa: BLE001 - the one place where everything is answered
            response = self.refuse(request, bound, error)
        response = self._finished(request, response, bound)
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
            response = await sync_to_async(self.refuse)(request, bound, error)
        if bound.moments.ready is not None:
            return await sync_to_async(self._finished)(request, response, bound)
        return self._finished(request, response, bound)

    def handle(self, request: HttpRequest, kwargs: Mapping[str, Any], bound: Bound) -> HttpResponseBase:
        """Take a request through the pipeline: decide everything, then act, then answer."""
        if request.method == "OPTIONS" and self.describes:
            return description(request, *self.methods(kwargs), partial(bound.parsers_for, names=kwargs))
        return self._serve(request, self._decide(request, kwargs, bound))

    async def handle_async(self, request: HttpRequest, kwargs: Mapping[str, Any], bound: Bound) -> HttpResponseBase:
        """Do the same with methods that are awaited.

        All other steps run in the thread of the request. So does a write with its transaction: what the method
        awaits of the database comes back to that thread, as all of asgiref's bridges do.
        """
        if request.method == "OPTIONS" and self.describes:
            return description(request, *self.methods(kwargs), partial(bound.parsers_for, names=kwargs))
        exchange = await sync_to_async(self._decide)(request, kwargs, bound)
        if not exchange.awaited or exchange.action in WRITES:
            return await sync_to_async(self._serve)(request, exchange)
        early = known(request, exchange)
        if early is not None:
            return early
        exchange = in_parts(exchange)
        answered = partial(answer, request, self, exchange)
        watch = watch_for(request, exchange, self.compiler)
        async with watch or nullcontext():
            result = self._invoke(request, exchange)
            result = await result if isawaitable(result) else result
        make = partial(watch.answered, result, answered) if watch else partial(answered, result)
        return await sync_to_async(lambda: conclude(exchange, make()))()

    def _serve(self, request: HttpRequest, exchange: Exchange) -> HttpResponseBase:
        if exchange.action in WRITES:
            return self._perform(request, exchange)
        if exchange.conditions is None and exchange.state is None:
            return self._act(request, exchange)
        return known(request, exchange) or conclude(exchange, self._act(request, in_parts(exchange)))

    def _decide(self, request: HttpRequest, kwargs: Mapping[str, Any], bound: Bound) -> Exchange:
        special = limit(request, bound.usual_fields, bound.max_query_size, bound.max_field_size)
        authenticators = bound.authenticators
        identity = authenticate(request, authenticators)
        known_here, unknown = self.methods(kwargs)
        open_to_it = identity is not None or not authenticators
        refuse_it = None if open_to_it else partial(unauthorized, request, authenticators)
        methods, action = select(request, known_here, unknown, refuse_it, bound.open_actions)
        handler, data = methods.handler, None
        demand = admit(cast("Request", request), handler, action, bound.demands, kwargs) if bound.demands else None
        emitter, content_type = self.choose_format(request, bound.formats)
        request.META[DECLARED] = handler.cache_control
        if request.method == "QUERY":
            data = self.read_body(request, bound.parsers_for(handler, action, kwargs), bound.max_upload_size, None)
            take_query(request, data)
            # The body may name the format, as an address may.
            emitter, content_type = self.choose_format(request, bound.formats)
        query = request.META.get("QUERY_STRING")
        linking = bound.linking[emitter.name]
        wanted, arranger = Chosen((), linking.arranger)
        if query and self.reads_parameters:
            if emitter.dialect is not None:
                translate(emitter.dialect, aim_of(request, handler, action, kwargs, self.compiler))
            wanted, arranger = choose(request, handler, action, kwargs, self.compiler, arranger)
        preferred = preferences(request) if special else NOTHING_PREFERRED
        conditions = conditions_of(request) if special else None
        asks = (special or query or handler.page_size or handler.max_page_size) and self.reads_parameters
        wish = wish_for(request, handler, kwargs, preferred) if asks and (action == "read" or conditions) else None
        if handler.require_precondition and action in CHANGES:
            refuse_unconditional(handler, conditions)
        if action in WITH_BODY:
            aim = aim_of(request, handler, action, kwargs, self.compiler)
            data = self.read_body(request, bound.parsers_for(handler, action, kwargs), bound.max_upload_size, aim)
        items = items_of(handler, action, data, kwargs, self.scope.keys_of(handler)) if handler.bulk_limit else None
        request.data, request.items = data, items  # type: ignore[attr-defined]  # declared by piston_core.Request
        stated = methods.stated and action == "read"
        state = declared_state(request, handler, kwargs, emitter, wanted, arranger) if stated else None
        return Exchange(
            handler, action, action in methods.awaited, emitter, content_type, data, items, kwargs, wanted, wish,
            preferred, conditions, state, bound.moments, demand, linking, arranger,
        )  # fmt: skip

    def _prepare(self, request: HttpRequest, exchange: Exchange) -> None:
        hold(cast("Request", request), exchange)
        guard(request, exchange, partial(self._act, request))
        if exchange.action in WITH_BODY:
            validate(cast("Request", request), exchange.handler, exchange.action, exchange.data, exchange.kwargs)

    def _perform(self, request: HttpRequest, exchange: Exchange) -> HttpResponseBase:
        """Write, once for each ``Idempotency-Key``."""
        claim = claim_for(request, exchange.handler, request.identity, exchange.action)  # type: ignore[attr-defined]  # declared by piston_core.Request
        if claim is None:
            return self._write(request, exchange, None)
        if claim.answer is not None:
            return empty(204, claim.answer.headers) if claim.answer.status_code == 204 else claim.answer
        try:
            response = self._write(request, exchange, claim)
        except BaseException:  # what is cancelled is not done either
            claim.release()
            raise
        if response.status_code >= 400:
            claim.release()
        return response

    def _write(self, request: HttpRequest, exchange: Exchange, claim: Claim | None) -> HttpResponseBase:
        with transaction_for(exchange.handler, exchange.action) as undo:
            self._prepare(request, exchange)
            response = self._act(request, exchange)
            tell_new_state(request, exchange, response)
            if response.status_code >= 400:  # a refusal of the handler's own making
                undo()
            elif claim is not None:
                claim.keep(response)
            return response

    def _act(self, request: HttpRequest, exchange: Exchange) -> HttpResponseBase:
        if exchange.handler.max_queries is not None or request.META.get("QUERY_STRING"):
            watch = watch_for(request, exchange, self.compiler)
            if watch is not None:
                answered = partial(answer, request, self, exchange)
                return watch.over(partial(self._result, request, exchange), answered)
        return answer(request, self, exchange, self._result(request, exchange))

    def _result(self, request: HttpRequest, exchange: Exchange) -> Any:
        result = self._invoke(request, exchange)
        return async_to_sync(_awaited)(result) if exchange.awaited and isawaitable(result) else result

    def _invoke(self, request: HttpRequest, exchange: Exchange) -> Any:
        handler, action, kwargs = exchange.handler, exchange.action, exchange.kwargs
        call = exchange.moments.call_handler
        proceed = partial(call, request, self, handler, action, exchange.data, kwargs)
        try:
            return self.invoke(cast("Request", request), Operation(handler, action), kwargs, proceed)
        except TypeError as error:
            refuse_misfit(error, handler, action, request, kwargs)
            raise

    def _finished(self, request: HttpRequest, response: HttpResponseBase, bound: Bound) -> HttpResponseBase:
        """Return an answer as it leaves, however it has come about."""
        tell(request, response, bound, self.announcements)
        if bound.moments.ready is not None:
            try:
                bound.moments.response_ready(request, self, response)
            except Exception as error:  # noqa: BLE001 - a plugin's defect is answered like any other
                response = self.refuse(request, bound, error)
                tell(request, response, bound, self.announcements)
        if request.method == "HEAD":
            without_body(response)
        return response

    def bound(self) -> Bound:
        """Return what this resource uses of the current registry; it changes only with the settings."""
        registry = get_registry()
        bound = self._bound
        if bound is None or bound.registry is not registry:
            anonymous = self.scope.anonymous_of(type(self.handler))
            handlers = [type(self.handler), *([anonymous] if anonymous else [])]
            bound = self._bound = bind(registry, handlers, *self.parts(registry))
        return bound

    def methods(self, kwargs: Mapping[str, Any]) -> tuple[Methods, Methods | None]:
        """Return what is served at an address with these arguments, to identified and to unknown clients."""
        arguments = tuple(kwargs)
        if arguments not in self._methods:
            names = frozenset(arguments)
            anonymous = self.scope.anonymous_of(type(self.handler))
            unknown = anonymous() if anonymous else None
            self._methods[arguments] = (
                methods_of(self.handler, self.actions(self.handler, names)),
                methods_of(unknown, self.actions(unknown, names)) if unknown else None,
            )
        return self._methods[arguments]


async def _awaited(result: Any) -> Any:
    return await result
