"""Every store counts as the plain models do, whatever comes when; and no clock that is put back locks anybody out."""

from __future__ import annotations

from itertools import accumulate
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_throttle import Quota, Taken
from piston_throttle.stores.database import DatabaseStore
from piston_throttle.stores.memory import MemoryStore
from piston_throttle.stores.redis import RedisStore
from tests.piston_throttle import service
from tests.piston_throttle.databases import FILE
from tests.piston_throttle.plain import MODELS
from tests.shop_postgres.service import ALIAS

SECOND = 1_000_000
START = 1_800_000_000 * SECOND  # a moment as a clock shows it, for numbers of that size


class LockingStore(DatabaseStore):
    """Counts in any database as in one that knows no statement for it."""

    _by_statement = DatabaseStore._by_lock


class Clock:
    """Shows what it is told."""

    now = START

    def __call__(self) -> int:
        return self.now


MAKERS = {
    "memory": lambda clock: MemoryStore(clock=clock),
    "redis": lambda clock: RedisStore(service.address(), clock=clock, timeout=2),
    "file": lambda clock: DatabaseStore(FILE, clock=clock),
    "file, locking": lambda clock: LockingStore(FILE, clock=clock),
    "postgres": lambda clock: DatabaseStore(ALIAS, clock=clock),
    "postgres, locking": lambda clock: LockingStore(ALIAS, clock=clock),
}
MARKS = {"redis": [pytest.mark.redis], "postgres": [pytest.mark.postgres, pytest.mark.django_db(databases=[ALIAS])]}


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=MARKS.get(name.partition(",")[0], ())) for name in MAKERS]
)
def make(request):
    """Return what makes a store with a clock, once for each store."""
    if request.param.startswith("file"):
        request.getfixturevalue("file")
    return MAKERS[request.param]


every_algorithm = pytest.mark.parametrize("algorithm", MODELS)

LIMITS = st.integers(1, 7)
WINDOWS = st.integers(1, 100)
# Pauses in microseconds: none, a bit, parts of a window and several.
PAUSES = st.one_of(st.just(0), st.integers(1, 50), st.integers(0, 30 * SECOND), st.integers(0, 300 * SECOND))
REQUESTS = st.lists(st.tuples(PAUSES, st.integers(0, 7)), max_size=25)


def key() -> str:
    return uuid4().hex


@every_algorithm
@settings(max_examples=25)
@given(limit=LIMITS, window=WINDOWS, requests=REQUESTS)
def test_a_store_counts_as_the_model_does(make, algorithm, limit, window, requests):
    quota, clock, sender = Quota(algorithm, limit, window), Clock(), key()
    store, model = make(clock), MODELS[algorithm](quota)

    for pause, cost in requests:
        clock.now += pause
        costs = min(cost, limit)
        assert store.take(sender, quota, costs) == model.take(clock.now, costs)


@every_algorithm
@settings(max_examples=70)
@given(limit=LIMITS, window=WINDOWS, requests=REQUESTS)
def test_counting_in_memory_is_the_model_for_many_more(algorithm, limit, window, requests):
    test_a_store_counts_as_the_model_does.hypothesis.inner_test(MAKERS["memory"], algorithm, limit, window, requests)


@every_algorithm
def test_one_sender_uses_up_nothing_of_another(make, algorithm):
    quota, store = Quota(algorithm, 2, 60), make(Clock())
    someone = key()
    for _ in range(3):
        store.take(someone, quota, 1)

    assert store.take(key(), quota, 1).remaining == 1


@every_algorithm
def test_what_is_free_takes_nothing_and_what_is_refused_takes_nothing(make, algorithm):
    quota, store, sender = Quota(algorithm, 5, 60), make(Clock()), key()

    taken = [store.take(sender, quota, cost) for cost in (0, 3, 3, 0, 2, 0)]

    assert [each[:2] for each in taken] == [(True, 5), (True, 2), (False, 2), (True, 2), (True, 0), (True, 0)]


@pytest.mark.parametrize(
    ("algorithm", "waits"),
    [("bucket", [12, 24, 36]), ("fixed", [60, 60, 60]), ("sliding", [60, 60, 60])],
)
def test_a_refusal_says_when_there_will_be_enough(make, algorithm, waits):
    quota, clock, sender = Quota(algorithm, 5, 60), Clock(), key()
    store = make(clock)
    store.take(sender, quota, 5)

    refused = [store.take(sender, quota, cost) for cost in (1, 2, 3)]
    assert refused == [Taken(False, 0, wait * SECOND) for wait in waits]
    for cost, wait in zip((1, 2, 3), waits, strict=True):
        clock.now = START + wait * SECOND - 1
        assert not store.take(sender, quota, cost).allowed
    clock.now += 1
    assert store.take(sender, quota, 3).allowed


@every_algorithm
def test_a_clock_that_is_put_back_a_little_lets_nobody_pass(make, algorithm):
    quota, clock, sender = Quota(algorithm, 3, 60), Clock(), key()
    store = make(clock)
    store.take(sender, quota, 3)

    for back in (1, 5_000, SECOND, 60 * SECOND):
        clock.now = START - back
        assert not store.take(sender, quota, 1).allowed


@every_algorithm
@settings(max_examples=10)
@given(jumps=st.lists(st.tuples(st.integers(-(10**13), 10**13), st.integers(0, 3)), max_size=8))
def test_nobody_waits_for_a_clock_that_was_ahead(make, algorithm, jumps):
    quota, clock, sender = Quota(algorithm, 3, 60), Clock(), key()
    store = make(clock)
    for jump, cost in jumps:
        clock.now = max(0, clock.now + jump)
        store.take(sender, quota, cost)

    taken = store.take(sender, quota, 3)
    if not taken.allowed:
        assert taken.wait <= 3 * quota.span
        clock.now += taken.wait
        assert store.take(sender, quota, 3).allowed


@every_algorithm
@given(limit=LIMITS, window=WINDOWS, requests=REQUESTS)
def test_the_promise_of_each_algorithm(algorithm, limit, window, requests):
    """What passes in any time as long as the window is at most this, whatever is tried."""
    quota, clock = Quota(algorithm, limit, window), Clock()
    store, moments = MemoryStore(clock=clock), []
    for moment, cost in zip(accumulate(pause for pause, _ in requests), (cost for _, cost in requests), strict=True):
        clock.now = START + moment
        if store.take("sender", quota, min(cost, limit)).allowed:
            moments += [moment] * min(cost, limit)

    most = max((sum(first <= each < first + quota.span for each in moments) for first in moments), default=0)
    assert most <= {"bucket": 2 * limit, "fixed": 2 * limit, "sliding": limit}[algorithm]


@pytest.mark.parametrize("numbers", [(1, 366 * 86400), (1_000_000, 1), (1_000_000, 366 * 86400), (7, 1)])
@pytest.mark.parametrize("algorithm", ["bucket", "fixed"])
def test_the_largest_numbers_are_counted_exactly(make, algorithm, numbers):
    quota, clock, sender = Quota(algorithm, *numbers), Clock(), key()
    store, model = make(clock), MODELS[algorithm](quota)

    for cost in (1, quota.limit, quota.limit - 1, 1, 0):
        assert store.take(sender, quota, cost) == model.take(clock.now, cost)


def test_a_log_of_many_moments_is_counted_exactly(make):
    quota, clock, sender = Quota("sliding", 10_000, 60), Clock(), key()
    store = make(clock)

    assert store.take(sender, quota, 9_999) == Taken(True, 1, 60 * SECOND)
    clock.now += SECOND
    assert store.take(sender, quota, 1) == Taken(True, 0, 59 * SECOND)
    assert store.take(sender, quota, 10_000) == Taken(False, 0, 60 * SECOND)
    clock.now += 59 * SECOND
    assert store.take(sender, quota, 9_999) == Taken(True, 0, SECOND)
