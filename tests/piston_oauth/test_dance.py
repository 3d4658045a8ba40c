"""Clients that others wrote, through the whole dance of RFC 5849 over a socket: requests-oauthlib and authlib."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth1Session as AuthlibSession
from requests_oauthlib import OAuth1Session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("provider")]

METHODS = ["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT"]
PLACES = {"header": ("AUTH_HEADER", "HEADER"), "query": ("QUERY", "QUERY"), "form": ("BODY", "BODY")}


def oauthlib_session(consumer, method, place, rsa_key, **more):
    return OAuth1Session(
        consumer.key,
        client_secret=None if method.startswith("RSA") else consumer.secret,
        signature_method=method,
        signature_type=PLACES[place][0],
        rsa_key=rsa_key if method.startswith("RSA") else None,
        **more,
    )


def authlib_session(consumer, method, place, rsa_key, callback_uri=None, verifier=None, **more):
    names = {"resource_owner_key": "token", "resource_owner_secret": "token_secret"}
    return AuthlibSession(
        consumer.key,
        None if method.startswith("RSA") else consumer.secret,
        redirect_uri=callback_uri,
        verifier=verifier,
        signature_method=method,
        signature_type=PLACES[place][1],
        rsa_key=rsa_key if method.startswith("RSA") else None,
        **{names[name]: value for name, value in more.items()},
    )


def loose(session):
    session.trust_env = False  # no proxy between a test and its server
    return session


def agree(server, address, decision="allow"):
    """Do what Jane does in her browser; return the page or the redirect that answers her."""
    browser = loose(requests.Session())
    login = browser.get(address)
    form = {"username": "jane", "password": "jane", "csrfmiddlewaretoken": csrf(login), "next": path_of(address)}
    page = browser.post(login.url, form, headers={"Referer": login.url})
    assert page.status_code == 200, page.text
    token = re.search(r'name="oauth_token" value="([^"]+)"', page.text)[1]
    form = {"oauth_token": token, "decision": decision, "csrfmiddlewaretoken": csrf(page)}
    return browser.post(f"{server}/oauth/authorize/", form, allow_redirects=False)


def csrf(page):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]


def path_of(address):
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def dance(server, make, consumer, method, place, rsa_key, callback="https://printer.example.com/ready?x=1"):
    """Return a session that acts for Jane."""

    def session(**more):
        return loose(make(consumer, method, place, rsa_key, **more))

    with session(callback_uri=callback) as first:
        temporary = first.fetch_request_token(f"{server}/oauth/request_token/")
        assert temporary["oauth_callback_confirmed"] == "true"
        address = f"{server}/oauth/authorize/?oauth_token={temporary['oauth_token']}"
    answer = agree(server, address)
    if callback == "oob":
        verifier = re.search(r'id="verifier">([^<]+)<', answer.text)[1]
    else:
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{callback}&oauth_token=")
        verifier = parse_qs(urlsplit(answer.headers["Location"]).query)["oauth_verifier"][0]
    known = {
        "resource_owner_key": temporary["oauth_token"],
        "resource_owner_secret": temporary["oauth_token_secret"],
    }
    with session(verifier=verifier, **known) as second:
        access = second.fetch_access_token(f"{server}/oauth/access_token/")
    return session(resource_owner_key=access["oauth_token"], resource_owner_secret=access["oauth_token_secret"])


KNOWN = {oauthlib_session: METHODS, authlib_session: ["HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"]}  # what each can
# PLAINTEXT in an address is refused; see test_plaintext.
CASES = [(make, method, place) for make in KNOWN for method in KNOWN[make] for place in PLACES]
CASES = [case for case in CASES if case[1:] != ("PLAINTEXT", "query")]


@pytest.mark.parametrize(("make", "method", "place"), CASES)
def test_the_whole_dance(live_server, settings, consumer, jane, keys, make, method, place):
    settings.PISTON["OPTIONS"]["oauth"]["plaintext_anywhere"] = True
    with dance(live_server.url, make, consumer, method, place, keys[0]) as session:
        if place != "form":
            read = session.get(f"{live_server.url}/who/", params={"b5": "=%3D", "a 3": "2 q", "c@": ""})
            assert read.json() == {
                "user": "jane",
                "consumer": "printer",
                "query": {"b5": "=%3D", "a 3": "2 q", "c@": ""},
            }
        for _ in range(2):
            created = session.post(f"{live_server.url}/who/?a=%2B", data={"title": "ä & b", "c2": ""})
            assert created.status_code == 201, created.text
            assert created.json()["data"] == {"title": ["ä & b"], "c2": [""]}
            assert created.json()["query"] == {"a": "+"}
