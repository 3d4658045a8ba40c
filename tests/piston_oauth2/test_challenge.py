"""Challenges (RFC 6750, section 3): what a client is told without a token, with a bad one, or with one for less."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, set_script_prefix
from django.utils.translation import gettext_lazy, override
from hypothesis import given
from hypothesis import strategies as st
from oauth2_provider.oauth2_validators import OAuth2Validator

from piston_core import AuthenticationFailed, InsufficientScope, Problem
from piston_oauth.oauth2 import InvalidToken, OAuth2Authenticator
from tests.asking import told
from tests.piston_oauth2.asking import Notes, api, bearer, challenge_in, metadata
from tests.piston_oauth2.conftest import PROVIDER, TOKEN

pytestmark = pytest.mark.urls("tests.piston_oauth2.asking")

METADATA = "http://testserver/.well-known/oauth-protected-resource"
HERE = {"realm": "API", "resource_metadata": METADATA}


def challenge(failure: Problem | None = None, **options) -> str:
    return OAuth2Authenticator(**options).challenge(RequestFactory().get("/"), failure)


@pytest.mark.parametrize("address", ["/api/who/", "/api/async-who/", "/api/notes/"])
def test_without_a_token_there_is_no_error_in_the_challenge(db, address):
    """RFC 6750, section 3.1: a client that did not know is not told more."""
    response = Client().get(address)

    assert response.status_code == 401
    assert challenge_in(response.headers["WWW-Authenticate"]) == HERE


def test_with_a_bad_token_the_challenge_says_that_it_is_bad(db):
    response = Client().get("/api/who/", headers=bearer("unknown"))

    assert response.status_code == 401
    assert told(response)["detail"] == "The access token is invalid."
    assert challenge_in(response.headers["WWW-Authenticate"]) == HERE | {
        "error": "invalid_token",
        "error_description": "The access token is invalid.",
    }


def test_a_token_that_is_good_for_less_is_a_403_that_names_the_scopes(issue):
    issue(scope="read")
    client = Client(headers=bearer(TOKEN))
    response = client.post("/api/notes/", "[1]", "application/json")

    assert client.get("/api/notes/").status_code == 200
    assert response.status_code == 403
    assert Notes.written == []
    assert challenge_in(response.headers["WWW-Authenticate"]) == HERE | {
        "error": "insufficient_scope",
        "error_description": "The access token is good for less.",
        "scope": "write",
    }


def test_a_token_that_is_good_for_it_may(issue, monkeypatch):
    monkeypatch.setattr(Notes, "written", [])
    issue(scope="write")
    client = Client(headers=bearer(TOKEN))

    assert client.post("/api/notes/", "[1]", "application/json").status_code == 201
    assert Notes.written == [[1]]
    assert client.get("/api/notes/").status_code == 403


def test_the_failure_of_another_authenticator_is_none_of_this_one():
    assert challenge_in(challenge(AuthenticationFailed("The password is wrong."))) == HERE
    assert challenge_in(challenge(Problem(403, "Not you."))) == HERE


@pytest.mark.parametrize("realm", ["API", "", 'the "cave"', "a\\b", '\\"', "a, b=c"])
def test_any_realm_is_written_as_what_it_is(realm):
    """RFC 9110, section 5.6.4: a backslash before quotes and backslashes."""
    told_realm = challenge(realm=realm, metadata=False).removeprefix("Bearer realm=")

    assert json.loads(told_realm) == realm  # of printable ASCII, both have the same escapes


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4), st.text(max_size=30))
def test_no_text_breaks_out_of_a_challenge(scopes, detail):
    """RFC 6750, section 3: neither a scope nor a description holds a quote or a backslash."""
    with override_settings(ROOT_URLCONF=()):
        for failure in (InsufficientScope(scopes), InvalidToken(detail)):
            field = challenge(failure)
            assert field.isascii()
            assert field.isprintable()
            assert "\\" not in field
            assert field.count('"') == 2 * len(challenge_in(field))


def test_a_header_field_has_no_language(db, site):
    """Nothing of Accept-Language is in ``reads``, so what is told may not depend on it."""
    site.OAUTH2_PROVIDER = PROVIDER | {"OAUTH2_VALIDATOR_CLASS": f"{__name__}.Polite"}
    with override("de"):
        assert str(gettext_lazy("Password")) == "Passwort"
        with pytest.raises(InvalidToken) as refused:
            OAuth2Authenticator().authenticate(RequestFactory().get("/", headers=bearer("x")))

        assert refused.value.detail == "Password"


class Polite(OAuth2Validator):
    def validate_bearer_token(self, token, scopes, request):
        request.oauth2_error = {"error": "invalid_token", "error_description": gettext_lazy("Password")}
        return False


def mounted(*routes):
    return override_settings(ROOT_URLCONF=(*routes, path("api/", include(api.urls))))


BELOW = path("o/", include("oauth2_provider.urls"))
ROOT = path("", include("oauth2_provider.urls"))
FRONTEND = path(".well-known/<path:page>", lambda request, page: HttpResponse("<h1>Not found</h1>"), name="frontend")


@pytest.mark.parametrize(
    ("routes", "identifier", "expected"),
    [
        ([metadata, BELOW], "", "/.well-known/oauth-protected-resource"),
        ([ROOT], "", "/.well-known/oauth-protected-resource"),
        ([BELOW], "", None),  # it would name /o as the resource
        ([], "", None),
        ([FRONTEND], "", None),
        ([metadata, BELOW], "http://testserver", "/.well-known/oauth-protected-resource"),
        ([metadata, BELOW], "http://testserver/", "/.well-known/oauth-protected-resource"),
        ([metadata, BELOW], "http://testserver/api", "/.well-known/oauth-protected-resource/api"),
        ([metadata, BELOW], "http://testserver/api/", "/.well-known/oauth-protected-resource/api/"),
        ([ROOT], "http://testserver/a/b", "/.well-known/oauth-protected-resource/a/b"),
        ([BELOW], "http://testserver/api", "/o/.well-known/oauth-protected-resource"),
        ([], "http://testserver/api", None),
    ],
)
def test_the_metadata_that_is_named_is_there_and_names_the_resource(site, db, routes, identifier, expected):
    """RFC 9728, sections 3.1 and 3.3: at this address, and about this resource."""
    site.OAUTH2_PROVIDER = PROVIDER | {"OAUTH2_PROTECTED_RESOURCE_IDENTIFIER": identifier}
    with mounted(*routes):
        named = challenge_in(Client().get("/api/who/").headers["WWW-Authenticate"]).get("resource_metadata")
        document = Client().get(named).json() if named else {}

    assert named == (expected and f"http://testserver{expected}")
    assert document.get("resource") == (expected and (identifier or "http://testserver"))


def test_metadata_is_named_below_a_script_s_prefix():
    set_script_prefix("/app/")
    try:
        assert challenge_in(challenge())["resource_metadata"] == "http://testserver/app" + METADATA[17:]
    finally:
        set_script_prefix("/")


def test_metadata_has_the_scheme_and_the_host_of_the_request(settings):
    settings.ALLOWED_HOSTS = ["library.example"]
    field = Client().get("/api/who/", secure=True, HTTP_HOST="library.example").headers["WWW-Authenticate"]

    assert challenge_in(field)["resource_metadata"].startswith("https://library.example/.well-known/")


def test_metadata_need_not_be_named(db, site):
    site.PISTON = site.PISTON | {"OPTIONS": {"oauth2": {"realm": "Notes", "metadata": False}}}

    assert Client().get("/api/who/").headers["WWW-Authenticate"] == 'Bearer realm="Notes"'
