"""Writers take turns: whoever reads an object in order to write it does so while no other writer can."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

# What the databases say to a writer that has to give way: SQLITE_BUSY and SQLITE_LOCKED; PostgreSQL's
# serialization_failure, deadlock_detected and lock_not_available; MySQL's lock timeout and deadlock.
_SQLITE = frozenset({5, 6})
_POSTGRESQL = frozenset({"40001", "40P01", "55P03"})
_MYSQL = frozenset({1205, 1213})
_PRIMARY = 0xFF  # SQLite's extended result codes hold the primary one in their last byte


def take_turn(model: type[Model], connection: BaseDatabaseWrapper) -> None:
    """Wait until this transaction is the only one that writes, on a database where that is all there is.

    SQLite refuses a transaction that has read before it wants to write if another one has written
    meanwhile. A statement that would write, and changes nothing, waits for the others instead; it has to
    be the transaction's first. It belongs to the beginning of a transaction, and is not counted as a query.
    """
    table: Any = model._meta.concrete_model
    if connection.vendor != "sqlite" or not table._meta.managed:
        return
    with connection.wrap_database_errors:
        connection.connection.execute(_changing_nothing(table, connection))


def _changing_nothing(model: type[Model], connection: BaseDatabaseWrapper) -> str:
    quote = connection.ops.quote_name
    column = next(field.column for field in model._meta.local_concrete_fields if field.column and not field.generated)
    return f"UPDATE {quote(model._meta.db_table)} SET {quote(column)} = {quote(column)} WHERE 0"  # noqa: S608 - names of the model's own


def has_locks(alias: str) -> bool:
    """Return whether a database locks rows. SQLite does not, and ``take_turn`` is enough there."""
    return connections[alias].features.has_select_for_update


def lock(obj: Model, alias: str) -> bool:
    """Keep other writers from an object until the end of the transaction, and return whether it is still there.

    What has been read of it before is not up to date any more.
    """
    model: Any = type(obj)
    weaker = connections[alias].features.has_select_for_no_key_update  # others may still refer to it
    rows = model._base_manager.using(alias).select_for_update(no_key=weaker).filter(pk=obj.pk).order_by()
    return bool(rows.values_list("pk"))


def is_contention(error: OperationalError) -> bool:
    """Return whether a database has given up one of several writers that were in each other's way."""
    cause = error.__cause__
    if getattr(cause, "sqlite_errorcode", 0) & _PRIMARY in _SQLITE:
        return True
    return getattr(cause, "sqlstate", None) in _POSTGRESQL or (bool(error.args) and error.args[0] in _MYSQL)
