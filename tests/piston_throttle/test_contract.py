"""The kit's promises of a throttle, for every store and algorithm; those that are shared with eight processes."""

from __future__ import annotations

from threading import current_thread, main_thread

import pytest
from django.db import connections

from piston_core.testing import PluginContract, ThrottleContract
from piston_throttle import Policy
from piston_throttle.stores.database import DatabaseStore
from piston_throttle.stores.memory import MemoryStore
from piston_throttle.stores.redis import RedisStore
from tests.piston_throttle import service
from tests.piston_throttle.databases import FILE, IN_POSTGRES
from tests.shop_postgres.service import ALIAS


class TestPlugin(PluginContract):
    name = "throttle"
    wrong_options = ({"store": "memcached"}, {"when_down": "ajar"}, {"policies": {"burst": {"limit": 5}}})


def policy(algorithm, store, limit=5):
    return Policy(limit, 3600, name="small", algorithm=algorithm, store=store)


# The kit has a second request come at each line of the first: enough of them for the lines of the store, too.
EVERY_LINE = 60


class TestBucketInMemory(ThrottleContract):
    throttle = policy("bucket", MemoryStore(), EVERY_LINE)


class TestFixedInMemory(ThrottleContract):
    throttle = policy("fixed", MemoryStore(), EVERY_LINE)


class TestSlidingInMemory(ThrottleContract):
    throttle = policy("sliding", MemoryStore(), EVERY_LINE)


class InDatabase(ThrottleContract):
    shared = True

    def checked(self, number, **headers):
        try:
            return super().checked(number, **headers)
        finally:
            if current_thread() is not main_thread():  # which nobody tells that it ends
                for connection in connections.all(initialized_only=True):
                    if not connection.allow_thread_sharing:
                        connection.close()


@pytest.mark.usefixtures("file")
class InFile(InDatabase):
    store = DatabaseStore(FILE)


class TestBucketInFile(InFile):
    throttle = policy("bucket", InFile.store)


class TestFixedInFile(InFile):
    throttle = policy("fixed", InFile.store)


class TestSlidingInFile(InFile):
    throttle = policy("sliding", InFile.store)


class InPostgres(InDatabase):
    pytestmark = IN_POSTGRES
    store = DatabaseStore(ALIAS)


class TestBucketInPostgres(InPostgres):
    throttle = policy("bucket", InPostgres.store)


class TestFixedInPostgres(InPostgres):
    throttle = policy("fixed", InPostgres.store)


class TestSlidingInPostgres(InPostgres):
    throttle = policy("sliding", InPostgres.store)


@pytest.mark.redis
class InRedis(ThrottleContract):
    shared = True
    store = RedisStore(service.address(), timeout=5)


class TestBucketInRedis(InRedis):
    throttle = policy("bucket", InRedis.store)


class TestFixedInRedis(InRedis):
    throttle = policy("fixed", InRedis.store)


class TestSlidingInRedis(InRedis):
    throttle = policy("sliding", InRedis.store)
