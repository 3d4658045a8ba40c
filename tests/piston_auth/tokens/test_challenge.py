"""The challenge of tokens: RFC 6750, section 3, whatever went wrong."""

from __future__ import annotations

import re

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from requests.utils import parse_dict_header

from piston_auth.tokens import TokenAuthenticator
from piston_core import AuthenticationFailed, InsufficientScope, Problem

NONE = RequestFactory().get("/")
BEARER = RequestFactory().get("/", headers={"Authorization": "bearer abc"})
BASIC = RequestFactory().get("/", headers={"Authorization": "Basic abc"})

ascii_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))


def understood(challenge: str) -> dict[str, str]:
    """Return the attributes of a challenge, as requests reads them, if it follows RFC 6750."""
    assert re.fullmatch(
        r'Bearer realm="(?:[ !#-\[\]-~]|\\["\\])*"'
        r'(?:, error="[ !#-\[\]-~]+")?(?:, error_description="[ !#-\[\]-~]+")?(?:, scope="[!#-\[\]-~ ]+")?',
        challenge,
    ), challenge
    return parse_dict_header(challenge.partition(" ")[2])


@pytest.mark.parametrize("request_sent", [NONE, BASIC], ids=["no credentials", "other credentials"])
@pytest.mark.parametrize("failure", [None, AuthenticationFailed("The password is wrong.")])
def test_who_sent_no_token_is_told_of_no_error(request_sent, failure):
    assert understood(TokenAuthenticator().challenge(request_sent, failure)) == {"realm": "API"}


def test_who_sent_a_token_is_told_that_it_is_not_valid_and_why():
    assert understood(TokenAuthenticator().challenge(BEARER, AuthenticationFailed("It has expired."))) == {
        "realm": "API",
        "error": "invalid_token",
        "error_description": "It has expired.",
    }


def test_who_sent_a_token_that_is_not_good_for_it_is_told_what_would_be():
    assert understood(TokenAuthenticator().challenge(BEARER, InsufficientScope(["a", "b"]))) == {
        "realm": "API",
        "error": "insufficient_scope",
        "scope": "a b",
    }


def test_without_a_failure_there_is_no_error():
    assert understood(TokenAuthenticator().challenge(BEARER, None)) == {"realm": "API"}


@given(ascii_text)
def test_any_realm_is_understood(realm):
    assert TokenAuthenticator(realm=realm).challenge(NONE, None).startswith('Bearer realm="')
    assert re.sub(r"\\(.)", r"\1", TokenAuthenticator(realm=realm).challenge(NONE, None)[14:-1]) == realm


@given(st.text() | ascii_text)
def test_any_reason_keeps_the_grammar(detail):
    found = understood(TokenAuthenticator().challenge(BEARER, AuthenticationFailed(detail)))

    assert found["error"] == "invalid_token"
    assert found.get("error_description", detail) == detail


@given(st.lists(st.text() | ascii_text))
def test_any_scopes_keep_the_grammar(scopes):
    failure: Problem = InsufficientScope(scopes)

    assert understood(TokenAuthenticator().challenge(BEARER, failure))["error"] == "insufficient_scope"
