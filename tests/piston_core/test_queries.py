"""``assert_max_queries``: it counts what a server would run, on every database, and says what was too much."""

from __future__ import annotations

import re

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError, connection, connections, transaction

from piston_core.queries import Query, Recorder, shape, told
from piston_core.testing import TooManyQueries, assert_max_queries
from tests.shop.models import Category, Label

pytestmark = pytest.mark.django_db


def count(*models):
    """Run a query for each model."""
    for model in models:
        model.objects.count()


def test_as_many_queries_as_are_allowed_pass():
    with assert_max_queries(2):
        Label.objects.count()
        Label.objects.count()


def test_one_more_fails_with_all_of_them():
    with pytest.raises(AssertionError) as caught, assert_max_queries(1):
        count(Label, Category)

    message = str(caught.value)
    assert message.startswith("2 queries, where at most 1 may be run:\n")
    assert re.search(r'^    1 x SELECT COUNT\(\*\) AS "__count" FROM "shop_label"$', message, re.MULTILINE)
    assert "shop_category" in message
    assert "N+1" not in message


def test_queries_that_differ_in_their_values_only_are_one_group_that_looks_like_n_plus_1():
    def ask():
        for conditions in ({"word": "a"}, {"word": "b"}, {"pk__in": [1, 2]}, {"pk__in": [1, 2, 3]}):
            Label.objects.filter(**conditions).exists()
        count(Label)

    with pytest.raises(AssertionError) as caught, assert_max_queries(1):
        ask()

    lines = str(caught.value).splitlines()
    assert [line.split(" x ")[0].strip() for line in lines if " x " in line] == ["2", "2", "1"]
    assert ["N+1" in line for line in lines] == [False, False, True, False, True, False]


def test_the_error_keeps_the_queries():
    with pytest.raises(TooManyQueries) as caught, assert_max_queries(0):
        Label.objects.count()

    assert [(query.database, "shop_label" in query.sql) for query in caught.value.queries] == [("default", True)]


def test_transactions_and_savepoints_are_no_queries():
    with assert_max_queries(1), transaction.atomic(), transaction.atomic():
        Label.objects.count()


def test_a_failing_query_counts_too():
    def fail():
        with pytest.raises(OperationalError, match="nothing_here"), transaction.atomic():
            connection.cursor().execute("SELECT 1 FROM nothing_here")

    with pytest.raises(TooManyQueries), assert_max_queries(0):
        fail()


def test_another_error_in_the_block_is_not_hidden():
    def fail():
        count(Label)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), assert_max_queries(0):
        fail()


def test_nothing_is_counted_after_the_block():
    with assert_max_queries(1) as limit:
        Label.objects.count()
    Label.objects.count()

    assert len(limit.queries) == 1
    assert connection.execute_wrappers == []


def test_one_limit_can_be_used_again():
    limit = assert_max_queries(1)
    for _ in range(2):
        with limit:
            Label.objects.count()


def test_limits_within_each_other_count_each_for_itself():
    def ask():
        count(Label)
        with assert_max_queries(1):
            count(Label)

    with pytest.raises(TooManyQueries, match="2 queries"), assert_max_queries(1):
        ask()


@pytest.mark.django_db(databases=["default"])
@pytest.mark.parametrize("using", ["default", ["default"], None])
def test_the_databases_can_be_named(using):
    with pytest.raises(TooManyQueries), assert_max_queries(0, using=using):
        Label.objects.count()


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "postgres"])
def test_every_database_is_counted_by_default_and_only_the_chosen_ones_else():
    def both():
        Label.objects.count()
        with connections["postgres"].cursor() as cursor:
            cursor.execute("SELECT 1")

    with assert_max_queries(1, using="postgres"):
        both()
    with pytest.raises(TooManyQueries) as caught, assert_max_queries(1):
        both()
    assert "1 x on default: SELECT" in str(caught.value)
    assert "1 x on postgres: SELECT ?" in str(caught.value)


@pytest.mark.postgres
@pytest.mark.django_db(databases=["postgres"])
def test_the_number_of_rows_is_known_where_the_driver_tells_it():
    with Recorder(["postgres"]) as recorder, connections["postgres"].cursor() as cursor:
        cursor.execute("SELECT generate_series(1, 3)")

    assert [query.rows for query in recorder.queries] == [3]


def test_it_decorates_a_function_anew_for_each_call():
    @assert_max_queries(1)
    def count(model):
        """Count."""
        return model.objects.count()

    assert (count(Label), count(Label), count.__doc__) == (0, 0, "Count.")


def test_a_decorated_function_that_runs_too_many_fails():
    @assert_max_queries(0)
    def count():
        return Label.objects.count()

    with pytest.raises(TooManyQueries):
        count()


def test_awaited_code_is_held_to_a_limit_with_async_with():
    async def count():
        async with assert_max_queries(1):
            await Label.objects.acount()
            await Label.objects.acount()

    with pytest.raises(TooManyQueries, match="2 queries"):
        async_to_sync(count)()


def test_a_decorated_coroutine_function_is_awaited_before_it_is_judged():
    @assert_max_queries(0)
    async def count():
        return await Label.objects.acount()

    with pytest.raises(TooManyQueries, match="1 query,"):
        async_to_sync(count)()


def test_a_plain_block_on_an_event_loop_is_refused_since_it_would_see_nothing(monkeypatch):
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)

    async def count():
        with assert_max_queries(0):
            await Label.objects.acount()

    with pytest.raises(RuntimeError, match="async with assert_max_queries"):
        async_to_sync(count)()


def test_a_plain_block_in_a_thread_of_an_event_loop_counts():
    def count():
        with assert_max_queries(0):
            Label.objects.count()

    async def counted():
        await sync_to_async(count)()

    with pytest.raises(TooManyQueries):
        async_to_sync(counted)()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a FROM t WHERE b = %s", "SELECT a FROM t WHERE b = ?"),
        ("SELECT a FROM t WHERE b IN (%s, %s, %s)", "SELECT a FROM t WHERE b IN (?, ...)"),
        ("SELECT a FROM t WHERE b = 'it''s' LIMIT 21", "SELECT a FROM t WHERE b = ? LIMIT ?"),
        ('SELECT T3."x1", "2nd" FROM "t2" T3 WHERE f = 1.5', 'SELECT T3."x1", "2nd" FROM "t2" T3 WHERE f = ?'),
    ],
)
def test_the_shape_of_a_query_has_no_values(sql, expected):
    assert shape(sql) == expected


def test_a_database_is_named_where_there_are_several():
    one, other = Query("SELECT 1", "default", 0.0, None), Query("SELECT 1", "other", 0.0, None)

    assert told([one]) == "    1 x SELECT ?"
    assert told([one, other]) == "    1 x on default: SELECT ?\n    1 x on other: SELECT ?"
