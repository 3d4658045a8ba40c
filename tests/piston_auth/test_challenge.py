"""The challenge: what a 401 asks for, as an independent reader understands it."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from piston_auth import BasicAuthenticator, Options
from piston_core import SettingsError
from piston_core.registry import get_registry
from tests.asking import told
from tests.piston_auth.asking import basic

urls = pytest.mark.urls("tests.piston_auth.asking")

# RFC 9110, sections 5.6.2 and 5.6.4, and RFC 7617, section 2: the whole field, and nothing more.
CHALLENGE = re.compile(r'Basic realm="((?:[\t !#-\[\]-~]|\\[\t !-~])*)", charset="UTF-8"')


def understood(field: str) -> str:
    """Return the realm in a challenge, as the grammar has it."""
    match = CHALLENGE.fullmatch(field)
    assert match, field
    return re.sub(r"\\(.)", r"\1", match[1])


def piston(**options):
    return {"PLUGINS": ["json", "auth"], "AUTHENTICATORS": ["basic"], "OPTIONS": {"auth": options}}


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_any_realm_that_is_accepted_is_understood_by_the_grammar(realm):
    Options(realm=realm)
    challenge = BasicAuthenticator(realm=realm).challenge(RequestFactory().get("/"), None)

    assert understood(challenge) == realm


@urls
@pytest.mark.parametrize(
    "realm", ["API", "", 'the "cave"', "back\\slash", '\\"', "a, b=c", "Basic realm=x", "=?utf-8?"]
)
def test_the_realm_option_reaches_the_client(db, realm):
    with override_settings(PISTON=piston(realm=realm)):
        response = Client().get("/who/")

    assert response.status_code == 401
    assert understood(response.headers["WWW-Authenticate"]) == realm


@urls
def test_the_realm_is_api_unless_it_is_set(db):
    with override_settings(PISTON=piston()):
        assert understood(Client().get("/who/").headers["WWW-Authenticate"]) == "API"


WRONG = [
    ({"realm": "Bücher"}, "realm is 'Bücher'; it has to be printable ASCII text"),
    ({"realm": "a\nSet-Cookie: b"}, "it has to be printable ASCII text"),
    ({"realm": "a\r"}, "it has to be printable ASCII text"),
    ({"realm": "a\x00"}, "it has to be printable ASCII text"),
    ({"realm": "\x7f"}, "it has to be printable ASCII text"),
    ({"realm": None}, "realm is None;"),
    ({"realm": 5}, "realm is 5;"),
    ({"realm": b"API"}, "realm is b'API';"),
    ({"relm": "API"}, "unknown key 'relm'; did you mean 'realm'?"),
    ({"REALM": "API"}, "unknown key 'REALM'"),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=[repr(options) for options, _ in WRONG])
def test_a_wrong_option_is_refused_with_its_place(options, words):
    with override_settings(PISTON=piston(**options)), pytest.raises(SettingsError) as refusal:
        get_registry()

    assert 'PISTON["OPTIONS"]["auth"]' in str(refusal.value)
    assert words in str(refusal.value)


@urls
@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete"])
def test_every_method_without_credentials_gets_the_challenge(db, path, method):
    response = getattr(Client(), method)(path)

    assert response.status_code == 401
    assert understood(response.headers["WWW-Authenticate"]) == "Blog"


@urls
def test_good_credentials_get_no_challenge(aladdin):
    response = Client().get("/who/", headers=basic("Aladdin", "open sesame"))

    assert "WWW-Authenticate" not in response.headers


def test_somebody_who_is_known_and_may_not_is_told_403_without_a_challenge(bob):
    response = bob.delete("/api/posts/hello-piston/")

    assert response.status_code == 403
    assert "WWW-Authenticate" not in response.headers


def test_nobody_learns_from_a_401_whether_there_is_an_object(blog):
    there = Client().delete("/api/posts/hello-piston/")
    nowhere = Client().delete("/api/posts/there-is-none/")

    assert (there.status_code, nowhere.status_code) == (401, 401)
    assert told(there) == told(nowhere)
