"""A policy: how much somebody may ask for, as a throttle."""

from __future__ import annotations

from copy import copy
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest

from piston_core import Identity, Operation, Throttle, Verdict
from piston_throttle.algorithms import SECOND, Quota
from piston_throttle.counting import counting
from piston_throttle.keys import KEYS, digest
from piston_throttle.stores.contract import Store
from piston_throttle.terms import Cost, Key, Terms


class Policy(Throttle):
    """Lets everybody send so many requests in a window, counted for each sender apart.

    Requests to everything that asks policies of the same name and the same numbers are counted together. A policy
    without a name counts the requests to each handler and method by themselves.

    Example::

        api = Api(throttles=[Policy(100, 60, name="burst"), Policy(5000, 86400, name="daily", algorithm="fixed")])

    Args:
        limit: how many requests pass in a window.
        window: the length of the window in seconds.
        name: what the policy is called in the RateLimit fields.
        key: whose requests are counted together: ``"user"`` (somebody unknown is known by the address),
            ``"client"`` (the application that acts for a user), ``"address"``, or a function of the request and
            the identity that returns text; ``None`` from it lets a request pass without counting it.
        group: what is counted together, if that is not the name; ``""`` for each handler and method by itself.
        cost: how much of the limit one request takes, or a function of the request and the identity that returns it.
        anonymous: another limit for somebody unknown; 0 lets none of their requests pass.
        algorithm: ``"bucket"`` is filled evenly, ``"fixed"`` begins with the first request and is full again when
            the window is over, ``"sliding"`` lets never more pass in any time as long as the window.
        store: what counts, if it is not what the settings say: ``"memory"``, ``"database"``, ``"redis"``, or an
            instance of a ``Store``.

    Raises:
        ValueError: a value is of the wrong kind, or no request could ever pass.
    """

    name: str  # type: ignore[misc]  # of an instance, where the contract has it for the class
    causes = MappingProxyType({**Throttle.causes, 503: "Requests cannot be counted at the moment."})

    def __init__(
        self,
        limit: int,
        window: int,
        *,
        name: str = "",
        key: Key = "user",
        group: str | None = None,
        cost: Cost = 1,
        anonymous: int | None = None,
        algorithm: str = "bucket",
        store: str | Store = "",
    ) -> None:
        called = name or f"max-{limit}-in-{window}s"
        together = name if group is None else group
        self._use(Terms(limit, window, called, key, cost, anonymous, algorithm, store, together))

    @classmethod
    def of(cls, terms: Terms) -> Policy:
        """Return the policy with these terms."""
        policy = cls.__new__(cls)
        policy._use(terms)
        return policy

    def within(self, method: str) -> Policy:
        """Return the same policy for one method of a handler, whatever the requests are that call it."""
        policy = copy(self)
        policy._method = method
        return policy

    def check(self, request: HttpRequest, identity: Identity | None, operation: Operation) -> Verdict | None:
        """Count a request, as the contract says; ``None`` if it is not counted.

        Raises:
            Problem: 503, where the store cannot be asked and the settings let nobody pass then.
        """
        sender = self._sender(request, identity)
        if sender is None:
            return None
        quota = self._quota if identity is not None else self._quota_of_unknown
        cost = self._cost if isinstance(self._cost, int) else self._cost(request, identity)
        if cost > quota.limit:  # also for a limit of 0; there is never enough
            return Verdict(False, self.name, quota.limit, quota.window, 0, quota.window)
        handler: Any = type(operation.handler)  # a class can be hashed, which mypy does not believe
        scope = self._group or _scope(handler, self._method or operation.action)
        key = digest(scope, quota, sender)
        taken = counting().take(self._store, key, quota, max(0, cost))
        if taken is None:
            return None
        return Verdict(
            taken.allowed, self.name, quota.limit, quota.window, taken.remaining, max(0, taken.wait) / SECOND
        )

    def _use(self, terms: Terms) -> None:
        self.name = terms.name
        self._store = terms.store
        self._group = terms.group
        self._cost = terms.cost
        self._sender = terms.key if callable(terms.key) else KEYS[terms.key]
        self._quota = terms.quota(terms.limit)
        self._quota_of_unknown: Quota = self._quota if terms.anonymous is None else terms.quota(terms.anonymous)
        self._method = ""


@lru_cache(maxsize=1024)
def _scope(handler: type, method: str) -> str:
    return f"{handler.__module__}.{handler.__qualname__}.{method}"
