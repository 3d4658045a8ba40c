"""Whose requests are counted together, and the name under which a store knows them, which tells nobody who it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import force_bytes

from piston_core import Identity, client_address
from piston_throttle.algorithms import Quota

_SIZE = 16  # bytes: two senders do not meet by chance
_PEPPER = 64  # bytes of the secret key at most, which is what the hash takes


def by_address(request: HttpRequest, _identity: Identity | None = None) -> str:
    """Return the network of a client; who has one IPv6 address usually has all of its /64."""
    address = client_address(request)
    return "address " + (_network(address) if ":" in address else address)


@lru_cache(maxsize=1024)
def _network(address: str) -> str:
    return IPv6Address(address.partition("%")[0]).packed[:8].hex()


def by_user(request: HttpRequest, identity: Identity | None) -> str:
    """Return the user; the client that has none; the address of somebody unknown."""
    if identity is None:
        return by_address(request)
    return _named(identity.user) or _named(identity.client) or by_address(request)


def by_client(request: HttpRequest, identity: Identity | None) -> str:
    """Return the application that acts for a user, such as an OAuth consumer; the user where there is none."""
    found = None if identity is None else _named(identity.client)
    return found or by_user(request, identity)


def _named(who: Any) -> str:
    """Return a name for an object, the same in every process; ``""`` if it has none."""
    if isinstance(who, str):
        return f"text {who}"
    key = getattr(who, "pk", None)
    if key is None:
        return ""
    meta = getattr(who, "_meta", None)  # also behind Django's lazy user, whose class is another one
    return f"{meta.db_table if meta else type(who).__qualname__} {key}"


KEYS: Mapping[str, Callable[[HttpRequest, Identity | None], str]] = {
    "user": by_user,
    "client": by_client,
    "address": by_address,
}


def digest(scope: str, quota: Quota, sender: str) -> str:
    """Return 32 hexadecimal digits for a sender and what is counted of them.

    It is hashed with the project's ``SECRET_KEY``, so that whoever sees the store cannot try out addresses.

    Args:
        scope: what is counted together.
        quota: the numbers.
        sender: any text.
    """
    return _hashed(settings.SECRET_KEY, scope, quota.label, sender)


@lru_cache(maxsize=4096)  # who has sent one request often sends another one
def _hashed(secret: str | bytes, scope: str, label: str, sender: str) -> str:
    text = f"{scope}\0{label}\0{sender}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=_SIZE, key=force_bytes(secret)[:_PEPPER]).hexdigest()
