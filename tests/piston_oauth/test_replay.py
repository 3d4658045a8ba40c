"""What is signed once is good once: one after the other, at the same moment, and in many processes (section 3.3)."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from multiprocessing import get_context
from warnings import catch_warnings, simplefilter

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models.signals import post_delete
from django.test import Client, override_settings

from piston_oauth.models import AccessToken, Consumer, Nonce, RequestToken, in_seconds
from piston_oauth.vault import digest
from tests.end_to_end.racing import To
from tests.piston_oauth.signing import Signer
from tests.piston_oauth.site import piston
from tests.shop_postgres.service import ALIAS

PROCESSES = 8
ONE = [200] + [401] * (PROCESSES - 1)


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256"])
def test_a_request_is_answered_once(client, signer, method):
    signer.method = method
    header = signer.header()

    assert [client.get("/who/", headers=header).status_code for _ in "123"] == [200, 401, 401]


def test_a_nonce_is_used_up_for_one_moment_consumer_and_token(client, signer, alone):
    now = int(time.time())
    same = {"oauth_nonce": "n", "oauth_timestamp": str(now)}
    for by, path, changed in (
        (signer, "/who/", {}),
        (signer, "/who/", {"oauth_timestamp": str(now - 1)}),
        (alone, "/two-legged/", {}),
    ):
        header = by.header("GET", path, **{**same, **changed})
        assert [client.get(path, headers=header).status_code for _ in "12"] == [200, 401]


def test_two_consumers_may_have_one_nonce(client, alone):
    other = Consumer.objects.create(name="other", status="accepted")
    same = {"oauth_nonce": "n", "oauth_timestamp": str(int(time.time()))}
    for by in (alone, Signer(other.key, other.secret)):
        header = by.header("GET", "/two-legged/", **same)
        assert client.get("/two-legged/", headers=header).status_code == 200


def test_a_timestamp_is_written_in_one_way_only(client, signer):
    """Or one request could be sent again under another spelling of its moment, were it not signed."""
    header = signer.header(oauth_timestamp=f"0{int(time.time())}")

    assert client.get("/who/", headers=header).status_code == 400


@pytest.mark.parametrize(
    ("off", "expected"), [(-290, 200), (290, 200), (-310, 401), (310, 401), (-86400, 401), (86400, 401)]
)
def test_timestamps_are_good_for_a_while_around_now(client, signer, off, expected):
    header = signer.header(oauth_timestamp=str(int(time.time()) + off))

    assert client.get("/who/", headers=header).status_code == expected


def test_how_long_is_an_option(client, signer, settings):
    settings.PISTON = piston(timestamp_age=10)

    assert client.get("/who/", headers=signer.header(oauth_timestamp=str(int(time.time()) - 20))).status_code == 401


def test_what_is_not_well_signed_leaves_nothing_behind(client, signer):
    """Else anybody could fill the table, or use up the nonces of others."""
    protocol = {"oauth_nonce": "n", "oauth_timestamp": str(int(time.time()))}
    wrong = Signer(**{**vars(signer), "secret": "guessed"})

    assert client.get("/who/", headers=wrong.header(**protocol)).status_code == 401
    assert not Nonce.objects.exists()
    assert client.get("/who/", headers=signer.header(**protocol)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_within_the_transaction_of_a_request_a_replay_is_refused_as_well(signer, settings):
    """An IntegrityError breaks a transaction of PostgreSQL; a savepoint keeps it whole."""
    header = signer.header()
    with transactions("default"):
        assert [Client().get("/who/", headers=header).status_code for _ in "12"] == [200, 401]


@contextmanager
def transactions(alias):
    connections[alias].settings_dict["ATOMIC_REQUESTS"] = True
    try:
        yield
    finally:
        connections[alias].settings_dict["ATOMIC_REQUESTS"] = False


@contextmanager
def everything_in(alias):
    """Let everything go to one database, in which Jane, a consumer and a token are made."""
    with override_settings(DATABASE_ROUTERS=[To(alias)]):
        jane = get_user_model().objects.create_user("jane", password="jane")
        consumer = Consumer.objects.create(name="printer", status="accepted")
        token = AccessToken(consumer=consumer, user=jane)
        token.secret = "pfkkdhi9sl3r4s00"
        token.save()
        yield Signer(consumer.key, consumer.secret, token.key, token.secret)


@pytest.fixture
def file(tmp_path, django_db_setup, django_db_blocker):
    """A place for a database; a test that is marked as one with databases would not get another one."""
    with django_db_blocker.unblock():
        yield tmp_path / "file.sqlite3"


@contextmanager
def a_file(path):
    """Make a database of a file that has the tables of the test's own."""
    with connections["default"].cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    entry = {**connections.settings["default"], "NAME": str(path), "OPTIONS": {"timeout": 30}}
    connections.settings["file"] = {**entry, "TEST": {**entry["TEST"], "NAME": str(path)}}
    try:
        with everything_in("file") as signer:
            yield signer
    finally:
        connections["file"].close()
        del connections["file"], connections.settings["file"]


def in_processes(attempt):
    """Return what comes of an attempt in each of eight processes, all at the same moment."""
    for each in connections.all(initialized_only=True):
        if each.alias != "default":  # which is in memory, and which nobody asks
            each.close()  # each process opens its own
    context = get_context("fork")
    together, answers = context.Barrier(PROCESSES), context.SimpleQueue()

    def process():
        together.wait(30)
        try:
            answers.put(attempt())
        except Exception as error:  # noqa: BLE001 - somebody waits for an answer
            answers.put(repr(error))

    processes = [context.Process(target=process) for _ in range(PROCESSES)]
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # other threads may hold locks; they are none that are needed here
        for each in processes:
            each.start()
    came = [answers.get() for _ in processes]
    for each in processes:
        each.join()
    return sorted(came, key=str)


def expect_one_answer(signer):
    for _ in range(5):
        header = signer.header()
        assert in_processes(lambda header=header: Client().get("/who/", headers=header).status_code) == ONE


def test_of_eight_processes_one_answers_on_sqlite(provider, file):
    with a_file(file) as signer:
        expect_one_answer(signer)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=[ALIAS])
def test_of_eight_processes_one_answers_on_postgresql(provider):
    with everything_in(ALIAS) as signer:
        expect_one_answer(signer)


def expect_one_exchange(signer):
    """Of eight that exchange one request token, each well signed, one gets an access token."""
    consumer, jane = Consumer.objects.get(), get_user_model().objects.get()
    expires = in_seconds(60)
    token = RequestToken(consumer=consumer, user=jane, callback="oob", verifier=digest("hfdp"), expires=expires)
    token.secret = "hdhd"
    token.save()
    by = Signer(signer.key, signer.secret, token.key, "hdhd", changed={"oauth_verifier": "hfdp"})

    def attempt():
        header = by.header("POST", "/oauth/access_token/", oauth_nonce=str(os.getpid()))
        return Client().post("/oauth/access_token/", headers=header).status_code

    assert in_processes(attempt) == ONE
    assert AccessToken.objects.count() == 2


def test_of_eight_processes_one_gets_the_access_token_on_sqlite(provider, file):
    with a_file(file) as signer:
        expect_one_exchange(signer)


def test_it_is_one_where_somebody_listens_to_all_deletions(provider, file):
    """Then Django reads what it deletes, and SQLite does not let a transaction write that has read before."""
    post_delete.connect(listen)
    try:
        with a_file(file) as signer:
            expect_one_exchange(signer)
    finally:
        post_delete.disconnect(listen)


def listen(**_signal):
    """Hear of a deletion."""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=[ALIAS])
def test_of_eight_processes_one_gets_the_access_token_on_postgresql(provider):
    with everything_in(ALIAS) as signer:
        expect_one_exchange(signer)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=[ALIAS])
def test_within_the_transaction_of_a_request_on_postgresql(provider):
    with everything_in(ALIAS) as signer, transactions(ALIAS):
        header = signer.header()
        assert [Client().get("/who/", headers=header).status_code for _ in "12"] == [200, 401]
