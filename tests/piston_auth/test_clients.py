"""Clients that others wrote, over a socket: Python's urllib and http.client, and curl."""

from __future__ import annotations

import json
import shutil
import subprocess
from http.client import HTTPConnection
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPBasicAuthHandler, HTTPPasswordMgr, ProxyHandler, build_opener

import pytest
from django.contrib.auth.models import User

from tests.piston_auth.asking import basic

pytestmark = [pytest.mark.urls("tests.piston_auth.asking"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(live_server, aladdin) -> str:
    User.objects.create_user("test", password="123£")
    return live_server.url


class Reading(HTTPBasicAuthHandler):
    """Reads the 401 before it asks again, because urllib would leave its socket open."""

    def http_error_401(self, req, fp, code, msg, headers):
        fp.read()
        return super().http_error_401(req, fp, code, msg, headers)


def opener(server, user, password, realm="Blog"):
    passwords = HTTPPasswordMgr()
    passwords.add_password(realm, server, user, password)
    return build_opener(ProxyHandler({}), Reading(passwords))


@pytest.mark.parametrize(("user", "password"), [("Aladdin", "open sesame"), ("test", "123£")])
def test_urllib_understands_the_challenge_and_answers_it(server, user, password):
    with opener(server, user, password).open(f"{server}/who/") as response:
        assert json.load(response) == {"user": user, "by": "basic"}


def test_urllib_sends_no_password_to_another_realm(server):
    with pytest.raises(HTTPError) as refusal:
        opener(server, "Aladdin", "open sesame", realm="Cave").open(f"{server}/who/")

    assert refusal.value.code == 401
    refusal.value.close()


def test_urllib_gives_up_on_a_wrong_password(server):
    with pytest.raises(HTTPError) as refusal:
        opener(server, "Aladdin", "open barley").open(f"{server}/who/")

    assert refusal.value.code == 401
    refusal.value.close()


def ask(server, *values, method="GET", path="/who/"):
    """Return status and body of a request with these Authorization fields, each in a line of its own."""
    connection = HTTPConnection(urlsplit(server).netloc)
    connection.putrequest(method, path)
    for value in values:
        connection.putheader("Authorization", value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


GOOD = basic("Aladdin", "open sesame")["Authorization"]


def test_two_fields_are_a_401_even_if_both_are_good(server):
    assert ask(server, GOOD)[0] == 200
    assert ask(server, GOOD, GOOD)[0] == 401
    assert ask(server, GOOD, "Bearer x")[0] == 401
    assert ask(server, GOOD, "")[0] == 401


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Basic \xff\xfe", 401),
        ("Basic é".encode(), 401),
        (b"Basic " + b"A" * 8000, 401),
        (b"Basic " + b"A" * 30_000, 431),
        (b"\xff", 401),
        (b"Basic\x01", 401),
    ],
)
def test_raw_bytes_in_the_field_are_refused(server, value, expected):
    status, body = ask(server, value)

    assert status == expected
    assert json.loads(body)["status"] == expected


def curl(server, *arguments):
    """Return the status and the body that curl gets."""
    command = ["curl", "--silent", "--noproxy", "*", "--max-time", "20", "--write-out", "\n%{http_code}", *arguments]
    done = subprocess.run([*command, f"{server}/who/"], capture_output=True, check=True)
    body, _, status = done.stdout.decode().rpartition("\n")
    return int(status), json.loads(body)


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")


@needs_curl
@pytest.mark.parametrize(("user", "password"), [("Aladdin", "open sesame"), ("test", "123£")])
def test_curl_u_is_let_in(server, user, password):
    assert curl(server, "--user", f"{user}:{password}") == (200, {"user": user, "by": "basic"})


@needs_curl
def test_curl_negotiates_the_scheme_by_the_challenge(server):
    assert curl(server, "--anyauth", "--user", "Aladdin:open sesame")[0] == 200


@needs_curl
@pytest.mark.parametrize(
    "arguments", [[], ["--user", "Aladdin:"], ["--user", ":"], ["--digest", "--user", "Aladdin:x"]]
)
def test_curl_without_the_right_password_gets_a_problem(server, arguments):
    status, problem = curl(server, *arguments)

    assert status == 401
    assert problem["title"] == "Unauthorized"
