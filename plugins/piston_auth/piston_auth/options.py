"""What a project may choose about its credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piston_auth.digest.authenticator import DigestAuthenticator
from piston_auth.digest.terms import QUALITIES
from piston_auth.logins import Logins
from piston_auth.tokens.form import PREFIX, checked_prefix
from piston_auth.tokens.keeping import SECONDS, checked_cache_seconds
from piston_auth.tokens.used import checked_seconds


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["auth"]``.

    Attributes:
        realm: what a person is asked the password for (RFC 9110, section 11.5).
        login_attempts: how many wrong passwords a name may have at an address; 0 switches all limits off.
        login_attempts_per_address: how many an address may have with any names; 0 for any number.
        login_window: for how many seconds a wrong password counts.
        login_cache: the alias in ``CACHES`` of what counts them.
        digest_algorithms: what Digest offers of ``SHA-512-256``, ``SHA-256`` and ``MD5``, the strongest first.
        digest_qop: what it offers of ``auth`` and ``auth-int``.
        digest_userhash: whether clients are asked to send a hash in place of the name.
        digest_nonce_seconds: for how long a client may answer the same challenge.
        token_prefix: what tokens begin with.
        token_last_used_seconds: how old the moment of a token's last use may be; 0 for never writing it.
        token_cache_seconds: for how long a process need not read a token again; 0 for reading it with each request.
    """

    realm: Any = "API"
    login_attempts: Any = 5
    login_attempts_per_address: Any = 50
    login_window: Any = 300
    login_cache: Any = "default"
    digest_algorithms: Any = ("SHA-256",)
    digest_qop: Any = QUALITIES
    digest_userhash: Any = False
    digest_nonce_seconds: Any = 300
    token_prefix: Any = PREFIX
    token_last_used_seconds: Any = 3600
    token_cache_seconds: Any = SECONDS

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if not isinstance(self.realm, str) or not self.realm.isascii() or not self.realm.isprintable():
            raise ValueError(f"realm is {self.realm!r}; it has to be printable ASCII text")
        for name in ("login_attempts", "login_attempts_per_address"):
            _expect_number(name, getattr(self, name), 0, 1000)
        _expect_number("login_window", self.login_window, 1, 10**9)
        if not isinstance(self.login_cache, str):
            raise ValueError(f"login_cache is {self.login_cache!r}; it has to be an alias in CACHES")
        checked_prefix(self.token_prefix)
        checked_seconds(self.token_last_used_seconds)
        checked_cache_seconds(self.token_cache_seconds)
        try:
            self.digest(None)
        except ValueError as error:  # whose message begins with the name
            raise ValueError(f"digest_{error}") from error

    def logins(self) -> Logins:
        """Return what counts wrong passwords."""
        return Logins(
            cache=self.login_cache,
            attempts=self.login_attempts,
            window=self.login_window,
            per_address=self.login_attempts_per_address,
        )

    def digest(self, logins: Logins | None) -> DigestAuthenticator:
        """Return the authenticator ``digest``.

        Raises:
            ValueError: something cannot be offered.
        """
        return DigestAuthenticator(
            realm=self.realm,
            algorithms=self.digest_algorithms,
            qop=self.digest_qop,
            userhash=self.digest_userhash,
            nonce_seconds=self.digest_nonce_seconds,
            logins=logins,
        )


def _expect_number(name: str, given: Any, least: int, most: int) -> None:
    if type(given) is not int or not least <= given <= most:
        raise ValueError(f"{name} is {given!r}; it has to be a whole number from {least} to {most}")
