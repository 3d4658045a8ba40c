"""Requests that are signed by hand, by the words of RFC 5849 and with nothing of ours or of oauthlib's."""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

HOST = "http://testserver"
_numbers = count(1)


def escaped(text: str) -> str:
    return quote(text, safe="~")


@dataclass
class Signer:
    """Signs as a consumer does, in the name of a token or its own.

    Attributes:
        key, secret: the consumer's.
        token, token_secret: the token's, ``""`` without one.
        method: the signature method.
        rsa: the private key as PEM.
        changed: what the protocol parameters have instead; ``None`` leaves one out.
    """

    key: str
    secret: str = ""
    token: str = ""
    token_secret: str = ""
    method: str = "HMAC-SHA1"
    rsa: str = ""
    changed: dict = field(default_factory=dict)

    def protocol(self, **changed) -> dict[str, str]:
        """Return all protocol parameters but the signature."""
        found = {
            "oauth_consumer_key": self.key,
            "oauth_token": self.token or None,
            "oauth_signature_method": self.method,
            "oauth_timestamp": str(int(time.time())),
            "oauth_nonce": f"nonce{next(_numbers)}",
            "oauth_version": "1.0",
        }
        return {name: value for name, value in {**found, **self.changed, **changed}.items() if value is not None}

    def signed(self, method: str, address: str, pairs=(), **changed) -> dict[str, str]:
        """Return the protocol parameters of a request; ``pairs`` are those of its query and its form."""
        protocol = self.protocol(**changed)
        base = base_string(method, address, [*pairs, *protocol.items()])
        return {**protocol, "oauth_signature": self.signature(base)}

    def header(self, method: str = "GET", path: str = "/who/", pairs=(), *, realm="", host=HOST, **changed) -> dict:
        """Return the header field of a request."""
        signed = self.signed(method, f"{host}{path}", pairs, **changed)
        return {"Authorization": field_of(signed, realm)}

    def signature(self, base: str) -> str:
        key = f"{escaped(self.secret)}&{escaped(self.token_secret)}"
        if self.method == "PLAINTEXT":
            return key
        if self.method.startswith("RSA"):
            digest = SHA1() if self.method == "RSA-SHA1" else SHA256()
            return b64encode(_private(self.rsa).sign(base.encode(), PKCS1v15(), digest)).decode()
        digest = hashlib.sha1 if self.method == "HMAC-SHA1" else hashlib.sha256
        return b64encode(hmac.new(key.encode(), base.encode(), digest).digest()).decode()


@lru_cache(maxsize=8)
def _private(pem: str) -> rsa.RSAPrivateKey:
    """Return a private key; to make sure that its primes are such takes longer than a test."""
    found = load_pem_private_key(pem.encode(), None)
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def base_string(method: str, address: str, pairs) -> str:
    """RFC 5849, section 3.4.1."""
    encoded = sorted((escaped(name), escaped(value)) for name, value in pairs)
    normalised = "&".join(f"{name}={value}" for name, value in encoded)
    return "&".join([method, escaped(address), escaped(normalised)])


def field_of(protocol: dict, realm: str = "") -> str:
    """RFC 5849, section 3.5.1."""
    pairs = [f'{escaped(name)}="{escaped(value)}"' for name, value in protocol.items()]
    return "OAuth " + ", ".join([f'realm="{realm}"', *pairs] if realm else pairs)


def key_pair() -> tuple[str, str]:
    """Return a new private key and its public key, as PEM."""
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    written = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return written.decode(), public.decode()
