"""First step: find out who sends the request."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from django.apps import apps
from django.http import HttpRequest

from piston_core.access import Authenticator, Identity
from piston_core.problems import AuthenticationFailed, Problem


def authenticate(request: HttpRequest, authenticators: Sequence[Authenticator]) -> Identity | None:
    """Return who sends the request, as the first authenticator says that knows its credentials.

    ``request.user`` becomes that identity's user, and somebody anonymous without one: a session
    that no authenticator has looked at (and whose CSRF token nobody has checked) counts for nothing.

    Raises:
        Problem: 401 with every challenge, if credentials are there and not good.
    """
    identity = _identity(request, authenticators) if authenticators else None
    nobody = _anonymous_user()
    if identity is not None or nobody is not None:
        user = nobody() if identity is None else identity.user
        request.user = user
        request.auser = partial(_itself, user)  # Django's own would still ask the session
    request.identity = identity  # type: ignore[attr-defined]  # declared by piston_core.Request
    return identity


def _identity(request: HttpRequest, authenticators: Sequence[Authenticator]) -> Identity | None:
    try:
        for authenticator in authenticators:
            identity = authenticator.authenticate(request)
            if identity is not None:
                return identity
        _refuse_unclaimed(request, authenticators)
    except AuthenticationFailed as failure:
        raise unauthorized(request, authenticators, failure.detail, failure) from failure
    return None


def _refuse_unclaimed(request: HttpRequest, authenticators: Sequence[Authenticator]) -> None:
    """Refuse credentials of a scheme that is known here, and that no authenticator has called its own.

    Raises:
        AuthenticationFailed: there are such.
    """
    credentials = request.META.get("HTTP_AUTHORIZATION")
    if credentials and credentials.partition(" ")[0].lower() in {each.scheme for each in authenticators}:
        raise AuthenticationFailed


async def _itself(user: Any) -> Any:
    return user


@cache
def _anonymous_user() -> Any:
    """Return Django's class for somebody unknown, ``None`` in a project without Django's users."""
    if not apps.is_installed("django.contrib.auth"):
        return None
    from django.contrib.auth.models import AnonymousUser  # an app of the project's choice, so not at import

    return AnonymousUser


def unauthorized(
    request: HttpRequest, authenticators: Sequence[Authenticator], detail: str, failure: Problem | None = None
) -> Problem:
    """Return the 401 problem with the challenges of all authenticators, the strongest first.

    RFC 9110, section 11.6.1: a 401 has at least one challenge. A scheme without one of its own
    (a cookie) is named by its name.
    """
    strongest_first = sorted(authenticators, key=lambda each: -each.strength)
    challenges = [found for each in strongest_first if (found := each.challenge(request, failure))]
    named = challenges or [each.name.title() for each in authenticators]
    return Problem(401, detail, headers={"WWW-Authenticate": ", ".join(named)})
