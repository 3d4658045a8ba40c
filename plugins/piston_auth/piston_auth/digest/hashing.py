"""The hashes of RFC 7616, section 3.4: of the password, of the name, and of a request."""

from __future__ import annotations

import hashlib
from unicodedata import normalize

# The RFC's names with those of OpenSSL, the strongest first. SHA-512-256 is not SHA-512 cut off (erratum 4897).
ALGORITHMS = {"SHA-512-256": "sha512_256", "SHA-256": "sha256", "MD5": "md5"}


def is_available(algorithm: str) -> bool:
    """Return whether this Python can compute a hash; a build without the less usual ones cannot."""
    try:
        hashlib.new(ALGORITHMS[algorithm])
    except ValueError:
        return False
    return True


def hashed(algorithm: str, octets: bytes) -> str:
    """Return the hash of octets in lower-case hexadecimal: ``H`` of the RFC."""
    return hashlib.new(ALGORITHMS[algorithm], octets).hexdigest()


def secret_hash(algorithm: str, username: str, realm: str, password: str) -> str:
    """Return ``H(A1)``, which is all that it takes to answer challenges of this realm (section 3.4.2)."""
    return _hashed_text(algorithm, username, realm, password)


def name_hash(algorithm: str, username: str, realm: str) -> str:
    """Return what a client sends in place of the name (section 3.4.4)."""
    return _hashed_text(algorithm, username, realm)


def response_hash(algorithm: str, secret: str, parts: tuple[str, ...], request: tuple[str, ...]) -> str:
    """Return what a client that knows the secret answers (section 3.4.1).

    Args:
        algorithm: the hash function.
        secret: ``H(A1)``.
        parts: the nonce, its count, the client's nonce and the quality of protection, as they were sent.
        request: the method and the URI as they were sent; for ``auth-int`` the hash of the body, too.
    """
    return _hashed_octets(algorithm, secret, *parts, _hashed_octets(algorithm, *request))


def _hashed_text(algorithm: str, *parts: str) -> str:
    return hashed(algorithm, normalize("NFC", ":".join(parts)).encode())  # RFC 7616, section 4


def _hashed_octets(algorithm: str, *parts: str) -> str:
    """Return the hash of what came in a header field, which the server has read as Latin-1."""
    return hashed(algorithm, ":".join(parts).encode("latin-1"))
