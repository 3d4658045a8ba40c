"""Twelve requests with one key at the same moment: one is done, the others wait for it or get its answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.http import HttpResponse
from django.utils import timezone

from piston_core import Problem
from piston_core.idempotency.models import KeptAnswer
from piston_core.idempotency.rows import PATIENCE, SWEPT
from tests.piston_core.idempotency.asking import asking, claimed, created, kept_in, performed
from tests.shop_postgres.service import ALIAS

FILE = "file"
CLIENTS = 12
IN_USE = "409 idempotency-key-in-use"


@pytest.fixture
def using(request):
    """Let a database that threads share keep the answers."""
    alias = request.param
    if alias == FILE:
        request.getfixturevalue("file")
    with kept_in(alias):
        yield alias


@pytest.fixture
def file(tmp_path, django_db_blocker):
    """Make a database of a file, and in it what the migration makes."""
    connections.settings[FILE] = {**connections.settings["default"], "NAME": tmp_path / "db"}
    with django_db_blocker.unblock():
        call_command("migrate", "piston_idempotency", database=FILE, verbosity=0)
        yield
        connections[FILE].close()
    del connections[FILE], connections.settings[FILE]


_ON_POSTGRES = (pytest.mark.django_db(transaction=True, databases=[ALIAS]), pytest.mark.postgres)
POSTGRES = pytest.param(ALIAS, marks=_ON_POSTGRES, id="postgres")
racing = pytest.mark.parametrize("using", [pytest.param(FILE, id="sqlite"), POSTGRES], indirect=True)


def told(response: HttpResponse) -> str:
    return f"{response.status_code}{' again' if 'Idempotency-Replayed' in response.headers else ''}"


def race(using: str, attempt: Callable[[], HttpResponse], clients: int = CLIENTS) -> list[str]:
    """Return what each of many clients is told that send their requests at the same moment."""
    start = Barrier(clients)

    def client(_: int) -> str:
        try:
            start.wait()
            return told(attempt())
        except Problem as problem:
            return f"{problem.status} {problem.type}"
        finally:
            connections[using].close()

    with ThreadPoolExecutor(clients) as threads:
        return sorted(threads.map(client, range(clients)))


class Counted:
    """Work that counts how often it is done, and takes until it may end."""

    def __init__(self, end: Event | None = None) -> None:
        self.times = 0
        self.end = end
        self._lock = Lock()

    def __call__(self) -> HttpResponse:
        with self._lock:
            self.times += 1
        if self.end is not None:
            self.end.wait(10)
        return created()


@racing
def test_one_does_the_work_and_the_others_get_its_answer_or_wait(using):
    work = Counted()
    told = race(using, lambda: performed(work, using))

    assert work.times == 1
    assert told.count("201") == 1
    assert {*told} <= {"201", "201 again", IN_USE}
    assert race(using, lambda: performed(work, using)) == ["201 again"] * CLIENTS


@racing
def test_while_it_is_at_work_all_others_are_told_so(using):
    end = Event()
    work = Counted(end)
    refusals = []

    def attempt() -> HttpResponse:
        try:
            return performed(work, using)
        except Problem:
            refusals.append(True)
            if len(refusals) == CLIENTS - 1:
                end.set()
            raise

    assert race(using, attempt) == ["201", *[IN_USE] * (CLIENTS - 1)]
    assert work.times == 1


@racing
@pytest.mark.parametrize(
    "left",
    [{"status": None, "started": PATIENCE + timedelta(seconds=1)}, {"status": 201, "expires": timedelta(seconds=1)}],
    ids=["died", "expired"],
)
def test_one_takes_over_what_is_over(using, left):
    now = timezone.now()
    claimed()
    past = {name: now - value if isinstance(value, timedelta) else value for name, value in left.items()}
    KeptAnswer.objects.using(using).update(**past)
    work = Counted()

    told = race(using, lambda: performed(work, using))
    assert work.times == 1
    assert told.count("201") == 1


@racing
def test_keys_of_their_own_do_not_wait_for_each_other_where_all_of_them_sweep(using):
    now = timezone.now()
    rows = KeptAnswer.objects.using(using)
    for number in range(300):
        rows.create(scope=str(number), fingerprint="", started=now, expires=now, status=200)
    keys = iter(range(CLIENTS))

    assert race(using, lambda: performed(created, using, asking(f"key-{next(keys)}"))) == ["201"] * CLIENTS
    assert rows.count() <= 300 - SWEPT + CLIENTS


@racing
def test_a_failure_lets_the_next_one_try(using):
    lock, tries = Lock(), []

    def work() -> Any:
        with lock:
            tries.append(True)
            first = len(tries) == 1
        if first:
            raise Problem(503)
        return created()

    told = race(using, lambda: performed(work, using))

    assert told.count("503 about:blank") == 1
    assert told.count("201") <= 1
    assert len(tries) == told.count("201") + 1
    assert told_of_another(using, work).startswith("201")


def told_of_another(using: str, work: Callable[[], HttpResponse]) -> str:
    return told(performed(work, using))


@pytest.mark.parametrize("using", [POSTGRES], indirect=True)
def test_in_a_transaction_around_the_request_the_others_wait_for_its_end(using):
    """ATOMIC_REQUESTS: a row that is not committed is seen by nobody, but the database lets nobody pass it."""
    work = Counted()

    def attempt() -> HttpResponse:
        with transaction.atomic(using=using):
            return performed(work, using)

    assert race(using, attempt) == ["201", *["201 again"] * (CLIENTS - 1)]
    assert work.times == 1


@pytest.mark.parametrize("using", [POSTGRES], indirect=True)
def test_sweeping_does_not_wait_for_a_request_that_is_about_to_take_an_expired_key(using):
    claimed()
    KeptAnswer.objects.using(using).update(expires=timezone.now())
    taken, swept = Event(), Event()

    def take() -> None:
        with transaction.atomic(using=using):
            claimed()
            taken.set()
            swept.wait(10)
        connections[using].close()

    def sweep() -> None:
        taken.wait(10)
        claimed(asking('"another"'))
        connections[using].close()

    with ThreadPoolExecutor(2) as threads:
        taking, sweeping = threads.submit(take), threads.submit(sweep)
        try:
            sweeping.result(timeout=5)
        finally:
            swept.set()
        taking.result()

    assert KeptAnswer.objects.using(using).count() == 2


@pytest.mark.parametrize("using", [POSTGRES], indirect=True)
def test_a_key_that_is_lost_at_the_last_moment_undoes_the_write(using):
    """The first has been at work for too long, and keeps its answer while another takes the key: one of them wins."""
    now = timezone.now()
    taken, kept = Event(), Event()
    slow = claimed()
    KeptAnswer.objects.using(using).update(started=now - PATIENCE)

    def keep() -> None:
        with transaction.atomic(using=using):
            slow.keep(created())
            kept.set()
            taken.wait(0.3)  # it cannot be taken before this is committed
        connections[using].close()

    def take() -> HttpResponse:
        kept.wait(10)
        try:
            return claimed().answer
        finally:
            taken.set()
            connections[using].close()

    with ThreadPoolExecutor(2) as threads:
        keeping, taking = threads.submit(keep), threads.submit(take)
        keeping.result()

        assert told(taking.result()) == "201 again"
