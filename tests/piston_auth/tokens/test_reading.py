"""The one query for a token: what it reads is what the ORM reads, whatever the users are like, and faster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from timeit import repeat

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client, RequestFactory, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_auth.tokens import TokenAuthenticator
from piston_auth.tokens.form import digest_of
from piston_auth.tokens.keeping import KeptRows
from piston_auth.tokens.models import Token
from piston_auth.tokens.reading import Reader, compiled, wanted
from tests.piston_auth.tokens.asking import bearer
from tests.piston_auth.tokens.members.compared import VALUES, told
from tests.shop_postgres import service

ROOT = Path(__file__).resolve().parents[3]

moments = st.none() | st.integers(0, 10**16).map(
    lambda micro: datetime(1970, 1, 2, tzinfo=UTC) + timedelta(microseconds=micro)
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {"name": texts, "scopes": texts, "created": moments.filter(bool)}
        | dict.fromkeys(("expires", "last_used", "revoked"), moments)
    ),
    st.fixed_dictionaries({"first_name": texts, "is_active": st.booleans(), "last_login": moments}),
)
def test_whatever_is_in_the_row_it_is_read_as_the_orm_reads_it(token, values, attributes):
    User.objects.filter(pk=token.user_id).update(**attributes)
    Token.objects.filter(pk=token.pk).update(**values)

    assert told(Reader(KeptRows(0)).find(token.digest)) == told(wanted(Token, "default", token.digest).get())


def test_an_unknown_digest_finds_nothing(token):
    reader = Reader(KeptRows(0))

    assert [reader.find(digest) for digest in ("", "f" * 64, token.digest.upper(), "\x00", "' OR ''='")] == [None] * 5
    assert reader.find(token.digest) == token


@pytest.mark.parametrize("use_tz", ["true", "false"])
@pytest.mark.parametrize("model", VALUES)
def test_every_kind_of_user_is_read_as_the_orm_reads_it(model, use_tz):
    """One with a second table, a proxy, other keys and columns, converters, and one that takes part in the reading."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-W", "error", "-m", "tests.piston_auth.tokens.members.compared", model, use_tz]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)

    assert run.stderr == ""
    assert json.loads(run.stdout) == {"equal": [True, True], "fast": True, "unknown": None, "user": model}


def test_it_is_faster_than_the_orm_by_more_than_a_half(token):
    """Both in one run, so that the machine does not matter; the best of several, so that its load does not."""
    reader = Reader(KeptRows(0))
    fast = min(repeat(lambda: reader.find(token.digest), number=100, repeat=7))
    slow = min(repeat(lambda: wanted(Token, "default", token.digest).get(), number=100, repeat=7))

    assert fast < slow / 2


def test_whoever_watches_queries_sees_it(token, django_assert_num_queries):
    reader, seen = Reader(KeptRows(0)), []

    def watch(execute, sql, params, many, context):
        seen.append(params)
        return execute(sql, params, many, context)

    with django_assert_num_queries(2), connection.execute_wrapper(watch):
        reader.find(token.digest)
        reader.find(token.digest)

    assert seen == [(token.digest,)] * 2


def test_sql_is_compiled_once(token, monkeypatch):
    compiled_queries = []
    as_sql = SQLCompiler.as_sql
    monkeypatch.setattr(
        SQLCompiler, "as_sql", lambda self, *args, **kwargs: compiled_queries.append(1) or as_sql(self)
    )
    reader = Reader(KeptRows(0))
    for _ in range(5):
        reader.find(token.digest)

    assert len(compiled_queries) == 1


def test_a_backend_that_runs_queries_in_its_own_way_is_left_to_it(token, monkeypatch):
    class Own(SQLCompiler):
        def execute_sql(self, *args, **kwargs):
            ran.append(1)
            return super().execute_sql(*args, **kwargs)

    ran = []
    monkeypatch.setattr(DatabaseOperations, "compiler", lambda self, name: Own)

    assert compiled(wanted(Token, "default", "0" * 64)) is None
    assert told(Reader(KeptRows(0)).find(token.digest)) == told(wanted(Token, "default", token.digest).get())
    assert len(ran) == 2


class Elsewhere:
    """Reads tokens from another database."""

    def db_for_read(self, model, **hints):
        return service.ALIAS if model is Token else None


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", service.ALIAS])
class TestPostgres:
    @pytest.fixture
    def there(self, django_db_setup):
        ada = User.objects.db_manager(service.ALIAS).create_user("ada", last_login=datetime(2026, 1, 1, tzinfo=UTC))
        return Token.objects.using(service.ALIAS).issue(ada, "laptop", ["a"], ada.last_login + timedelta(days=9999))

    def test_the_router_says_where_to_read(self, there, django_assert_num_queries):
        token, text = there
        with override_settings(DATABASE_ROUTERS=[Elsewhere()]):
            reader = Reader(KeptRows(0))
            with django_assert_num_queries(1, connection=connections[service.ALIAS]):
                found = reader.find(digest_of(text))

        assert found == token
        assert (found._state.db, found.user._state.db) == (service.ALIAS, service.ALIAS)
        assert told(found) == told(wanted(Token, service.ALIAS, token.digest).get())
        assert Reader(KeptRows(0)).find(digest_of(text)) is None

    @pytest.mark.urls("tests.piston_auth.tokens.asking")
    def test_what_postgresql_cannot_store_does_not_reach_it(self, there):
        with override_settings(DATABASE_ROUTERS=[Elsewhere()]):
            for text in ("piston_\x00" + "A" * 48, "piston_" + "é" * 49):
                response = Client().get("/who/", headers=bearer(text))
                assert response.status_code == 401


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_sql_and_nothing_else(issued):
    """Each has a connection of its own."""
    _, text = issued
    authenticator, names = TokenAuthenticator(cache_seconds=0), []
    request = RequestFactory().get("/", headers=bearer(text))
    authenticator.authenticate(request)

    def ask():
        try:
            names.extend(authenticator.authenticate(request).user.username for _ in range(20))
        finally:
            connection.connection.close()  # which Django's own close() does not do for a database in memory

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert names == ["ada"] * 80
