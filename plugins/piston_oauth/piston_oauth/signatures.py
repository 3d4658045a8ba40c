"""Base strings and signatures (RFC 5849, section 3.4), which oauthlib computes and we compare in constant time."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote, unquote_to_bytes

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables
from oauthlib.oauth1 import Client
from oauthlib.oauth1.rfc5849.signature import base_string_uri, normalize_parameters, signature_base_string

from piston_oauth.parameters import Pairs
from piston_oauth.refusals import Malformed

_HASHES: dict[str, HashAlgorithm] = {
    "RSA-SHA1": SHA1(),  # noqa: S303 - what RFC 5849 names, for clients that know nothing newer
    "RSA-SHA256": SHA256(),
}
_SMALLEST = 2048  # bits of a key, below which RSA is no longer held to be safe
_RAW = ("REQUEST_URI", "RAW_URI")  # where servers tell the address as it came


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a signature is checked with; the names are those that oauthlib's functions ask for.

    Attributes:
        client_secret: the consumer's secret.
        resource_owner_secret: the token's secret, ``""`` without a token.
        rsa_key: the consumer's public key as PEM.
    """

    client_secret: str
    resource_owner_secret: str
    rsa_key: str


def uses_rsa(method: str) -> bool:
    """Return whether a signature method takes a public key instead of secrets."""
    return method in _HASHES


@sensitive_variables("secrets")
def is_valid(method: str, signature: str, base: str, secrets: Secrets) -> bool:
    """Return whether a signature is the one of a base string by one of the methods that are known here."""
    if uses_rsa(method):
        return _verified(signature, base, secrets.rsa_key, _HASHES[method])
    sign = Client.SIGNATURE_METHODS[method]  # oauthlib's verifying functions would log the parameters
    return constant_time_compare(sign(base, secrets), signature)


def base_string(request: HttpRequest, signed: Pairs) -> str:
    """Return the signature base string of a request (RFC 5849, section 3.4.1).

    Raises:
        Malformed: its address has no base string URI.
    """
    try:
        address = base_string_uri(f"{request.scheme}://{request.get_host()}{path_of(request)}")
    except ValueError:
        raise Malformed("The request's address cannot be signed.") from None
    return cast("str", signature_base_string(request.method or "", address, normalize_parameters(signed)))


def path_of(request: HttpRequest) -> str:
    """Return the path as the client has written and signed it, as far as the server tells.

    Django's own is decoded and encoded again, which is another text for a path such as ``/a%2Fb/`` or ``/a=b/``.
    What the server tells counts only if it means the same path.
    """
    raw: Any = getattr(request, "scope", {}).get("raw_path") or next(filter(None, map(request.META.get, _RAW)), "")
    text = (raw.decode("latin-1") if isinstance(raw, bytes) else raw).partition("?")[0]
    if text.startswith("/") and text.isascii() and unquote_to_bytes(text) == request.path.encode():
        return text
    return quote(request.path, safe="/:@!$&'()*+,;=~")


def public_key(pem: str) -> RSAPublicKey:
    """Return an RSA public key.

    Raises:
        ValueError: it is none, or too small to protect anything.
    """
    try:
        key = load_pem_public_key(pem.strip().encode())
    except Exception:  # noqa: BLE001 - cryptography raises errors of many kinds, some of which tell too much
        raise ValueError("This is no public key in PEM (BEGIN PUBLIC KEY).") from None
    if not isinstance(key, RSAPublicKey):
        raise ValueError("This is a public key, but none for RSA.")
    if key.key_size < _SMALLEST:
        raise ValueError(f"This key has {key.key_size} bits; RSA needs at least {_SMALLEST}.")
    return key


_key = lru_cache(maxsize=256)(public_key)


def _verified(signature: str, base: str, pem: str, algorithm: HashAlgorithm) -> bool:
    """Return whether the owner of a public key has signed (RFC 5849, section 3.4.3)."""
    try:
        _key(pem).verify(b64decode(signature, validate=True), base.encode(), PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    except ValueError:  # no base64, or a key that was stored without being looked at
        return False
    return True
