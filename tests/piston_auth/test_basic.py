"""Basic credentials: which ones open a resource, and that all others are a 401."""

from __future__ import annotations

import logging
from base64 import b64encode, urlsafe_b64encode

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.test import AsyncClient, Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_auth import BasicAuthenticator
from piston_core import AuthenticationFailed
from tests.asking import told
from tests.piston_auth.asking import basic, credentials

pytestmark = pytest.mark.urls("tests.piston_auth.asking")

PASSWORDS = {
    "colons": "a:b::c:",
    "only-a-colon": ":",
    "blanks": "  open  sesame ",
    "empty": "",
    "pound": "123£",
    "emoji": "🔑🗝️",
    "hebrew": "סיסמה",
    "percent": "%41+%20",
    "equals": "====",
    "quotes": "\"'\\",
    "no-break-space": "a\u00a0b",
    "c1-control": "a\u0085b",
    "long": "x" * 2000,
}


@pytest.mark.parametrize("path", ["/who/", "/who-or-nobody/", "/async-who/"])
def test_the_example_of_rfc_7617_is_aladdin(aladdin, path):
    response = Client().get(path, headers={"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="})

    assert response.status_code == 200
    assert response.json() == {"user": "Aladdin", "by": "basic"}


def test_the_example_in_utf_8_of_rfc_7617_is_read_as_utf_8(db):
    User.objects.create_user("test", password="123£")
    response = Client().get("/who/", headers={"Authorization": "Basic dGVzdDoxMjPCow=="})

    assert response.json()["user"] == "test"


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "bAsIc"])
@pytest.mark.parametrize("blanks", [" ", "  ", "     "])
def test_the_scheme_has_any_case_and_any_number_of_blanks_after_it(aladdin, scheme, blanks):
    response = Client().get("/who/", headers={"Authorization": f"{scheme}{blanks}QWxhZGRpbjpvcGVuIHNlc2FtZQ=="})

    assert response.status_code == 200


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS)
def test_a_password_may_hold_anything_but_control_characters(db, password):
    User.objects.create_user("ada", password=password)

    assert Client().get("/who/", headers=basic("ada", password)).status_code == 200
    assert Client().get("/who/", headers=basic("ada", password + "x")).status_code == 401


@pytest.mark.parametrize("name", ["Jürgen", "李", "a b", "a@b.example", "a%3Ab", "🎉", "İ"])
def test_a_name_may_be_of_any_script(db, name):
    User.objects.create_user(name, password="secret")

    assert Client().get("/who/", headers=basic(name, "secret")).json()["user"] == name


def test_the_first_colon_ends_the_name(db):
    User.objects.create_user("a", password="b:c")
    User.objects.create_user("a:b", password="c")

    assert Client().get("/who/", headers=basic("a", "b:c")).json()["user"] == "a"


ALADDIN = b"Aladdin:open sesame"
MALFORMED = {
    "nothing": "Basic",
    "nothing-after-a-blank": "Basic ",
    "only-blanks": "Basic     ",
    "not-base64": "Basic !!!!",
    "plain": "Basic Aladdin:open sesame",
    "no-padding": "Basic " + b64encode(ALADDIN).decode().rstrip("="),
    "too-much-padding": "Basic " + b64encode(ALADDIN).decode() + "=",
    "padding-first": "Basic ==" + b64encode(ALADDIN).decode(),
    "padding-alone": "Basic ====",
    "broken-off": "Basic QWxhZ",
    "line-end-inside": "Basic QWxhZGRpbjpvcGVu\tIHNlc2FtZQ==",
    "blank-inside": "Basic QWxhZGRpbjpvcGVu IHNlc2FtZQ==",
    "url-safe-alphabet": "Basic " + urlsafe_b64encode(b"a:\xc3\xbf\xc3\xbf?>").decode(),
    "not-ascii": "Basic QWxhé",
    "two-credentials": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==,Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "a-parameter-after-it": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==, realm=x",
    "quoted": 'Basic "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="',
    "no-colon": "Basic " + b64encode(b"Aladdin").decode(),
    "latin-1": "Basic " + b64encode("test:123£".encode("latin-1")).decode(),
    "utf-16": "Basic " + b64encode("a:b".encode("utf-16")).decode(),
    "surrogate": "Basic " + b64encode(b"a:\xed\xa0\x80").decode(),
    "random-bytes": "Basic " + b64encode(bytes(range(256))).decode(),
    "nul-in-the-name": "Basic " + b64encode(b"Ala\x00ddin:open sesame").decode(),
    "nul-in-the-password": "Basic " + b64encode(b"Aladdin:open\x00sesame").decode(),
    "tab": "Basic " + b64encode(b"Aladdin:open\tsesame").decode(),
    "line-end": "Basic " + b64encode(b"Aladdin:open sesame\n").decode(),
    "delete": "Basic " + b64encode(b"Aladdin\x7f:open sesame").decode(),
    "very-long": "Basic " + b64encode(b"a:" + b"x" * 6000).decode(),
    "one-byte-too-long": "Basic " + "A" * 4097,
}
WRONG = {
    "password": basic("Aladdin", "open barley"),
    "password-in-another-case": basic("Aladdin", "Open Sesame"),
    "name-in-another-case": basic("aladdin", "open sesame"),
    "no-password": basic("Aladdin", ""),
    "no-name": basic("", "open sesame"),
    "neither": basic("", ""),
    "unknown": basic("Sindbad", "open sesame"),
    "blank-before": basic(" Aladdin", "open sesame"),
    "blank-after": basic("Aladdin", "open sesame "),
    "sql": basic("' OR 1=1 --", "' OR 1=1 --"),
    "name-with-a-percent": basic("%", "%"),
    "long-name": basic("a" * 3000, "x"),
}
REFUSED = {name: {"Authorization": value} for name, value in MALFORMED.items()} | WRONG


@pytest.mark.parametrize("path", ["/who/", "/who-or-nobody/", "/async-who/"])
@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
def test_malformed_and_wrong_credentials_are_a_401_with_the_challenge(aladdin, headers, path):
    response = Client().get(path, headers=headers)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="Blog", charset="UTF-8"'
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "Authorization" in response.headers["Vary"]


def test_malformed_credentials_are_told_from_wrong_ones_and_wrong_names_not_from_wrong_passwords(aladdin):
    def detail(headers):
        return Client().get("/who/", headers=headers).json()["detail"]

    assert {detail(headers) for headers in WRONG.values()} == {"The user name or the password is wrong."}
    assert {detail({"Authorization": value}) for value in MALFORMED.values()} == {
        "The Basic credentials are malformed."
    }


OTHERS = {
    "none": {},
    "empty": {"Authorization": ""},
    "blank": {"Authorization": " "},
    "bearer": {"Authorization": "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
    "digest": {"Authorization": 'Digest username="Aladdin"'},
    "basic-and-more": {"Authorization": "Basics QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
    "comma": {"Authorization": "Basic,QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
    "blank-first": {"Authorization": " Basic"},
    "only-base64": {"Authorization": "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
    "other-field": {"Proxy-Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
    "sharp-s": {"Authorization": "Baſic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
}


@pytest.mark.parametrize("headers", OTHERS.values(), ids=OTHERS)
def test_another_scheme_is_not_judged_by_this_one(aladdin, headers):
    request = RequestFactory().get("/", headers=headers)

    assert BasicAuthenticator().authenticate(request) is None
    assert Client().get("/who-or-nobody/", headers=headers).json() == {"user": None}
    assert Client().get("/who/", headers=headers).status_code == 401


@settings(max_examples=70, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(max_codepoint=255), max_size=60)
    | st.binary(max_size=60).map(lambda raw: b64encode(raw).decode())
)
def test_no_token_is_ever_more_than_a_refusal(db, token):
    request = RequestFactory().get("/", headers={"Authorization": f"Basic {token}"})

    with pytest.raises(AuthenticationFailed):
        BasicAuthenticator().authenticate(request)


@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
def test_an_inactive_user_is_refused_like_an_unknown_one(aladdin, path):
    User.objects.update(is_active=False)
    inactive = Client().get(path, headers=basic("Aladdin", "open sesame"))
    unknown = Client().get(path, headers=basic("Sindbad", "open sesame"))

    assert inactive.status_code == 401
    assert told(inactive) == told(unknown)
    assert len(inactive.content) == len(unknown.content)
    assert inactive.headers["WWW-Authenticate"] == unknown.headers["WWW-Authenticate"]


def test_a_user_without_a_usable_password_is_refused(db):
    User.objects.create_user("sso")

    for password in ("", "!", "None"):
        assert Client().get("/who/", headers=basic("sso", password)).status_code == 401


class Counting(MD5PasswordHasher):
    hashed = 0

    def encode(self, password, salt):
        type(self).hashed += 1
        return super().encode(password, salt)


def hashes_for(headers):
    Counting.hashed = 0
    assert Client().get("/who/", headers=headers).status_code in (200, 401)
    return Counting.hashed


def test_an_unknown_or_inactive_user_costs_as_many_hashes_as_a_known_one(db, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    User.objects.create_user("known", password="right")
    User.objects.create_user("inactive", password="right", is_active=False)

    assert hashes_for(basic("known", "right")) == 1
    assert hashes_for(basic("known", "wrong")) == 1
    assert hashes_for(basic("unknown", "right")) == 1
    assert hashes_for(basic("inactive", "right")) == 1
    assert hashes_for(basic("inactive", "wrong")) == 1


def test_credentials_beyond_the_limit_of_a_field_are_a_431_that_nobody_decodes(aladdin):
    response = Client().get("/who/", headers=credentials(b"Aladdin:" + b"x" * 1_000_000))

    assert response.status_code == 431
    assert "Authorization" in response.json()["detail"]


def test_credentials_that_are_malformed_cost_no_hash_and_no_query(db, settings, django_assert_num_queries):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]

    with django_assert_num_queries(0):
        assert [hashes_for({"Authorization": value}) for value in MALFORMED.values()] == [0] * len(MALFORMED)


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete"])
def test_wrong_credentials_are_a_401_and_never_a_403_405_or_400(aladdin, method):
    send = getattr(Client(), method)
    body = {} if method in ("get", "head") else {"data": "{broken", "content_type": "application/json"}

    assert send("/who/", headers=WRONG["password"], **body).status_code == 401
    assert send("/who-or-nobody/", headers=WRONG["password"], **body).status_code == 401


def test_a_resource_that_asks_for_nobody_does_not_look_at_credentials(aladdin):
    assert Client().get("/open/", headers=WRONG["password"]).status_code == 200
    assert "Authorization" not in Client().get("/open/").headers["Vary"]


def test_a_session_does_not_stand_in_for_credentials(aladdin):
    client = Client()
    client.force_login(aladdin)

    assert client.get("/who/").status_code == 401
    assert client.get("/who-or-nobody/").json() == {"user": None}


def test_the_credentials_count_and_not_the_session(aladdin):
    client = Client()
    client.force_login(User.objects.create_user("other"))

    assert client.get("/who/", headers=basic("Aladdin", "open sesame")).json()["user"] == "Aladdin"


def test_neither_an_answer_nor_a_cookie_logs_anybody_in(aladdin):
    client = Client()
    response = client.get("/who/", headers=basic("Aladdin", "open sesame"))

    assert not response.cookies
    assert client.get("/who/").status_code == 401


@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
def test_an_asgi_server_asks_the_same(aladdin, path):
    async def ask(headers):
        return await AsyncClient().get(path, headers=headers)

    good = async_to_sync(ask)(basic("Aladdin", "open sesame"))
    wrong = async_to_sync(ask)(WRONG["password"])
    none = async_to_sync(ask)({})

    assert (good.status_code, good.json()["user"]) == (200, "Aladdin")
    assert (wrong.status_code, none.status_code) == (401, 401)
    assert wrong.headers["WWW-Authenticate"] == none.headers["WWW-Authenticate"]


def test_no_password_is_logged_or_answered(aladdin, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "open-sesame-7d1f"
    requests = [
        basic("Aladdin", secret),
        basic(secret, "x"),
        credentials(secret.encode()),
        credentials(f"a:{secret}\x00".encode()),
        credentials(f"a:{secret}\xe9".encode("latin-1")),
        {"Authorization": f"Basic {secret}"},
    ]
    responses = [Client().get("/who/", headers=headers) for headers in requests]

    assert caplog.records
    for text in (caplog.text, *(response.serialize_headers().decode() + response.text for response in responses)):
        assert secret not in text
        assert not any(headers["Authorization"].split()[1] in text for headers in requests)
