"""OAuth 1.0a in the ancestor's terms: consumers, tokens, what is wrong, and how text is written."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from django.utils.crypto import get_random_string

from piston_core import quoted

VERIFIER_SIZE = 10


class OAuthError(RuntimeError):
    """What is wrong with a request.

    Attributes:
        message: the same for the one who sent it.
    """

    def __init__(self, message: str = "OAuth error occurred.") -> None:
        super().__init__(message)
        self.message = message


class OAuthMissingParam(OAuthError):
    """A parameter is missing."""


class OAuthConsumer:
    """An application that asks for access, as it knows itself."""

    def __init__(self, key: str, secret: str) -> None:
        self.key = key
        self.secret = secret


class OAuthToken:
    """A token as an application knows it.

    Attributes:
        callback: where the user is sent back to.
        callback_confirmed: ``"true"`` once the server has it.
        verifier: what proves that the user has agreed.
    """

    callback: str | None = None
    callback_confirmed: str | None = None
    verifier: str | None = None

    def __init__(self, key: str, secret: str) -> None:
        self.key = key
        self.secret = secret

    def set_callback(self, callback: str) -> None:
        """Note where the user is to be sent back to."""
        self.callback, self.callback_confirmed = callback, "true"

    def set_verifier(self, verifier: str | None = None) -> None:
        """Note the verifier, a new one if none is given."""
        self.verifier = verifier or generate_verifier()

    def get_callback_url(self) -> str | None:
        """Return where the user is sent back to, with the verifier."""
        return with_parameters(self.callback, {"oauth_verifier": self.verifier}) if self.callback else None

    def to_string(self) -> str:
        """Return the token as a server answers it."""
        told = {"oauth_token": self.key, "oauth_token_secret": self.secret}
        if self.callback_confirmed is not None:
            told["oauth_callback_confirmed"] = self.callback_confirmed
        return urlencode(told)

    @staticmethod
    def from_string(s: str) -> OAuthToken:
        """Return the token in a server's answer.

        Raises:
            KeyError: there is none in it.
        """
        found = parse_qs(s)
        token = OAuthToken(found["oauth_token"][0], found["oauth_token_secret"][0])
        token.callback_confirmed = found.get("oauth_callback_confirmed", [None])[0]
        return token

    def __str__(self) -> str:
        return self.to_string()


def with_parameters(address: str, parameters: dict[str, Any]) -> str:
    """Return an address with more parameters; those that are nothing are left out."""
    more = urlencode({name: value for name, value in parameters.items() if value})
    return f"{address}{'&' if '?' in address else '?'}{more}" if more else address


def build_authenticate_header(realm: str = "") -> dict[str, str]:
    """Return the challenge as a header field."""
    return {"WWW-Authenticate": f"OAuth realm={quoted(realm)}"}


def escape(s: str) -> str:
    """Return text with everything encoded that RFC 5849, section 3.6 has encoded."""
    return quote(s, safe="~")


def generate_timestamp() -> int:
    """Return the seconds since 1970."""
    return int(time.time())


def generate_nonce(length: int = 20) -> str:
    """Return a text that no other request has."""
    return get_random_string(length)


def generate_verifier(length: int = VERIFIER_SIZE) -> str:
    """Return a verifier."""
    return get_random_string(length)
