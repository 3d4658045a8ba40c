"""All schemes on one resource: the strongest challenge first, and every client finds its own."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from piston_auth.tokens.models import Token
from piston_core.testing.challenges import challenges_in

pytestmark = [pytest.mark.urls("tests.piston_auth.asking"), pytest.mark.django_db(transaction=True)]

# In the order in which nobody would want the challenges.
NAMED = ["session", "basic", "token", "digest", "oauth"]


@pytest.fixture
def server(live_server, settings) -> str:
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": "piston_auth.digest.validators.KeepDigests"}]
    settings.PISTON = {"PLUGINS": ["json", "auth", "oauth"], "AUTHENTICATORS": NAMED}
    user = User(username="Aladdin")
    user.set_password("open sesame")
    user.save()
    return live_server.url


def asked(server, **given):
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"{server}/who/", timeout=20, **given)


@pytest.mark.parametrize("authorization", [None, "Basic !", "Bearer piston_x", "Digest x", "OAuth x", "bearer other"])
def test_a_401_has_every_challenge_and_the_strongest_comes_first(server, authorization):
    response = asked(server, headers={"Authorization": authorization} if authorization else {})

    if authorization != "OAuth x":  # which is malformed: 400
        assert response.status_code == 401
        found = [each.scheme for each in challenges_in(response.headers["WWW-Authenticate"])]
        assert found == ["oauth", "digest", "bearer", "basic"]
    assert response.status_code in (400, 401)
    assert response.headers["Vary"] == "Accept, Cookie, Authorization"


def test_requests_finds_digest_among_the_challenges(server):
    assert asked(server, auth=HTTPDigestAuth("Aladdin", "open sesame")).json() == {"user": "Aladdin", "by": "digest"}
    assert asked(server, auth=HTTPDigestAuth("Aladdin", "open barley")).status_code == 401


def test_requests_sends_basic_at_once(server):
    assert asked(server, auth=HTTPBasicAuth("Aladdin", "open sesame")).json() == {"user": "Aladdin", "by": "basic"}


def test_a_token_is_known_beside_all_others(server):
    text = Token.objects.issue(User.objects.get(), "test")[1]

    assert asked(server, headers={"Authorization": f"Bearer {text}"}).json() == {"user": "Aladdin", "by": "token"}


def test_a_session_is_known_beside_all_others(server):
    browser = Client()
    browser.force_login(User.objects.get())

    assert browser.get("/who/").json() == {"user": "Aladdin", "by": "session"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
@pytest.mark.parametrize(("option", "by"), [("--digest", "digest"), ("--basic", "basic"), ("--anyauth", "digest")])
def test_curl_finds_its_scheme_among_the_challenges(server, option, by):
    command = ["curl", "-s", "--noproxy", "*", "--max-time", "20", option, "-u", "Aladdin:open sesame"]
    done = subprocess.run([*command, f"{server}/who/"], capture_output=True, check=True)

    assert json.loads(done.stdout) == {"user": "Aladdin", "by": by}
