"""The contract of throttles names the defects that are seeded into a good one."""

from __future__ import annotations

from collections import Counter
from fcntl import LOCK_EX, flock
from threading import Lock

import pytest

from piston_core import Throttle, Verdict
from piston_core.testing import ThrottleContract
from tests.piston_core.testing.seeding import expect_covered, expect_named, promises_of


class Good(Throttle):
    """Lets each address send five requests."""

    name = "addresses"
    limit = 5

    def __init__(self):
        self.lock = Lock()
        self.counts = Counter()

    def check(self, request, identity, operation):
        return self.verdict(self.limit - self.counted(self.key(request)))

    def key(self, request):
        return request.META["REMOTE_ADDR"]

    def counted(self, key):
        with self.lock:
            self.counts[key] += 1
            return self.counts[key]

    def verdict(self, left):
        return Verdict(left >= 0, self.name, self.limit, 600, max(left, 0), 60.0)


class OneMore(Good):
    def verdict(self, left):
        return Verdict(left >= -1, self.name, self.limit, 600, max(left, 0), 60.0)


class Unlocked(Good):
    def counted(self, key):
        count = self.counts[key]
        count += 1
        self.counts[key] = count
        return count


class AllTogether(Good):
    def key(self, request):
        return "everybody"


class BelievingHeaders(Good):
    def key(self, request):
        return request.headers.get("X-Forwarded-For") or super().key(request)


class BelowZero(Good):
    def verdict(self, left):
        return Verdict(left >= 0, self.name, self.limit, 600, left, 60.0)


class Endless(Good):
    def verdict(self, left):
        return Verdict(left >= 0, self.name, self.limit, 600, max(left, 0), float("inf"))


class OddPolicy(Good):
    def verdict(self, left):
        return Verdict(left >= 0, "fünf\n", self.limit, 600, max(left, 0), 60.0)


class Fractions(Good):
    def verdict(self, left):
        return Verdict(left >= 0, self.name, self.limit, 600.0, max(left, 0), 60.0)


class Indifferent(Good):
    def check(self, request, identity, operation):
        return None


class KeepingRequests(Good):
    def check(self, request, identity, operation):
        self.request = request
        return super().check(request, identity, operation)


class OddName(Good):
    name = "Five a Minute"


class Shared(Good):
    """Counts in a file, for all processes."""

    def __init__(self, path):
        self.path = path

    def counted(self, key):
        with self.path.open("a+") as file:
            flock(file, LOCK_EX)
            file.write(f"{key}\n")
            file.flush()
            file.seek(0)
            return file.read().split().count(key)


class AddressContract(ThrottleContract):
    throttle = Good()


class SharedContract(ThrottleContract):
    shared = True


TOLD = "test_verdicts_can_be_told"
EXACT = "test_the_quota_is_exact"

DEFECTS = [
    (OneMore, EXACT, "one after the other: 6 (int) came instead of 5"),
    (Unlocked, "test_threads_do_not_pass_more", "one in the midst of the other: "),
    (Good, "test_processes_do_not_pass_more", "8 processes at a time: 40 (int) came instead of 5"),
    (AllTogether, "test_senders_are_counted_apart", "the requests of one are counted for the other"),
    (BelievingHeaders, "test_a_disguise_does_not_help", "X-Forwarded-For: it is counted as another sender's"),
    (BelowZero, TOLD, "remaining is -1; it has to be a whole number"),
    (Endless, TOLD, "reset is inf; it has to be seconds from now"),
    (OddPolicy, TOLD, "the policy 'fünf\\n' is no printable ASCII"),
    (Fractions, TOLD, "window is 600.0"),
    (Indifferent, EXACT, "sender has to return a request that it counts"),
    (KeepingRequests, "test_no_request_is_kept", "the request is still referred to"),
    (OddName, "test_its_name_can_be_used", "unusable name 'Five a Minute'"),
]


@pytest.mark.parametrize(("throttle", "test", "words"), DEFECTS, ids=lambda each: getattr(each, "__name__", None))
def test_a_defect_is_named(throttle, test, words):
    expect_named(SharedContract, test, words, throttle=throttle())


def test_a_process_that_fails_is_named(tmp_path):
    missing = Shared(tmp_path / "missing" / "counts")
    with pytest.raises(AssertionError, match="FileNotFoundError in a process of its own"):
        type("Seeded", (SharedContract,), {"throttle": missing})()._in_processes(1, 1)


@pytest.mark.parametrize("test", promises_of(AddressContract))
def test_a_good_throttle_passes(test):
    getattr(AddressContract(), test)()


@pytest.mark.parametrize("test", promises_of(SharedContract))
def test_a_good_throttle_with_a_store_passes(test, tmp_path):
    getattr(type("Seeded", (SharedContract,), {"throttle": Shared(tmp_path / "counts")})(), test)()


def test_every_test_of_the_contract_has_found_a_defect():
    expect_covered(AddressContract, DEFECTS)
