"""Basic authentication (RFC 7617): user name and password in every request, so over TLS only."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from inspect import signature
from types import MappingProxyType
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth import authenticate, load_backend
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from piston_auth.logins import Logins
from piston_core import AuthenticationFailed, Authenticator, Identity, Problem, quoted

_LONGEST = 4096  # bytes of credentials; beyond it nobody's password is meant
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class BasicAuthenticator(Authenticator):
    """Asks Django's authentication backends, which take the same time for unknown users.

    Args:
        realm: what a person is asked the password for.
        logins: how often somebody may be wrong; without it, as often as they like.
    """

    name = "basic"
    scheme = "basic"
    causes = MappingProxyType({**Authenticator.causes, 429: "There were too many wrong logins."})
    strength = 10  # anybody who sees one request has the password

    def __init__(self, *, realm: str = "API", logins: Logins | None = None) -> None:
        self._challenge = f'Basic realm={quoted(realm)}, charset="UTF-8"'
        self._logins = logins or Logins(attempts=0)

    @sensitive_variables()  # a backend that fails must not bring the password into an error report
    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return the user whose name and password the request brings.

        Raises:
            AuthenticationFailed: the credentials are malformed, or not those of an active user.
            Problem: 429 after too many of these.
        """
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "basic":  # RFC 9110, section 11.1: the scheme's case does not matter
            return None
        username, password = _credentials(token.strip())
        with self._logins.attempt(request, username):
            user = _user(request, username=username, password=password)
            if user is None:
                raise AuthenticationFailed("The user name or the password is wrong.")
        return Identity(user, self.name)

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str:
        """Return the challenge, which asks for UTF-8 (RFC 7617, section 2.1)."""
        return self._challenge


def _credentials(token: str) -> tuple[str, str]:
    """Return the name and the password; the first colon ends the name (RFC 7617, section 2).

    Raises:
        AuthenticationFailed: they are not base64 of UTF-8 text with a colon, or hold a control
            character, which the RFC forbids and some databases and hashers do not take.
    """
    try:
        if len(token) > _LONGEST:
            raise ValueError("too long")
        text = b64decode(token, validate=True).decode()
    except ValueError as error:  # also what base64 and UTF-8 raise
        raise AuthenticationFailed("The Basic credentials are malformed.") from error
    username, colon, password = text.partition(":")
    if not colon or _CONTROL.search(text):
        raise AuthenticationFailed("The Basic credentials are malformed.")
    return username, password


def _user(request: HttpRequest, **credentials: str) -> Any:
    """Return the user of the first of Django's backends that knows one, or ``None``.

    Django's ``authenticate`` does not ask a backend that is written for ``aauthenticate`` only, so where there is one,
    each is asked here. Django's ``aauthenticate`` would not do for asynchronous resources either: it passes by
    what a subclass of ``ModelBackend`` refuses in its own ``authenticate``.
    """
    backends = {path: load_backend(path) for path in settings.AUTHENTICATION_BACKENDS}
    if not any(map(_is_awaited, backends.values())):
        return authenticate(request, **credentials)
    for path, backend in backends.items():
        try:
            user = _answer(backend, request, credentials)
        except PermissionDenied:  # nobody else is asked
            break
        if user is not None:
            user.backend = path
            return user
    user_login_failed.send("django.contrib.auth", credentials={**credentials, "password": "***"}, request=request)
    return None


def _answer(backend: Any, request: HttpRequest, credentials: Mapping[str, str]) -> Any:
    """Return what a backend says, ``None`` if it takes other credentials than these."""
    awaited = _is_awaited(backend)
    method = backend.aauthenticate if awaited else backend.authenticate
    try:
        signature(method).bind(request, **credentials)
    except TypeError:
        return None
    return (async_to_sync(method) if awaited else method)(request, **credentials)


def _is_awaited(backend: Any) -> bool:
    """Return whether a backend is written for Django's ``aauthenticate`` only."""
    from django.contrib.auth.backends import BaseBackend  # needs the models, which are not there at import

    given = getattr(type(backend), "authenticate", BaseBackend.authenticate)
    return given is BaseBackend.authenticate and type(backend).aauthenticate is not BaseBackend.aauthenticate
