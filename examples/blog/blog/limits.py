"""How much one reader may say: a quota that is counted in the memory of this process."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from time import monotonic

from django.http import HttpRequest

from piston_core import Identity, Operation, Throttle, Verdict


class CommentThrottle(Throttle):
    """Lets each user send so many comments in a window, and everybody read as many as they like.

    Args:
        limit: how many comments.
        window: the length of the window in seconds.
    """

    name = "comments"

    def __init__(self, limit: int = 30, window: int = 60) -> None:
        self.limit = limit
        self.window = window
        self._lock = Lock()
        self._number = 0.0
        self._sent: Counter[object] = Counter()

    def check(self, request: HttpRequest, identity: Identity | None, operation: Operation) -> Verdict | None:
        """Count a comment of somebody who has said who they are."""
        if request.method != "POST" or identity is None:
            return None
        number, elapsed = divmod(monotonic(), self.window)
        with self._lock:
            if number != self._number:  # what was counted before counts no more
                self._number, self._sent = number, Counter()
            self._sent[identity.user.pk] += 1
            left = self.limit - self._sent[identity.user.pk]
        return Verdict(left >= 0, self.name, self.limit, self.window, max(left, 0), self.window - elapsed)
