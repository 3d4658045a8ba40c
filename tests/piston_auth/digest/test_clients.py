"""Clients that others wrote, over a socket: curl, requests, and Python's urllib."""

from __future__ import annotations

import json
import shutil
import subprocess
from urllib.error import HTTPError
from urllib.request import HTTPDigestAuthHandler, HTTPPasswordMgr, ProxyHandler, Request, build_opener

import pytest
import requests
from requests.auth import HTTPDigestAuth

from piston_auth.digest.models import DigestNonce
from tests.piston_auth.digest.asking import REALM, user

pytestmark = [pytest.mark.urls("tests.piston_auth.digest.asking"), pytest.mark.django_db(transaction=True)]

JURGEN = "J\N{LATIN SMALL LETTER U WITH DIAERESIS}rgen"
PEOPLE = [("Aladdin", "open sesame"), (JURGEN, "123£ 李"), ('a"b\\c', 'd"e\\f:g')]


@pytest.fixture
def server(live_server) -> str:
    for name, password in PEOPLE:
        user(name, password)
    return live_server.url


def curl(url, *arguments):
    """Return the statuses, the last challenge and the last body that curl gets."""
    command = ["curl", "--silent", "--noproxy", "*", "--max-time", "20", "--digest", "--include", *arguments, url]
    done = subprocess.run(command, capture_output=True, check=True)
    *heads, body = done.stdout.decode().split("\r\n\r\n")
    statuses = [int(head.split()[1]) for head in heads if not head.startswith("HTTP/1.1 100")]
    return statuses, json.loads(body) if body else None


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
as_aladdin = ("--user", "Aladdin:open sesame")


@needs_curl
@pytest.mark.parametrize(("name", "password"), PEOPLE[:2])
def test_curl_is_let_in(server, name, password):
    assert curl(f"{server}/who/", "--user", f"{name}:{password}") == ([401, 200], {"user": name, "by": "digest"})


@needs_curl
def test_curl_quotes_a_name(server):
    name = PEOPLE[2][0]

    assert curl(f"{server}/who/", "--user", f"{name}:{PEOPLE[2][1]}")[1]["user"] == name


@needs_curl
@pytest.mark.parametrize("path", ["/weak/", "/every/", "/mixed/"])
def test_curl_makes_sense_of_one_challenge_and_of_several(server, path):
    """Of several, also of those of other schemes; it sends the name's hash where that is asked for."""
    assert curl(f"{server}{path}", *as_aladdin) == ([401, 200], {"user": "Aladdin", "by": "digest"})


@needs_curl
def test_curl_takes_the_strongest_scheme(server):
    assert curl(f"{server}/mixed/", "--anyauth", *as_aladdin)[1]["by"] == "digest"


@needs_curl
@pytest.mark.parametrize("path", ["/who/?q=a%20b&c=%C3%A9", "/who/?q=ü", "/caf%C3%A9/a%20b/100%25", "/café/ü?x=1"])
def test_curl_asks_for_any_address(server, path):
    assert curl(f"{server}{path}", *as_aladdin)[0] == [401, 200]


@needs_curl
@pytest.mark.parametrize(
    "arguments", [["--json", '{"a": "1"}'], ["-d", "a=1"], ["-F", "a=1"], ["-X", "PUT", "-d", "a=1"]]
)
def test_curl_sends_a_body(server, arguments):
    statuses, told = curl(f"{server}/body/", *as_aladdin, *arguments)

    assert statuses[-1] in (200, 201)
    assert told["data"] == {"a": "1"}


@needs_curl
@pytest.mark.parametrize("login", ["Aladdin:open barley", "Sindbad:open sesame", "Aladdin:", ":"])
def test_curl_without_the_right_password_gets_a_problem(server, login):
    statuses, problem = curl(f"{server}/who/", "--user", login)

    assert statuses == [401, 401]
    assert problem["title"] == "Unauthorized"


@pytest.fixture
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.mark.parametrize("path", ["/who/", "/weak/", "/every/", "/mixed/"])
def test_requests_is_let_in_and_goes_on_with_its_nonce(server, session, path):
    session.auth = HTTPDigestAuth("Aladdin", "open sesame")
    answers = [session.get(f"{server}{path}", params={"q": "ü&"}) for _ in range(3)]

    assert [(each.status_code, len(each.history)) for each in answers] == [(200, 1), (200, 0), (200, 0)]
    assert answers[0].json() == {"user": "Aladdin", "by": "digest"}
    assert DigestNonce.objects.get().highest == 3


def test_requests_sends_a_name_beyond_ascii(server, session):
    """In Latin-1, whatever the challenge asks for; it hashes UTF-8."""
    response = session.get(f"{server}/who/", auth=HTTPDigestAuth(*PEOPLE[1]))

    assert response.json()["user"] == JURGEN


def test_requests_sends_files(server, session):
    auth = HTTPDigestAuth("Aladdin", "open sesame")
    response = session.post(f"{server}/body/", data={"a": "1"}, files={"f": b"here"}, auth=auth)

    assert response.json() == {"data": {"a": "1"}, "files": {"f": "here"}}


def test_requests_asks_again_when_its_nonce_is_not_good_any_more(server, session):
    session.auth = HTTPDigestAuth("Aladdin", "open sesame")
    assert session.get(f"{server}/who/").status_code == 200
    DigestNonce.objects.update(highest=2**32)
    answer = session.get(f"{server}/who/")

    assert answer.status_code == 200
    assert "stale=true" in answer.history[0].headers["WWW-Authenticate"]


def test_requests_gives_up_on_a_wrong_password(server, session):
    response = session.get(f"{server}/who/", auth=HTTPDigestAuth("Aladdin", "open barley"))

    assert response.status_code == 401
    assert len(response.history) == 1


class Reading(HTTPDigestAuthHandler):
    """Reads the 401 before it asks again, because urllib would leave its socket open."""

    def http_error_401(self, req, fp, code, msg, headers):
        fp.read()
        return super().http_error_401(req, fp, code, msg, headers)


def opener(server, password):
    passwords = HTTPPasswordMgr()
    passwords.add_password(REALM, server, "Aladdin", password)
    return build_opener(ProxyHandler({}), Reading(passwords))


def test_urllib_is_let_in(server):
    """It knows MD5 everywhere, SHA-256 from Python 3.14."""
    with opener(server, "open sesame").open(Request(f"{server}/weak/?q=1")) as response:
        assert json.load(response) == {"user": "Aladdin", "by": "digest"}


def test_urllib_gives_up_on_a_wrong_password(server):
    with pytest.raises(HTTPError) as refusal:
        opener(server, "open barley").open(f"{server}/weak/")

    assert refusal.value.code == 401
    refusal.value.close()
