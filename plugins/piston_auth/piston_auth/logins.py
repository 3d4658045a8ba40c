"""Limits on guesses of passwords: counts the failures of a login by name and by address, in Django's cache.

Counted are the last ``window`` seconds, to the second, and never more guesses than allowed are judged at once,
however many processes are asked at the same time. Whom it concerns is stored as a hash only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from itertools import islice
from math import ceil
from typing import Any, TypeVar
from unicodedata import normalize

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from piston_core import AuthenticationFailed, Problem, client_address

logger = logging.getLogger("piston.auth")

T = TypeVar("T")

_BLIND = "Failed logins are not counted, because their cache does not work; see CACHES."
_QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"
_OWN = 64  # bits of an IPv6 address that are its owner's to choose
_MOST = 1000  # places, all of which are looked at
_PENDING = 0.0  # in the place of a guess that is being judged; a failure has its time there
_JUDGING = 60  # seconds that a place is kept for a guess whose judge has died
_LOOKS = 200  # for a free place, ten seconds long; several slow hashes at once may take as long
_PAUSE = 0.05  # seconds between two of them
_BLIND_LOOKS = 3  # that see nothing where nothing can be put, until it is the cache that does not work

Places = tuple[list[str], list[str]]


class Logins:
    """Limits how often somebody may be wrong, for the schemes that send a name and prove a password.

    Each failure takes a place in the cache, which is free again after ``window`` seconds. There are ``attempts``
    places for a name at an address, and ``per_address`` for all names together. Somebody without a free place is
    refused before a password is looked at, so that even a right one tells nothing. Names that do not exist are
    counted like all others.

    A guess takes its place *before* it is judged, and gives it back if it is right. Where all places are taken by
    guesses that are still being judged, the next one waits a moment for them, so that a client that sends many
    requests at once with a right password gets all its answers. A cache that does not answer lets everybody try,
    since else nobody could log in; it is logged as an error.

    Args:
        cache: the alias in ``CACHES``; all processes should share it.
        attempts: how many failures a name may have at an address; 0 switches all limits off.
        window: for how many seconds a failure counts.
        per_address: how many failures an address may have with any names; 0 for any number. Of an IPv6 address
            the first 64 bits count, since the others are its owner's to choose.

    Raises:
        ValueError: there are fewer than no places or more than 1000, or the window has no length.
    """

    def __init__(self, *, cache: str = "default", attempts: int = 5, window: int = 300, per_address: int = 50) -> None:
        if not (0 <= attempts <= _MOST and 0 <= per_address <= _MOST and window >= 1):
            raise ValueError(f"attempts and per_address have to be from 0 to {_MOST}, window 1 or more")
        self.cache = cache
        self.attempts = attempts
        self.window = window
        self.per_address = per_address

    @contextmanager
    def attempt(self, request: HttpRequest, username: str) -> Iterator[None]:
        """Judge one guess inside this context: it was wrong if ``AuthenticationFailed`` leaves it, right if nothing.

        What else leaves it, such as a directory that cannot be reached, says nothing about the guess.

        Raises:
            Problem: 429, instead of entering the context.
        """
        places = self._places(request, username)
        taken = self._take(places)
        try:
            yield
        except AuthenticationFailed:
            self._store(dict.fromkeys(taken, time.time()))
            raise
        except BaseException:
            self._free(taken)
            raise
        self._free([*taken, *places[0]])

    def _places(self, request: HttpRequest, username: str) -> Places:
        """Return the keys of the places of the name at the address, and of those of the address."""
        if not self.attempts:
            return [], []
        address = _network(client_address(request))
        # A backend may take any spelling of a name; none of them is worth more guesses.
        name = normalize("NFKC", username).casefold()
        # All who come by a socket of the file system would share the places of one address.
        together = self.per_address if address else 0
        return _numbered(_hidden(address, name), self.attempts), _numbered(_hidden(address), together)

    def _take(self, places: Places) -> list[str]:
        """Take a place of each kind, and wait for one that may become free.

        Raises:
            Problem: 429; nothing is taken then.
        """
        seen = False
        for looked in range(_LOOKS):
            found = self._look(places)
            seen = seen or bool(found)
            if looked >= _BLIND_LOOKS and not seen:
                logger.error(_BLIND)
                found = None
            if found is None:
                return []
            self._refuse_if_full(places, found)
            free = [[key for key in keys if key not in found] for keys in places if keys]
            taken = [key for keys in free for key in self._take_one_of(keys)]
            if len(taken) == len(free):
                return taken
            self._free(taken)
            time.sleep(_PAUSE)
        raise _too_many(1)

    def _refuse_if_full(self, places: Iterable[list[str]], found: Mapping[str, Any]) -> None:
        now = time.time()
        for keys in places:
            failures = [moment for key in keys if (moment := found.get(key, _PENDING)) != _PENDING]
            if keys and len(failures) == len(keys):
                seconds = ceil(min(failures) + self.window - now)
                raise _too_many(min(max(seconds, 1), self.window))  # the clocks of two servers may differ

    def _look(self, places: Iterable[list[str]]) -> dict[str, Any] | None:
        """Return what the places hold, ``None`` if the cache does not say."""
        keys = [key for each in places for key in each]
        found = self._ask(lambda cache: cache.get_many(keys), None) if keys else {}
        return found and {key: moment for key, moment in found.items() if isinstance(moment, float)}

    def _take_one_of(self, keys: Iterable[str]) -> list[str]:
        """Take the first place that is free; ``add`` gives it to one process only."""
        seconds = min(_JUDGING, self.window)

        def take(cache: BaseCache) -> list[str]:
            return [*islice((key for key in keys if cache.add(key, _PENDING, seconds)), 1)]

        return self._ask(take, [])

    def _store(self, failures: dict[str, float]) -> None:
        if failures:
            self._ask(lambda cache: cache.set_many(failures, self.window), [])

    def _free(self, keys: Iterable[str]) -> None:
        if keys:
            self._ask(lambda cache: cache.delete_many(keys), None)

    def _ask(self, operation: Callable[[BaseCache], T], otherwise: T) -> T:
        """Return what the cache says; log what goes wrong with it, and go on."""
        try:
            return operation(caches[self.cache])
        except Exception:  # every kind of cache has exceptions of its own, and none of them may lock everybody out
            logger.exception(_BLIND)
            return otherwise


def check_logins(logins: Logins) -> list[CheckMessage]:
    """Report limits that are counted in a cache that does not count, or that is another one in each process."""
    if not logins.attempts:
        return []
    if logins.cache not in settings.CACHES:
        told = f"Failed logins are to be counted in the cache {logins.cache!r}, which CACHES does not have."
        return [Error(told, hint=f"Known are: {', '.join(settings.CACHES)}.", id="piston_auth.E005")]
    cache = caches[logins.cache]
    if isinstance(cache, DummyCache):
        told = "keeps nothing, so there is no limit to guesses"
    elif isinstance(cache, LocMemCache):
        told = "is another one in each process, so each lets as many guesses pass"
    else:
        return []
    hint = "Use a cache that all processes share, such as Redis or Memcached, or the database."
    return [
        CheckWarning(
            f"The cache {logins.cache!r}, which counts failed logins, {told}.", hint=hint, id="piston_auth.W004"
        )
    ]


def _too_many(seconds: int) -> Problem:
    return Problem(
        429,
        f"There were too many failed logins; try again in {seconds} seconds.",
        title="Quota exceeded",
        type=_QUOTA_EXCEEDED,
        headers={"Retry-After": str(seconds)},
        **{"violated-policies": ["login"]},
    )


def _network(address: str) -> str:
    """Return an address, of IPv6 the network that its owner has been given."""
    parsed = ip_address(address) if address else None
    if isinstance(parsed, IPv6Address):
        return str(IPv6Address(int(parsed) >> _OWN << _OWN))
    return address


def _hidden(*parts: str) -> str:
    """Return a name for a key of the cache that tells nobody, not even with a dictionary, what it is made of."""
    text = "\0".join(parts).encode(errors="backslashreplace")
    return salted_hmac("piston_auth.logins", text, algorithm="sha256").hexdigest()


def _numbered(name: str, count: int) -> list[str]:
    return [f"piston.login.{name}.{number}" for number in range(count)]
