"""The admin: tokens are issued, told once, listed and revoked there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import timezone

from piston_auth.tokens import TokenAuthenticator
from piston_auth.tokens.models import Token
from tests.piston_auth.tokens.asking import bearer

urlpatterns = [path("admin/", admin.site.urls)]
pytestmark = pytest.mark.urls(__name__)

LIST = "/admin/piston_tokens/token/"
ADD = f"{LIST}add/"


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def root(db) -> Client:
    return logged_in(User.objects.create_superuser("root"))


@pytest.fixture
def clerk(db) -> Client:
    """One of the staff who may do everything with tokens, and nothing else."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(permissions())
    return logged_in(user)


def permissions():
    return Permission.objects.filter(content_type__app_label="piston_tokens")


def form(owner, **values):
    return {"user": owner.pk, "name": "laptop", "scopes": "", "expires_0": "", "expires_1": "", **values}


def told_in(response) -> str:
    return re.search(r"piston_[0-9A-Za-z]{49}", response.text)[0]


def test_a_token_is_issued_and_told_in_the_answer(root, ada):
    response = root.post(ADD, form(ada, scopes="a  b a"))
    text = told_in(response)
    identity = TokenAuthenticator().authenticate(RequestFactory().get("/", headers=bearer(text)))

    assert response.status_code == 200
    assert (identity.user, identity.client.name, identity.client.scopes) == (ada, "laptop", "a b")
    assert "no-store" in response.headers["Cache-Control"]


def test_it_is_told_this_once_and_stored_nowhere(root, ada):
    """Django keeps a message that comes before a redirect in a cookie or in the session."""
    response = root.post(ADD, form(ada))
    text = told_in(response)
    token = Token.objects.get()
    pages = [root.get(LIST), root.get(f"{LIST}{token.pk}/change/"), root.get(f"{LIST}{token.pk}/history/")]
    session = str([each.get_decoded() for each in Session.objects.all()])
    history = str([(each.object_repr, each.change_message) for each in LogEntry.objects.all()])

    assert response.text.count(text) == 1
    assert "laptop" in history
    for place in (*(page.text for page in pages), session, history, str(root.cookies)):
        assert text[13:] not in place
        assert token.digest not in place


@pytest.mark.parametrize("button", ["_save", "_addanother", "_continue"])
def test_every_button_tells_the_token(root, ada, button):
    assert told_in(root.post(ADD, form(ada, **{button: "1"})))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "a\x7fb"}, "A name has no control characters."),
        ({"scopes": 'a"b'}, "Scopes are printable ASCII without quotation marks."),
        ({"user": "999"}, "Select a valid choice."),
        ({"expires_0": "soon"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_issued(root, ada, values, words):
    response = root.post(ADD, form(ada, **values))

    assert words in response.text
    assert not Token.objects.exists()


def test_nobody_chooses_the_digest(root, ada, token):
    root.post(ADD, form(ada, digest="f" * 64, start="ffffff", revoked_0="2026-01-01", revoked_1="00:00"))
    root.post(f"{LIST}{token.pk}/change/", form(ada, digest="f" * 64, start="ffffff"))

    assert not Token.objects.filter(digest="f" * 64).exists()
    assert not Token.objects.filter(start="ffffff").exists()
    assert not Token.objects.exclude(revoked=None).exists()


def test_what_was_issued_stays_what_it_is_but_for_name_and_expiry(root, ada, token):
    other = User.objects.create_user("other")
    response = root.post(
        f"{LIST}{token.pk}/change/",
        form(other, name="old laptop", scopes="all", expires_0="2030-01-02", expires_1="03:04"),
    )
    after = Token.objects.get(pk=token.pk)

    assert response.status_code == 302
    assert (after.user, after.scopes, after.digest, after.start) == (ada, "", token.digest, token.start)
    assert (after.name, after.expires.year) == ("old laptop", 2030)


def test_the_list_says_how_each_token_is(root, ada):
    now = timezone.now()
    for name, values in {"one": {}, "two": {"expires": now}, "three": {"revoked": now}}.items():
        Token.objects.filter(pk=Token.objects.issue(ada, name)[0].pk).update(**values)
    text = root.get(LIST).text

    for word in ("active", "expired", "revoked", *(token.start for token in Token.objects.all())):
        assert word in text


def test_the_list_costs_the_same_for_many_users(root, django_assert_max_num_queries):
    for number in range(10):
        Token.objects.issue(User.objects.create_user(f"user{number}"), "laptop")

    with django_assert_max_num_queries(8):
        assert "user9" in root.get(LIST).text


def test_revoking_is_an_action_that_the_history_tells(root, ada, token, text):
    other, _ = Token.objects.issue(ada, "other")
    response = root.post(LIST, {"action": "revoke", "_selected_action": [token.pk]}, follow=True)
    token.refresh_from_db()
    other.refresh_from_db()

    assert "1 revoked" in response.text
    assert (token.state, other.state) == ("revoked", "active")
    assert LogEntry.objects.get().object_id == str(token.pk)
    assert "Revoked." in root.get(f"{LIST}{token.pk}/history/").text


def test_revoking_again_changes_nothing(root, token):
    Token.objects.update(revoked=timezone.now() - timedelta(days=1))
    before = Token.objects.get().revoked
    response = root.post(LIST, {"action": "revoke", "_selected_action": [token.pk]}, follow=True)

    assert "0 revoked" in response.text
    assert Token.objects.get().revoked == before
    assert not LogEntry.objects.exists()


def test_who_may_only_look_cannot_revoke_or_issue(db, ada, token):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(permissions().filter(codename="view_token"))
    client = logged_in(viewer)
    client.post(LIST, {"action": "revoke", "_selected_action": [token.pk]})

    assert client.get(LIST).status_code == 200
    assert client.post(ADD, form(ada)).status_code == 403
    assert Token.objects.get().revoked is None


def test_staff_issue_tokens_for_themselves_and_not_for_those_who_may_more(clerk, root):
    """Otherwise a permission to add tokens would be the permission to become anybody."""
    boss = User.objects.get(username="root")
    me = User.objects.get(username="clerk")
    refusal = clerk.post(ADD, form(boss))

    assert "Select a valid choice." in refusal.text
    assert not Token.objects.exists()
    assert f'value="{me.pk}"' in clerk.get(ADD).text
    assert told_in(clerk.post(ADD, form(me)))
    assert Token.objects.get().user == me
