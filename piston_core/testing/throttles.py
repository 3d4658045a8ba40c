"""The contract of a throttle, as tests that every throttle passes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import isfinite
from multiprocessing import get_context
from secrets import randbelow
from typing import Any
from warnings import catch_warnings, simplefilter

from django.db import connections
from django.http import HttpRequest
from django.test import RequestFactory

from piston_core.access import Identity, Operation, Throttle, Verdict
from piston_core.handler import BaseHandler
from piston_core.testing.promise import Promise, expect, expect_same
from piston_core.testing.serving import expect_usable
from piston_core.testing.state import kept, overlapped

Sender = Callable[..., tuple[HttpRequest, Identity | None]]

_ATTEMPTS = 2  # to count to a limit, since a window may end on the way
_THREADS = 8
_PROCESSES = 8
_READING = Operation(BaseHandler(), "read")
# What a client may send to look like somebody else.
_DISGUISES = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "User-Agent", "Accept", "Cookie")


class ThrottleContract:
    """Tests a throttle: subclass it and name a throttle whose window is long.

    Two requests are sent at once, the second of them whenever the first one comes to another line of the throttle's
    package; so take a limit larger than the number of lines that one request runs, or the last of them are not tried.

    Example::

        class TestAddressThrottle(ThrottleContract):
            throttle = AddressThrottle(limit=60, window=600)

    Attributes:
        throttle: the throttle, with a quota that the tests may use up.
        shared: whether it counts for all processes of a server together; then it has to be exact
            for eight of them.
    """

    throttle: Throttle
    shared: bool = False

    def sender(self, number: int, **headers: str) -> tuple[HttpRequest, Identity | None]:
        """Return a request that the throttle counts, and who sends it.

        Replace it for a throttle that counts something else than addresses.

        Args:
            number: tells one sender from another; the tests use none twice.
            headers: header fields of the request, with underscores.
        """
        address = f"2001:db8:{number >> 16 & 0xFFFF:x}:{number & 0xFFFF:x}::1"
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return RequestFactory().get("/", headers=fields, REMOTE_ADDR=address), None

    def checked(self, number: int, **headers: str) -> Verdict:
        """Return the verdict on another request of a sender."""
        verdict = self.throttle.check(*self.sender(number, **headers), _READING)
        if verdict is None:
            raise AssertionError(
                "the throttle has nothing to say of it; sender has to return a request that it counts"
            )
        return verdict

    def test_its_name_can_be_used(self) -> None:
        """The registry takes it."""
        with Promise("A throttle's name can be used.") as promise, promise.sample("the registry"):
            expect_usable(throttles=[self.throttle])

    def test_verdicts_can_be_told(self) -> None:
        """A verdict holds what the RateLimit fields can say, before and after the quota is used up."""
        someone = _someone()
        with Promise("Verdicts can be told in the RateLimit fields.") as promise:
            for number in range(self.checked(someone).limit + 1):
                with promise.sample(f"request {number + 2}"):
                    _expect_told(self.checked(someone))

    def test_the_quota_is_exact(self) -> None:
        """As many requests pass as the limit says, each leaves one less, and then none passes."""
        with Promise("As many requests pass as the limit says.") as promise, promise.sample("one after the other"):
            self._expect_exact(lambda number, count: [self.checked(number) for _ in range(count)])

    def test_threads_do_not_pass_more(self) -> None:
        """As many requests pass when they come at the same time."""
        with Promise("As many requests pass as the limit says.") as promise:
            with promise.sample(f"{_THREADS} threads at a time"):
                self._expect_exact(self._at_once)
            with promise.sample("two requests at a time, one in the midst of the other"):
                self._expect_exact(self._overlapped)

    def test_processes_do_not_pass_more(self) -> None:
        """As many requests pass when they come to several processes, if these count together."""
        if not self.shared:
            return
        name = f"{_PROCESSES} processes at a time"
        with Promise("As many requests pass as the limit says.") as promise, promise.sample(name):
            self._expect_exact(self._in_processes)

    def test_senders_are_counted_apart(self) -> None:
        """Who has used up a quota has not used up that of others."""
        someone, other = _someone(), _someone()
        with Promise("Senders are counted apart.") as promise, promise.sample("two senders"):
            untouched = self.checked(other).remaining
            for _ in range(self.checked(someone).limit):
                self.checked(someone)
            expect(self.checked(other).remaining == untouched - 1, "the requests of one are counted for the other")

    def test_a_disguise_does_not_help(self) -> None:
        """Header fields that a client can write do not make it somebody else."""
        with Promise("Header fields do not give a client another quota.") as promise:
            for field in _DISGUISES:
                with promise.sample(field):
                    someone = _someone()
                    limit = self.checked(someone).limit
                    headers = ({field.replace("-", "_"): f"for=192.0.2.{n % 250}"} for n in range(limit))
                    verdicts = [self.checked(someone, **each) for each in headers]
                    expect(not verdicts[-1].allowed, "it is counted as another sender's")

    def test_no_request_is_kept(self) -> None:
        """Nothing of a request stays in the throttle but its count."""
        someone = _someone()
        with Promise("Nothing of a request is kept.") as promise, promise.sample("check"):
            identity = self.sender(someone)[1]
            refers = kept(
                lambda request: self.throttle.check(request, identity, _READING), lambda: self.sender(someone)[0]
            )
            expect(not refers, "the request is still referred to")

    def _expect_exact(self, verdicts_of: Callable[[int, int], list[Verdict]]) -> None:
        limit = self.checked(_someone()).limit
        for _ in range(_ATTEMPTS):
            verdicts = verdicts_of(_someone(), limit + 5)
            passed = [each for each in verdicts if each.allowed]
            if len(passed) == limit:
                break
        expect_same(len(passed), limit)
        expect_same(sorted(each.remaining for each in passed), list(range(limit)))
        expect_same({each.remaining for each in verdicts if not each.allowed}, {0})

    def _at_once(self, number: int, count: int) -> list[Verdict]:
        shares = [len(range(first, count, _THREADS)) for first in range(_THREADS)]
        with ThreadPoolExecutor(_THREADS) as threads:
            return [verdict for each in threads.map(partial(self._several, number), shares) for verdict in each]

    def _several(self, number: int, count: int) -> list[Verdict]:
        try:
            return [self.checked(number) for _ in range(count)]
        finally:
            connections.close_all()  # those of this thread, which nobody else closes

    def _in_processes(self, number: int, count: int) -> list[Verdict]:
        connections.close_all()  # each process opens its own
        context = get_context("fork")  # the throttle as it is, which need not be such that it can be sent
        together, (reader, writer) = context.Barrier(_PROCESSES), context.Pipe(duplex=False)
        lock = context.Lock()

        def ask() -> None:
            together.wait()
            try:
                came: Any = [self.checked(number) for _ in range(count)]
            except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
                came = f"{type(error).__name__} in a process of its own: {error}"
            with lock:
                writer.send(came)

        processes = [context.Process(target=ask) for _ in range(_PROCESSES)]
        _start(processes)
        answers = [reader.recv() for _ in processes]
        for each in processes:
            each.join()
        failures = [answer for answer in answers if isinstance(answer, str)]
        expect(not failures, "; ".join(failures[:1]))
        return [verdict for answer in answers for verdict in answer]

    def _overlapped(self, number: int, count: int) -> list[Verdict]:
        verdicts: list[Verdict] = []
        while len(verdicts) < count:
            came, between = overlapped(self.throttle, lambda: self.checked(number), lambda: self.checked(number))
            verdicts += [came, *between]
        return verdicts


def _start(processes: list[Any]) -> None:
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # other threads may hold locks; they are none that are needed here
        for each in processes:
            each.start()


def _someone() -> int:
    """Return a number that no other test has used, also where a store outlives the process."""
    return randbelow(2**32)


def _expect_told(verdict: Verdict) -> None:
    policy = verdict.policy
    expect(policy and policy.isascii() and policy.isprintable(), f"the policy {policy!r} is no printable ASCII")
    for name in ("limit", "window", "remaining"):
        value = getattr(verdict, name)
        expect(type(value) is int and value >= 0, f"{name} is {value!r}; it has to be a whole number")
    expect(verdict.remaining <= verdict.limit, f"{verdict.remaining} remain of {verdict.limit}")
    expect(
        isfinite(verdict.reset) and verdict.reset >= 0, f"reset is {verdict.reset!r}; it has to be seconds from now"
    )
    expect(verdict.allowed or verdict.remaining == 0, "requests remain, and none may pass")
