"""Nonces that every process makes and knows without telling the others: a time and chance, signed."""

from __future__ import annotations

import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from piston_core import AuthenticationFailed

SKEW = 60  # seconds that the clocks of two servers may differ by

_SALT = "piston_auth.digest.nonces"
_TIME, _CHANCE, _SIGNATURE = 6, 12, 18  # octets; together a multiple of three, so base64 has one spelling only
_NONCE = re.compile(r"[\w-]{48}", re.ASCII)


class StaleNonce(AuthenticationFailed):
    """A right answer to a challenge that has expired, is unknown here, or has been answered before.

    The client is told ``stale=true``, and asks its user for nothing (RFC 7616, section 3.3).
    """

    def __init__(self) -> None:
        super().__init__("The nonce is not fresh; answer the new challenge.")


def new_nonce(realm: str, *, at: float | None = None) -> str:
    """Return a nonce for a realm.

    Args:
        realm: the realm.
        at: when it is made, in seconds since the epoch; now by default.
    """
    made = int(time.time() if at is None else at)
    content = made.to_bytes(_TIME) + secrets.token_bytes(_CHANCE)
    return urlsafe_b64encode(content + _signature(content, realm, settings.SECRET_KEY)).decode()


def made_at(nonce: str, realm: str) -> int | None:
    """Return when a nonce was made; ``None`` if it is none of this realm's, or was signed with a key that is gone."""
    if not _NONCE.fullmatch(nonce):
        return None
    octets = urlsafe_b64decode(nonce)
    content, signature = octets[: _TIME + _CHANCE], octets[_TIME + _CHANCE :]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(signature, _signature(content, realm, key)):
            return int.from_bytes(content[:_TIME])
    return None


def is_fresh(made: int, seconds: int) -> bool:
    """Return whether a nonce is still good."""
    return -SKEW <= time.time() - made <= seconds


def _signature(content: bytes, realm: str, key: str | bytes) -> bytes:
    signed = content + realm.encode()
    return salted_hmac(_SALT, signed, key, algorithm="sha256").digest()[:_SIGNATURE]
