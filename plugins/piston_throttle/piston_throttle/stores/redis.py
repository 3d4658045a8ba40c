"""Counts in Redis, for all processes that use it: one script a request, by the clock of the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from piston_throttle.algorithms import Quota, Taken
from piston_throttle.stores.contract import Store
from piston_throttle.stores.scripts import SCRIPTS

_SERVERS_TIME = -1


class RedisStore(Store):
    """Exact for all processes, as long as the server forgets nothing. It connects with the first request.

    Args:
        url: where the server is, such as ``redis://localhost:6379/0``.
        timeout: how many seconds to wait for it.
        clock: returns microseconds; by default the server's own.
        prefix: what the keys begin with.
    """

    exact = True
    shared = True

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 0.25,
        clock: Callable[[], int] | None = None,
        prefix: str = "piston:throttle:",
    ) -> None:
        self._clock = clock
        self._prefix = prefix
        # A connection that the server has closed is opened again. Nothing else is tried again: it may have counted.
        again = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        client = redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=again)
        self._scripts = {name: client.register_script(script) for name, script in SCRIPTS.items()}

    def take(self, key: str, quota: Quota, cost: int) -> Taken:
        """Take from a quota, as the contract says.

        Raises:
            redis.RedisError: the server does not answer, or not in time.
        """
        now = self._clock() if self._clock else _SERVERS_TIME
        numbers = (now, quota.limit, quota.span, quota.share, quota.burst, cost)
        allowed, remaining, wait = self._run(quota.algorithm, key, numbers)
        return Taken(bool(allowed), remaining, wait)

    def _run(self, algorithm: str, key: str, numbers: tuple[int, ...]) -> list[int]:
        answer: Any = self._scripts[algorithm](keys=[self._prefix + key], args=list(numbers))
        found: list[int] = answer
        return found
