"""Tokens that need not be read again for some seconds: what is kept, and what makes it be forgotten."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piston_auth.tokens import TokenAuthenticator, keeping
from piston_auth.tokens.models import Token
from piston_core import AuthenticationFailed

pytestmark = pytest.mark.django_db(transaction=True)  # within one nothing is kept


class Clerk(User):
    """Users, as another part of a project sees them."""

    class Meta:
        proxy = True
        app_label = "auth"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(keeping, "monotonic", clock)
    return clock


@pytest.fixture
def issued():
    return Token.objects.issue(User.objects.create_user("alice"), "laptop")


def known(authenticator, text):
    """Return who a token is, and how many queries that took."""
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {text}"})
    with CaptureQueriesContext(connection) as queries:
        try:
            identity = authenticator.authenticate(request)
        except AuthenticationFailed:
            identity = None
    return identity, len([each for each in queries if each["sql"].startswith("SELECT")])


def test_a_token_is_read_with_each_request_where_that_is_wanted(issued):
    authenticator = TokenAuthenticator(cache_seconds=0)

    assert [known(authenticator, issued[1])[1] for _ in range(3)] == [1, 1, 1]


def test_a_token_is_read_once_in_a_second_where_nothing_is_said(issued, clock):
    authenticator = TokenAuthenticator(last_used_seconds=0)

    assert [known(authenticator, issued[1])[1] for _ in range(3)] == [1, 0, 0]
    clock.now += 1
    assert known(authenticator, issued[1])[1] == 1


def test_a_token_is_read_with_each_request_within_a_transaction(issued):
    authenticator = TokenAuthenticator(cache_seconds=60)
    known(authenticator, issued[1])
    with transaction.atomic():
        assert [known(authenticator, issued[1])[1] for _ in range(3)] == [1, 1, 1]
        issued[0].delete()
        assert known(authenticator, issued[1])[0] is None
        transaction.set_rollback(True)

    assert known(authenticator, issued[1])[0]


def test_what_is_ended_in_a_transaction_is_ended_at_once_when_that_is(issued, clock):
    """Another thread that has read the token meanwhile has seen it as it was."""
    authenticator = TokenAuthenticator(cache_seconds=60, last_used_seconds=0)
    assert known(authenticator, issued[1])[0]
    rows = authenticator._kept._rows
    before = dict(rows)
    with transaction.atomic():
        issued[0].delete()
        rows.update(before)  # by another thread, before the commit

    assert known(authenticator, issued[1])[0] is None


def test_a_row_that_was_read_before_a_change_is_not_kept_after_it(issued, clock):
    authenticator = TokenAuthenticator(cache_seconds=60, last_used_seconds=0)
    token, text = issued
    assert known(authenticator, text)[0]
    kept = authenticator._kept
    (row,) = (row for _, row in kept._rows.values())
    kept.forget(token.digest)

    def slow(_digest):
        token.delete()
        return row

    assert kept.row(token.digest, "default", slow) == row
    assert known(authenticator, text)[0] is None


def test_what_is_deleted_elsewhere_is_still_deleted_without_being_read(issued):
    known(TokenAuthenticator(), issued[1])
    Session.objects.create(session_key="some", expire_date=timezone.now())

    with CaptureQueriesContext(connection) as queries:
        Session.objects.filter(session_key="some").delete()

    assert not [each for each in queries if each["sql"].startswith("SELECT")]


def test_what_a_request_could_change_for_the_next_one_is_not_kept(issued):
    kept = keeping.KeptRows(60)
    rows = {"number": [1, "one"], "tags": [1, ["one"]], "prefs": [1, {"one": 1}]}

    assert [kept.row(digest, "default", rows.get) for digest in rows] == [*rows.values()]
    assert [digest in kept for digest in rows] == [True, False, False]


def test_a_token_is_read_once_in_so_many_seconds(issued, clock):
    authenticator = TokenAuthenticator(cache_seconds=5, last_used_seconds=0)

    assert [known(authenticator, issued[1])[1] for _ in range(3)] == [1, 0, 0]
    clock.now += 5
    assert [known(authenticator, issued[1])[1] for _ in range(2)] == [1, 0]


def test_no_request_gets_the_objects_of_another(issued, clock):
    authenticator = TokenAuthenticator(cache_seconds=5, last_used_seconds=0)
    first, second = (known(authenticator, issued[1])[0] for _ in range(2))

    assert (first.user, first.client) == (second.user, second.client)
    assert first.user is not second.user
    assert first.client is not second.client


@pytest.mark.parametrize(
    "end",
    [
        lambda token: Token.objects.filter(pk=token.pk).revoke(),
        lambda token: token.delete(),
        lambda token: token.user.delete(),
        lambda token: User.objects.get(pk=token.user_id).delete(),
        lambda token: Clerk.objects.get(pk=token.user_id).delete(),
    ],
)
def test_what_is_ended_in_this_process_is_ended_at_once(issued, clock, end):
    authenticator = TokenAuthenticator(cache_seconds=60, last_used_seconds=0)
    token, text = issued
    assert known(authenticator, text)[0]
    end(token)

    assert known(authenticator, text)[0] is None


def test_a_user_who_is_deactivated_in_this_process_is_refused_at_once(issued, clock):
    authenticator = TokenAuthenticator(cache_seconds=60, last_used_seconds=0)
    token, text = issued
    assert known(authenticator, text)[0]
    token.user.is_active = False
    token.user.save()

    assert known(authenticator, text)[0] is None


def test_what_another_process_ends_is_ended_when_the_seconds_are_over(issued, clock):
    authenticator = TokenAuthenticator(cache_seconds=5, last_used_seconds=0)
    token, text = issued
    assert known(authenticator, text)[0]
    User.objects.filter(pk=token.user_id).update(is_active=False)  # which tells this process nothing

    assert known(authenticator, text)[0]
    clock.now += 5
    assert known(authenticator, text)[0] is None


def test_an_unknown_token_is_not_kept(issued, clock):
    authenticator = TokenAuthenticator(cache_seconds=5)
    text = issued[1]
    stored = list(Token.objects.all())
    Token.objects.all().delete()

    assert known(authenticator, text)[0] is None
    Token.objects.bulk_create(stored)
    assert known(authenticator, text)[0]


def test_a_token_that_expires_meanwhile_is_refused(issued, clock):
    from datetime import timedelta

    authenticator = TokenAuthenticator(cache_seconds=60, last_used_seconds=0)
    token, text = issued
    Token.objects.filter(pk=token.pk).update(expires=timezone.now() + timedelta(milliseconds=200))
    assert known(authenticator, text)[0]
    import time

    time.sleep(0.25)
    assert known(authenticator, text)[0] is None


def test_the_last_use_is_written_once_and_not_with_each_request(issued, clock):
    authenticator = TokenAuthenticator(cache_seconds=60)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(5):
            known(authenticator, issued[1])

    assert len([each for each in queries if each["sql"].startswith("UPDATE")]) == 1


def test_not_more_rows_are_kept_than_there_is_room_for(issued, clock, monkeypatch):
    monkeypatch.setattr(keeping, "_MOST", 2)
    authenticator = TokenAuthenticator(cache_seconds=60, last_used_seconds=0)
    texts = [issued[1], *(Token.objects.issue(issued[0].user, f"number {n}")[1] for n in range(3))]
    for text in texts:
        known(authenticator, text)

    assert len(authenticator._kept._rows) <= 2
    assert all(known(authenticator, text)[0] for text in texts)


@pytest.mark.parametrize("seconds", [-1, 61, True, "5", None, 1.5])
def test_a_wrong_number_of_seconds_is_refused(seconds):
    with pytest.raises(ValueError, match="token_cache_seconds"):
        TokenAuthenticator(cache_seconds=seconds)
