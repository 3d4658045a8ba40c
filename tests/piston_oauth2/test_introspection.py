"""A resource server without tokens of its own: it asks the server that has issued them (RFC 7662)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import User
from django.test import Client
from oauth2_provider.models import AccessToken

from tests.piston_oauth2.asking import bearer, challenge_in
from tests.piston_oauth2.conftest import PROVIDER

pytestmark = [pytest.mark.urls("tests.piston_oauth2.asking"), pytest.mark.django_db]


class Issuer(HTTPServer):
    """Another server that knows tokens, by what it says of them."""

    known: dict[str, Any]
    asked: list[str]
    status = 200


class Introspection(BaseHTTPRequestHandler):
    server: Issuer

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        (token,) = parse_qs(body)["token"]
        self.server.asked.append(f"{self.headers['Authorization']} {token}")
        said = self.server.known.get(token, {"active": False})
        answer = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def issuer(site, monkeypatch) -> Iterator[Issuer]:
    monkeypatch.setenv("NO_PROXY", "*")
    with Issuer(("127.0.0.1", 0), Introspection) as server:
        server.known, server.asked = {}, []
        site.OAUTH2_PROVIDER = PROVIDER | {
            "RESOURCE_SERVER_INTROSPECTION_URL": f"http://127.0.0.1:{server.server_port}/introspect",
            "RESOURCE_SERVER_AUTH_TOKEN": "of-the-resource-server",
        }
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(token: str) -> Any:
    return Client(raise_request_exception=False).get("/api/who/", headers=bearer(token))


def test_a_token_that_the_issuer_knows_stands_for_its_user(issuer):
    issuer.known["abc"] = {"active": True, "username": "bob", "scope": "read of-the-issuer", "exp": time.time() + 60}

    assert ask("abc").json() == {"user": "bob", "by": "oauth2", "client": None, "scopes": ["of-the-issuer", "read"]}
    assert issuer.asked == ["Bearer of-the-resource-server abc"]
    assert not User.objects.get(username="bob").is_staff


def test_the_issuer_is_asked_once_and_no_token_is_kept_in_clear(issuer):
    issuer.known["abc"] = {"active": True, "username": "bob", "scope": "read", "exp": time.time() + 60}

    assert [ask("abc").status_code for _ in range(3)] == [200, 200, 200]
    assert len(issuer.asked) == 1
    assert AccessToken.objects.get().token == ""


def test_a_token_without_a_user_is_an_application_s(issuer):
    issuer.known["abc"] = {"active": True, "scope": "read", "exp": time.time() + 60}

    assert ask("abc").json()["user"] == ""


@pytest.mark.parametrize(
    "said",
    [
        {"active": False},
        {"active": "true", "username": "bob"},
        {"username": "bob"},
        {},
        {"active": True, "username": "bob", "exp": 1},
        {"active": True, "username": "bob", "aud": "https://other.example"},
        {"active": True, "username": "bob", "aud": 1},
        b"not json",
        b"",
    ],
    ids=str,
)
def test_a_token_that_the_issuer_does_not_vouch_for_is_a_401(issuer, said):
    issuer.known["abc"] = said
    response = ask("abc")

    assert response.status_code == 401
    assert challenge_in(response.headers["WWW-Authenticate"])["error"] == "invalid_token"


def test_an_issuer_that_fails_vouches_for_nobody(issuer):
    issuer.known["abc"] = {"active": True, "username": "bob"}
    issuer.status = 503

    assert ask("abc").status_code == 401


def test_an_issuer_that_is_gone_vouches_for_nobody(issuer, site):
    gone = {"RESOURCE_SERVER_INTROSPECTION_URL": "http://127.0.0.1:9/introspect"}
    site.OAUTH2_PROVIDER = site.OAUTH2_PROVIDER | gone

    assert ask("abc").status_code == 401


def test_the_issuer_is_not_asked_about_what_no_token_looks_like(issuer):
    for value in ("a b", "a&b=c", "é", "x" * 8193, ""):
        assert ask(value).status_code in (401, 431)

    assert issuer.asked == []


def test_somebody_whom_this_site_has_locked_out_stays_out(issuer):
    User.objects.create_user("bob", is_active=False)
    issuer.known["abc"] = {"active": True, "username": "bob", "scope": "read", "exp": time.time() + 60}

    assert ask("abc").status_code == 401
