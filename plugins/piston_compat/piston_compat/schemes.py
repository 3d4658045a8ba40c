"""The ancestor's authentication: classes that say yes or no, and what the core makes of them."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse

from piston_compat.asking import asked
from piston_core import Authenticator, Identity, Problem, quoted

if TYPE_CHECKING:
    from piston_compat.resources import Resource

CHALLENGE = object()  # stands for "this is no handler but the challenge"
_LONGEST = 4096  # bytes of credentials; beyond it nobody's password is meant


class NoAuthentication:
    """Lets everybody in."""

    def is_authenticated(self, request: Any) -> bool:
        """Return that the request may pass."""
        return True


class HttpBasicAuthentication:
    """Basic authentication (RFC 7617): a user name and a password in every request, so over TLS only.

    Args:
        auth_func: gets ``username`` and ``password``, and returns the user or nothing.
        realm: what a person is asked the password for.
    """

    def __init__(self, auth_func: Callable[..., Any] = authenticate, realm: str = "API") -> None:
        self.auth_func = auth_func
        self.realm = realm

    def is_authenticated(self, request: Any) -> bool:
        """Return whether the request brings the name and password of somebody, who is then its user.

        Without any credentials the user stays the one of the session.
        """
        given = request.META.get("HTTP_AUTHORIZATION")
        if not given:
            return False
        found = _credentials(given)
        request.user = (found and self._user(request, *found)) or _nobody()
        return request.user is not None and bool(getattr(request.user, "is_authenticated", True))

    def challenge(self) -> HttpResponse:
        """Return the answer to somebody who has to make themselves known."""
        fields = {"WWW-Authenticate": f"Basic realm={quoted(self.realm)}"}
        return HttpResponse("Authorization Required", status=401, content_type="text/html", headers=fields)

    def _user(self, request: Any, username: str, password: str) -> Any:
        return self.auth_func(username=username, password=password)


class HttpBasicSimple(HttpBasicAuthentication):
    """Basic authentication with one user name and password; the user is looked up when somebody asks.

    Args:
        realm: what a person is asked the password for.
        username: the name of a user.
        password: the password, whatever the user's own is.
    """

    def __init__(self, realm: str, username: str, password: str) -> None:
        super().__init__(auth_func=self.hash, realm=realm)
        self.username = username
        self.password = password

    def hash(self, username: str, password: str) -> Any:
        """Return the user if the name and the password are the right ones."""
        from django.contrib.auth import get_user_model
        from django.utils.crypto import constant_time_compare

        right = constant_time_compare(username, self.username), constant_time_compare(password, self.password)
        users: Any = get_user_model()
        return users._default_manager.filter(**{users.USERNAME_FIELD: username}).first() if all(right) else None


def _credentials(field: str) -> tuple[str, str] | None:
    """Return the name and the password of a header field; the first colon ends the name."""
    scheme, _, token = field.partition(" ")
    if scheme.lower() != "basic" or len(token) > _LONGEST:
        return None
    try:
        username, colon, password = b64decode(token.strip(), validate=True).decode().partition(":")
    except (Error, ValueError):
        return None
    return (username, password) if colon and "\0" not in username + password else None


def _nobody() -> Any:
    """Return Django's user for somebody unknown, ``None`` in a project without Django's users."""
    if not apps.is_installed("django.contrib.auth"):
        return None
    from django.contrib.auth.models import AnonymousUser  # an app of the project's choice, so not at import

    return AnonymousUser()


class OldSchemes(Authenticator):
    """All of a resource's old authenticators as one of the core's.

    What says no is no error here, as it never was: whoever has a handler for somebody unknown gets that one.

    Args:
        resource: the resource, which asks them.
    """

    name = "compat"

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return who sends the request, if the resource serves it by its own handler."""
        state = asked(request)
        actor, anonymous = self.resource.authenticate(request, str(request.method).upper())
        state.user = getattr(request, "user", None)
        if anonymous is CHALLENGE:
            state.challenge = actor
            return None
        if actor is not self.resource.handler:
            return None
        user = _nobody() if state.user is None else state.user
        return Identity(user, self.name, getattr(request, "consumer", None))

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str | None:
        """Return no challenge: the old authenticator makes the whole answer, which the resource sends."""
        return None
