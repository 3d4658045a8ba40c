"""Rows whose time is over: deleted some at a time, by requests that do not wait for each other."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from django.db.models import QuerySet


def delete_expired(expired: QuerySet[Any], most: int) -> int:
    """Delete some of the rows whose time is over, and return how many.

    Rows that another transaction is about to delete or to take up again are left to it, where the database can tell.

    Args:
        expired: the rows, with ``using()`` for the database that they are written to.
        most: how many to delete at once.
    """
    keys = list(expired.values_list("pk", flat=True)[:most])
    if not keys:
        return 0
    rows = expired.filter(pk__in=keys)  # judged again, since somebody may have taken one up meanwhile
    if not connections[expired.db].features.has_select_for_update_skip_locked:
        # In no transaction of its own. Where somebody listens to deletions Django reads before it deletes, and what
        # has read in a transaction SQLite does not let queue for writing.
        return rows.delete()[0]
    with transaction.atomic(using=expired.db):  # two would wait for each other
        free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        mine: QuerySet[Any] = expired.model._default_manager.using(expired.db).filter(pk__in=free)
        return mine.delete()[0]
