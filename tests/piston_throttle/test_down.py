"""A store that cannot be asked: requests pass or are answered with 503, it is logged, and nothing fails or leaks."""

from __future__ import annotations

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, sleep

import pytest
from django.db import connections, transaction

from piston_core import Resource
from piston_throttle import Policy, Quota, Store
from piston_throttle.counting import counting
from piston_throttle.stores.database import DatabaseStore
from tests.piston_throttle import service
from tests.piston_throttle.asking import Open, serving, statuses
from tests.piston_throttle.databases import FILE, IN_POSTGRES, file_database
from tests.shop_postgres.service import ALIAS

NOWHERE = "redis://:hunter2@127.0.0.1:1/0"  # nobody listens there


class Broken(Store):
    """Raises whatever a test wants."""

    exact = True

    def __init__(self, error):
        self.error = error

    def take(self, key, quota, cost):
        raise self.error


def behind(store="", **options):
    policy = Policy(1, 60, name="mine", store=store)
    return serving(Resource(Open, throttles=[policy], authentication=()), options=options)


def test_by_default_requests_pass_without_being_counted():
    with behind("redis", redis_url=NOWHERE) as client:
        assert statuses(client, 3) == [200] * 3
        assert "RateLimit" not in client.get("/").headers


def test_closed_refuses_all_of_them_and_says_when_to_try_again():
    with behind("redis", redis_url=NOWHERE, when_down="closed") as client:
        response = client.get("/")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"] == "Requests cannot be counted at the moment; try again in 5 seconds."


@pytest.mark.parametrize("error", [RuntimeError("a"), OSError("b"), KeyError("c"), TimeoutError()])
@pytest.mark.parametrize(("when_down", "status"), [("open", 200), ("closed", 503)])
def test_whatever_a_store_raises_is_no_500(error, when_down, status):
    with behind(Broken(error), when_down=when_down) as client:
        assert statuses(client, 2) == [status] * 2


def test_it_is_logged_once_in_a_while_and_without_a_secret(caplog):
    with behind("redis", redis_url=NOWHERE) as client, caplog.at_level(logging.ERROR, "piston.throttle"):
        statuses(client, 5)

    [record] = [each for each in caplog.records if each.name == "piston.throttle"]
    assert "The store 'redis' of the plugin 'throttle' is down; requests pass without being counted" in caplog.text
    assert "ConnectionError" in record.getMessage()
    assert record.exc_info is None
    assert "hunter2" not in caplog.text


@pytest.mark.redis
def test_a_wrong_password_is_not_told(caplog, settings):
    settings.DEBUG = True
    address = service.address().replace("redis://", "redis://nobody:hunter2@", 1)
    with behind("redis", redis_url=address, when_down="closed", redis_timeout=2) as client:
        response = client.get("/")
        options = repr(counting().options)

    assert response.status_code == 503
    assert "hunter2" not in caplog.text + response.content.decode() + options


def test_a_server_that_does_not_answer_costs_no_more_than_the_timeout():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        with behind("redis", redis_url=address, redis_timeout=0.1) as client:
            begun = perf_counter()
            assert statuses(client, 1) == [200]
            assert perf_counter() - begun < 1.5


@pytest.mark.redis
def test_scripts_that_the_server_has_forgotten_are_sent_again():
    import redis

    with behind("redis", redis_url=service.address(), redis_timeout=2, when_down="closed") as client:
        sent = statuses(client, 1, at="2001:db8:1::1")
        with redis.Redis.from_url(service.address()) as server:
            server.script_flush()
        sent += statuses(client, 1, at="2001:db8:1:1::1")

    assert 503 not in sent


@pytest.mark.redis
def test_a_connection_that_the_server_has_closed_is_opened_again():
    """As after a restart, or an idle time-out: the first request after it is counted like any other."""
    import redis

    address = f"{service.address()}{'&' if '?' in service.address() else '?'}client_name=doomed"
    served = behind("redis", redis_url=address, redis_timeout=2, when_down="closed")
    with redis.Redis.from_url(service.address()) as server, served as client:
        sent = statuses(client, 1, at="2001:db8:2::1")
        killed = [server.client_kill(each["addr"]) for each in server.client_list() if each["name"] == "doomed"]
        sent += statuses(client, 1, at="2001:db8:2:1::1")

    assert killed
    assert 503 not in sent


def test_a_database_without_the_table_is_a_store_that_is_down(tmp_path, django_db_blocker, caplog):
    with django_db_blocker.unblock(), file_database(tmp_path / "empty.sqlite3", "empty", table=False):
        for algorithm in ("bucket", "sliding"):
            store = DatabaseStore("empty")
            policy = Policy(1, 60, algorithm=algorithm, store=store)
            with serving(Resource(Open, throttles=[policy], authentication=())) as client:
                assert statuses(client, 2) == [200, 200]
    assert "no such table" in caplog.text


def test_a_locked_database_is_a_store_that_is_down(tmp_path, django_db_blocker):
    path = tmp_path / "locked.sqlite3"
    with (
        django_db_blocker.unblock(),
        file_database(path, "locked", OPTIONS={"timeout": 0.1}),
        file_database(path, "locking", table=False) as locking,
    ):
        with connections[locking].cursor() as cursor:
            cursor.execute("BEGIN EXCLUSIVE")
            with behind(DatabaseStore("locked"), when_down="closed") as client:
                assert statuses(client, 1) == [503]
            cursor.execute("ROLLBACK")
        with behind(DatabaseStore("locked"), when_down="closed") as client:
            assert statuses(client, 2) == [200, 429]


@pytest.mark.postgres
@pytest.mark.django_db(databases=[ALIAS])
@pytest.mark.parametrize("algorithm", ["bucket", "fixed", "sliding"])
def test_a_failure_does_not_break_the_transaction_of_a_request(algorithm):
    """PostgreSQL refuses every statement after a failed one, unless there is a savepoint before it."""
    store, quota = DatabaseStore(ALIAS), Quota(algorithm, 5, 60)
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("ALTER TABLE piston_throttle_count RENAME TO elsewhere")
        with pytest.raises(Exception, match="does not exist"):
            store.take("a" * 32, quota, 1)
        cursor.execute("SELECT 1")
        cursor.execute("ALTER TABLE elsewhere RENAME TO piston_throttle_count")
        assert store.take("a" * 32, quota, 1).remaining == 4


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("algorithm", ["bucket", "fixed", "sliding"])
def test_in_a_transaction_that_is_rolled_back_nothing_is_counted(algorithm):
    """What the documentation says of ATOMIC_REQUESTS, and why the check asks for an alias of its own."""
    store, quota = DatabaseStore(FILE), Quota(algorithm, 5, 60)
    key = f"{algorithm:x>32}"
    with transaction.atomic(using=FILE):
        assert store.take(key, quota, 1).remaining == 4
        transaction.set_rollback(True, using=FILE)

    assert store.take(key, quota, 1).remaining == 4


class TestInPostgres:
    pytestmark = IN_POSTGRES

    def test_a_transaction_that_had_to_give_way_is_tried_again(self):
        """In REPEATABLE READ, PostgreSQL fails what has waited for a row that then was changed."""
        store, quota = DatabaseStore(ALIAS), Quota("bucket", 5, 3600)
        store.take("b" * 32, quota, 1)

        def take_elsewhere():
            try:
                with connections[ALIAS].cursor() as cursor:
                    cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                return store.take("b" * 32, quota, 1)
            finally:
                connections[ALIAS].close()

        with ThreadPoolExecutor(1) as thread:
            with transaction.atomic(using=ALIAS):
                store.take("b" * 32, quota, 1)
                elsewhere = thread.submit(take_elsewhere)
                sleep(0.3)
                assert not elsewhere.done()
            assert elsewhere.result().remaining == 2
