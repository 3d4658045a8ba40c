"""What a project may choose about the OAuth 1.0a provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

METHODS = ("HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT")
PLACES = ("header", "form", "query")


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["oauth"]``.

    Attributes:
        realm: what a client gets access to (RFC 5849, section 3.5.1): printable ASCII.
        methods: the signature methods that are accepted, a list of ``HMAC-SHA1``, ``HMAC-SHA256``, ``RSA-SHA1``,
            ``RSA-SHA256`` and ``PLAINTEXT``.
        places: where a request may have its credentials: a list of ``header``, ``form`` and ``query``.
        plaintext_anywhere: whether ``PLAINTEXT`` is accepted without TLS as well.
        insecure_transport: whether tokens are handed out without TLS as well, as they are with ``DEBUG``.
        two_legged: whether a consumer may ask without a token, for itself and no user.
        any_callback: whether a consumer without registered callbacks may name any address of the web.
        timestamp_age: how many seconds a request's timestamp may be off.
        request_token_age: for how many seconds a request token is good, and then again its verifier.
        access_token_age: for how many seconds an access token is good; ``None`` until it is revoked.
    """

    realm: Any = "API"
    methods: Any = METHODS
    places: Any = PLACES
    plaintext_anywhere: Any = False
    insecure_transport: Any = False
    two_legged: Any = False
    any_callback: Any = False
    timestamp_age: Any = 300
    request_token_age: Any = 600
    access_token_age: Any = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if not isinstance(self.realm, str) or not self.realm.isascii() or not self.realm.isprintable():
            raise ValueError(f"realm is {self.realm!r}; it has to be printable ASCII text")
        _choice("methods", self.methods, METHODS)
        _choice("places", self.places, PLACES)
        for name in ("plaintext_anywhere", "insecure_transport", "two_legged", "any_callback"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name} is {getattr(self, name)!r}; it has to be True or False")
        for name in ("timestamp_age", "request_token_age"):
            _seconds(name, getattr(self, name))
        if self.access_token_age is not None:
            _seconds("access_token_age", self.access_token_age)


def _choice(name: str, value: Any, known: Sequence[str]) -> None:
    if not isinstance(value, list | tuple) or not value or not all(each in known for each in value):
        raise ValueError(f"{name} is {value!r}; it has to be a list of some of {', '.join(known)}")


def _seconds(name: str, value: Any) -> None:
    if type(value) is not int or not 1 <= value <= 10**9:
        raise ValueError(f"{name} is {value!r}; it has to be a number of seconds, such as 300")
