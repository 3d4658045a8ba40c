"""The system checks: stores that cannot keep their promise in this project."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.db import connections

from piston_throttle.counting import store_of
from piston_throttle.options import Options


def stores_of(options: Options) -> set[str]:
    """Return the names of the stores that the settings name."""
    return {
        options.store,
        *(terms.store or options.store for terms in options.terms() if isinstance(terms.store, str)),
    }


def check_stores(options: Options) -> Iterator[CheckMessage]:
    """Yield what is wrong with the stores that the settings name."""
    stores = stores_of(options)
    if "database" in stores:
        yield from _check_database(options.database)
    if "redis" in stores and find_spec("redis") is None:
        yield Error(
            "The store 'redis' of the plugin 'throttle' needs redis-py, which is not installed.",
            hint="pip install 'piston-throttle[redis]'",
            id="piston_throttle.E003",
        )
    for name in sorted(each for each in stores if "." in each):
        if not store_of(name).exact:
            yield Error(
                f"The store {name!r} of the plugin 'throttle' does not promise to be exact.",
                hint="It has to read and write in one step, and to say exact = True; see docs/guides/throttling.md.",
                id="piston_throttle.E001",
            )


def _check_database(alias: str) -> Iterator[CheckMessage]:
    if not apps.is_installed("piston_throttle") or alias not in connections:
        wrong = f"DATABASES has no {alias!r}" if alias not in connections else "its app is not installed"
        yield Error(
            f"The store 'database' of the plugin 'throttle' has no table: {wrong}.",
            hint="Add 'piston_throttle' to INSTALLED_APPS, name an alias of DATABASES as its option, and migrate.",
            id="piston_throttle.E002",
        )
        return
    connection = connections[alias]
    features = connection.features
    locks = features.has_select_for_update or connection.vendor == "sqlite"  # which has one writer at a time
    if not (locks and features.supports_ignore_conflicts):
        yield Error(
            f"The store 'database' of the plugin 'throttle' cannot be exact in {connection.display_name} ({alias!r}).",
            hint="Take PostgreSQL, SQLite, MariaDB or MySQL, or another store.",
            id="piston_throttle.E001",
        )
    if connection.settings_dict["ATOMIC_REQUESTS"]:
        yield CheckWarning(
            f"The database {alias!r}, in which the plugin 'throttle' counts, has ATOMIC_REQUESTS: a request that "
            "fails is not counted, and others of the same sender wait until one has been answered.",
            hint="Give the plugin's option 'database' an alias of its own; see docs/guides/throttling.md.",
            id="piston_throttle.W001",
        )


def check_deployment(options: Options) -> Iterator[CheckMessage]:
    """Yield a warning for quotas in memory, which several processes count each for itself."""
    if "memory" in stores_of(options):
        yield CheckWarning(
            "The plugin 'throttle' counts in memory, where each process of a server counts for itself.",
            hint="Set its option 'store' to 'database' or 'redis', or silence this where one process serves all.",
            id="piston_throttle.W002",
        )
