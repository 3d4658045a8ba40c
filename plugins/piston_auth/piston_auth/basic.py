"""Basic authentication (RFC 7617): user name and password in every request, so over TLS only."""

from __future__ import annotations

import re
from base64 import b64decode

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from piston_core import AuthenticationFailed, Authenticator, Identity

_LONGEST = 4096  # bytes of credentials; beyond it nobody's password is meant
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class BasicAuthenticator(Authenticator):
    """Asks Django's authentication backends, which take the same time for unknown users.

    Args:
        realm: what a person is asked the password for.
    """

    name = "basic"

    def __init__(self, *, realm: str = "API") -> None:
        quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
        self._challenge = f'Basic realm="{quoted}", charset="UTF-8"'

    @sensitive_variables()  # a backend that fails must not bring the password into an error report
    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return the user whose name and password the request brings.

        Raises:
            AuthenticationFailed: the credentials are malformed, or not those of an active user.
        """
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "basic":  # RFC 9110, section 11.1: the scheme's case does not matter
            return None
        username, password = _credentials(token.strip())
        user = authenticate(request, username=username, password=password)
        if user is None:
            raise AuthenticationFailed("The user name or the password is wrong.")
        return Identity(user, self.name)

    def challenge(self, request: HttpRequest) -> str:
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
