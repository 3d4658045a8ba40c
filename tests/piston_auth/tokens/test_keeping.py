"""Tokens that need not be read again for some seconds: what is kept, and what makes it be forgotten."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from piston_auth.tokens import TokenAuthenticator, keeping
from piston_auth.tokens.models import Token
from piston_core import AuthenticationFailed

pytestmark = pytest.mark.django_db


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


def test_a_token_is_read_with_each_request_where_nothing_else_is_said(issued):
    authenticator = TokenAuthenticator()

    assert [known(authenticator, issued[1])[1] for _ in range(3)] == [1, 1, 1]


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

    from django.utils import timezone

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
