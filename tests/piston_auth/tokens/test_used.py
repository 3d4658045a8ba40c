"""``last_used``: written rarely, by one of those who could, and never at a request's expense."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import timezone

from piston_auth.tokens import TokenAuthenticator, used
from piston_auth.tokens.models import Token
from piston_auth.tokens.used import LastUse
from piston_core import AuthenticationFailed, BaseHandler, Resource
from tests.piston_auth.tokens.asking import bearer
from tests.shop_postgres import service


def last_used(token):
    return Token.objects.get(pk=token.pk).last_used


def ask(authenticator, text):
    return authenticator.authenticate(RequestFactory().get("/", headers=bearer(text)))


def test_the_first_use_is_noted(token, text):
    before = timezone.now()
    identity = ask(TokenAuthenticator(), text)

    assert before <= last_used(token) <= timezone.now()
    assert identity.client.last_used == last_used(token)


def test_nothing_else_in_the_row_changes(token, text):
    ask(TokenAuthenticator(), text)
    after = Token.objects.get(pk=token.pk)

    for name in ("user_id", "name", "digest", "start", "scopes", "created", "expires", "revoked"):
        assert getattr(after, name) == getattr(token, name)


@pytest.mark.parametrize(
    ("seconds", "age", "noted"), [(3600, 3590, False), (3600, 3610, True), (5, 6, True), (0, None, False)]
)
def test_it_is_written_when_it_is_older_than_it_may_be(token, text, seconds, age, noted):
    before = None if age is None else timezone.now() - timedelta(seconds=age)
    Token.objects.update(last_used=before)
    ask(TokenAuthenticator(last_used_seconds=seconds), text)

    assert (last_used(token) != before) is noted


@pytest.mark.parametrize("seconds", [-1, 10**9, 1.5, True, None, "3600"])
def test_a_number_of_seconds_that_cannot_be_one_is_refused(seconds):
    with pytest.raises(ValueError, match=r"token_last_used_seconds is .*; it has to be a whole number from 0 to"):
        TokenAuthenticator(last_used_seconds=seconds)


def test_a_use_that_was_noted_a_while_ago_costs_nothing(token, text, django_assert_num_queries):
    authenticator = TokenAuthenticator()
    ask(authenticator, text)

    with django_assert_num_queries(10):
        for _ in range(10):
            ask(authenticator, text)


@pytest.mark.django_db(transaction=True)
def test_noting_it_is_one_statement(token, text, django_assert_num_queries):
    authenticator = TokenAuthenticator()
    with django_assert_num_queries(4) as queries:
        ask(authenticator, text)

    kinds = [query["sql"].split()[0] for query in queries.captured_queries]
    assert kinds == ["SELECT", "BEGIN", "UPDATE", "COMMIT"]


def test_a_refused_token_is_not_used(token, text):
    Token.objects.update(expires=timezone.now())
    with pytest.raises(AuthenticationFailed, match="expired"):
        ask(TokenAuthenticator(), text)

    assert last_used(token) is None


def test_of_several_requests_at_once_one_writes(token):
    """Whoever has read the row before another request wrote it finds nothing to write."""
    first, second = Token.objects.get(), Token.objects.get()
    LastUse(3600).note(first)
    written = last_used(token)
    LastUse(3600).note(second)

    assert last_used(token) == written


class ReadOnly:
    """A database in which every attempt to write fails."""

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")

    def __exit__(self, *_):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")


@pytest.mark.parametrize("in_transaction", [pytest.param(False, marks=pytest.mark.django_db(transaction=True)), True])
def test_a_database_for_reading_only_is_no_reason_to_refuse(token, text, caplog, in_transaction):
    authenticator = TokenAuthenticator()
    with ReadOnly():
        assert ask(authenticator, text).user.username == "ada"
        assert Token.objects.count() == 1

    assert last_used(token) is None
    assert [(record.name, record.levelname) for record in caplog.records] == [("piston.auth", "WARNING")]
    assert f"last_used of token {token.pk} was not written" in caplog.text
    assert text[7:] not in caplog.text
    assert token.digest not in caplog.text


def test_after_a_failure_it_is_left_alone_for_a_minute(token, text, monkeypatch, caplog, django_assert_num_queries):
    now = 1000.0
    monkeypatch.setattr(used, "monotonic", lambda: now)
    authenticator = TokenAuthenticator()
    with ReadOnly():
        ask(authenticator, text)
    now += 59
    with django_assert_num_queries(1):
        ask(authenticator, text)
    assert last_used(token) is None

    now += 2
    ask(authenticator, text)
    assert last_used(token) is not None
    assert len(caplog.records) == 1


class Failing(BaseHandler):
    def read(self, request):
        raise RuntimeError("a defect")


def test_a_use_is_noted_also_if_the_request_fails(token, text):
    urls = (path("", Resource(Failing, authentication=[TokenAuthenticator()])),)
    with override_settings(ROOT_URLCONF=urls):
        assert Client(raise_request_exception=False).get("/", headers=bearer(text)).status_code == 500

    assert last_used(token) is not None


class There:
    """Has all of it in PostgreSQL."""

    def db_for_read(self, model, **hints):
        return service.ALIAS

    def db_for_write(self, model, **hints):
        return service.ALIAS


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", service.ALIAS], transaction=True)
class TestPostgres:
    @pytest.fixture
    def there(self, transactional_db):
        with override_settings(DATABASE_ROUTERS=[There()]):
            yield Token.objects.issue(User.objects.create_user("ada"), "laptop")

    def test_the_first_use_is_noted(self, there):
        ask(TokenAuthenticator(), there[1])

        assert last_used(there[0]) is not None

    def test_a_failure_does_not_spoil_the_transaction_of_a_request(self, there, caplog):
        with transaction.atomic(using=service.ALIAS):
            with connections[service.ALIAS].cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            assert ask(TokenAuthenticator(), there[1]).user.username == "ada"
            assert Token.objects.count() == 1

        assert last_used(there[0]) is None
        assert "was not written" in caplog.text

    def test_nobody_waits_for_a_request_that_has_noted_it_in_a_long_transaction(self, there):
        """With ``ATOMIC_REQUESTS`` the first one would otherwise hold up all that use the same token."""
        came, done = [], Event()

        def other():
            try:
                came.append(ask(TokenAuthenticator(), there[1]).user.username)
            finally:
                connections.close_all()
                done.set()

        with transaction.atomic(using=service.ALIAS):
            ask(TokenAuthenticator(), there[1])
            thread = Thread(target=other)
            thread.start()
            waited = not done.wait(10)
        thread.join()

        assert not waited
        assert came == ["ada"]
        assert last_used(there[0]) is not None
