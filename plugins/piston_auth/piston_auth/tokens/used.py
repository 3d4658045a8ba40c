"""Note when a token was last used: rarely, without waiting for others, and never at the request's expense."""

from __future__ import annotations

import logging
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db import Error, connections, router, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from piston_auth.tokens.models import Token, Tokens

_PAUSE = 60  # seconds without another attempt where one has failed, as it does in a database for reading only
_LONGEST = 366 * 86400  # seconds; whoever wants it less often says 0
_log = logging.getLogger("piston.auth")


class LastUse:
    """Keeps ``last_used`` of tokens.

    Args:
        seconds: how old it may be before it is written again; 0 for never writing it.

    Raises:
        ValueError: that is no such number.
    """

    def __init__(self, seconds: int) -> None:
        self._age = timedelta(seconds=checked_seconds(seconds))
        self._paused_until = 0.0

    def note(self, token: Token) -> bool:
        """Write that a token is being used, unless that was written a short while ago; return whether it was.

        What the database has to say against it is logged: a request can be answered all the same.
        """
        if not self._age or monotonic() < self._paused_until:
            return False
        now = timezone.now()
        if token.last_used is not None and token.last_used > now - self._age:
            return False
        try:
            alias = router.db_for_write(type(token), instance=token)
            with transaction.atomic(using=alias):  # in a transaction a savepoint, so that it survives a failure
                _free(token, alias).update(last_used=now)
        except Error as error:
            self._paused_until = monotonic() + _PAUSE
            _log.warning("last_used of token %s was not written, next attempt in %s s: %s", token.pk, _PAUSE, error)
            return False
        token.last_used = now
        return True


def checked_seconds(seconds: Any) -> int:
    """Return a number of seconds that ``last_used`` may be old.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= _LONGEST:
        raise ValueError(f"token_last_used_seconds is {seconds!r}; it has to be a whole number from 0 to {_LONGEST}")
    return seconds


def _free(token: Token, alias: str) -> Tokens:
    """Return the token's row unless another request has just written, or is writing, the same.

    With ``ATOMIC_REQUESTS`` the row is locked for as long as that request takes; nobody should wait for it.
    """
    rows = type(token).objects.using(alias)
    row = rows.filter(pk=token.pk, last_used=token.last_used)
    features = connections[alias].features
    if not (features.has_select_for_update_skip_locked and features.update_can_self_select):  # MySQL cannot the latter
        return row
    return rows.filter(pk__in=row.order_by().select_for_update(skip_locked=True).values("pk"))
