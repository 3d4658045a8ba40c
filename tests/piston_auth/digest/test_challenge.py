"""The challenges: what a 401 asks for, as an independent reader understands it."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from piston_auth.digest.authenticator import DigestAuthenticator
from piston_auth.digest.nonces import StaleNonce
from piston_core import AuthenticationFailed
from piston_core.testing.challenges import challenges_in
from tests.piston_auth.digest.asking import challenges

pytestmark = pytest.mark.urls("tests.piston_auth.digest.asking")

# RFC 7616, section 3.3, with its quotes: what is a token there has none, what is a quoted string has them.
CHALLENGE = (
    r'Digest realm="(?P<realm>(?:[ !#-\[\]-~]|\\[ -~])*)", qop="(?P<qop>auth(?:-int)?(?:, auth(?:-int)?)?)", '
    r'algorithm=(?P<algorithm>SHA-512-256|SHA-256|MD5), nonce="(?P<nonce>[\w-]+)", charset=UTF-8'
    r"(?P<userhash>, userhash=true)?(?P<stale>, stale=true)?"
)


def challenge(failure=None, **given):
    return DigestAuthenticator(**given).challenge(RequestFactory().get("/"), failure)


def read(text):
    """Return the groups of each of several challenges."""
    parts = re.split(r", (?=Digest )", text)
    matches = [re.fullmatch(CHALLENGE, part) for part in parts]
    assert all(matches), text
    return [match.groupdict() for match in matches]


def test_a_challenge_is_written_as_the_rfc_has_it():
    (only,) = read(challenge())

    assert (only["realm"], only["qop"], only["algorithm"]) == ("API", "auth, auth-int", "SHA-256")
    assert not only["userhash"]
    assert not only["stale"]


def test_there_is_one_for_each_algorithm_in_the_given_order_with_the_same_nonce():
    found = read(challenge(algorithms=["SHA-512-256", "SHA-256", "MD5"], userhash=True, qop=["auth"]))

    assert [each["algorithm"] for each in found] == ["SHA-512-256", "SHA-256", "MD5"]
    assert len({each["nonce"] for each in found}) == 1
    assert {each["qop"] for each in found} == {"auth"}
    assert all(each["userhash"] for each in found)


@pytest.mark.parametrize(
    ("failure", "stale"), [(None, False), (AuthenticationFailed(), False), (StaleNonce(), True)], ids=str
)
def test_a_client_is_told_that_only_its_nonce_is_stale(failure, stale):
    found = read(challenge(failure, algorithms=["SHA-256", "MD5"]))

    assert [bool(each["stale"]) for each in found] == [stale, stale]


def test_every_challenge_has_a_nonce_of_its_own():
    assert len({read(challenge())[0]["nonce"] for _ in range(100)}) == 100


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_any_realm_that_is_accepted_is_understood_by_the_grammar(realm):
    field = challenge(realm=realm, algorithms=["SHA-256", "MD5"])

    assert len(challenges_in(field)) == 2
    assert {re.sub(r"\\(.)", r"\1", each["realm"]) for each in read(field)} == {realm}


def test_the_strongest_scheme_comes_first(db):
    field = Client().get("/mixed/").headers["WWW-Authenticate"]

    assert [each.scheme for each in challenges_in(field)] == ["digest", "digest", "digest", "basic"]


@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete"])
def test_every_method_without_credentials_gets_the_challenge_and_costs_no_query(
    db, path, method, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = getattr(Client(), method)(path)

    assert response.status_code == 401
    assert challenges(response)[0]["realm"] == "Cave"
    assert response.headers["Cache-Control"] == "no-store"


WRONG = [
    ({"realm": "Bücher"}, "realm is 'Bücher'; it has to be printable ASCII text"),
    ({"realm": "a\nb"}, "realm is"),
    ({"realm": None}, "realm is None"),
    ({"algorithms": ()}, "algorithms is (); it has to be a list with one or more of SHA-512-256, SHA-256, MD5"),
    ({"algorithms": "MD5"}, "algorithms is 'MD5'"),
    ({"algorithms": ["SHA-1"]}, "algorithms is ['SHA-1']"),
    ({"algorithms": ["MD5", "MD5"]}, "algorithms is"),
    ({"algorithms": [5]}, "algorithms is"),
    ({"algorithms": None}, "algorithms is"),
    ({"qop": []}, "qop is []; it has to be a list with one or more of auth, auth-int"),
    ({"qop": "auth"}, "qop is 'auth'"),
    ({"qop": ["auth-conf"]}, "qop is"),
    ({"userhash": 1}, "userhash is 1; it has to be True or False"),
    ({"nonce_seconds": 0}, "nonce_seconds is 0; it has to be a whole number from 1 to 86400"),
    ({"nonce_seconds": 1.5}, "nonce_seconds is"),
    ({"nonce_seconds": True}, "nonce_seconds is"),
    ({"nonce_seconds": 10**6}, "nonce_seconds is"),
    ({"window": 65}, "window is 65; it has to be a whole number from 1 to 64"),
    ({"window": 0}, "window is 0"),
]


@pytest.mark.parametrize(("given", "words"), WRONG, ids=[repr(given) for given, _ in WRONG])
def test_a_wrong_value_is_refused_by_its_name(given, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        DigestAuthenticator(**given)


def test_an_algorithm_that_openssl_lacks_is_refused_at_once(monkeypatch):
    import hashlib

    new = hashlib.new

    def lacking(name, *arguments):
        if name == "sha512_256":
            raise ValueError("unsupported hash type")
        return new(name, *arguments)

    monkeypatch.setattr(hashlib, "new", lacking)

    with pytest.raises(ValueError, match="algorithms has SHA-512-256, which this Python's OpenSSL does not have"):
        DigestAuthenticator(algorithms=["SHA-512-256", "SHA-256"])
