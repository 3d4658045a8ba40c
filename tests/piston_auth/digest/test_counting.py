"""Each count of a nonce passes once: as a model says it, and when eight processes try at the same moment."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from threading import Barrier
from typing import Any
from warnings import catch_warnings, simplefilter

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from piston_auth.digest.counting import SWEPT, marked, sweep, used
from piston_auth.digest.models import DigestNonce
from piston_auth.digest.nonces import StaleNonce, new_nonce
from tests.piston_auth.digest.asking import REALM, digest, plain, user
from tests.shop_postgres.service import ALIAS

FILE = "file"
CLIENTS = 8
LATER = timezone.now() + timedelta(hours=1)
COUNTS = st.integers(1, 2**32 - 1) | st.integers(1, 200)


@given(st.lists(COUNTS, max_size=60), st.integers(1, 64))
def test_a_count_passes_once_and_only_within_the_window(counts, window):
    """A set of all that was used is the model; the row has two numbers, which every database can hold."""
    highest, seen, passed = 0, 0, set()
    for count in counts:
        expected = count not in passed and count > max(passed, default=0) - window
        state = marked(highest, seen, count, window)

        assert (state is not None) == expected
        if state is not None:
            highest, seen = state
            passed.add(count)
        assert 0 <= seen < 2**63
        assert highest == max(passed, default=0)


def test_all_counts_of_a_window_pass_in_any_order():
    state = (0, 0)
    for count in [64, *range(1, 64)]:
        state = marked(*state, count, 64)

    assert state == (64, 2**63 - 1)
    assert all(marked(*state, count, 64) is None for count in range(1, 65))


@pytest.mark.parametrize(
    ("highest", "count", "expected"), [(1, 2**32 - 1, (2**32 - 1, 0)), (2**32 - 1, 1, None)], ids=["ahead", "behind"]
)
def test_a_huge_count_makes_no_huge_number(highest, count, expected):
    """A shift by as much would take half a gigabyte."""
    tracemalloc.start()
    try:
        state = marked(highest, 1, count, 64)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert state == expected
    assert most < 10_000


class Router:
    """Sends the digests, and whom they are of, to one database."""

    alias = ""

    def db_for_read(self, model: type, **_hints: Any) -> str | None:
        return self.alias if model._meta.app_label in ("piston_digest", "auth") else None

    db_for_write = db_for_read


@contextmanager
def kept_in(alias):
    router = Router()
    router.alias = alias
    with override_settings(DATABASE_ROUTERS=[router]):
        yield


@pytest.fixture
def using(request):
    """Let a database that processes share keep the digests."""
    alias = request.param
    if alias == FILE:
        request.getfixturevalue("file")
    with kept_in(alias):
        yield alias


@pytest.fixture
def file(tmp_path, django_db_blocker):
    """Make a database of a file, and in it what the migrations make."""
    connections.settings[FILE] = {
        **connections.settings["default"],
        "NAME": tmp_path / "db",
        "OPTIONS": {"timeout": 30},
    }
    with django_db_blocker.unblock():
        for app in ("auth", "piston_digest"):
            call_command("migrate", app, database=FILE, verbosity=0)
        yield
        connections[FILE].close()
    del connections[FILE], connections.settings[FILE]


_ON_POSTGRES = (pytest.mark.django_db(transaction=True, databases=[ALIAS]), pytest.mark.postgres)
POSTGRES = pytest.param(ALIAS, marks=_ON_POSTGRES, id="postgres")
racing = pytest.mark.parametrize("using", [pytest.param(FILE, id="sqlite"), POSTGRES], indirect=True)


def in_processes(attempt: Callable[[int], Any]) -> list[Any]:
    """Return what each of several processes gets that try at the same moment."""
    connections.close_all()  # each process opens its own
    context = get_context("fork")
    together, pipes = context.Barrier(CLIENTS), [context.Pipe(duplex=False) for _ in range(CLIENTS)]

    def run(number: int) -> None:
        together.wait()
        try:
            pipes[number][1].send(attempt(number))
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            pipes[number][1].send(f"{type(error).__name__}: {error}")

    processes = [context.Process(target=run, args=(number,)) for number in range(CLIENTS)]
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # other threads may hold locks; they are none that are needed here
        for each in processes:
            each.start()
    answers = [reader.recv() for reader, _ in pipes]
    for each in processes:
        each.join()
    for pair in pipes:
        for end in pair:
            end.close()
    return answers


def asked(headers: dict[str, str]) -> str:
    from django.test import RequestFactory

    try:
        return plain.authenticate(RequestFactory().get("/who/", headers=headers)).user.get_username()
    except StaleNonce:
        return "stale"


@racing
def test_of_eight_processes_with_the_same_credentials_one_passes(using):
    user("Aladdin", "open sesame")
    for _ in range(3):
        headers = digest(new_nonce(REALM))

        assert sorted(in_processes(lambda _, same=headers: asked(same))) == ["Aladdin", *["stale"] * 7]
        assert asked(headers) == "stale"


@racing
def test_eight_processes_with_counts_of_their_own_all_pass_and_none_twice(using):
    user("Aladdin", "open sesame")
    nonce = new_nonce(REALM)

    def attempt(number):
        return [asked(digest(nonce, nc=1 + number + CLIENTS * turn)) for turn in range(5)]

    assert in_processes(attempt) == [["Aladdin"] * 5] * CLIENTS
    assert DigestNonce.objects.get().highest == 40
    assert in_processes(attempt) == [["stale"] * 5] * CLIENTS


@racing
def test_threads_with_the_same_count_pass_once(using):
    start, nonce = Barrier(CLIENTS), new_nonce(REALM)

    def attempt(_):
        start.wait()
        try:
            return used(nonce, 1, 64, LATER)
        finally:
            connections[using].close()

    with ThreadPoolExecutor(CLIENTS) as threads:
        assert sorted(threads.map(attempt, range(CLIENTS))) == [False] * 7 + [True]


@pytest.mark.parametrize("using", [POSTGRES], indirect=True)
def test_in_a_transaction_around_the_request_the_others_wait_for_its_end(using):
    """ATOMIC_REQUESTS: the count is used when the transaction ends, and unused if it is rolled back."""
    start, nonce = Barrier(CLIENTS), new_nonce(REALM)

    def attempt(_):
        start.wait()
        try:
            with transaction.atomic(using=using):
                return used(nonce, 1, 64, LATER)
        finally:
            connections[using].close()

    with ThreadPoolExecutor(CLIENTS) as threads:
        assert sorted(threads.map(attempt, range(CLIENTS))) == [False] * 7 + [True]


@racing
def test_what_is_rolled_back_counts_as_never_sent(using):
    nonce = new_nonce(REALM)
    with transaction.atomic(using=using):
        assert used(nonce, 1, 64, LATER)
        transaction.set_rollback(True, using=using)

    assert used(nonce, 1, 64, LATER)
    assert not used(nonce, 1, 64, LATER)


@racing
def test_processes_that_sweep_do_not_wait_for_each_other(using):
    past = timezone.now() - timedelta(seconds=1)
    DigestNonce.objects.bulk_create([DigestNonce(key=str(number), expires=past) for number in range(CLIENTS * SWEPT)])
    swept = in_processes(lambda _: sum(sweep() for _ in range(CLIENTS)))

    assert sum(swept) + DigestNonce.objects.count() == CLIENTS * SWEPT
