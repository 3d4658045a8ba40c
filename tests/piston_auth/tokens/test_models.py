"""Issuing, adopting and revoking tokens, and what the table holds of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from piston_auth.tokens.form import Form, digest_of
from piston_auth.tokens.models import Token

DRF_KEY = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b"


def test_a_token_belongs_to_its_user_and_says_what_it_is_for(ada):
    token, text = Token.objects.issue(ada, "laptop", ["books:read", "books:write"])

    assert Form().fits(text)
    assert (token.user, token.name, token.scopes) == (ada, "laptop", "books:read books:write")
    assert (token.start, token.expires, token.last_used, token.revoked) == (text[7:13], None, None, None)
    assert token.state == "active"


def test_the_table_holds_a_hash_and_not_the_token(ada):
    _, text = Token.objects.issue(ada, "laptop")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM piston_tokens_token")
        stored = str(cursor.fetchall())

    assert digest_of(text) in stored
    assert text not in stored
    assert text[13:] not in stored


def test_what_is_printed_of_a_row_does_not_tell_token_or_hash(token, text):
    printed = f"{token} {token!r}"

    assert "laptop" in printed
    assert text[13:] not in printed
    assert token.digest not in printed


def test_an_object_does_not_keep_its_token(ada):
    token, text = Token.objects.issue(ada, "laptop")

    assert text[13:] not in str(vars(token))


def test_a_user_may_have_several_of_one_name(ada):
    texts = {Token.objects.issue(ada, "laptop")[1] for _ in range(3)}

    assert len(texts) == ada.piston_tokens.count() == 3


def test_issuing_costs_one_query(ada, django_assert_num_queries):
    with django_assert_num_queries(1):
        Token.objects.issue(ada, "laptop", ["a"], timezone.now())


@pytest.mark.parametrize(
    ("scopes", "kept"),
    [
        ((), ""),
        (["a"], "a"),
        (["b", "a", "b"], "b a"),
        ("read write", "read write"),  # and not eleven scopes of one letter
        ("  read   write ", "read write"),
        ({"a": 1}, "a"),
        (iter(["a", "b"]), "a b"),
        (["!", "#", "[", "]", "~", "https://example.com/a?b=c"], "! # [ ] ~ https://example.com/a?b=c"),
    ],
)
def test_scopes_are_kept_in_their_order_and_once(ada, scopes, kept):
    assert Token.objects.issue(ada, "laptop", scopes)[0].scopes == kept


@pytest.mark.parametrize("scope", ['"', "\\", "a\tb", "\x00", "\x7f", "ä", "a\nb", "x" * 1001])
def test_a_scope_that_rfc_6749_does_not_allow_is_refused(ada, scope):
    with pytest.raises(ValidationError) as refusal:
        Token.objects.issue(ada, "laptop", ["good", scope])

    assert list(refusal.value.message_dict) == ["scopes"]
    assert not Token.objects.exists()


@pytest.mark.parametrize("name", ["", "a\x00b", "a\nb", "\x1b[2J", "x" * 101])
def test_a_name_that_would_break_a_list_is_refused(ada, name):
    with pytest.raises(ValidationError) as refusal:
        Token.objects.issue(ada, name)

    assert list(refusal.value.message_dict) == ["name"]


def test_a_name_may_be_in_every_script(ada):
    assert Token.objects.issue(ada, "Ноутбук 💻")[0].name == "Ноутбук 💻"


@pytest.mark.parametrize("user", [AnonymousUser(), None, User(username="unsaved")])
def test_nobody_who_is_not_a_stored_user_gets_a_token(db, user):
    with pytest.raises((ValueError, IntegrityError)):
        Token.objects.issue(user, "laptop")


def test_an_expiry_is_the_moment_from_which_on_it_is_over(ada):
    now = timezone.now()
    past, _ = Token.objects.issue(ada, "past", expires=now)
    future, _ = Token.objects.issue(ada, "future", expires=now + timedelta(hours=1))

    assert (past.state, future.state) == ("expired", "active")


def test_revoking_says_when_and_only_once(token):
    assert Token.objects.filter(pk=token.pk).revoke() == 1
    token.refresh_from_db()
    first = token.revoked

    assert token.state == "revoked"
    assert Token.objects.filter(pk=token.pk).revoke() == 0
    token.refresh_from_db()
    assert token.revoked == first


def test_revoking_needs_to_be_told_what(ada, token):
    """As with ``delete``, a slip such as ``Token.objects.revoke()`` must not lock everybody out."""
    assert not hasattr(Token.objects, "revoke")
    assert not hasattr(ada.piston_tokens, "revoke")
    assert ada.piston_tokens.all().revoke() == 1


def test_tokens_go_with_their_user(ada, token):
    ada.delete()

    assert not Token.objects.exists()


def test_a_key_of_another_program_is_adopted_as_a_hash(ada):
    token = Token.objects.adopt(ada, "from authtoken", DRF_KEY, ["a"])

    assert (token.digest, token.start, token.scopes) == (digest_of(DRF_KEY), "9944b0", "a")
    assert Token.objects.get().user == ada


def test_a_key_is_adopted_once(ada):
    Token.objects.adopt(ada, "first", DRF_KEY)

    with pytest.raises(IntegrityError):
        Token.objects.adopt(ada, "second", DRF_KEY)


@pytest.mark.parametrize("key", ["", "secret", "x" * 31, "x" * 40 + "\n", "x" * 40 + " ", "ä" * 40, "\x00" * 40])
def test_a_key_that_may_be_guessed_or_cannot_be_sent_is_not_adopted(ada, key):
    with pytest.raises(ValueError, match="cannot be adopted") as refusal:
        Token.objects.adopt(ada, "from elsewhere", key)

    assert not key or key not in str(refusal.value)


@given(st.text(max_size=20))
def test_whatever_scopes_are_given_each_kept_one_is_a_scope_token(text):
    token = Token(name="x", scopes=text)
    try:
        token.full_clean(exclude={"user", "digest", "start"}, validate_unique=False, validate_constraints=False)
    except ValidationError:
        return

    assert token.scopes == "" or all(token.scopes.split(" "))
    assert all("\x21" <= each <= "\x7e" and each not in '"\\' for each in token.scopes.replace(" ", ""))
