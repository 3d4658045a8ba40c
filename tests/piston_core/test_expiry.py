"""Rows whose time is over go some at a time, and nobody waits or fails for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.signals import post_delete
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piston_core import delete_expired
from piston_core.idempotency.models import KeptAnswer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listened():
    """Have somebody listen to all deletions, so that Django reads what it deletes."""
    heard = []

    def listen(instance, **_signal):
        heard.append(instance.pk)

    post_delete.connect(listen)
    yield heard
    post_delete.disconnect(listen)


def expired():
    """Make five rows, and return a queryset of the three whose time is over."""
    now = timezone.now()
    for number in range(5):
        expires = now + timedelta(hours=1 if number > 2 else -1)
        KeptAnswer.objects.create(scope=str(number), fingerprint="", started=now, expires=expires)
    return KeptAnswer.objects.using("default").filter(expires__lte=now).order_by("scope")


def test_no_more_go_than_may_and_none_whose_time_is_not_over():
    rows = expired()

    assert [delete_expired(rows, 2) for _ in range(3)] == [2, 1, 0]
    assert sorted(KeptAnswer.objects.values_list("scope", flat=True)) == ["3", "4"]


def test_where_none_are_over_it_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert delete_expired(KeptAnswer.objects.using("default").filter(expires__lte=timezone.now()), 10) == 0


def test_on_sqlite_no_transaction_reads_before_it_deletes(listened):
    """SQLite answers "database is locked" at once to whoever wants to write in a transaction that has read."""
    rows = expired()
    with CaptureQueriesContext(connection) as queries:
        delete_expired(rows, 10)

    statements = [query["sql"].split()[0] for query in queries]
    assert sorted(listened) == ["0", "1", "2"]
    assert "SELECT" not in statements[statements.index("BEGIN") :]
