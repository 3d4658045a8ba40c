"""What a policy says, and which of it cannot be meant; nothing is counted here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from piston_core import Identity
from piston_throttle.algorithms import ALGORITHMS, Quota
from piston_throttle.keys import KEYS
from piston_throttle.stores.contract import Store

Key = str | Callable[[HttpRequest, Identity | None], str | None]
Cost = int | Callable[[HttpRequest, Identity | None], int]

STORES = ("memory", "database", "redis")

MOST = 1_000_000  # requests: beyond it a request's share of a second is no whole microsecond any more
MOST_LOGGED = 10_000  # requests whose moments are remembered one by one
LONGEST = 366 * 24 * 60 * 60  # seconds
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Terms:
    """How many requests a policy lets pass, of whom, and how they are counted.

    Attributes:
        limit: how much passes in a window.
        window: the length of the window in seconds.
        name: what the policy is called in the RateLimit fields.
        key: whose requests are counted together: ``user``, ``client``, ``address``, or what a function returns.
        cost: how much of the limit one request takes.
        anonymous: another limit for somebody unknown; ``None`` for the same.
        algorithm: ``bucket``, ``fixed`` or ``sliding``.
        store: what counts: a store, or the name of one; ``""`` for that of the settings.
        group: what is counted together; ``""`` for each handler and method by itself.
    """

    limit: int
    window: int
    name: str
    key: Key = "user"
    cost: Cost = 1
    anonymous: int | None = None
    algorithm: str = "bucket"
    store: str | Store = ""
    group: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind, or no request could ever pass.
        """
        self._refuse_numbers()
        _refuse_text("name", self.name)
        if self.group:
            _refuse_text("group", self.group)
        _refuse_unknown("algorithm", self.algorithm, ALGORITHMS)
        if not callable(self.key):
            _refuse_unknown("key", self.key, KEYS, ", or a function")
        if self.store != "" and not isinstance(self.store, Store):
            _refuse_unknown("store", self.store, STORES, ", or a Store")
        if isinstance(self.store, Store) and not self.store.exact:
            raise ValueError(f"store is {self.store!r}, which does not promise to be exact")

    def _refuse_numbers(self) -> None:
        most = MOST_LOGGED if self.algorithm == "sliding" else MOST
        _refuse_number("limit", self.limit, 1, most)
        _refuse_number("window", self.window, 1, LONGEST)
        if self.anonymous is not None:
            _refuse_number("anonymous", self.anonymous, 0, most)
        if not callable(self.cost):  # what costs more than there is would be refused for ever
            _refuse_number("cost", self.cost, 0, min(self.limit, self.anonymous or self.limit))

    def quota(self, limit: int) -> Quota:
        """Return the numbers to count with for a limit, which is that of everybody or that of somebody unknown."""
        return Quota(self.algorithm, limit, self.window)


def _refuse_number(name: str, value: Any, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}; it has to be a whole number from {least} to {most}")


def _refuse_text(name: str, value: Any) -> None:
    fits = isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value) <= _LONGEST_NAME
    if not fits:
        raise ValueError(f"{name} is {value!r}; it has to be printable ASCII of at most {_LONGEST_NAME} characters")


def _refuse_unknown(name: str, value: Any, known: Any, more: str = "") -> None:
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} is {value!r}; it has to be one of: {', '.join(known)}{more}")
