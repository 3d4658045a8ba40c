"""What stores keep: bounded, nothing that tells who somebody is, and nothing that matters no more."""

from __future__ import annotations

import hashlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import RequestFactory, override_settings

from piston_core import BaseHandler, Operation
from piston_throttle import Policy, Quota
from piston_throttle.models import Count
from piston_throttle.stores.database import DatabaseStore
from piston_throttle.stores.memory import MemoryStore
from piston_throttle.stores.redis import RedisStore
from tests.piston_throttle import service
from tests.piston_throttle.databases import FILE, file_database

SECOND = 1_000_000


def test_memory_is_bounded_whoever_asks():
    store, quota = MemoryStore(max_keys=1600), Quota("bucket", 5, 3600)
    most = 0
    for number in range(10_000):
        store.take(hashlib.md5(str(number).encode()).hexdigest(), quota, 1)
        most = max(most, store.kept())

    assert most <= 1600


def test_memory_forgets_what_matters_no_more_before_anything_else():
    now = [0]
    store, quota = MemoryStore(max_keys=1600, clock=lambda: now[0]), Quota("fixed", 2, 60)
    long = Quota("fixed", 2, 3600)
    for number in range(20):
        store.take(f"long {number}", long, 2)
    for number in range(3500):
        now[0] += SECOND
        store.take(f"short {number}", quota, 2)

    assert store.kept() <= 1600
    now[0] = 3599 * SECOND
    assert not any(store.take(f"long {number}", long, 1).allowed for number in range(20))


def test_what_is_refused_or_free_makes_no_entry():
    store, quota = MemoryStore(), Quota("bucket", 5, 60)
    for number in range(100):
        store.take(f"key {number}", quota, 0)

    assert store.kept() == 0


class Seeing(MemoryStore):
    """Writes down the keys that it is asked for."""

    def __init__(self):
        super().__init__()
        self.keys = []

    def take(self, key, quota, cost):
        self.keys.append(key)
        return super().take(key, quota, cost)


def seen(**settings):
    store = Seeing()
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.77")
    with override_settings(**settings):
        for policy in (Policy(5, 60, store=store), Policy(6, 60, store=store), Policy(5, 60, name="x", store=store)):
            policy.check(request, None, Operation(BaseHandler(), "read"))
    return store.keys


def test_stores_are_told_nothing_but_a_hash_that_only_this_project_can_make():
    keys, others = seen(SECRET_KEY="one"), seen(SECRET_KEY="another")

    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys)
    assert len({*keys, *others}) == 6  # also another policy is another key
    assert keys == seen(SECRET_KEY="one")  # and every process makes the same


def test_rows_that_matter_no_more_are_pruned_and_no_others(file):
    now = [1_800_000_000 * SECOND]
    store = DatabaseStore(FILE, clock=lambda: now[0])
    Count.objects.using(FILE).all().delete()
    old = (Count(key=f"old {number}", expires=now[0] + 60 * SECOND) for number in range(1500))
    Count.objects.using(FILE).bulk_create(old)
    for algorithm in ("bucket", "fixed", "sliding"):
        store.take(f"new {algorithm}", Quota(algorithm, 1, 3600), 1)
    now[0] += 100 * SECOND

    assert [store.prune(), store.prune(), store.prune()] == [1000, 500, 0]
    assert set(Count.objects.using(FILE).values_list("pk", flat=True)) == {"new bucket", "new fixed", "new sliding"}


def test_requests_sweep_as_many_rows_as_they_make(file):
    now = [1_900_000_000 * SECOND]
    store = DatabaseStore(FILE, clock=lambda: now[0])
    Count.objects.using(FILE).all().delete()
    for number in range(300):
        now[0] += SECOND
        store.take(f"sender {number}", Quota("bucket", 1, 10), 1)

    assert Count.objects.using(FILE).count() <= 110


@pytest.mark.parametrize(
    ("rows", "said"), [(0, "0 counts deleted."), (1, "1 count deleted."), (3, "3 counts deleted.")]
)
def test_the_command_prunes(file, rows, said):
    Count.objects.using(FILE).all().delete()
    Count.objects.using(FILE).bulk_create(Count(key=str(number), expires=5) for number in range(rows))
    out = StringIO()
    with override_settings(PISTON={"OPTIONS": {"throttle": {"database": FILE}}}):
        call_command("piston_throttle", "prune", stdout=out)

    assert out.getvalue().strip() == said


def test_the_command_says_what_a_project_without_the_table_lacks(tmp_path, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        file_database(tmp_path / "empty.sqlite3", "empty", table=False),
        override_settings(PISTON={"OPTIONS": {"throttle": {"database": "empty"}}}),
        pytest.raises(CommandError, match=r"'empty' cannot be pruned: no such table.* Is it migrated\?"),
    ):
        call_command("piston_throttle", "prune")


@pytest.mark.redis
@pytest.mark.parametrize("algorithm", ["bucket", "fixed", "sliding"])
def test_redis_forgets_by_itself(algorithm):
    import redis

    store = RedisStore(service.address(), timeout=2, prefix="piston:test:")
    store.take(algorithm, Quota(algorithm, 2, 60), 2)
    with redis.Redis.from_url(service.address()) as client:
        left = client.pttl(f"piston:test:{algorithm}")
        client.delete(f"piston:test:{algorithm}")

    assert 60_000 < left <= 70_000
