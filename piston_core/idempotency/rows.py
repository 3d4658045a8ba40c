"""Who has a key: rows that one request at a time can take, on any database, in a transaction or without one."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import Error, IntegrityError, connections, router, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from piston_core.expiry import delete_expired
from piston_core.idempotency.answers import answer_of, columns_of
from piston_core.idempotency.models import KeptAnswer
from piston_core.problems import Problem

KEPT_FOR = timedelta(hours=24)
PATIENCE = timedelta(minutes=5)  # with a request that is at work; after that its process counts as dead
SWEPT = 100  # rows at most, with each new key

_TRIES = 3  # to take a key that others take, lose and free at the same moment

logger = logging.getLogger("piston.idempotency")


class Claim:
    """A key that this request has, or the answer that was given under it before.

    Attributes:
        answer: the answer to send again; ``None`` for a request that has to be done.
    """

    def __init__(self, row: KeptAnswer, using: str) -> None:
        self.answer: HttpResponse | None = None if row.status is None else answer_of(row)
        self._row = row
        self._using = using

    def keep(self, response: HttpResponseBase) -> None:
        """Keep a good answer for those who send the request again.

        Call it in the transaction of the write: both are then there, or neither.

        Args:
            response: the answer of less than 400; a stream is read as far as it may be kept.

        Raises:
            Problem: 409; the request was at work for so long that another one has taken the key.
        """
        changes = {**columns_of(response), "expires": timezone.now() + KEPT_FOR}
        if not self._own().update(**changes):
            raise in_use()

    def release(self) -> None:
        """Free the key of a request that has failed: nothing was done, so it may be sent again.

        Call it outside the transaction of the write. It raises nothing, since there is an error
        to tell already; a key that cannot be freed is free when ``PATIENCE`` is over.
        """
        if self.answer is not None or connections[self._using].needs_rollback:  # which takes the row along
            return
        try:
            self._own().delete()
        except Error:
            logger.warning("An Idempotency-Key could not be freed; it is in %s.", PATIENCE, exc_info=True)

    def _own(self) -> QuerySet[KeptAnswer]:
        return _rows(self._using).filter(pk=self._row.pk, token=self._row.token)


def claim(scope: str, fingerprint: str) -> Claim:
    """Return the claim to a key, which at most one request has at a time.

    The row's unique ``scope`` decides who is first, and its ``token`` who takes over what is
    over; neither asks for a transaction of a certain isolation.

    Args:
        scope: the hash of the key and of whose it is.
        fingerprint: the hash of what is sent.

    Raises:
        Problem: 409 while another request has the key; 422 if it has been used for another request.
    """
    using = router.db_for_write(KeptAnswer)
    for _ in range(_TRIES):
        now = timezone.now()
        found = _rows(using).filter(pk=scope).first()
        if found is not None and not found.is_free(now, PATIENCE):
            return Claim(_answered(found, fingerprint), using)
        mine = KeptAnswer(scope=scope, fingerprint=fingerprint, token=uuid4(), started=now, expires=now + KEPT_FOR)
        if _inserted(mine, using) if found is None else _taken_over(found, mine, using):
            return Claim(mine, using)
    raise in_use()


def in_use() -> Problem:
    """Return the problem of a request whose key another one has."""
    return Problem(
        409,
        "Another request with this Idempotency-Key is at work; send it again in a moment to get its answer.",
        type="idempotency-key-in-use",
        headers={"Retry-After": "1"},
    )


def _answered(row: KeptAnswer, fingerprint: str) -> KeptAnswer:
    """Return a row whose answer is for this request.

    Raises:
        Problem: it is for another one (422), or there is none yet (409).
    """
    if row.fingerprint != fingerprint:
        raise Problem(
            422,
            "This Idempotency-Key was used for another request; send each request with a key of its own.",
            type="idempotency-key-reused",
        )
    if row.status is None:
        raise in_use()
    return row


def _inserted(row: KeptAnswer, using: str) -> bool:
    try:
        with transaction.atomic(using=using):  # in a transaction, the savepoint that outlives the error
            row.save(using=using, force_insert=True)
    except IntegrityError:
        return False
    delete_expired(_rows(using).filter(expires__lte=row.started), SWEPT)
    return True


def _taken_over(found: KeptAnswer, row: KeptAnswer, using: str) -> bool:
    """Return whether a row is now this request's: it was nobody else's since it was found, nor answered."""
    unchanged = _rows(using).filter(pk=found.pk, token=found.token, status=found.status)
    return unchanged.update(**_values(row)) == 1


def _values(row: KeptAnswer) -> dict[str, Any]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key}


def _rows(using: str) -> QuerySet[KeptAnswer]:
    return KeptAnswer._default_manager.using(using)
