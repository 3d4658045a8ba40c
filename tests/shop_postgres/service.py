"""Where PostgreSQL is, whether it answers, and what a test says that needs it and does not find it.

The address comes from the environment variable ``PISTON_TEST_POSTGRES``. Without the service, or
without psycopg, tests that need it are skipped; ``PISTON_REQUIRE_SERVICES=1`` makes that a failure.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

ALIAS = "postgres"
ADDRESS = "postgres://postgres@127.0.0.1:5432/test"
_PATIENCE = 2  # seconds; a service for tests is near


def address() -> str:
    """Return the address of the database next to which tests make their own."""
    return os.environ.get("PISTON_TEST_POSTGRES") or ADDRESS


def database(url: str) -> dict[str, Any]:
    """Return the entry of ``DATABASES`` for an address such as ``postgres://user:password@host:5432/name``.

    The name of the test database has the process in it, so that two runs at one server do not
    delete each other's tables; pytest-django adds the worker's name.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    return {
        "ENGINE": f"{__package__}.engine",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": _PATIENCE},
        "TEST": {
            "NAME": f"test_{name}_{os.getpid()}",
            "DEPENDENCIES": [],  # a run of nothing but these tests makes no other database
            "MIGRATE": False,  # tables come straight from the models, in a third of the time
            "TEMPLATE": "template0",
        },
    }


def why_missing(entry: Mapping[str, Any]) -> str:
    """Return why a database cannot be used, and what to do about it; ``""`` if it answers."""
    try:
        import psycopg
    except ImportError as error:
        return f"psycopg cannot be imported ({error}); install the dependency group dev"
    try:
        psycopg.connect(
            host=entry["HOST"],
            port=entry["PORT"],
            user=entry["USER"],
            password=entry["PASSWORD"],
            dbname=entry["NAME"],
            connect_timeout=_PATIENCE,
        ).close()
    except psycopg.Error as error:
        return f"PostgreSQL does not answer ({str(error).strip()}); start it, or set PISTON_TEST_POSTGRES"
    return ""


def required() -> bool:
    """Return whether a missing service is a failure."""
    return os.environ.get("PISTON_REQUIRE_SERVICES") == "1"
