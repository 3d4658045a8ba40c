"""The endpoints for consumers: what they answer, and whom they refuse."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl

import pytest
from django.test import Client
from django.utils import timezone

from piston_oauth import callbacks
from piston_oauth.models import AccessToken, RequestToken, in_seconds
from piston_oauth.vault import digest
from tests.piston_oauth.signing import Signer
from tests.piston_oauth.site import piston

READY = "https://printer.example.com/ready"
FORM = "application/x-www-form-urlencoded"


def initiate(alone, callback=READY, **changed):
    header = alone.header("POST", "/oauth/request_token/", oauth_callback=callback, **changed)
    return Client().post("/oauth/request_token/", headers=header)


def exchange(signer, token, secret, verifier, **changed):
    by = Signer(**{**vars(signer), "token": token, "token_secret": secret})
    header = by.header("POST", "/oauth/access_token/", oauth_verifier=verifier, **changed)
    return Client().post("/oauth/access_token/", headers=header)


def test_temporary_credentials(alone):
    """RFC 5849, section 2.1."""
    response = initiate(alone)
    answer = dict(parse_qsl(response.content.decode()))

    assert response.status_code == 200
    assert response["Content-Type"] == FORM
    assert "no-store" in response["Cache-Control"]
    assert set(answer) == {"oauth_token", "oauth_token_secret", "oauth_callback_confirmed"}
    assert answer["oauth_callback_confirmed"] == "true"
    assert len(answer["oauth_token"]) == len(answer["oauth_token_secret"]) == 43
    token = RequestToken.objects.get()
    assert (token.key, token.secret, token.callback) == (answer["oauth_token"], answer["oauth_token_secret"], READY)
    assert timedelta(seconds=590) < token.expires - timezone.now() <= timedelta(seconds=600)


def test_each_request_gets_a_token_of_its_own(alone):
    keys = {parse_qs(initiate(alone).content.decode())["oauth_token"][0] for _ in range(3)}

    assert len(keys) == 3


@pytest.mark.parametrize(
    "callback",
    [
        None,
        "",
        "x",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a/b",
        "//evil.example/",
        "/ready",
        "https:///x",
        "https://",
        "http:evil.example",
        "https://user@evil.example/",
        "https://a:b@evil.example/",
        "https://a.example/#x",
        "https://a.example:99999/",
        "https://a.example:x/",
        "https://[::1",
        "https://a.example/ b",
        "https://a.example/\\b",
        "https://a.example\\@evil.example/",
        "https://a.example/\r\nSet-Cookie: x=1",
        "https://a.example/<script>",
        "https://ä.example/",
        "myapp://callback",
        "OOB",
    ],
)
def test_callbacks_to_which_nobody_is_sent(alone, callback):
    assert initiate(alone, callback).status_code == 400
    assert not RequestToken.objects.exists()


class TestRegisteredCallbacks:
    @pytest.fixture(autouse=True)
    def registered(self, consumer):
        consumer.callbacks = f"{READY}\nhttps://printer.example.com:8443/a\nmyapp://back\nhttp://bare.example"
        consumer.clean()
        consumer.save()

    @pytest.mark.parametrize(
        "callback",
        [
            READY,
            f"{READY}?state=1",
            "HTTPS://PRINTER.example.com:443/ready",
            "https://printer.example.com:8443/a",
            "myapp://back?x=1",
            "http://bare.example/",
        ],
    )
    def test_they_may_be_named_with_whatever_query(self, alone, callback):
        assert initiate(alone, callback).status_code == 200

    @pytest.mark.parametrize(
        "callback",
        [
            "http://printer.example.com/ready",
            "https://printer.example.com/ready/",
            "https://printer.example.com/Ready",
            "https://printer.example.com/ready/../x",
            "https://printer.example.com:444/ready",
            "https://printer.example.com.evil.example/ready",
            "https://evil.example/ready",
            "https://printer.example.com@evil.example/ready",
            "myapp://other",
            "oob",
        ],
    )
    def test_no_other_may(self, alone, callback):
        assert initiate(alone, callback).status_code == 400


def test_without_registered_callbacks_only_oob_may_be_named_unless_the_project_says_so(alone, settings):
    settings.PISTON = piston(any_callback=False)

    assert initiate(alone).status_code == 400
    assert initiate(alone, "oob").status_code == 200
    settings.PISTON = piston(any_callback=True)
    assert initiate(alone).status_code == 200


@pytest.mark.parametrize(
    ("callback", "expected"),
    [
        ("https://a.example/", "https://a.example/?oauth_token=k&oauth_verifier=v"),
        ("https://a.example/?x=%20&y", "https://a.example/?x=%20&y&oauth_token=k&oauth_verifier=v"),
        ("https://a.example/?oauth_verifier=mine&x=1", "https://a.example/?x=1&oauth_token=k&oauth_verifier=v"),
        ("myapp:back", "myapp:back?oauth_token=k&oauth_verifier=v"),
    ],
)
def test_what_a_callback_gets_is_added_to_what_it_has(callback, expected):
    """RFC 5849, section 2.2."""
    assert callbacks.with_parameters(callback, [("oauth_token", "k"), ("oauth_verifier", "v")]) == expected


@pytest.fixture
def agreed(consumer, jane):
    """A request token to which Jane has agreed."""
    token = RequestToken(consumer=consumer, user=jane, callback=READY, expires=in_seconds(60))
    token.secret, token.verifier = "hdhd", digest("hfdp")
    token.save()
    return token


def test_token_credentials(alone, agreed, jane, client):
    """RFC 5849, section 2.3."""
    response = exchange(alone, agreed.key, "hdhd", "hfdp")
    answer = dict(parse_qsl(response.content.decode()))

    assert response.status_code == 200
    assert response["Content-Type"] == FORM
    assert "no-store" in response["Cache-Control"]
    assert set(answer) == {"oauth_token", "oauth_token_secret"}
    token = AccessToken.objects.get()
    assert (token.user, token.secret, token.expires) == (jane, answer["oauth_token_secret"], None)
    by = Signer(**{**vars(alone), "token": answer["oauth_token"], "token_secret": answer["oauth_token_secret"]})
    assert client.get("/who/", headers=by.header()).json()["user"] == "jane"


def test_a_request_token_is_exchanged_once(alone, agreed):
    assert [exchange(alone, agreed.key, "hdhd", "hfdp").status_code for _ in "12"] == [200, 401]
    assert AccessToken.objects.count() == 1


def test_access_tokens_may_have_an_end(alone, agreed, settings):
    settings.PISTON = piston(access_token_age=3600)
    exchange(alone, agreed.key, "hdhd", "hfdp")

    left = AccessToken.objects.get().expires - timezone.now()
    assert timedelta(seconds=3590) < left <= timedelta(seconds=3600)


@pytest.mark.parametrize("verifier", ["wrong", "HFDP", "hfdp ", digest("hfdp")])
def test_another_verifier_is_refused_with_a_challenge(alone, agreed, verifier):
    response = exchange(alone, agreed.key, "hdhd", verifier)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'OAuth realm="API"'
    assert exchange(alone, agreed.key, "hdhd", "hfdp").status_code == 200


def test_verifiers_cannot_be_guessed_on_and_on(alone, agreed):
    for _ in range(5):
        assert exchange(alone, agreed.key, "hdhd", "guessed").status_code == 401

    assert exchange(alone, agreed.key, "hdhd", "hfdp").status_code == 401


def test_a_request_token_to_which_nobody_has_agreed_is_of_no_use(alone, agreed):
    RequestToken.objects.update(user=None)
    assert exchange(alone, agreed.key, "hdhd", "hfdp").status_code == 401
    RequestToken.objects.update(verifier="")
    assert exchange(alone, agreed.key, "hdhd", "hfdp").status_code == 401


def test_a_request_token_whose_time_is_over_is_of_no_use(alone, agreed):
    RequestToken.objects.update(expires=in_seconds(-1))

    assert exchange(alone, agreed.key, "hdhd", "hfdp").status_code == 401


def test_an_access_token_is_no_request_token(signer, token):
    assert exchange(signer, token.key, token.secret, "hfdp").status_code == 401


def test_a_token_does_not_belong_to_a_request_for_temporary_credentials(alone, signer):
    assert initiate(signer).status_code == 400
    assert initiate(alone, oauth_token="").status_code == 200


def test_tokens_whose_time_is_over_go_when_new_ones_come(alone, agreed):
    RequestToken.objects.update(expires=in_seconds(-1))
    initiate(alone)

    assert not RequestToken.objects.filter(pk=agreed.pk).exists()


def test_a_refusal_says_why_in_plain_text_and_repeats_nothing(alone):
    response = initiate(alone, "javascript:alert(1)")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content == b"oauth_callback is missing, or not one that this consumer has registered.\n"
