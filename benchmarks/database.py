"""Where the data is: a file in a temporary folder, or a PostgreSQL database of the benchmark's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

POSTGRES = "postgres://postgres@127.0.0.1:5432/test"

# A commit waits for no disk: what is compared is the work of the views.
_PRAGMAS = "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY"


def configuration(address: str) -> dict[str, Any]:
    """Return what ``DATABASES`` says of an address: ``sqlite:PATH`` or ``postgres://USER:PASSWORD@HOST:PORT/NAME``."""
    if address.startswith("sqlite:"):
        name = address.removeprefix("sqlite:")
        return _kept({"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": {"init_command": _PRAGMAS}})
    parts = urlsplit(address)
    return _kept(
        {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.strip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "OPTIONS": {"options": "-c synchronous_commit=off"},
        }
    )


def _kept(options: dict[str, Any]) -> dict[str, Any]:
    """Return options of a connection that stays open between requests, as a server in production keeps it."""
    return {**options, "CONN_MAX_AGE": None}


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Make an empty database, yield its address, and remove it afterwards.

    Args:
        kind: ``sqlite``, or ``postgres`` for the server that ``PISTON_TEST_POSTGRES`` names.
    """
    if kind == "sqlite":
        with TemporaryDirectory(prefix="piston-benchmark-") as folder:
            yield f"sqlite:{Path(folder) / 'benchmark.sqlite3'}"
        return
    server = urlsplit(os.environ.get("PISTON_TEST_POSTGRES", POSTGRES))
    name = f"piston_benchmark_{os.getpid()}"
    _administer(server.geturl(), f'CREATE DATABASE "{name}"')
    try:
        yield server._replace(path=f"/{name}").geturl()
    finally:
        _administer(server.geturl(), f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server: str, statement: str) -> None:
    import psycopg  # only who asks for PostgreSQL needs it

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
