"""Rows of tokens that were read a moment ago, for sites where one query for each request is one too many.

A row is kept and no object, so that no request finds what another one has left on its user.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

_MOST = 10_000  # rows; then all are read anew, which is one query each
_LONGEST = 60  # seconds, for which a token that another process revokes would go on being good

Row = Sequence[Any]

tokens_revoked = Signal()  # of several at once, which no signal of Django's tells


class KeptRows:
    """Keeps rows for some seconds, and forgets all when this process saves or deletes a token or a user.

    Args:
        seconds: how long a row is kept; 0 for not at all.

    Raises:
        ValueError: that is no such number.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = checked_cache_seconds(seconds)
        self._rows: dict[str, tuple[float, Row]] = {}
        if self._seconds:
            tokens_revoked.connect(self._forget_all)
            for signal in (post_save, post_delete):
                signal.connect(self._forget_all, sender=settings.AUTH_USER_MODEL)
                signal.connect(self._forget_all, sender="piston_tokens.Token")

    def row(self, digest: str, read: Callable[[str], Row | None]) -> Row | None:
        """Return the row with a digest, as it is or was a moment ago; ``None`` if there is none.

        Args:
            digest: the digest.
            read: reads it.
        """
        if not self._seconds:
            return read(digest)
        kept = self._rows.get(digest)
        if kept is not None and kept[0] > monotonic():
            return kept[1]
        found = read(digest)
        if found is not None:
            if len(self._rows) >= _MOST:
                self._rows.clear()
            self._rows[digest] = monotonic() + self._seconds, found
        return found

    def forget(self, digest: str) -> None:
        """Have a row read anew."""
        self._rows.pop(digest, None)

    def _forget_all(self, **_signal: Any) -> None:
        self._rows.clear()


def checked_cache_seconds(seconds: Any) -> int:
    """Return a number of seconds that a row may be kept.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= _LONGEST:
        raise ValueError(f"token_cache_seconds is {seconds!r}; it has to be a whole number from 0 to {_LONGEST}")
    return seconds
