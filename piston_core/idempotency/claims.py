"""The one question of a resource: whether a request may be done, has been done, or is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from piston_core.access import Identity
from piston_core.handler import WRITES, BaseHandler
from piston_core.idempotency.hashes import fingerprint_of, scope_of
from piston_core.idempotency.keys import key_of

if TYPE_CHECKING:
    from piston_core.idempotency.rows import Claim

APP = "piston_core.idempotency"


def installed() -> bool:
    """Return whether the project has the app that keeps answers."""
    return apps.is_installed(APP)


def claim_for(request: HttpRequest, handler: BaseHandler, identity: Identity | None, action: str) -> Claim | None:
    """Return a request's claim to its key, ``None`` if it has none, or the handler does not ask for one.

    A claim with an ``answer`` is a request that has been done before. One without is this
    request's alone until ``keep`` or ``release`` is called.

    Source: draft-ietf-httpapi-idempotency-key-header-07.

    Args:
        request: the request, once its sender is known and its body parsed.
        handler: the handler that serves it.
        identity: who sends it, ``None`` for somebody unknown.
        action: the name of the handler's method.

    Raises:
        Problem: 400 for a key that is missing or malformed, 409 while the first request with it
            is at work, 422 for one that was used for another request.
        ImproperlyConfigured: the handler asks for keys, and the app is not installed.
    """
    if not handler.idempotency or action not in WRITES:
        return None
    key = key_of(request, required=handler.idempotency == "required")
    if key is None:
        return None
    if not installed():
        name = type(handler).__qualname__
        raise ImproperlyConfigured(f"{name}.idempotency needs {APP!r} in INSTALLED_APPS, and its table (migrate).")
    from piston_core.idempotency.rows import claim  # models, which an app may import only when all are known

    return claim(scope_of(request, identity, key), fingerprint_of(request, action))
