"""OAuth 1.0a as the ancestor's servers and clients had it; its rows of the table, and hostile requests."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path
from oauthlib.oauth1 import SIGNATURE_PLAINTEXT
from oauthlib.oauth1 import Client as Signer

from piston.authentication import (
    HttpBasicAuthentication,
    OAuthAuthentication,
    initialize_server_request,
    oauth_access_token,
    oauth_request_token,
    oauth_user_auth,
    send_oauth_error,
)
from piston.models import KEY_SIZE, SECRET_SIZE, Consumer, Nonce, Token
from piston.oauth import (
    OAuthConsumer,
    OAuthError,
    OAuthMissingParam,
    OAuthRequest,
    OAuthServer,
    OAuthSignatureMethod_HMAC_SHA1,
    OAuthSignatureMethod_PLAINTEXT,
    OAuthToken,
    build_authenticate_header,
    escape,
)
from piston.resource import Resource
from piston.store import DataStore
from piston_core.testing import serving
from tests.piston_compat.old import basic, returning

pytestmark = pytest.mark.django_db

HOST = "http://testserver"
CALLBACK = "https://client.example/back?a=1"


@pytest.fixture
def alice():
    return User.objects.create_user("alice", password="alice")


@pytest.fixture
def consumer():
    made = Consumer.objects.create_consumer("Application", "Does things")
    made.status = "accepted"
    made.save()
    return made


@pytest.fixture
def token(consumer, alice):
    made = Token.objects.create_token(consumer, Token.ACCESS, 1, user=alice)
    made.is_approved = True
    made.save()
    return made


def seen(request):
    return {
        "user": str(request.user),
        "consumer": request.consumer.name,
        "extra": request.throttle_extra,
        "get": dict(request.GET.lists()),
        "post": dict(request.POST.lists()),
    }


@pytest.fixture
def site():
    resource = Resource(returning(seen), OAuthAuthentication(realm="Own"))
    routes = [
        path("api/", resource),
        path("oauth/request_token/", oauth_request_token),
        path("oauth/authorize/", oauth_user_auth),
        path("oauth/access_token/", oauth_access_token),
    ]
    with serving(routes, plugins=["compat", "json"]) as client:
        yield client


def signed(client, at, method="GET", body=None, headers=None, base=HOST, **more):
    """Return the answer to a request that oauthlib, which is nobody's here, has signed."""
    signer = Signer(**more)
    headers = {**(headers or {}), **({"Content-Type": "application/x-www-form-urlencoded"} if body else {})}
    address, headers, body = signer.sign(f"{base}{at}", method, body, headers)
    where = urlsplit(address)
    kind = headers.pop("Content-Type", "")
    return client.generic(
        method, f"{where.path}?{where.query}", body or "", kind, headers=headers, secure=where.scheme == "https"
    )


def keys(consumer, token=None, **more):
    own = {"client_key": consumer.key, "client_secret": consumer.secret}
    if token is not None:
        own |= {"resource_owner_key": token.key, "resource_owner_secret": token.secret}
    return {**own, **more}


def agreed(site, token_key, user, *, agree=True, **more):
    """Return the answer after a user has been asked."""
    site.force_login(user)
    page = site.get("/oauth/authorize/", {"oauth_token": token_key})
    form = page.context["form"]
    data = {name: form[name].initial for name in ("oauth_token", "oauth_callback", "csrf_signature")}
    data |= {"authorize_access": "on"} if agree else {}
    return site.post("/oauth/authorize/", {**data, **more})


def request_token(site, consumer, callback=CALLBACK):
    response = signed(site, "/oauth/request_token/", "POST", **keys(consumer, callback_uri=callback))
    assert response.status_code == 200, response.content
    return dict(parse_qsl(response.content.decode()))


# -- the dance --------------------------------------------------------------------------------------


def test_a_client_gets_an_access_token_and_acts_for_the_user(site, consumer, alice):
    asked = request_token(site, consumer)
    back = agreed(site, asked["oauth_token"], alice)
    told = parse_qs(urlsplit(back.headers["Location"]).query)
    site.logout()
    more = {"resource_owner_key": asked["oauth_token"], "resource_owner_secret": asked["oauth_token_secret"]}
    got = signed(site, "/oauth/access_token/", "POST", **keys(consumer, verifier=told["oauth_verifier"][0], **more))
    access = dict(parse_qsl(got.content.decode()))
    secrets = {"resource_owner_key": access["oauth_token"], "resource_owner_secret": access["oauth_token_secret"]}
    answer = signed(site, "/api/?b=2&b=1&a=x%20y", "POST", "c=%C3%A9&c=d", **keys(consumer, **secrets))

    assert asked["oauth_callback_confirmed"] == "true"
    assert back.headers["Location"].startswith(f"{CALLBACK}&oauth_token=")
    assert told["oauth_callback_confirmed"] == ["true"]
    assert answer.json() == {
        "user": "alice", "consumer": "Application", "extra": consumer.id,
        "get": {"b": ["2", "1"], "a": ["x y"]}, "post": {"c": ["é", "d"]},
    }  # fmt: skip


def test_a_request_token_is_good_for_one_access_token(site, consumer, alice):
    asked = request_token(site, consumer)
    verifier = parse_qs(urlsplit(agreed(site, asked["oauth_token"], alice).headers["Location"]).query)
    more = {
        "resource_owner_key": asked["oauth_token"], "resource_owner_secret": asked["oauth_token_secret"],
        "verifier": verifier["oauth_verifier"][0],
    }  # fmt: skip

    answers = [signed(site, "/oauth/access_token/", "POST", **keys(consumer, **more)).status_code for _ in range(2)]
    assert answers == [200, 401]


@pytest.mark.parametrize("verifier", ["wrong", "", None])
def test_a_wrong_verifier_is_401_with_a_challenge(site, consumer, alice, verifier):
    asked = request_token(site, consumer)
    agreed(site, asked["oauth_token"], alice)
    more = {"resource_owner_key": asked["oauth_token"], "resource_owner_secret": asked["oauth_token_secret"]}
    response = signed(site, "/oauth/access_token/", "POST", **keys(consumer, verifier=verifier, **more))

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'OAuth realm="OAuth"')


def test_a_token_that_nobody_has_approved_is_not_exchanged(site, consumer, alice):
    asked = request_token(site, consumer)
    more = {"resource_owner_key": asked["oauth_token"], "resource_owner_secret": asked["oauth_token_secret"]}
    Token.objects.filter(key=asked["oauth_token"]).update(verifier="x", user=alice)

    assert signed(site, "/oauth/access_token/", "POST", **keys(consumer, verifier="x", **more)).status_code == 401


@pytest.mark.parametrize("status", ["pending", "canceled", "rejected"])
def test_only_an_accepted_consumer_is_served(site, consumer, token, status):
    Consumer.objects.filter(pk=consumer.pk).update(status=status)

    assert signed(site, "/api/", **keys(consumer, token)).status_code == 401
    assert signed(site, "/oauth/request_token/", **keys(consumer, callback_uri=CALLBACK)).status_code == 401


@pytest.mark.parametrize(("option", "status"), [(False, 401), (True, 200)])
def test_a_request_token_without_a_callback_is_refused_unless_the_setting_says_so(
    site, consumer, alice, option, status
):
    options = {"PLUGINS": ["compat", "json"], "OPTIONS": {"compat": {"oauth_without_callback": option}}}
    with override_settings(PISTON=options):
        response = signed(site, "/oauth/request_token/", **keys(consumer))
        assert response.status_code == status
        if option:
            asked = dict(parse_qsl(response.content.decode()))
            shown = agreed(site, asked["oauth_token"], alice)
            more = {"resource_owner_key": asked["oauth_token"], "resource_owner_secret": asked["oauth_token_secret"]}
            assert shown.status_code == 200
            assert signed(site, "/oauth/access_token/", **keys(consumer, **more)).status_code == 200


@pytest.mark.parametrize(
    ("base", "option", "status"),
    [("https://testserver", False, 200), (HOST, False, 401), (HOST, True, 200)],
)
def test_plaintext_is_accepted_over_tls_only_or_anywhere_by_setting(site, consumer, token, base, option, status):
    options = {"PLUGINS": ["compat", "json"], "OPTIONS": {"compat": {"plaintext_anywhere": option}}}
    with override_settings(PISTON=options):
        response = signed(site, "/api/", base=base, **keys(consumer, token, signature_method=SIGNATURE_PLAINTEXT))

    assert response.status_code == status


# -- asking the user ---------------------------------------------------------------------------------


def test_a_user_who_does_not_agree_is_sent_back_with_an_error(site, consumer, alice):
    asked = request_token(site, consumer)
    back = agreed(site, asked["oauth_token"], alice, agree=False)

    assert back.headers["Location"] == f"{CALLBACK}&error=Access+not+granted+by+user."
    assert not Token.objects.get(key=asked["oauth_token"]).is_approved


def test_a_user_without_an_address_to_go_back_to_is_shown_the_code(site, consumer, alice):
    asked = request_token(site, consumer, "oob")
    shown = agreed(site, asked["oauth_token"], alice)

    assert Token.objects.get(key=asked["oauth_token"]).verifier in shown.content.decode()
    refused = agreed(site, request_token(site, consumer, "oob")["oauth_token"], alice, agree=False)
    assert (refused.status_code, refused.content) == (403, b"Access not granted by user.")


def test_nobody_is_sent_to_where_a_form_says(site, consumer, alice):
    asked = request_token(site, consumer)
    back = agreed(site, asked["oauth_token"], alice, oauth_callback="https://evil.example/")

    assert back.headers["Location"].startswith(CALLBACK)


def test_the_form_is_of_one_user_and_one_token(site, consumer, alice):
    asked = request_token(site, consumer)
    other = request_token(site, consumer)
    mallory = User.objects.create_user("mallory")
    site.force_login(mallory)
    signature = site.get("/oauth/authorize/", {"oauth_token": asked["oauth_token"]}).context["form"]["csrf_signature"]
    forged = {"csrf_signature": signature.initial}

    assert agreed(site, asked["oauth_token"], alice, **forged).status_code == 401
    assert agreed(site, other["oauth_token"], mallory, **forged).status_code == 401
    assert not Token.objects.filter(is_approved=True).exists()


def test_a_request_that_was_answered_is_not_answered_again(site, consumer, alice):
    asked = request_token(site, consumer)
    agreed(site, asked["oauth_token"], alice)

    assert site.get("/oauth/authorize/", {"oauth_token": asked["oauth_token"]}).status_code == 401


@pytest.mark.parametrize("data", [{}, {"oauth_token": ""}, {"oauth_token": "nobody's"}, {"oauth_token": "a\0b"}])
def test_a_token_that_there_is_not_is_refused(site, alice, data):
    site.force_login(alice)

    assert site.get("/oauth/authorize/", data).status_code == 401
    assert site.post("/oauth/authorize/", data).status_code == 401


def test_somebody_unknown_has_to_log_in(site, consumer):
    asked = request_token(site, consumer)

    assert site.get("/oauth/authorize/", {"oauth_token": asked["oauth_token"]}).status_code == 302


def test_a_project_may_ask_and_show_in_its_own_way(site, consumer, alice, settings):
    settings.OAUTH_AUTH_VIEW = "tests.piston_compat.test_oauth.own_page"
    settings.OAUTH_CALLBACK_VIEW = "tests.piston_compat.test_oauth.own_code"
    asked = request_token(site, consumer, "oob")
    site.force_login(alice)
    page = site.get("/oauth/authorize/", {"oauth_token": asked["oauth_token"], "lang": "de"})
    settings.OAUTH_AUTH_VIEW = "piston_compat.oauth_views.oauth_auth_view"

    assert page.content == b"Application {'lang': 'de'}"
    assert agreed(site, asked["oauth_token"], alice).content.startswith(b"code ")


def own_page(request, token, callback, params):
    return HttpResponse(f"{token.consumer.name} {params}")


def own_code(request, token):
    return HttpResponse(f"code {token.verifier}")


# -- signed requests ---------------------------------------------------------------------------------


def test_the_parameters_may_stand_in_the_query_or_in_a_form(site, consumer, token):
    made = OAuthRequest.from_consumer_and_token(consumer, token, http_url=f"{HOST}/api/", parameters={"a": ["1", "2"]})
    made.sign_request(OAuthSignatureMethod_HMAC_SHA1(), consumer, token)
    posted = OAuthRequest.from_consumer_and_token(consumer, token, http_method="POST", http_url=f"{HOST}/api/")
    posted.sign_request(OAuthSignatureMethod_HMAC_SHA1(), consumer, token)

    assert site.get(f"/api/?{made.to_postdata()}").json()["get"] == {"a": ["1", "2"]}
    assert site.post("/api/", posted.to_postdata(), "application/x-www-form-urlencoded").json()["post"] == {}


def test_a_put_of_a_form_is_signed_with_it(site, consumer, token):
    assert signed(site, "/api/", "PUT", "a=1", **keys(consumer, token)).json()["post"] == {"a": ["1"]}


def test_a_request_is_answered_once(site, consumer, token):
    again = {"nonce": "once", "timestamp": str(int(time.time()))}

    answers = [signed(site, "/api/", **keys(consumer, token, **again)).status_code for _ in range(2)]
    assert answers == [200, 401]
    assert Nonce.objects.get().key == "once"


@pytest.mark.parametrize(("age", "status"), [(299, 200), (400, 401), (-10_000, 200)])
def test_an_old_timestamp_is_refused(site, consumer, token, age, status):
    timestamp = str(int(time.time()) - age)

    assert signed(site, "/api/", **keys(consumer, token, timestamp=timestamp)).status_code == status


@pytest.mark.parametrize(
    "more",
    [
        {"client_secret": "wrong"},
        {"client_key": "wrong"},
        {"client_key": "a\0b"},
        {"resource_owner_key": "wrong"},
        {"resource_owner_secret": "wrong"},
        {"timestamp": "soon"},
        {"timestamp": "9" * 40},
        {"nonce": "x" * 300},
        {"nonce": "a\0b"},
    ],
)
def test_what_is_not_good_is_401_with_a_challenge_of_the_resource(site, consumer, token, more):
    response = signed(site, "/api/", **{**keys(consumer, token), **more})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'OAuth realm="Own"'
    assert not Nonce.objects.exists()


@pytest.mark.parametrize(
    "field",
    [
        "OAuth",
        "OAuth ",
        "OAuth nonsense",
        'OAuth oauth_token="a"',
        'OAuth oauth_token="%ff%00", oauth_nonce="a"',
        "Bearer x",
        'OAuth oauth_consumer_key="a", oauth_consumer_key="b", oauth_token="c", oauth_signature="d"',
    ],
)
@pytest.mark.parametrize("at", ["/api/", "/oauth/request_token/", "/oauth/access_token/"])
def test_hostile_header_fields_are_401(site, field, at):
    assert site.get(at, headers={"Authorization": field}).status_code == 401


def test_the_token_of_another_consumer_is_not_good(site, consumer, token):
    other = Consumer.objects.create_consumer("Other")
    Consumer.objects.filter(pk=other.pk).update(status="accepted")

    assert signed(site, "/api/", **keys(other, token)).status_code == 401


def test_a_user_who_is_not_active_is_nobody(site, consumer, token, alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert signed(site, "/api/", **keys(consumer, token)).status_code == 401


def test_a_request_token_is_no_access_token(site, consumer):
    asked = request_token(site, consumer)
    more = {"resource_owner_key": asked["oauth_token"], "resource_owner_secret": asked["oauth_token_secret"]}

    assert signed(site, "/api/", **keys(consumer, **more)).status_code == 401


@pytest.mark.parametrize(
    "callback", ["https://a.example/" + "x" * 300, "javascript:alert(1)", "data:text/html,x", "//a", "http://[", "x"]
)
def test_a_callback_that_nobody_can_be_sent_to_is_refused(site, consumer, callback):
    assert signed(site, "/oauth/request_token/", **keys(consumer, callback_uri=callback)).status_code == 401
    assert not Token.objects.exists()


def test_several_schemes_may_stand_side_by_side(consumer, token, alice):
    resource = Resource(
        returning(lambda request: str(request.user)), [HttpBasicAuthentication(), OAuthAuthentication()]
    )

    with serving(resource, plugins=["compat", "json"]) as client:
        assert client.get("/", headers=basic("alice")).json() == "alice"
        assert signed(client, "/", **keys(consumer, token)).json() == "alice"
        assert client.get("/").headers["WWW-Authenticate"] == 'OAuth realm="API"'


def test_a_server_of_ones_own(consumer, token, rf):
    made = OAuthRequest.from_consumer_and_token(consumer, token, http_url=f"{HOST}/x/", parameters={"a": "1"})
    made.sign_request(OAuthSignatureMethod_HMAC_SHA1(), consumer, token)
    server, oauth_request = initialize_server_request(rf.get("/x/?a=1", headers=made.to_header()))

    found = server.verify_request(oauth_request)
    assert (found[0], found[1], found[2]) == (consumer, token, {"a": "1"})
    assert server.build_authenticate_header("R") == build_authenticate_header("R")
    assert initialize_server_request(rf.get("/")) == (None, None)


def test_a_store_of_ones_own(site, consumer, token, settings):
    settings.OAUTH_DATA_STORE = "tests.piston_compat.test_oauth.NobodysStore"

    assert signed(site, "/api/", **keys(consumer, token)).status_code == 401


class NobodysStore(DataStore):
    def lookup_consumer(self, key):
        return None


# -- the client's side -------------------------------------------------------------------------------


def test_requests_are_signed_as_oauthlib_signs_them():
    consumer, token = OAuthConsumer("ck", "cs"), OAuthToken("tk", "ts")
    fixed = {"oauth_timestamp": "1", "oauth_nonce": "n"}
    made = OAuthRequest.from_consumer_and_token(consumer, token, http_url="http://Example.org:80/a%20b?x=1")
    for name, value in {**fixed, "b": "é &", "x": "1"}.items():
        made.set_parameter(name, value)
    made.sign_request(OAuthSignatureMethod_HMAC_SHA1(), consumer, token)
    signer = Signer("ck", "cs", "tk", "ts", nonce="n", timestamp="1")
    _, headers, _ = signer.sign("http://example.org/a%20b?x=1&b=%C3%A9%20%26")

    assert f'oauth_signature="{escape(made.get_parameter("oauth_signature"))}"' in headers["Authorization"]
    assert OAuthSignatureMethod_PLAINTEXT().build_signature(made, consumer, token) == "cs&ts"
    assert made.get_normalized_http_url() == "http://example.org/a%20b"


def test_a_request_is_read_and_written():
    made = OAuthRequest("get", "http://a.example/", {"oauth_token": "t", "x": "1"})

    assert made.get_nonoauth_parameters() == {"x": "1"}
    assert made.get_normalized_http_method() == "GET"
    assert made.to_url() == "http://a.example/?oauth_token=t&x=1"
    assert OAuthRequest.from_request("GET", "http://a.example/", query_string="oauth_token=t").parameters == {
        "oauth_token": "t"
    }
    assert OAuthRequest.from_token_and_callback(OAuthToken("t", "s"), "c").parameters == {
        "oauth_token": "t", "oauth_callback": "c",
    }  # fmt: skip
    with pytest.raises(OAuthMissingParam, match="Parameter not found: y"):
        made.get_parameter("y")


def test_a_token_is_read_and_written():
    token = OAuthToken("k", "s")
    token.set_callback("http://a.example/?x=1")
    token.set_verifier("v")

    assert token.get_callback_url() == "http://a.example/?x=1&oauth_verifier=v"
    assert OAuthToken.from_string(str(token)).key == "k"
    assert OAuthToken.from_string(token.to_string()).callback_confirmed == "true"


def test_an_error_is_answered_with_a_challenge():
    response = send_oauth_error(OAuthError("Invalid consumer."))

    assert (response.status_code, response.content) == (401, b"Invalid consumer.")
    assert response.headers["WWW-Authenticate"] == 'OAuth realm="OAuth"'
    assert OAuthServer().signature_methods == {}


# -- the tables --------------------------------------------------------------------------------------


def test_the_tables_and_columns_are_the_ancestors():
    assert [model._meta.db_table for model in (Consumer, Token, Nonce)] == [
        "piston_consumer", "piston_token", "piston_nonce",
    ]  # fmt: skip
    assert [field.column for field in Token._meta.concrete_fields] == [
        "id", "key", "secret", "verifier", "token_type", "timestamp", "is_approved", "user_id", "consumer_id",
        "callback", "callback_confirmed",
    ]  # fmt: skip
    assert [field.column for field in Consumer._meta.concrete_fields] == [
        "id", "name", "description", "key", "secret", "status", "user_id",
    ]  # fmt: skip
    assert [field.column for field in Nonce._meta.concrete_fields] == ["id", "token_key", "consumer_key", "key"]


def test_keys_and_secrets_have_the_ancestors_lengths(consumer, alice):
    tokens = [Token.objects.create_token(consumer, Token.ACCESS, 1, alice) for _ in range(2)]

    assert (len(consumer.key), len(consumer.secret)) == (KEY_SIZE, SECRET_SIZE) == (18, 32)
    assert tokens[0].key != tokens[1].key
    assert Consumer.objects.create_consumer("Application").pk == consumer.pk


def test_people_are_told_of_a_consumer_where_there_are_templates(consumer, alice, tmp_path, settings, mails):
    assert mails == []
    (tmp_path / "piston/mails").mkdir(parents=True)
    for state in ("accepted", "canceled"):
        (tmp_path / f"piston/mails/consumer_{state}.txt").write_text("{{ consumer.name }} {{ user.username }}")
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [str(tmp_path)]}]
    settings.PISTON_FROM_EMAIL = "api@example.org"
    alice.email = "alice@example.org"
    consumer.user = alice
    consumer.save()
    consumer.delete()

    told = [(each.to, each.body, each.from_email) for each in mails]
    assert told == [(["alice@example.org"], "Application alice", "api@example.org")] * 2
    assert "canceled" in mails[1].subject


def test_a_request_that_is_none_of_a_resource_can_be_looked_at(consumer, token):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert not OAuthAuthentication().is_authenticated(request)
    assert not OAuthAuthentication.is_valid_request(request)


@pytest.mark.django_db(databases="__all__")
def test_the_migrations_make_these_tables():
    from django.core.management import call_command

    call_command("makemigrations", "piston", "--check", "--dry-run", verbosity=0)
