"""A key is one request's at a time; a good answer is given again, a failure frees the key."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piston_core import BaseHandler, Identity, Problem
from piston_core.idempotency import claim_for
from piston_core.idempotency.models import KeptAnswer
from piston_core.idempotency.rows import KEPT_FOR, PATIENCE, SWEPT
from tests.piston_core.idempotency.asking import (
    Optional,
    Required,
    asking,
    claimed,
    created,
    kept_in,
    performed,
    refused,
)
from tests.piston_core.plans.fidelity.databases import everywhere
from tests.shop.models import Maker

MOMENT = timedelta(seconds=1)
IN_USE = (409, "idempotency-key-in-use")
REUSED = (422, "idempotency-key-reused")


@pytest.fixture
def rows(alias):
    """Let a database keep the answers, and return them."""
    with kept_in(alias):
        yield KeptAnswer.objects.using(alias)


def finish(claim=None):
    claim = claim or claimed()
    claim.keep(created())
    return claim


# -- who is asked for a key --------------------------------------------------------------------------


class Plain(BaseHandler):
    """Takes no keys."""


@pytest.mark.parametrize(
    ("handler", "key", "action"),
    [
        (Plain, '"k"', "create"),
        (Plain, "malformed, as it is", "create"),
        (Optional, None, "create"),
        (Optional, '"k"', "read"),
        (Required, None, "read"),
    ],
)
def test_nobody_is_asked_who_need_not_be(handler, key, action):
    assert claim_for(asking(key=key), handler(), None, action) is None  # without a look at the database


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["create", "update", "patch", "delete"])
@pytest.mark.parametrize("handler", [Optional, Required])
def test_every_write_may_have_a_key(handler, action):
    assert claim_for(asking(), handler(), None, action).answer is None


def test_a_project_without_the_app_is_told_so():
    with (
        override_settings(INSTALLED_APPS=["piston_core"]),
        pytest.raises(ImproperlyConfigured, match="INSTALLED_APPS"),
    ):
        claimed()


# -- one request at a time ---------------------------------------------------------------------------


@everywhere
def test_while_a_request_is_at_work_others_wait(alias, rows):
    assert claimed().answer is None
    with pytest.raises(Problem) as refusal:
        claimed()

    assert (refusal.value.status, refusal.value.type) == IN_USE
    assert refusal.value.headers == {"Retry-After": "1"}


@everywhere
def test_an_answered_request_is_answered_alike(alias, rows):
    finish()

    assert [claimed().answer.content for _ in range(2)] == [created().content] * 2


@everywhere
@pytest.mark.parametrize("answered", [False, True])
def test_a_key_of_another_request_is_refused(alias, rows, answered):
    claim = claimed()
    if answered:
        finish(claim)

    assert refused(asking(body=b'{"name": "Hose"}')) == REUSED


@everywhere
def test_a_bare_key_is_the_same_key(alias, rows):
    finish(claimed(asking('"abc"')))

    assert claimed(asking("abc")).answer is not None


@everywhere
def test_keys_of_two_users_do_not_meet(alias, rows):
    finish(claimed(identity=Identity("alice", "key")))
    finish(claimed(identity=Identity("bob", "key")))

    assert claimed().answer is None
    assert rows.count() == 3


@everywhere
def test_nothing_of_key_and_content_is_stored(alias, rows):
    finish(claimed(asking('"my key"', body=b"my content")))

    assert "my " not in repr(rows.values().get())


# -- failures ----------------------------------------------------------------------------------------


@everywhere
def test_a_failure_frees_the_key(alias, rows):
    claimed().release()

    assert claimed(asking(body=b"something else")).answer is None


@everywhere
def test_what_fails_after_the_answer_was_kept_takes_it_back(alias, rows):
    claim = claimed()
    with transaction.atomic(using=alias):
        finish(claim)
        transaction.set_rollback(True, using=alias)

    assert refused() == IN_USE
    claim.release()
    assert claimed().answer is None


@everywhere
def test_the_write_and_the_answer_are_kept_together(alias, rows):
    def work():
        Maker.objects.using(alias).create(name="Ada")
        return created()

    def failing():
        work()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        performed(failing, alias)
    answers = [performed(work, alias).content for _ in range(3)]

    assert answers == [created().content] * 3
    assert Maker.objects.using(alias).count() == 1


@everywhere
def test_an_answer_that_is_given_again_is_not_freed(alias, rows):
    finish()
    claimed().release()

    assert claimed().answer is not None


@pytest.mark.django_db
def test_a_key_of_a_transaction_that_is_lost_goes_with_it(caplog):
    """ATOMIC_REQUESTS: the refusal is answered while the request's transaction can only be rolled back."""
    with transaction.atomic():
        claim = claimed()
        transaction.set_rollback(True)
        claim.release()

    assert not KeptAnswer.objects.exists()
    assert not caplog.records


@pytest.mark.django_db
def test_a_key_that_cannot_be_freed_hides_no_other_failure(caplog):
    claim = claimed()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {KeptAnswer._meta.db_table} RENAME TO elsewhere")
        claim.release()
        transaction.set_rollback(True)

    [record] = caplog.records
    assert (record.name, record.levelno) == ("piston.idempotency", logging.WARNING)


# -- time --------------------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize(("age", "free"), [(PATIENCE - 5 * MOMENT, False), (PATIENCE + MOMENT, True)])
def test_a_request_that_is_at_work_for_too_long_has_lost_its_key(alias, rows, age, free):
    claimed()
    rows.update(started=timezone.now() - age)

    if free:
        assert claimed(asking(body=b"whatever is sent now")).answer is None
    assert refused()[0] == (422 if free else 409)


@everywhere
def test_who_has_lost_the_key_cannot_keep_an_answer(alias, rows):
    """What it wrote is rolled back with its transaction, so that only one of the two has written."""
    slow = claimed()
    rows.update(started=timezone.now() - PATIENCE)
    quick = claimed()
    with pytest.raises(Problem) as refusal:
        slow.keep(HttpResponse(b"slow"))
    slow.release()
    quick.keep(HttpResponse(b"quick"))

    assert (refusal.value.status, refusal.value.type) == IN_USE
    assert claimed().answer.content == b"quick"


@everywhere
def test_a_slow_request_that_nobody_has_sent_again_keeps_its_answer(alias, rows):
    slow = claimed()
    rows.update(started=timezone.now() - 2 * PATIENCE)
    claimed(asking('"another"'))  # which sweeps
    finish(slow)

    assert claimed().answer is not None


@everywhere
@pytest.mark.parametrize(("left", "free"), [(5 * MOMENT, False), (-MOMENT, True)])
def test_an_answer_is_kept_for_its_time(alias, rows, left, free):
    finish()
    rows.update(expires=timezone.now() + left)

    assert (claimed().answer is None) == free
    assert refused(asking(body=b"")) == REUSED  # a key that was taken over is as good as new


@everywhere
def test_the_time_of_an_answer_begins_when_it_is_there(alias, rows):
    claim = claimed()
    rows.update(started=timezone.now() - timedelta(minutes=4), expires=timezone.now())
    before = timezone.now()
    finish(claim)

    assert before + KEPT_FOR <= rows.get().expires <= timezone.now() + KEPT_FOR


@everywhere
def test_each_new_key_sweeps_some_that_have_expired(alias, rows):
    now = timezone.now()
    for number in range(SWEPT + 5):
        expires = now - MOMENT if number < SWEPT + 2 else now + KEPT_FOR
        rows.create(scope=str(number), fingerprint="", started=now, expires=expires, status=200)

    claimed(asking('"one"'))
    assert rows.count() == 5 + 1
    claimed(asking('"two"'))
    assert rows.count() == 3 + 2


# -- what it costs -----------------------------------------------------------------------------------


def statements(queries):
    return [query["sql"].split()[0] for query in queries]


@everywhere
def test_a_key_costs_four_queries_and_a_replay_one(alias, rows):
    with CaptureQueriesContext(connections[alias]) as first:
        finish()
    with CaptureQueriesContext(connections[alias]) as again:
        claimed()

    assert statements(first) == ["SELECT", "SAVEPOINT", "INSERT", "RELEASE", "SELECT", "UPDATE"]
    assert statements(again) == ["SELECT"]
