"""No signed request is answered twice (RFC 5849, section 3.3): one row for each, which the database keeps unique.

The row is written after the signature has been found good. Before, everybody could fill the table, or use up the
nonces of others. Of requests that come at the same moment, to whatever process, the unique column lets one pass.
"""

from __future__ import annotations

import time

from django.db import IntegrityError

from piston_core import delete_expired
from piston_oauth import vault
from piston_oauth.refusals import Refused

_SWEPT_BY = "00"  # what the digest begins with of the one in 256 that sweep
_AT_ONCE = 1000  # rows; a request pays for no more


def refuse_untimely(timestamp: int, age: int) -> None:
    """Refuse a timestamp that is further away than the clocks of honest clients, in the past or the future.

    Raises:
        Refused: it is.
    """
    if abs(time.time() - timestamp) > age:
        raise Refused("The timestamp is too far from this server's time.")


def use(consumer: str, token: str, timestamp: int, nonce: str, age: int) -> None:
    """Take note of a request.

    Raises:
        Refused: it has been there before.
    """
    digest = vault.digest(f"{consumer} {token} {timestamp} {nonce}")
    if not _is_first(digest, timestamp):
        raise Refused("The nonce has been used before.")
    if digest.startswith(_SWEPT_BY):
        sweep(age, most=_AT_ONCE)


def _is_first(digest: str, timestamp: int) -> bool:
    from piston_oauth.models import Nonce, atomically, stored  # models, so not before Django is ready

    try:
        with atomically(Nonce):  # a savepoint, or the transaction of the request would be broken
            stored(Nonce).create(digest=digest, timestamp=timestamp)
    except IntegrityError as error:
        for each in filter(None, (error, error.__cause__)):
            each.with_traceback(None)  # Django keeps it with the connection, and it would keep the request
        return False
    return True


def sweep(age: int, *, most: int) -> int:
    """Delete rows whose requests would be refused for their timestamp anyway; return how many.

    Args:
        age: how many seconds a timestamp may be off.
        most: how many rows to delete.
    """
    from piston_oauth.models import Nonce, stored

    over = int(time.time()) - 2 * age  # twice, for servers whose clocks differ
    return delete_expired(stored(Nonce).filter(timestamp__lt=over), most)
