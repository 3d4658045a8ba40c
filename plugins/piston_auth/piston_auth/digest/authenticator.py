"""Digest authentication (RFC 7616): the client proves that it knows the password, and does not send it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.http import HttpRequest, RawPostDataException
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from piston_auth.digest.answers import Answer, answer_in
from piston_auth.digest.hashing import hashed, name_hash, response_hash
from piston_auth.digest.nonces import SKEW, StaleNonce, is_fresh, made_at, new_nonce
from piston_auth.digest.targets import is_asked_for
from piston_auth.digest.terms import LONGEST_WINDOW, QUALITIES, Terms
from piston_auth.logins import Logins
from piston_core import AuthenticationFailed, Authenticator, Identity, Problem, quoted

if TYPE_CHECKING:
    from piston_auth.digest.models import DigestSecret

_NOBODYS = "0" * 64  # in place of a secret, so that an unknown name costs what a known one does


class DigestAuthenticator(Authenticator):
    """Compares answers with the hashes that ``piston_auth.digest`` keeps of the users' passwords.

    Args:
        realm: what a person is asked the password for; it is a part of the hashes.
        algorithms: what is offered of ``SHA-512-256``, ``SHA-256`` and ``MD5``, the strongest first.
        qop: what is offered of ``auth`` and ``auth-int``; the second protects the body, too.
        userhash: whether clients are asked to send a hash in place of the name.
        nonce_seconds: for how long a client may answer the same challenge.
        window: how far requests that are sent at the same time may overtake each other.
        logins: limits how often somebody may be wrong; ``None`` for no limit.

    Raises:
        ValueError: a value cannot be offered; the message begins with its name.
    """

    name = "digest"
    scheme = "digest"
    strength = 30
    causes = MappingProxyType({
        **Authenticator.causes,
        400: "The credentials are for another address.",
        429: "There were too many wrong logins.",
    })  # fmt: skip

    def __init__(
        self,
        *,
        realm: str = "API",
        algorithms: Sequence[str] = ("SHA-256",),
        qop: Sequence[str] = QUALITIES,
        userhash: bool = False,
        nonce_seconds: int = 300,
        window: int = LONGEST_WINDOW,
        logins: Logins | None = None,
    ) -> None:
        self._terms = Terms(realm, algorithms, qop, userhash, nonce_seconds, window)
        self._logins = logins

    @sensitive_variables()
    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return the user whose password the sender knows.

        Raises:
            AuthenticationFailed: the credentials are malformed, or not those of an active user.
            StaleNonce: they are good, but for a challenge that is not fresh.
            Problem: 400; they are for another address (RFC 7616, section 3.4.6).
        """
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "digest":  # RFC 9110, section 11.1: the scheme's case does not matter
            return None
        answer = answer_in(text)
        self._expect_offered(answer)
        if not is_asked_for(answer.uri, request):
            raise Problem(400, "The Digest credentials are for another address than this one.")
        user = self._user(request, answer)
        self._use(answer)
        return Identity(user, self.name)

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str:
        """Return a challenge for each algorithm, all with the same new nonce (RFC 7616, section 3.7)."""
        terms = self._terms
        before = f'Digest realm={quoted(terms.realm)}, qop="{", ".join(terms.qop)}"'
        after = f'nonce="{new_nonce(terms.realm)}", charset=UTF-8'
        after += ", userhash=true" if terms.userhash else ""
        after += ", stale=true" if isinstance(failure, StaleNonce) else ""
        return ", ".join(f"{before}, algorithm={algorithm}, {after}" for algorithm in terms.algorithms)

    def _expect_offered(self, answer: Answer) -> None:
        """Raise ``AuthenticationFailed`` for an answer to a challenge that was never offered here."""
        terms = self._terms
        if (
            answer.realm != terms.realm
            or answer.algorithm not in terms.algorithms
            or answer.qop not in terms.qop
            or (answer.is_hash and not terms.userhash)
        ):
            raise AuthenticationFailed("The Digest credentials do not answer a challenge of this address.")

    @sensitive_variables()
    def _user(self, request: HttpRequest, answer: Answer) -> object:
        """Return the user whose answer it is; a wrong name costs and tells as much as a wrong password.

        Raises:
            AuthenticationFailed: it is nobody's.
        """
        secret = self._secret(answer)
        username = answer.username if secret is None else secret.user.get_username()
        with self._logins.attempt(request, username) if self._logins else nullcontext():
            right = _is_right(request, answer, _NOBODYS if secret is None else secret.ha1)
            if right and secret is not None and getattr(secret.user, "is_active", True):  # as Django's ModelBackend
                return secret.user
            raise AuthenticationFailed("The user name or the password is wrong.")

    def _secret(self, answer: Answer) -> DigestSecret | None:
        from piston_auth.digest.stored import found  # which needs Django's apps

        realm, algorithm = self._terms.realm, answer.algorithm
        userhash = answer.username if answer.is_hash else name_hash(algorithm, answer.username, realm)
        return found(userhash, realm, algorithm)

    def _use(self, answer: Answer) -> None:
        """Use up the nonce's count of a right answer.

        Raises:
            StaleNonce: the nonce is too old or not ours, or the count has been used.
        """
        from piston_auth.digest.counting import used  # which needs Django's apps

        terms = self._terms
        made = made_at(answer.nonce, terms.realm)
        if made is None or not is_fresh(made, terms.nonce_seconds):
            raise StaleNonce
        expires = datetime.fromtimestamp(made + terms.nonce_seconds + 2 * SKEW, tz=UTC)
        if not used(answer.nonce, int(answer.nc, 16), terms.window, expires):
            raise StaleNonce


@sensitive_variables()
def _is_right(request: HttpRequest, answer: Answer, secret: str) -> bool:
    parts = answer.nonce, answer.nc, answer.cnonce, answer.qop
    asked: tuple[str, ...] = str(request.META.get("REQUEST_METHOD")), answer.uri
    if answer.qop == "auth-int":
        asked += (hashed(answer.algorithm, _body(request)),)
    return constant_time_compare(answer.response, response_hash(answer.algorithm, secret, parts, asked))


def _body(request: HttpRequest) -> bytes:
    """Return the body, which stays to be read; Django's ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bounds it.

    Raises:
        AuthenticationFailed: other code has read it, and left nothing of it.
        Problem: 400; its length is no number.
    """
    if not (request.META.get("CONTENT_LENGTH") or "0").isdecimal():
        raise Problem(400, "Content-Length is not a number.")
    try:
        return request.body
    except RawPostDataException as error:
        raise AuthenticationFailed("The body has been read before it could be checked; answer with auth.") from error
