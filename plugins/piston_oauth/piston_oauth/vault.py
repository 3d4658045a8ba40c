"""Keys, secrets and verifiers: how they are made, and how they are kept.

A server that verifies HMAC has to know the shared secrets (RFC 5849, section 4.5), so they cannot be hashed. They are
encrypted with a key that is derived from ``SECRET_KEY``: what is stored alone, such as a stolen backup, signs nothing.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from logging import getLogger

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes
from django.views.decorators.debug import sensitive_variables

_log = getLogger(__name__)
_READABLE = "abcdefghijkmnpqrstuvwxyz23456789"  # nothing that looks like something else: 5 bits a letter


def new_key() -> str:
    """Return a consumer's or token's key, or a secret: 256 bits in 43 letters that need no encoding in a URL."""
    return secrets.token_urlsafe(32)


def new_verifier(*, typed: bool) -> str:
    """Return a verifier: 256 bits, or 50 in letters that somebody can type (RFC 5849, section 4.7).

    Few guesses at the short one are allowed, and those only to the consumer that it is meant for.
    """
    return "".join(secrets.choice(_READABLE) for _ in range(10)) if typed else new_key()


def digest(text: str) -> str:
    """Return what is stored of what only has to be recognised."""
    return sha256(text.encode()).hexdigest()


@sensitive_variables()
def seal(secret: str) -> str:
    """Return a secret as it is stored; ``""`` for none."""
    return _fernet().encrypt(secret.encode()).decode() if secret else ""


@sensitive_variables()
def unseal(sealed: str) -> str:
    """Return a secret that was stored; ``""`` for none, and for one that another ``SECRET_KEY`` has sealed."""
    if not sealed:
        return ""
    try:
        return _fernet().decrypt(sealed).decode()
    except InvalidToken:
        _log.error("A secret cannot be read: SECRET_KEY has changed, and SECRET_KEY_FALLBACKS lacks the former one.")
        return ""


def reseal(sealed: str) -> str:
    """Return a stored secret as the current ``SECRET_KEY`` seals it.

    Raises:
        InvalidToken: neither the current key nor a fallback has sealed it.
    """
    return _fernet().rotate(sealed).decode() if sealed else ""


def _fernet() -> MultiFernet:
    return _of(tuple(map(force_bytes, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))))


@lru_cache(maxsize=4)
def _of(keys: tuple[bytes, ...]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"piston_oauth secrets").derive(key)
