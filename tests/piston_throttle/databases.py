"""A database in a file, as several processes of one host share it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.shop_postgres.service import ALIAS

FILE = "quotas"
# Tests in PostgreSQL whose counts many connections see; only the tables of this app are emptied after them.
IN_POSTGRES = [
    pytest.mark.postgres,
    pytest.mark.django_db(databases=[ALIAS], transaction=True, available_apps=["piston_throttle"]),
]


def add_database(path: Path, alias: str = FILE, **settings: Any) -> None:
    """Make an alias for a database in a file."""
    entry = {**connections.settings["default"], "NAME": str(path), **settings}
    entry["TEST"] = {**entry.get("TEST", {}), "NAME": str(path)}
    connections.settings[alias] = entry


@contextmanager
def file_database(path: Path, alias: str = FILE, *, table: bool = True, **settings: Any) -> Iterator[str]:
    """Make a database in a file for the length of a block, with the table of the quotas."""
    from piston_throttle.models import Count

    add_database(path, alias, **settings)
    try:
        if table:
            with connections[alias].schema_editor() as editor:
                editor.create_model(Count)
        yield alias
    finally:
        connections[alias].close()
        del connections[alias], connections.settings[alias]
