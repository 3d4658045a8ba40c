"""Each algorithm once more, as slowly and plainly as it can be said: what the stores are compared with."""

from __future__ import annotations

from fractions import Fraction

from piston_throttle import Quota, Taken


class Bucket:
    """A bucket that holds at most ``limit``, and gets one more every ``share`` microseconds."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.level = Fraction(quota.limit)
        self.looked = 0

    def take(self, now: int, cost: int) -> Taken:
        limit, share = self.quota.limit, self.quota.share
        self.level = min(Fraction(limit), self.level + Fraction(now - self.looked, share))
        self.looked = now
        if self.level < cost:
            return Taken(False, int(self.level), int((cost - self.level) * share))
        self.level -= cost
        left = int(self.level)
        return Taken(True, left, self.quota.span if left == limit else int((left + 1 - self.level) * share))


class Fixed:
    """Windows that follow each other; one begins with what is counted when no other is open."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.begun: int | None = None
        self.used = 0

    def take(self, now: int, cost: int) -> Taken:
        limit, span = self.quota.limit, self.quota.window * 1_000_000
        if self.begun is not None and now - self.begun >= span:
            self.begun, self.used = None, 0
        if self.used + cost > limit:
            return Taken(False, limit - self.used, self.begun + span - now)
        if self.begun is None and cost:
            self.begun = now
        self.used += cost
        return Taken(True, limit - self.used, self.begun + span - now if self.used else span)


class Sliding:
    """Everything that was ever taken, with its moment."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.taken: list[int] = []

    def used(self, now: int) -> int:
        return sum(1 for moment in self.taken if moment + self.quota.window * 1_000_000 > now)

    def take(self, now: int, cost: int) -> Taken:
        limit = self.quota.limit
        used = self.used(now)
        if used + cost > limit:
            return Taken(False, limit - used, self.wait(now, lambda then: self.used(then) + cost <= limit))
        self.taken += [now] * cost
        used += cost
        return Taken(
            True, limit - used, self.wait(now, lambda then: self.used(then) < used) if used else self.quota.span
        )

    def wait(self, now: int, enough) -> int:
        ends = sorted({moment + self.quota.window * 1_000_000 for moment in self.taken} | {now})
        return next(then for then in ends if then >= now and enough(then)) - now


MODELS = {"bucket": Bucket, "fixed": Fixed, "sliding": Sliding}
