"""How requests are counted, in whole microseconds: the same steps for every store that counts in Python.

A step is told what is held of a sender, the moment, and what the request costs; it returns what is to be held from
then on, until when that matters, and whether the request may pass. What is refused is not counted.

Clocks differ and are put back. What was written a little later than now happened now; what was written more than
two windows ahead is forgotten, so that nobody waits for a clock to catch up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

SECOND = 1_000_000  # microseconds


class Taken(NamedTuple):
    """What has become of one request.

    Attributes:
        allowed: whether it may pass.
        remaining: how much is left of the limit.
        wait: in how many microseconds there will be more, which is a whole window where nothing is used; for a
            request that may not pass, in how many there will be enough for it.
    """

    allowed: bool
    remaining: int
    wait: int


@dataclass(frozen=True, slots=True)
class Quota:
    """The numbers that a store counts with.

    Attributes:
        algorithm: ``bucket``, ``fixed`` or ``sliding``.
        limit: how much passes in a window; 0 for nothing.
        window: the length of the window in seconds.
        span: the same in microseconds.
        share: after how many microseconds a bucket has one more; rounded up, so that never more pass.
        burst: how long it takes to fill an empty bucket.
        label: all of it as text.
    """

    algorithm: str
    limit: int
    window: int
    span: int = field(init=False)
    share: int = field(init=False)
    burst: int = field(init=False)
    label: str = field(init=False)

    def __post_init__(self) -> None:
        """Work out what follows from the limit and the window."""
        span = self.window * SECOND
        share = -(-span // (self.limit or 1))
        label = f"{self.algorithm} {self.limit}/{self.window}"
        for name, value in (("span", span), ("share", share), ("burst", share * self.limit), ("label", label)):
            object.__setattr__(self, name, value)


Held = Any  # each algorithm's own
Step = Callable[[Held, Quota, int, int], tuple[Held, int, Taken]]


def bucket(full: int | None, quota: Quota, now: int, cost: int) -> tuple[int, int, Taken]:
    """Take from a bucket that is filled evenly (the generic cell rate algorithm).

    Args:
        full: the moment at which the bucket is full again.
        quota: the numbers.
        now: the moment.
        cost: what the request takes.
    """
    begins = now if full is None or full > now + 2 * quota.burst else max(full, now)
    full = begins + cost * quota.share
    room = now + quota.burst - full
    if room < 0:
        return begins, begins, Taken(False, max(0, (now + quota.burst - begins) // quota.share), -room)
    left, over = divmod(room, quota.share)
    return full, full, Taken(True, left, quota.share - over if left < quota.limit else quota.span)


def fixed(held: tuple[int, int] | None, quota: Quota, now: int, cost: int) -> tuple[tuple[int, int], int, Taken]:
    """Take from a window that begins with the first request that is counted.

    Args:
        held: when the window began, and how much has been taken since.
        quota: the numbers.
        now: the moment.
        cost: what the request takes.
    """
    begun, used = held or (now, 0)
    if now >= begun + quota.span or begun > now + 2 * quota.span:
        begun, used = now, 0
    ends = begun + quota.span
    if used + cost > quota.limit:
        return (begun, used), ends, Taken(False, quota.limit - used, ends - now)
    used += cost
    return (begun, used), ends, Taken(True, quota.limit - used, ends - now)


def sliding(log: deque[int] | None, quota: Quota, now: int, cost: int) -> tuple[deque[int], int, Taken]:
    """Take from what has not been taken within one window before now.

    Args:
        log: the moments of what was taken, the oldest first; it is changed.
        quota: the numbers.
        now: the moment.
        cost: what the request takes, which is at most the limit.
    """
    if log is None or (log and log[-1] > now + 2 * quota.span):
        log = deque()
    written = max(now, log[-1]) if log else now
    while log and log[0] <= written - quota.span:
        log.popleft()
    too_many = len(log) + cost - quota.limit
    if too_many > 0:
        return log, log[-1] + quota.span, Taken(False, quota.limit - len(log), log[too_many - 1] + quota.span - now)
    log.extend([written] * cost)
    left = quota.limit - len(log)
    return log, written + quota.span, Taken(True, left, log[0] + quota.span - now if log else quota.span)


ALGORITHMS: Mapping[str, Step] = {"bucket": bucket, "fixed": fixed, "sliding": sliding}
