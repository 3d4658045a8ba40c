"""Bearer tokens (RFC 6750), in ``Authorization`` and nowhere else: addresses and forms are logged and shared."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from piston_auth.tokens.form import PREFIX, Form, digest_of
from piston_auth.tokens.keeping import SECONDS, KeptRows
from piston_auth.tokens.reading import Reader
from piston_auth.tokens.used import LastUse
from piston_core import AuthenticationFailed, Authenticator, Identity, InsufficientScope, Problem, quoted

_REFUSED = "The token is not valid; check it, or have a new one issued."
_EXPIRED = "The token has expired; have a new one issued."
_TELLABLE = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6750, section 3: in error_description and scope


class TokenAuthenticator(Authenticator):
    """Knows users by the tokens that they have been issued.

    A subclass that recognises another form reads other keys whose hashes are in the table.

    Args:
        realm: what the tokens are for.
        prefix: what tokens begin with.
        last_used_seconds: how old ``last_used`` may be before it is written again; 0 for never writing it.
        cache_seconds: how long a token that has been read need not be read again; 0 for reading it each time.
    """

    name = "token"
    scheme = "bearer"
    strength = 20

    def __init__(
        self, *, realm: str = "API", prefix: str = PREFIX, last_used_seconds: int = 3600, cache_seconds: int = SECONDS
    ) -> None:
        self._challenge = f"{self.scheme.capitalize()} realm={quoted(realm)}"
        self._form = Form(prefix)
        self._begins = f"{prefix}_"
        self._kept = KeptRows(cache_seconds)
        self._reader = Reader(self._kept)
        self._last_use = LastUse(last_used_seconds)

    def recognises(self, text: str) -> bool:
        """Return whether credentials of this scheme are for this authenticator; others may be for another one."""
        return text.startswith(self._begins)

    def fits(self, text: str) -> bool:
        """Return whether credentials can be good, so that it is worth asking the database."""
        return self._form.fits(text)

    @sensitive_variables()  # a database that fails must not bring the token into an error report
    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return the user to whom the token in ``Authorization`` belongs.

        Raises:
            AuthenticationFailed: it is malformed, unknown, revoked or expired, or its user is not active.
        """
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != self.scheme:  # RFC 9110, section 11.1: the scheme's case does not matter
            return None
        text = text.strip(" ")
        if not self.recognises(text):
            return None
        digest = digest_of(text)
        if not (digest in self._kept or self.fits(text)):
            raise AuthenticationFailed(_REFUSED)
        return self._identity(digest)

    def _identity(self, digest: str) -> Identity:
        """Return who has the token with a digest.

        Raises:
            AuthenticationFailed: nobody may use it.
        """
        token = self._reader.find(digest)
        # As Django's backends do it: a model of users without is_active has active ones only.
        if token is None or token.revoked is not None or not getattr(token.user, "is_active", True):
            raise AuthenticationFailed(_REFUSED)
        if token.is_expired():
            raise AuthenticationFailed(_EXPIRED)
        if self._last_use.note(token):
            self._kept.forget(digest)
        return Identity(token.user, self.name, token, frozenset(token.scopes.split()) or None)

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str:
        """Return the challenge, with what is wrong with a token that was sent (RFC 6750, section 3)."""
        if isinstance(failure, InsufficientScope):
            return self._challenge + _said(error="insufficient_scope", scope=" ".join(failure.scopes))
        scheme = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")[0]
        if failure is None or scheme.lower() != self.scheme:
            return self._challenge  # RFC 6750, section 3.1: no error where no token was sent
        return self._challenge + _said(error="invalid_token", error_description=failure.detail)


def _said(**attributes: str) -> str:
    """Return attributes of a challenge; one that the RFC does not let be told is left out."""
    return "".join(f', {name}="{value}"' for name, value in attributes.items() if _TELLABLE.fullmatch(value))
