"""Call the moment hooks: not at all where no plugin listens, and with the culprit's name on errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pluggy import HookCaller, PluginManager

from piston_core import defaults

if TYPE_CHECKING:
    from piston_core.describing import Description
    from piston_core.handler import BaseHandler
    from piston_core.resource import Resource


MOMENTS = frozenset({
    "piston_request_received", "piston_call_handler", "piston_handle_exception", "piston_response_ready",
    "piston_openapi",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moments:
    """The hooks that are called; ``None`` where no plugin implements one (an empty call costs 20 times a test)."""

    received: HookCaller | None
    call: HookCaller | None
    exception: HookCaller | None
    ready: HookCaller | None
    openapi: HookCaller | None

    def request_received(self, request: HttpRequest, resource: Resource) -> None:
        """Tell the plugins that a request has come."""
        if self.received is not None:
            _call(self.received, request=request, resource=resource)

    def call_handler(
        self,
        request: HttpRequest,
        resource: Resource,
        handler: BaseHandler,
        method: str,
        data: Any,
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Call the handler's method, through the plugins that want to be asked."""
        if self.call is None:
            return defaults.piston_call_handler(request, handler, method, kwargs)
        return _call(
            self.call, request=request, resource=resource, handler=handler, method=method, data=data, kwargs=kwargs
        )

    def handle_exception(
        self, request: HttpRequest, resource: Resource, exception: Exception
    ) -> HttpResponseBase | Exception:
        """Return what to answer for an exception: a response, or a problem, or what else was raised."""
        if self.exception is None:
            return defaults.piston_handle_exception(exception)
        answer: HttpResponseBase | Exception = _call(
            self.exception, request=request, resource=resource, exception=exception
        )
        return answer

    def response_ready(self, request: HttpRequest, resource: Resource, response: HttpResponseBase) -> None:
        """Tell the plugins that a response is about to leave."""
        if self.ready is not None:
            _call(self.ready, request=request, resource=resource, response=response)

    def edit_document(self, document: dict[str, Any], description: Description) -> None:
        """Let the plugins edit an OpenAPI document."""
        if self.openapi is not None:
            _call(self.openapi, document=document, description=description)


def freeze_moments(manager: PluginManager) -> Moments:
    """Return the moments of a manager whose plugins are all registered."""
    return Moments(
        received=_used(manager.hook.piston_request_received),
        call=_used(manager.hook.piston_call_handler),
        exception=_used(manager.hook.piston_handle_exception),
        ready=_used(manager.hook.piston_response_ready),
        openapi=_used(manager.hook.piston_openapi),
    )


def _used(caller: HookCaller) -> HookCaller | None:
    return caller if any(impl.plugin is not defaults for impl in caller.get_hookimpls()) else None


def _call(caller: HookCaller, **arguments: Any) -> Any:
    try:
        return caller(**arguments)
    except Exception as error:
        culprit = _culprit(caller, error.__traceback__)
        if culprit:
            error.add_note(f"raised in hook {caller.name} by plugin {culprit!r}")
        raise


def _culprit(caller: HookCaller, traceback: TracebackType | None) -> str:
    """Return the plugin in whose implementation the exception arose.

    A wrapper's frame comes before the frames of what it wraps, so the last match is the culprit;
    what the handler raises is the core's own and nobody's fault here.
    """
    plugins: dict[Any, str] = {}
    for impl in caller.get_hookimpls():
        function: Callable[..., Any] = impl.function
        plugins[getattr(function, "__code__", None)] = "" if impl.plugin is defaults else impl.plugin_name
    culprit = ""
    while traceback is not None:
        culprit = plugins.get(traceback.tb_frame.f_code, culprit)
        traceback = traceback.tb_next
    return culprit
