"""``PISTON["OPTIONS"]["throttle"]``: what counts, where it is, and the policies that resources may name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from piston_throttle.terms import STORES, Terms

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_SCHEMES = ("redis://", "rediss://", "unix://")


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["throttle"]``.

    Attributes:
        store: what counts where a policy does not say: ``memory``, ``database``, ``redis``, or the dotted name of
            a ``Store`` of the project's own.
        database: the alias of the database for ``database``.
        redis_url: where ``redis`` is. It may hold a password, so it is never shown.
        redis_timeout: how many seconds a request waits for it at most.
        max_keys: how many senders ``memory`` remembers.
        when_down: whether requests pass while a store cannot be asked: ``open`` or ``closed``.
        policies: the policies that resources may name, by their names.
    """

    store: Any = "memory"
    database: Any = "default"
    redis_url: Any = field(default="redis://localhost:6379/0", repr=False)
    redis_timeout: Any = 0.25
    max_keys: Any = 100_000
    when_down: Any = "open"
    policies: Any = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if not isinstance(self.store, str) or not (self.store in STORES or "." in self.store):
            known = ", ".join(STORES)
            raise ValueError(f"store is {self.store!r}; it has to be one of: {known}, or the dotted name of a Store")
        if not isinstance(self.database, str) or not self.database:
            raise ValueError(f"database is {self.database!r}; it has to be an alias of DATABASES")
        if not _is_address(self.redis_url):
            raise ValueError("redis_url is no address such as 'redis://:password@host:6379/0'")
        if type(self.redis_timeout) not in {int, float} or not 0 < self.redis_timeout <= 60:
            raise ValueError(f"redis_timeout is {self.redis_timeout!r}; it has to be seconds, at most 60")
        if type(self.max_keys) is not int or self.max_keys < 1000:
            raise ValueError(f"max_keys is {self.max_keys!r}; it has to be a number of at least 1000")
        if self.when_down not in ("open", "closed"):
            raise ValueError(f"when_down is {self.when_down!r}; it has to be 'open' or 'closed'")
        self.terms()

    def terms(self) -> list[Terms]:
        """Return the terms of the policies, whose requests are counted together under their names.

        Raises:
            ValueError: they are none, and which policy it is.
        """
        if not isinstance(self.policies, Mapping | None):
            raise ValueError("policies has to be a dictionary with one dictionary for each policy")
        return [_terms(name, given) for name, given in (self.policies or {}).items()]


def _terms(name: Any, given: Any) -> Terms:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"policies has the name {name!r}; a name is a lower-case word, such as 'burst'")
    if not isinstance(given, Mapping):
        raise ValueError(f"policies[{name!r}] is {given!r}; it has to be such as {{'limit': 100, 'window': 60}}")
    known = [each for each in Terms.__dataclass_fields__ if each not in {"name", "group"}]
    for each in given:
        if each not in known:
            raise ValueError(f"policies[{name!r}] has the unknown key {each!r}; known are: {', '.join(known)}")
    missing = [each for each in ("limit", "window") if each not in given]
    if missing:
        raise ValueError(f"policies[{name!r}] has no {missing[0]}")
    try:
        return Terms(**given, name=name, group=name)
    except ValueError as error:
        raise ValueError(f"policies[{name!r}]: {error}") from error


def _is_address(url: Any) -> bool:
    """Return whether something is an address for a client of Redis; it may hold a password, so no error shows it."""
    if not isinstance(url, str):
        return False
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return port != 0 and url.startswith(_SCHEMES)
