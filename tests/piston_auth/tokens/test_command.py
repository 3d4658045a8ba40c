"""``manage.py piston_tokens``: what it prints, where, and what it says when it cannot."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piston_auth.tokens import TokenAuthenticator
from piston_auth.tokens.form import Form
from piston_auth.tokens.management.commands import piston_tokens
from piston_auth.tokens.models import Token
from tests.piston_auth.tokens.asking import bearer


def run(*arguments: str) -> tuple[str, str]:
    """Return what the command prints, and what it says beside it."""
    out, beside = StringIO(), StringIO()
    call_command("piston_tokens", *arguments, stdout=out, stderr=beside)
    return out.getvalue(), beside.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    return str(refused.value)


def test_issue_prints_the_token_on_a_line_of_its_own(ada):
    out, beside = run("issue", "ada", "laptop")
    text = out.removesuffix("\n")
    identity = TokenAuthenticator().authenticate(RequestFactory().get("/", headers=bearer(text)))

    assert (identity.user, identity.client.name, identity.scopes) == (ada, "laptop", None)
    assert "'laptop', good for everything that the user may do, for ever" in beside
    assert "shown this once" in beside
    assert text not in beside


def test_issue_takes_scopes_and_days(ada):
    _, beside = run("issue", "ada", "laptop", "--scope", "a", "--scope", "b", "--days", "30")
    token = Token.objects.get()

    assert token.scopes == "a b"
    assert timedelta(days=29, hours=23) < token.expires - timezone.now() < timedelta(days=30)
    assert f"good for a b, until {token.expires:%Y-%m-%d}" in beside


def test_quiet_prints_the_token_and_nothing_else(ada):
    out, beside = run("issue", "ada", "laptop", "--quiet")

    assert Form().fits(out.rstrip("\n"))
    assert beside == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("issue", "eve", "laptop"), "There is no user 'eve'; give the username of one."),
        (("issue", "ada", ""), "No token was issued. name: This field cannot be blank."),
        (("issue", "ada", "x" * 101), "No token was issued. name:"),
        (("issue", "ada", "x", "--scope", 'a"b'), "No token was issued. scopes: Scopes are printable ASCII"),
        (("issue", "ada", "x", "--days", "0"), "'0' is no number of days from 1 to 36500"),
        (("issue", "ada", "x", "--days", "-1"), "'-1' is no number of days from 1 to 36500"),
        (("issue", "ada", "x", "--days", "1e3"), "'1e3' is no number of days from 1 to 36500"),
        (("issue", "ada", "x", "--days", "99999999999"), "is no number of days from 1 to 36500"),
        (("issue", "ada"), "the following arguments are required: name"),
        (("list", "eve"), "There is no user 'eve'; give the username of one."),
        (("revoke",), "Say which token, by its id or first characters"),
        (("revoke", "--all"), "or --user NAME --all for all of a user."),
        (("revoke", "--user", "ada"), "or --user NAME --all for all of a user."),
        (("revoke", "--user", "eve", "--all"), "There is no user 'eve'"),
        (("revoke", "nobody"), "There is no token 'nobody' here; piston_tokens list shows those that there are."),
        (("revoke", "9" * 30), "There is no token '999999' here"),
        ((), "the following arguments are required: what"),
        (("destroy",), "invalid choice: 'destroy'"),
    ],
)
def test_what_cannot_be_done_is_said(ada, arguments, words):
    assert words in refusal(*arguments)
    assert not Token.objects.exists()


def test_list_shows_what_tokens_are_recognised_by(ada):
    token, text = Token.objects.issue(ada, "laptop", ["a", "b"])
    Token.objects.issue(User.objects.create_user("bob"), "phone", expires=timezone.now())
    out, _ = run("list")
    first, second, third = out.splitlines()

    assert first.split() == ["id", "user", "name", "start", "scopes", "created", "expires", "last_used", "state"]
    assert second.split()[1:6] == ["ada", "laptop", token.start, "a", "b"]
    assert second.endswith("active")
    assert third.endswith("expired")
    assert text[13:] not in out
    assert token.digest not in out


def test_list_shows_those_of_one_user(ada, token):
    Token.objects.issue(User.objects.create_user("bob"), "phone")
    out, _ = run("list", "bob")

    assert "phone" in out
    assert "laptop" not in out


def test_list_is_for_programs_as_well(ada, token):
    out, _ = run("list", "--json")

    assert json.loads(out) == [
        {
            "id": token.pk,
            "user": "ada",
            "name": "laptop",
            "start": token.start,
            "scopes": [],
            "created": token.created.isoformat(timespec="seconds"),
            "expires": None,
            "last_used": None,
            "state": "active",
        }
    ]


def test_list_says_that_there_are_none(ada):
    assert run("list") == ("There are no tokens.\n", "")
    assert run("list", "ada", "--json") == ("[]\n", "")


@pytest.mark.parametrize("way", ["id", "start", "whole", "prefix and start"])
def test_revoke_takes_one_token(ada, token, text, way):
    other, _ = Token.objects.issue(ada, "other")
    named = {"id": str(token.pk), "start": token.start, "whole": text, "prefix and start": f"piston_{token.start}"}[
        way
    ]

    assert run("revoke", named)[0] == "Revoked 1 token.\n"
    token.refresh_from_db()
    other.refresh_from_db()
    assert (token.state, other.state) == ("revoked", "active")


def test_revoke_does_not_repeat_a_token(ada):
    """What was pasted into a terminal need not be in a log as well."""
    text = Form().make()

    assert text[13:] not in refusal("revoke", text)


def test_revoke_takes_all_of_one_user(ada, token):
    Token.objects.issue(ada, "other")
    bob, _ = Token.objects.issue(User.objects.create_user("bob"), "phone")

    assert run("revoke", "--user", "ada", "--all")[0] == "Revoked 2 tokens.\n"
    assert run("revoke", "--user", "ada", "--all")[0] == "Revoked 0 tokens.\n"
    bob.refresh_from_db()
    assert bob.state == "active"


def test_revoke_of_a_user_s_token_does_not_find_another_one_s(ada, token):
    User.objects.create_user("bob")

    assert "There is no token" in refusal("revoke", token.start, "--user", "bob")


def test_revoke_asks_which_one_is_meant(ada):
    ids = [Token.objects.issue(ada, name)[0].pk for name in ("one", "two")]
    Token.objects.update(start="abcdef")

    message = refusal("revoke", "abcdef")
    assert "Several tokens are meant by 'abcdef'; give the id of one:" in message
    assert all(str(each) in message for each in ids)
    assert not Token.objects.exclude(revoked=None).exists()


def test_prune_deletes_what_has_been_over_for_long(ada, monkeypatch):
    monkeypatch.setattr(piston_tokens, "_BATCH", 2)  # so that five of them are more than one
    long_ago, lately = (timezone.now() - timedelta(days=days) for days in (31, 29))
    for values in (
        *[{"expires": long_ago}] * 3,
        *[{"revoked": long_ago}] * 2,
        {"expires": lately},
        {"revoked": lately},
        {"expires": timezone.now() + timedelta(days=400)},
        {"last_used": long_ago, "created": long_ago},
    ):
        Token.objects.filter(pk=Token.objects.issue(ada, "x")[0].pk).update(**values)

    with CaptureQueriesContext(connection) as queries:
        assert run("prune")[0] == "Deleted 5 tokens.\n"

    assert sum(query["sql"].startswith("DELETE") for query in queries) == 3
    assert Token.objects.count() == 4
    assert run("prune", "--days", "1")[0] == "Deleted 2 tokens.\n"
    assert run("prune", "--days", "1")[0] == "Deleted 0 tokens.\n"
