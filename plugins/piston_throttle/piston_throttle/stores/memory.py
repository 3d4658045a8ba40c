"""Counts in the memory of one process, for this process alone."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic_ns
from typing import Any

from piston_throttle.algorithms import ALGORITHMS, Quota, Taken
from piston_throttle.stores.contract import Store

_SHARDS = 16


class MemoryStore(Store):
    """Exact for the threads of a process, and bounded: what is forgotten first is what matters no more.

    Args:
        max_keys: how many senders' counts are kept at most.
        clock: returns microseconds; one that is never put back.
    """

    exact = True

    def __init__(self, *, max_keys: int = 100_000, clock: Callable[[], int] | None = None) -> None:
        self._clock = clock or _now
        self._shards = [_Shard(max(1, max_keys // _SHARDS)) for _ in range(_SHARDS)]

    def take(self, key: str, quota: Quota, cost: int) -> Taken:
        """Take from a quota, as the contract says."""
        shard = self._shards[hash(key) % _SHARDS]
        with shard.lock:
            now = self._clock()
            entry = shard.entries.get(key)
            held, until, taken = ALGORITHMS[quota.algorithm](entry and entry[1], quota, now, cost)
            if taken.allowed and cost:
                if entry is None:
                    shard.make_room(now)
                shard.entries[key] = (until, held)
        return taken

    def kept(self) -> int:
        """Return how many senders' counts are kept."""
        return sum(len(shard.entries) for shard in self._shards)


class _Shard:
    """A part of the senders, with a lock of its own."""

    __slots__ = ("capacity", "entries", "lock")

    def __init__(self, capacity: int) -> None:
        self.lock = Lock()
        self.capacity = capacity
        self.entries: dict[str, tuple[int, Any]] = {}  # until when it matters, and what is held

    def make_room(self, now: int) -> None:
        """Forget what matters no more, and then the oldest, where there is no room for one more.

        An eighth is free afterwards, so that it is long until the next time.
        """
        if len(self.entries) < self.capacity:
            return
        self.entries = {key: entry for key, entry in self.entries.items() if entry[0] > now}
        excess = len(self.entries) - min(self.capacity - 1, self.capacity * 7 // 8)
        for key in list(self.entries)[: max(0, excess)]:
            del self.entries[key]


def _now() -> int:
    return monotonic_ns() // 1000
