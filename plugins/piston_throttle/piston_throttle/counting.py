"""The stores of the current settings, and what becomes of a request while one of them cannot be asked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import RLock
from time import monotonic
from typing import Any

from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.module_loading import import_string

from piston_core import Problem, SettingsError, plugin_options
from piston_throttle.algorithms import Quota, Taken
from piston_throttle.options import Options
from piston_throttle.stores.contract import Store

_QUIET = 60  # seconds from one report of a store that is down to the next
_RETRY_AFTER = 5  # seconds

logger = logging.getLogger("piston.throttle")


class Counting:
    """Asks stores, each of which is made when the first request needs it.

    Args:
        options: which stores, and what to do while one is down.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self._lock = RLock()
        self._stores: dict[str, Store] = {}
        self._reported: dict[str, float] = {}

    def take(self, store: str | Store, key: str, quota: Quota, cost: int) -> Taken | None:
        """Take from a quota; ``None`` where it cannot be counted and nobody is to suffer from that.

        Raises:
            Problem: 503, where nobody is to pass then.
        """
        try:
            counts = store if isinstance(store, Store) else self.store(store)
            return counts.take(key, quota, cost)
        except SettingsError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, no request fails of it
            self._report(store, error)
        if self.options.when_down == "open":
            return None
        raise Problem(
            503,
            f"Requests cannot be counted at the moment; try again in {_RETRY_AFTER} seconds.",
            headers={"Retry-After": str(_RETRY_AFTER)},
        )

    def store(self, name: str = "") -> Store:
        """Return a store by its name, ``""`` for that of the settings; it is made once.

        Raises:
            SettingsError: the dotted name does not lead to a ``Store``.
        """
        found = self._stores.get(name)
        if found is None:
            with self._lock:
                found = self._stores.get(name)
                if found is None:  # while this thread waited, another one may have made it
                    found = self._stores[name] = self._made(name)
        return found

    def _made(self, name: str) -> Store:
        if not name:
            return self.store(self.options.store)
        make = _MAKERS.get(name)
        return make(self.options) if make else store_of(name)()

    def _report(self, store: str | Store, error: Exception) -> None:
        """Log an error of a store, but not for each request that suffers from it, and nothing that is secret."""
        name = type(store).__name__ if isinstance(store, Store) else store or self.options.store
        now = monotonic()
        if now - self._reported.get(name, -_QUIET) >= _QUIET:
            self._reported[name] = now
            passes = "pass without being counted" if self.options.when_down == "open" else "are answered with 503"
            logger.error("The store %r of the plugin 'throttle' is down; requests %s: %s", name, passes, _told(error))


def _told(error: Exception) -> str:
    """Return what went wrong without a traceback, whose variables would hold passwords."""
    return f"{type(error).__name__}: {error}"


def store_of(name: str) -> type[Store]:
    """Return the class that a dotted name in the settings leads to.

    Raises:
        SettingsError: there is none, or it is no ``Store``.
    """
    try:
        found: Any = import_string(name)
    except ImportError as error:
        raise SettingsError(f'PISTON["OPTIONS"]["throttle"] has the store {name!r}: {error}') from error
    if not (isinstance(found, type) and issubclass(found, Store)):
        raise SettingsError(
            f'PISTON["OPTIONS"]["throttle"] has the store {name!r}; it has to be a subclass of piston_throttle.Store'
        )
    return found


def _memory(options: Options) -> Store:
    from piston_throttle.stores.memory import MemoryStore

    return MemoryStore(max_keys=options.max_keys)


def _database(options: Options) -> Store:
    from piston_throttle.stores.database import DatabaseStore

    return DatabaseStore(options.database)


def _redis(options: Options) -> Store:
    from piston_throttle.stores.redis import RedisStore  # which needs an extra

    return RedisStore(options.redis_url, timeout=options.redis_timeout)


_MAKERS: dict[str, Callable[[Options], Store]] = {"memory": _memory, "database": _database, "redis": _redis}

_lock = RLock()
_current: Counting | None = None


def counting() -> Counting:
    """Return what counts by the current settings; it is made at the first call.

    Raises:
        SettingsError: the plugin's options are wrong.
    """
    return _current or _make()


def _make() -> Counting:
    global _current  # noqa: PLW0603 - the one cache, cleared when the settings change
    with _lock:
        if _current is None:
            _current = Counting(plugin_options("throttle", Options))
        return _current


@receiver(setting_changed)
def forget(setting: str = "PISTON", **_kwargs: Any) -> None:
    """Drop the stores when ``override_settings`` changes where they are."""
    global _current  # noqa: PLW0603 - see _make
    if setting in {"PISTON", "DATABASES", "SECRET_KEY"}:
        with _lock:
            _current = None
