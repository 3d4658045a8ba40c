"""Run a test on each database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections, transaction

from tests.shop_postgres.service import ALIAS

SQLITE = pytest.param("default", marks=pytest.mark.django_db(databases=["default"]), id="sqlite")
_MARKS = (pytest.mark.django_db(databases=[ALIAS]), pytest.mark.postgres)  # a query to another database is an error
POSTGRES = pytest.param(ALIAS, marks=_MARKS, id="postgres")

everywhere = pytest.mark.parametrize("alias", [SQLITE, POSTGRES])
on_postgres = pytest.mark.parametrize("alias", [POSTGRES])


def cases(names: Iterable[str]) -> Any:
    """Run a test with each of these cases, as ``kind``."""
    return pytest.mark.parametrize("kind", [*names])


@contextmanager
def undone(alias: str) -> Iterator[None]:
    """Take back at the end of the block what it writes."""
    with transaction.atomic(using=alias):
        yield
        transaction.set_rollback(True, using=alias)


@contextmanager
def time_zone(alias: str, name: str | None) -> Iterator[None]:
    """Let a database have a ``TIME_ZONE`` of its own."""
    connection = connections[alias]
    before = connection.settings_dict["TIME_ZONE"]
    _set_zone(connection, name)
    try:
        yield
    finally:
        _set_zone(connection, before)


def _set_zone(connection: Any, name: str | None) -> None:
    connection.settings_dict["TIME_ZONE"] = name
    for cached in ("timezone", "timezone_name"):
        connection.__dict__.pop(cached, None)
    connection.ensure_timezone()
