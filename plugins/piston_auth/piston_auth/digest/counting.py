"""Let each count of a nonce pass once, whichever process it comes to, on any database."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import router
from django.db.models import QuerySet
from django.utils import timezone

from piston_auth.digest.models import DigestNonce
from piston_core import delete_expired

SWEPT = 100  # rows at most, with each new nonce

_TRIES = 64  # each failed one means that another request of the same nonce has passed


def used(nonce: str, count: int, window: int, expires: datetime) -> bool:
    """Return whether a count could be used, which is now used up.

    A row changes only from the state that was read, so of two requests at the same moment one finds it
    changed, and looks again; no transaction and no isolation level is needed for that.

    Args:
        nonce: the nonce, which is ours and fresh.
        count: how often the client says that it has used it, this time included.
        window: how far behind the highest count another one may come that has been overtaken.
        expires: when the nonce is no longer good, at the latest.
    """
    key = hashlib.sha256(nonce.encode()).hexdigest()
    for _ in range(_TRIES):
        row = _rows().filter(pk=key).first() or _new(key, expires)
        state = marked(row.highest, row.seen, count, window)
        if state is None:
            return False
        highest, seen = state
        if _rows().filter(pk=key, highest=row.highest, seen=row.seen).update(highest=highest, seen=seen):
            return True
    return False


def marked(highest: int, seen: int, count: int, window: int) -> tuple[int, int] | None:
    """Return the state of a nonce after a count was used, or ``None`` if it is used up or too far behind."""
    # Counts come from clients, so a shift is bounded before it makes a number of half a gigabyte.
    ahead, behind = count - highest, highest - count
    if ahead > 0:
        before = (seen << ahead) | (1 << (ahead - 1)) if ahead < window else 0
        return count, before & _mask(window)
    if behind == 0 or behind >= window or seen & (1 << (behind - 1)):
        return None
    return highest, seen | (1 << (behind - 1))


def sweep() -> int:
    """Delete some rows that have expired, and return how many; rows that others are about to delete are theirs."""
    return delete_expired(_rows().filter(expires__lte=timezone.now()), SWEPT)


def _new(key: str, expires: datetime) -> DigestNonce:
    """Make the row of a nonce, unless another request does, and return it as it is when nothing is used yet."""
    row = DigestNonce(key=key, expires=expires)
    _rows().bulk_create([row], ignore_conflicts=True)  # in a transaction, an error would be its end
    sweep()
    return row


def _mask(window: int) -> int:
    return (1 << (window - 1)) - 1


def _rows() -> QuerySet[DigestNonce]:
    return DigestNonce._default_manager.using(router.db_for_write(DigestNonce))
