"""Counts in a table of the database, for all processes that use it: one statement a request, or a row's lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from struct import pack, unpack
from time import time_ns
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, OperationalError, connections, transaction
from django.db.models import QuerySet

from piston_core import delete_expired
from piston_throttle.algorithms import ALGORITHMS, Held, Quota, Taken
from piston_throttle.stores.contract import Store
from piston_throttle.stores.statements import NOW, STATEMENTS

if TYPE_CHECKING:
    from piston_throttle.models import Count

_SWEPT = 1000  # rows at most, once in so many requests; each makes one row at most
_EVERY = 100
_TRIES = 10  # at what a database has given up so that another transaction goes on
_GIVEN_UP = {"40001", "40P01", 1213}  # PostgreSQL's codes for it, and MariaDB's


class DatabaseStore(Store):
    """Exact for all processes that use the database.

    Args:
        using: the alias of the database.
        clock: returns microseconds since 1970; by default the database's own, as far as it is known how to ask.
    """

    exact = True
    shared = True

    def __init__(self, using: str = "default", *, clock: Callable[[], int] | None = None) -> None:
        self._using = using
        self._clock = clock
        self._taken = count(1)

    def take(self, key: str, quota: Quota, cost: int) -> Taken:
        """Take from a quota, as the contract says.

        Raises:
            django.db.Error: the database cannot be asked, is locked for too long, or has no table.
        """
        connection = connections[self._using]
        knows = connection.vendor in NOW and connection.features.can_return_columns_from_insert  # SQLite since 3.35
        way = self._by_statement if knows and quota.algorithm in STATEMENTS else self._by_lock
        for tried in range(1, _TRIES + 1):
            try:
                with self._apart():
                    taken = way(key, quota, cost)
                break
            except (OperationalError, ObjectDoesNotExist) as error:
                if tried == _TRIES or not _worth_another(error, connection.in_atomic_block):
                    raise
        if next(self._taken) % _EVERY == 0:
            self._sweep()
        return taken

    def prune(self) -> int:
        """Delete rows that matter no more, at most a thousand; return how many they were."""
        return delete_expired(self._rows().filter(expires__lte=self._now()), _SWEPT)

    def _apart(self) -> AbstractContextManager[None]:
        """Return a savepoint in a transaction of the request's, which a failure must not break."""
        inside = connections[self._using].in_atomic_block
        return transaction.atomic(using=self._using) if inside else nullcontext()

    def _by_statement(self, key: str, quota: Quota, cost: int) -> Taken:
        ahead = 2 * (quota.span if quota.algorithm == "fixed" else quota.burst)
        values = {"key": key, "cost": cost, "takes": cost * quota.share, "nothing": b"", "ahead": ahead}
        values |= {"limit": quota.limit, "span": quota.span, "burst": quota.burst}
        values["now"] = self._clock() if self._clock else None
        row = self._row(quota.algorithm, values) if cost else None
        if row is not None:
            return _left(quota, row, 0)  # the request has been counted in it
        taken = _left(quota, self._row("look", values) or (None, 0, 0), cost)
        return Taken(False, 0, 0) if cost and taken.allowed else taken  # it would be by now

    def _row(self, statement: str, values: dict[str, Any]) -> tuple[Any, int, int] | None:
        connection = connections[self._using]
        now = "%(now)s" if self._clock else NOW[connection.vendor]
        sql = STATEMENTS[statement].format(table=self._table, now=now)
        with connection.cursor() as cursor:
            cursor.execute(sql, {name: value for name, value in values.items() if f"%({name})s" in sql})
            row: tuple[Any, int, int] | None = cursor.fetchone()
        return row

    def _by_lock(self, key: str, quota: Quota, cost: int) -> Taken:
        from piston_throttle.models import Count  # a model, so not at import

        rows = self._rows()
        with transaction.atomic(using=self._using):
            # SQLite locks no rows, but has others wait for a transaction whose first statement writes.
            row = None if connections[self._using].vendor == "sqlite" else self._locked(key).first()
            if row is None:
                rows.bulk_create([Count(key=key, expires=0)], ignore_conflicts=True)
                row = self._locked(key).get()
            held, until, taken = ALGORITHMS[quota.algorithm](_held(row, quota), quota, self._now(), cost)
            if taken.allowed and cost:
                rows.filter(pk=key).update(**_columns(held, quota), expires=until)
        return taken

    def _locked(self, key: str) -> QuerySet[Count]:
        return self._rows().filter(pk=key).select_for_update()

    def _sweep(self) -> None:
        try:
            with self._apart():
                self.prune()
        except Error:  # the request has been counted, and others will sweep
            return

    def _now(self) -> int:
        """Return the moment by the clock that the rows are written by."""
        if self._clock or connections[self._using].vendor not in NOW:
            return (self._clock or _now)()
        with connections[self._using].cursor() as cursor:
            cursor.execute(f"SELECT {NOW[connections[self._using].vendor]}")
            return int(cursor.fetchone()[0])

    def _rows(self) -> QuerySet[Count]:
        from piston_throttle.models import Count  # a model, so not at import

        return Count._default_manager.using(self._using)

    @property
    def _table(self) -> str:
        from piston_throttle.models import Count  # a model, so not at import

        return connections[self._using].ops.quote_name(Count._meta.db_table)


def _now() -> int:
    return time_ns() // 1000


def _worth_another(error: Exception, in_transaction: bool) -> bool:
    """Return whether to try again: a row was swept away meanwhile, or another transaction had to go on first."""
    code = getattr(error.__cause__, "sqlstate", None) or next(iter(error.args), None)
    return isinstance(error, ObjectDoesNotExist) or (code in _GIVEN_UP and not in_transaction)


def _left(quota: Quota, row: tuple[int | None, int, int], cost: int) -> Taken:
    """Return what there is to say of a request, by what its row holds: moment, used, and now."""
    moment, used, now = row
    held = moment if quota.algorithm == "bucket" or moment is None else (moment, used)
    return ALGORITHMS[quota.algorithm](held, quota, now, cost)[2]


def _held(row: Count, quota: Quota) -> Held:
    """Return what an algorithm holds of a sender, ``None`` for a new one."""
    if not row.expires:
        return None
    if quota.algorithm == "sliding":
        log = bytes(row.log)
        return deque(unpack(f">{len(log) // 8}q", log))
    return row.moment if quota.algorithm == "bucket" else (row.moment, row.used)


def _columns(held: Held, quota: Quota) -> dict[str, Any]:
    if quota.algorithm == "sliding":
        return {"log": pack(f">{len(held)}q", *held)}
    return {"moment": held} if quota.algorithm == "bucket" else {"moment": held[0], "used": held[1]}
