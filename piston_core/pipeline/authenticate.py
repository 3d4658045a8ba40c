"""First step: find out who sends the request."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from piston_core.contracts import Authenticator, Identity
from piston_core.problems import AuthenticationFailed, Problem


def authenticate(request: HttpRequest, authenticators: Sequence[Authenticator]) -> Identity | None:
    """Return who sends the request, as the first authenticator says that knows its credentials.

    ``request.user`` becomes that identity's user, and somebody anonymous without one: a session
    that no authenticator has looked at (and whose CSRF token nobody has checked) counts for nothing.

    Raises:
        Problem: 401 with every challenge, if credentials are there and not good.
    """
    identity = None
    try:
        for authenticator in authenticators:
            identity = authenticator.authenticate(request)
            if identity is not None:
                break
    except AuthenticationFailed as failure:
        raise unauthorized(request, authenticators, failure.detail) from failure
    if identity is not None:
        request.user = identity.user
    elif hasattr(request, "user"):
        from django.contrib.auth.models import AnonymousUser  # an app of the project's choice, so not at import

        request.user = AnonymousUser()
    request.identity = identity  # type: ignore[attr-defined]  # declared by piston_core.Request
    return identity


def unauthorized(request: HttpRequest, authenticators: Sequence[Authenticator], detail: str) -> Problem:
    """Return the 401 problem with the challenges of all authenticators, in their order.

    RFC 9110, section 11.6.1: a 401 has at least one challenge. A scheme without one of its own
    (a cookie) is named by its name.
    """
    challenges = [found for each in authenticators if (found := each.challenge(request))]
    named = challenges or [each.name.title() for each in authenticators]
    return Problem(401, detail, headers={"WWW-Authenticate": ", ".join(named)})
