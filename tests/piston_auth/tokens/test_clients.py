"""Clients that others wrote, over a socket: Python's http.client, requests and curl."""

from __future__ import annotations

import json
import shutil
import subprocess
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from django.contrib.auth.models import User
from requests.utils import parse_dict_header

from piston_auth.tokens.models import Token

pytestmark = [pytest.mark.urls("tests.piston_auth.tokens.asking"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(live_server) -> str:
    return live_server.url


@pytest.fixture
def text(server) -> str:
    return Token.objects.issue(User.objects.create_user("ada"), "laptop", ["a"])[1]


def sent(server, *fields: tuple[str, bytes | str], method="GET", path="/who/"):
    """Return status, challenge and body of a request with these header fields, each in a line of its own."""
    connection = HTTPConnection(urlsplit(server).netloc)
    connection.putrequest(method, path)
    for name, value in fields:
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    found = response.status, response.getheader("WWW-Authenticate"), json.loads(response.read())
    connection.close()
    return found


def test_two_fields_are_a_401_even_if_both_are_good(server, text):
    good = ("Authorization", f"Bearer {text}")

    assert sent(server, good)[0] == 200
    assert sent(server, good, good)[0] == 401
    assert sent(server, good, ("Authorization", "Basic YTpi"))[0] == 401
    assert sent(server, ("Authorization", "Basic YTpi"), good)[0] == 401
    assert sent(server, good, ("Authorization", ""))[0] == 401


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Bearer \xff\xfe", 401),
        (b"Bearer piston_\xff\xfe", 401),
        ("Bearer piston_é".encode(), 401),
        (b"Bearer piston_" + b"A" * 8000, 401),
        (b"Bearer piston_" + b"A" * 30_000, 431),
        (b"Bearer", 401),
        (b"Bearer\x01piston_", 401),
        (b"Bearer\tpiston_", 401),
    ],
)
def test_raw_bytes_in_the_field_are_refused(server, value, expected):
    status, _, problem = sent(server, ("Authorization", value))

    assert (status, problem["status"]) == (expected, expected)


def test_blanks_around_the_field_are_the_server_s(server, text):
    assert sent(server, ("Authorization", f"  Bearer {text}  "))[0] == 200


def test_requests_and_authlib_send_tokens_that_are_understood(server, text):
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(f"{server}/who/", headers={"Authorization": f"Bearer {text}"}).json()["user"] == "ada"
    with OAuth2Session(token={"access_token": text, "token_type": "Bearer"}) as client:
        client.trust_env = False
        assert client.get(f"{server}/who/").json()["scopes"] == ["a"]


def test_requests_reads_the_challenge(server, text):
    _, challenge, _ = sent(server, ("Authorization", f"Bearer {text[:-1]}"))
    scheme, _, parameters = challenge.partition(" ")

    assert scheme == "Bearer"
    assert parse_dict_header(parameters) == {
        "realm": 'the "shelf"',
        "error": "invalid_token",
        "error_description": "The token is not valid; check it, or have a new one issued.",
    }


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_curl_is_let_in(server, text):
    command = ["curl", "--silent", "--noproxy", "*", "--max-time", "20", "--oauth2-bearer", text, f"{server}/who/"]
    done = subprocess.run(command, capture_output=True, check=True)

    assert json.loads(done.stdout) == {"user": "ada", "by": "token", "token": "laptop", "scopes": ["a"]}
