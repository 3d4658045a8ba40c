"""Rows of tokens that were read a moment ago, since a client that is in a hurry sends the same one again and again.

A row is kept and no object, so that no request finds what another one has left on its user.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from time import monotonic
from types import NoneType
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

SECONDS = 1  # no longer than a request may take that has come just before its token is revoked
_MOST = 10_000  # rows; then all are read anew, which is one query each
_LONGEST = 60  # seconds, for which a token that another process revokes would go on being good

_UNCHANGEABLE = frozenset({NoneType, bool, int, float, str, bytes, datetime, date, time, timedelta, Decimal, UUID})

Row = Sequence[Any]

tokens_revoked = Signal()  # of several at once, which no signal of Django's tells


class KeptRows:
    """Keeps rows for some seconds, and forgets all of them when this process changes what is watched.

    Args:
        seconds: how long a row is kept; 0 for not at all.

    Raises:
        ValueError: that is no such number.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = checked_cache_seconds(seconds)
        self._rows: dict[str, tuple[float, Row]] = {}
        self._changes = 0

    def watch(self, *models: type[Model]) -> None:
        """Forget all rows whenever this process saves or deletes an object of these models, or revokes tokens.

        An object may be saved as one of a proxy or a child. A receiver for all senders would do as well, and have
        Django read whatever is deleted anywhere before it deletes it.
        """
        if not self._seconds:
            return
        tokens_revoked.connect(self._forget_all)
        for sender in apps.get_models():
            if issubclass(sender, models):
                post_save.connect(self._forget_all, sender)
                post_delete.connect(self._forget_all, sender)

    def __contains__(self, digest: str) -> bool:
        """Return whether there has been a row with a digest a moment ago."""
        return digest in self._rows

    def row(self, digest: str, alias: str, read: Callable[[str], Row | None]) -> Row | None:
        """Return the row with a digest, as it is or was a moment ago; ``None`` if there is none.

        Within a transaction it is read: whoever has begun one wants what it sees, and it may be rolled back.
        What was read before a change may be older than it, and what a request could change is another one's as well
        (a custom user's JSON); neither is kept.

        Args:
            digest: the digest.
            alias: the database.
            read: reads it.
        """
        if not self._seconds or connections[alias].in_atomic_block:
            return read(digest)
        kept = self._rows.get(digest)
        if kept is not None and kept[0] > monotonic():
            return kept[1]
        changes = self._changes
        found = read(digest)
        if found is not None and changes == self._changes and _UNCHANGEABLE.issuperset(map(type, found)):
            if len(self._rows) >= _MOST:
                self._rows.clear()
            self._rows[digest] = monotonic() + self._seconds, found
        return found

    def forget(self, digest: str) -> None:
        """Have a row read anew."""
        self._rows.pop(digest, None)

    def _forget_all(self, using: str, **_signal: Any) -> None:
        transaction.on_commit(self._clear, using, robust=True)  # until then all others still see what was

    def _clear(self) -> None:
        self._changes += 1
        self._rows.clear()


def checked_cache_seconds(seconds: Any) -> int:
    """Return a number of seconds that a row may be kept.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= _LONGEST:
        raise ValueError(f"token_cache_seconds is {seconds!r}; it has to be a whole number from 0 to {_LONGEST}")
    return seconds
