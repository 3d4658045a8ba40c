"""Tokens in requests: which ones open a resource, and that all others are a 401."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.test import AsyncClient, Client, RequestFactory
from django.utils import timezone
from django.views.debug import ExceptionReporter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_auth.tokens import TokenAuthenticator
from piston_auth.tokens.form import Form
from piston_auth.tokens.models import Token
from piston_core import AuthenticationFailed, Identity
from tests.asking import told
from tests.piston_auth.asking import basic
from tests.piston_auth.tokens.asking import bearer

pytestmark = pytest.mark.urls("tests.piston_auth.tokens.asking")

PATHS = ["/who/", "/who-or-nobody/", "/async-who/"]
REFUSED = "The token is not valid; check it, or have a new one issued."


@pytest.mark.parametrize("path", PATHS)
def test_a_token_opens_the_resource_for_its_user(text, path):
    response = Client().get(path, headers=bearer(text))

    assert response.status_code == 200
    assert response.json().items() >= {"user": "ada", "by": "token"}.items()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer  ", "Bearer   "])
def test_the_case_of_the_scheme_and_more_blanks_do_not_matter(text, scheme):
    assert Client().get("/who/", headers={"Authorization": f"{scheme} {text}"}).status_code == 200


def test_the_identity_names_the_token_as_the_client(token, text):
    identity = TokenAuthenticator().authenticate(RequestFactory().get("/", headers=bearer(text)))

    assert identity == Identity(token.user, "token", token, None)
    assert identity.client.user is identity.user


def test_scopes_are_those_of_the_token(ada):
    _, everything = Token.objects.issue(ada, "everything")
    _, some = Token.objects.issue(ada, "some", ["b", "a"])

    assert Client().get("/who/", headers=bearer(everything)).json()["scopes"] is None
    assert Client().get("/who/", headers=bearer(some)).json()["scopes"] == ["a", "b"]


def test_the_methods_of_a_resource_are_as_open_as_the_scopes(ada):
    _, enough = Token.objects.issue(ada, "enough", ["books:read", "books:list", "more"])
    _, everything = Token.objects.issue(ada, "everything")
    _, little = Token.objects.issue(ada, "little", ["books:read"])
    refusal = Client().get("/books/", headers=bearer(little))

    assert Client().get("/books/", headers=bearer(enough)).status_code == 200
    assert Client().get("/books/", headers=bearer(everything)).status_code == 200
    assert refusal.status_code == 403
    assert refusal.headers["WWW-Authenticate"] == (
        'Bearer realm="the \\"shelf\\"", error="insufficient_scope", scope="books:read books:list"'
    )


def over(kind: str, token: Token) -> None:
    """Bring a token to the end of its life in one of the ways that there are."""
    match kind:
        case "revoked":
            Token.objects.filter(pk=token.pk).revoke()
        case "inactive user":
            User.objects.update(is_active=False)
        case "deleted":
            token.delete()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["revoked", "inactive user", "deleted"])
def test_a_token_that_is_over_is_a_401_and_does_not_say_why(token, text, kind, path):
    over(kind, token)
    response = Client().get(path, headers=bearer(text))

    assert response.status_code == 401
    assert told(response)["detail"] == REFUSED
    assert f'error="invalid_token", error_description="{REFUSED}"' in response.headers["WWW-Authenticate"]


def test_all_that_is_refused_is_refused_alike(ada, token, text):
    unknown = Client().get("/who/", headers=bearer(Form().make()))
    malformed = Client().get("/who/", headers=bearer(text[:-1]))
    over("revoked", token)
    revoked = Client().get("/who/", headers=bearer(text))

    assert told(unknown) == told(malformed) == told(revoked)
    assert len({each.headers["WWW-Authenticate"] for each in (unknown, malformed, revoked)}) == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_token_that_has_expired_says_so(token, text, path):
    Token.objects.update(expires=timezone.now() - timedelta(seconds=1))
    response = Client().get(path, headers=bearer(text))

    assert response.status_code == 401
    assert "expired" in told(response)["detail"]
    assert 'error="invalid_token", error_description="The token has expired;' in response.headers["WWW-Authenticate"]


def test_an_expired_token_that_is_revoked_or_of_an_inactive_user_does_not_say_so(token, text):
    """Whoever finds such a token learns nothing of the user."""
    Token.objects.update(expires=timezone.now(), revoked=timezone.now())
    assert told(Client().get("/who/", headers=bearer(text)))["detail"] == REFUSED

    Token.objects.update(revoked=None)
    User.objects.update(is_active=False)
    assert told(Client().get("/who/", headers=bearer(text)))["detail"] == REFUSED


def test_a_token_that_expires_later_is_accepted(token, text):
    Token.objects.update(expires=timezone.now() + timedelta(seconds=60))

    assert Client().get("/who/", headers=bearer(text)).status_code == 200


TOKEN = Form().make()
OWN = {  # which no other authenticator may be asked about, and no database
    "cut": TOKEN[:-1],
    "longer": f"{TOKEN}A",
    "wrong checksum": TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B"),
    "prefix only": "piston_",
    "two": f"{TOKEN} {TOKEN}",
    "two fields, as servers join them": f"{TOKEN}, Bearer {TOKEN}",
    "two fields, as Django's joins them": f"{TOKEN},Bearer {TOKEN}",
    "comma": f"{TOKEN},",
    "parameter": f"{TOKEN}, a=b",
    "padding": f"{TOKEN}=",
    "tab inside": TOKEN[:20] + "\t" + TOKEN[20:],
    "tab after": f"{TOKEN}\t",
    "line end": f"{TOKEN}\n",
    "no-break space": f"{TOKEN}\xa0",
    "NUL inside": f"piston_\x00{TOKEN[8:]}",
    "NUL after": f"{TOKEN}\x00",
    "latin-1": f"piston_\xe4{TOKEN[8:]}",
    "other digits": "piston_" + "²" * 49,
    "percent": TOKEN.replace("_", "_%41"),
    "quotes": f'piston_"{TOKEN}"',
    "long": f"piston_{'A' * 8000}",
    "SQL": "piston_' OR 1=1 --",
}
OTHERS = {  # which are somebody else's tokens or no tokens
    "empty": "",
    "blanks": "   ",
    "another kind": "ya29.A0AfH6SMBx",
    "JWT": "eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo",
    "prefix without underscore": TOKEN.replace("_", "-"),
    "prefix in capitals": TOKEN.replace("piston_", "PISTON_"),
    "behind": f"x{TOKEN}",
    "quoted": f'"{TOKEN}"',
    "tab before": f"\t{TOKEN}",
    "NUL": "\x00",
    "only a comma": ",",
}
MALFORMED = OWN | OTHERS


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_token_is_a_401(db, value, path):
    response = Client().get(path, headers=bearer(value))

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith('Bearer realm="the \\"shelf\\"", error="invalid_token"')
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("value", ["Bearer", "bearer", "BEARER\t"])
def test_a_scheme_without_a_token_is_not_let_in(db, value):
    assert Client().get("/who/", headers={"Authorization": value}).status_code == 401


def test_what_is_malformed_costs_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        for value in MALFORMED.values():
            Client().get("/who/", headers=bearer(value))


@pytest.mark.parametrize("value", OWN.values(), ids=OWN)
def test_its_own_malformed_tokens_are_refused_by_it(db, value):
    with pytest.raises(AuthenticationFailed):
        TokenAuthenticator().authenticate(RequestFactory().get("/", headers=bearer(value)))


@pytest.mark.parametrize("value", OTHERS.values(), ids=OTHERS)
def test_tokens_of_others_are_left_to_others(db, value):
    assert TokenAuthenticator().authenticate(RequestFactory().get("/", headers=bearer(value))) is None


def test_a_field_beyond_the_limit_is_a_431(db):
    assert Client().get("/who/", headers=bearer(f"piston_{'A' * 1_000_000}")).status_code == 431


@settings(max_examples=70, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_text_behind_the_prefix_is_ever_more_than_a_refusal(db, text):
    request = RequestFactory().get("/", headers=bearer(f"piston_{text}"))

    with pytest.raises(AuthenticationFailed):
        TokenAuthenticator().authenticate(request)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_token_in_the_address_a_form_or_a_cookie_is_no_token(ada, text, method):
    """RFC 6750, section 5.3: addresses are logged; a cookie would be sent along by any page."""
    client = Client()
    client.cookies["access_token"] = text
    data = {"access_token": text}
    query = f"?access_token={text}"
    send = getattr(client, method)

    assert send(f"/who/{query}").status_code == 401
    assert send("/who/", data).status_code == 401
    assert send("/who/", headers={"X-Access-Token": text}).status_code == 401


def test_a_token_is_not_a_password(ada, text):
    assert Client().get("/either/", headers=basic("ada", text)).status_code == 401
    assert Client().get("/either/", headers={"Authorization": f"Basic {text}"}).status_code == 401
    assert Client().get("/who/", headers={"Authorization": f"Token {text}"}).status_code == 401


def test_it_stands_beside_other_schemes(ada, text):
    neither = Client().get("/either/")
    wrong = Client().get("/either/", headers=basic("ada", "wrong"))

    assert Client().get("/either/", headers=bearer(text)).json()["by"] == "token"
    assert neither.status_code == wrong.status_code == 401
    for response in (neither, wrong):  # RFC 6750, section 3.1: no error where no token was sent
        assert 'Bearer realm="the \\"shelf\\""' in response.headers["WWW-Authenticate"]
        assert "error" not in response.headers["WWW-Authenticate"]


def test_without_credentials_nobody_is_known(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/who-or-nobody/").json() == {"user": None}
        assert Client().get("/who/").headers["WWW-Authenticate"] == 'Bearer realm="the \\"shelf\\""'


def test_a_known_token_costs_one_query(ada, text, django_assert_num_queries):
    Client().get("/who/", headers=bearer(text))  # which notes the use

    with django_assert_num_queries(1) as queries:
        Client().get("/who/", headers=bearer(text))

    assert "JOIN" in queries.captured_queries[0]["sql"]


def test_an_unknown_token_costs_one_query(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        Client().get("/who/", headers=bearer(Form().make()))


@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
def test_an_asgi_server_asks_the_same(ada, text, path):
    async def ask(headers):
        return await AsyncClient().get(path, headers=headers)

    good = async_to_sync(ask)(bearer(text))
    wrong = async_to_sync(ask)(bearer(text[:-1]))

    assert (good.status_code, good.json()["user"]) == (200, "ada")
    assert wrong.status_code == 401


def test_a_prefix_of_the_site_s_own_is_asked_for(ada):
    token = Token(user=ada, name="x")
    text = Form("acme_live").make()
    token.keep(text)
    token.save()
    request = RequestFactory().get("/", headers=bearer(text))

    assert TokenAuthenticator(prefix="acme_live").authenticate(request).client == token
    assert TokenAuthenticator().authenticate(request) is None


def test_no_token_is_logged_or_answered(ada, text, caplog):
    caplog.set_level(logging.DEBUG)
    over("revoked", Token.objects.get())
    sent = [text, text[:-1], Form().make(), f"{text}\x00", f"{text}\xe9", f"x{text}"]
    responses = [Client().get("/who/", headers=bearer(each)) for each in sent]

    assert {response.status_code for response in responses} == {401}
    assert caplog.records
    for answer in (caplog.text, *(response.serialize_headers().decode() + response.text for response in responses)):
        assert not any(each[7:-1] in answer for each in sent)


@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
def test_a_database_that_fails_does_not_bring_the_token_into_logs_or_reports(ada, text, caplog, path):
    """Django mails such a report to the admins; it shows the variables of each frame."""
    caplog.set_level(logging.DEBUG)

    def fail(execute, sql, params, many, context):
        raise OperationalError("the disk is gone")

    with connection.execute_wrapper(fail):
        response = Client(raise_request_exception=False).get(path, headers=bearer(text))
    record = next(record for record in caplog.records if record.exc_info)
    reporter = ExceptionReporter(record.request, *record.exc_info, is_email=True)
    report = reporter.get_traceback_html() + reporter.get_traceback_text()

    assert response.status_code == 500
    assert "the disk is gone" in report
    for told_by in (report, caplog.text, response.text):
        assert text[7:] not in told_by
        assert text[13:] not in told_by


def test_a_site_without_the_table_is_told_what_to_do(db, settings):
    settings.INSTALLED_APPS = ["piston_core"]

    with pytest.raises(ImproperlyConfigured, match=r"add 'piston_auth.tokens' to INSTALLED_APPS, and migrate"):
        TokenAuthenticator().authenticate(RequestFactory().get("/", headers=bearer(Form().make())))


class OldKeys(TokenAuthenticator):
    """As the guide has it: the keys of Django REST framework."""

    name = "old-key"
    scheme = "token"

    def recognises(self, text):
        return True

    def fits(self, text):
        return len(text) == 40 and text.isalnum()


def test_adopted_keys_are_read_by_a_subclass_that_knows_their_form(ada):
    key = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b"
    token = Token.objects.adopt(ada, "old", key)
    headers = {"Authorization": f"Token {key}"}
    request = RequestFactory().get("/", headers=headers)

    assert OldKeys().authenticate(request) == Identity(ada, "old-key", token)
    assert OldKeys(realm="x").challenge(request, None) == 'Token realm="x"'
    assert TokenAuthenticator().authenticate(request) is None
    with pytest.raises(AuthenticationFailed):
        OldKeys().authenticate(RequestFactory().get("/", headers={"Authorization": "Token x"}))


@pytest.mark.parametrize("key", ["ä" * 40, "\x00" * 40, "²" * 40])
def test_a_subclass_that_is_less_careful_gets_no_further_than_a_refusal(db, key):
    class Careless(OldKeys):
        def fits(self, text):
            return True

    with pytest.raises(AuthenticationFailed):
        Careless().authenticate(RequestFactory().get("/", headers={"Authorization": f"Token {key}"}))
