"""Every hook that a plugin may implement, in the order of the request's way.

Plural nouns are *offers*: asked once, when the plugins are collected. The others are *moments*:
called once a request or a document, synchronously, also for an async handler. No hook is ever called for each
object or each field. A hook is here only while a plugin or an example uses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.core.checks import CheckMessage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pluggy import HookimplMarker, HookspecMarker

from piston_core.access import Authenticator, Permission, Throttle
from piston_core.contracts import Emitter, Parser, Subcommand
from piston_core.linking import LinkBuilder

if TYPE_CHECKING:
    from piston_core.describing import Description
    from piston_core.handler import BaseHandler
    from piston_core.resource import Resource

hookspec = HookspecMarker("piston")
hookimpl = HookimplMarker("piston")


@hookspec
def piston_emitters() -> Iterable[Emitter]:  # type: ignore[empty-body]  # a specification has no body
    """Offer emitters: the formats that answers can be written in."""


@hookspec
def piston_parsers() -> Iterable[Parser]:  # type: ignore[empty-body]
    """Offer parsers: the formats that request bodies can be read from."""


@hookspec
def piston_authenticators() -> Iterable[Authenticator]:  # type: ignore[empty-body]
    """Offer authenticators: the schemes that resources may name."""


@hookspec
def piston_throttles() -> Iterable[Throttle]:  # type: ignore[empty-body]
    """Offer throttles: the quotas that resources may name."""


@hookspec
def piston_permissions() -> Iterable[Permission]:  # type: ignore[empty-body]
    """Offer permissions: the rules that resources and handlers may name."""


@hookspec
def piston_link_builders() -> Iterable[LinkBuilder]:  # type: ignore[empty-body]
    """Offer link builders: each adds its links to every answer that is good."""


@hookspec
def piston_checks(app_configs: Sequence[AppConfig] | None) -> Iterable[CheckMessage]:  # type: ignore[empty-body]
    """Return messages for ``manage.py check``.

    Args:
        app_configs: the applications to check, or ``None`` for all.
    """


@hookspec
def piston_deployment_checks(app_configs: Sequence[AppConfig] | None) -> Iterable[CheckMessage]:  # type: ignore[empty-body]
    """Return messages for ``manage.py check --deploy``: what is fine for development only.

    Args:
        app_configs: the applications to check, or ``None`` for all.
    """


@hookspec
def piston_commands() -> Iterable[Subcommand]:  # type: ignore[empty-body]
    """Offer commands of ``manage.py piston``."""


@hookspec
def piston_request_received(request: HttpRequest, resource: Resource) -> None:
    """A resource has got a request; nothing has been decided yet, nobody is authenticated.

    Args:
        request: the request.
        resource: the resource that will answer it.
    """


@hookspec(firstresult=True)
def piston_call_handler(
    request: HttpRequest,
    resource: Resource,
    handler: BaseHandler,
    method: str,
    data: Any,
    kwargs: Mapping[str, Any],
) -> Any:
    """Call the handler's method: the request is authenticated, negotiated, parsed and validated.

    The core's implementation comes last. To act before and after the call, implement it with
    ``@hookimpl(wrapper=True)``; to answer in the handler's place, return something else than
    ``None``. For a handler with ``async def`` methods the result is an awaitable. A request about several
    objects is one call; the core calls the method for each of ``request.items``.

    Args:
        request: the request, with ``user``, ``identity``, ``data`` and ``form``.
        resource: the resource that answers it.
        handler: the handler, which is the anonymous one for a request without credentials.
        method: ``read``, ``create``, ``update``, ``patch`` or ``delete``.
        data: the parsed body, or ``None`` for a method without one.
        kwargs: the URL's arguments.
    """


@hookspec(firstresult=True)
def piston_handle_exception(
    request: HttpRequest, resource: Resource, exception: Exception
) -> HttpResponseBase | Exception | None:
    """Turn an exception into an answer. The transaction of a write is already rolled back.

    Return ``None`` to leave it to the next plugin and at last to the core, which knows problems,
    Django's own exceptions, and 500 for everything else.

    Args:
        request: the request.
        resource: the resource that answers it.
        exception: what was raised.

    Returns:
        a ``Problem``, which is answered in the negotiated format, or a response, sent as it is.
    """


@hookspec
def piston_response_ready(request: HttpRequest, resource: Resource, response: HttpResponseBase) -> None:
    """A response is about to leave, with all its header fields: good, refused or failed. They may still be changed.

    Args:
        request: the request.
        resource: the resource that answered it.
        response: the response.
    """


@hookspec
def piston_openapi(document: dict[str, Any], description: Description) -> None:
    """An OpenAPI document has been made; it may be edited. It is kept, so nothing of a request belongs in it.

    Args:
        document: the document, in plain data.
        description: what it was made from.
    """
