"""Signed requests to resources: who is let in, what the handler gets to see, and what is refused."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from tests.asking import told
from tests.piston_oauth.signing import HOST, Signer
from tests.piston_oauth.site import piston

FORM = "application/x-www-form-urlencoded"


def test_the_user_and_the_consumer_are_known(client, signer):
    response = client.get("/who/", headers=signer.header())

    assert response.json() == {"user": "jane", "consumer": "printer", "query": {}}
    assert "Authorization" in response["Vary"]


@pytest.mark.django_db(transaction=True)
def test_an_asynchronous_resource_knows_them_too(signer):
    response = async_to_sync(AsyncClient().get)("/async-who/", headers=signer.header("GET", "/async-who/"))

    assert response.json() == {"user": "jane", "consumer": "printer"}


def test_without_credentials_there_is_a_challenge(client, provider):
    response = client.get("/who/")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'OAuth realm="API"'


def test_the_stronger_scheme_comes_first(client, provider):
    assert client.get("/both/")["WWW-Authenticate"].startswith("OAuth realm=")


def test_a_scheme_that_only_a_switched_off_place_would_read_is_refused(client, signer, settings):
    settings.PISTON = piston(places=["form"])

    assert client.get("/who/", headers=signer.header()).status_code == 401


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256"])
def test_each_method_signs(client, signer, method):
    signer.method = method

    assert client.get("/who/", headers=signer.header()).status_code == 200


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256"])
def test_a_method_that_is_not_among_the_options_is_not_supported(client, signer, settings, method):
    settings.PISTON = piston(methods=["PLAINTEXT"])
    signer.method = method

    assert client.get("/who/", headers=signer.header()).status_code == 400


def in_query(signer, method, path, pairs=(), **changed):
    signed = signer.signed(method, f"{HOST}{path}", pairs, **changed)
    return f"{path}?{urlencode([*pairs, *signed.items()])}"


def in_form(signer, method, path, pairs=(), **changed):
    return urlencode([*pairs, *signer.signed(method, f"{HOST}{path}", pairs, **changed).items()])


def test_a_signed_query_leaves_the_handler_what_is_meant(client, signer):
    response = client.get(in_query(signer, "GET", "/who/", [("a", "1 2"), ("oauthor", "x")]))

    assert response.json()["query"] == {"a": "1 2", "oauthor": "x"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_signed_form_leaves_the_handler_what_is_meant(client, signer, method):
    body = in_form(signer, method, "/who/", [("a", "1 2"), ("a", "ü"), ("b", "")])
    response = client.generic(method, "/who/", body, FORM)

    assert response.json()["data"] == {"a": ["1 2", "ü"], "b": [""]}
    assert response.json()["post"] == ({"a": "ü", "b": ""} if method == "POST" else {})


def test_a_name_that_is_encoded_is_taken_out_as_well(client, signer):
    address = in_query(signer, "GET", "/who/", [("a", "1")]).replace("oauth_nonce", "oauth%5Fnonce")
    body = in_form(signer, "POST", "/who/", [("a", "1")]).replace("oauth_token", "%6Fauth_token")

    assert client.get(address).json()["query"] == {"a": "1"}
    assert client.post("/who/", body, FORM).json()["data"] == {"a": ["1"]}


def reading(get_response):
    """A middleware that asks for the form before anybody else."""

    def middleware(request):
        assert request.POST is not None
        return get_response(request)

    return middleware


@pytest.mark.parametrize("place", ["header", "form"])
def test_middleware_may_have_read_the_form_before(client, signer, settings, place):
    settings.MIDDLEWARE = [f"{__name__}.reading", *settings.MIDDLEWARE]
    pairs = [("a", "1"), ("b", "ü")]
    body = in_form(signer, "POST", "/who/", pairs) if place == "form" else urlencode(pairs)
    headers = signer.header("POST", "/who/", pairs) if place == "header" else {}
    response = client.post("/who/", body, FORM, headers=headers)

    assert response.json()["data"] == {"a": ["1"], "b": ["ü"]}
    assert response.json()["post"] == {"a": "1", "b": "ü"}


def test_a_form_that_is_not_signed_is_left_as_it_is_for_others(client, jane, provider):
    from base64 import b64encode

    basic = {"Authorization": f"Basic {b64encode(b'jane:jane').decode()}"}
    response = client.post("/posted/", "oauth_token=a&oauth_verifier=b&x=%zz", FORM, headers=basic)

    assert response.json() == {"oauth_token": ["a"], "oauth_verifier": ["b"], "x": ["%zz"]}
    assert client.post("/posted/", "oauth_token=a&x=%zz", FORM).status_code == 401
    response = client.post("/posted/?oauth_signature=x", "oauth_signature=a", FORM, headers=basic)
    assert response.json() == {"oauth_signature": ["a"]}


def test_a_form_of_unknown_length_is_not_looked_at_if_nothing_else_says_that_it_is_signed(client, provider, db):
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}

    assert client.generic("POST", "/posted/", "a=1", FORM, **chunked).status_code == 401


def test_filters_and_links_do_not_see_the_signature(client, signer, jane):
    from blog.models import Post

    for number in range(3):
        Post.objects.create(title=f"Post {number}", slug=f"post-{number}", author=jane, content="x")
    address = in_query(signer, "GET", "/posts/", [("slug", "post-1")])
    response = client.get(address, headers={"Prefer": "handling=strict"})

    assert response.status_code in (200, 206), response.content
    assert "oauth_" not in response.headers.get("Link", "")
    assert response.json() == [{"title": "Post 1"}]


def test_what_the_header_signs_is_query_and_form_as_well(client, signer):
    pairs = [("q", "ü"), ("q", "a+b"), ("c", "&=")]
    header = signer.header("POST", "/who/", pairs)
    response = client.post("/who/?q=%C3%BC", "q=a%2Bb&c=%26%3D", FORM, headers=header)

    assert response.status_code == 201
    altered = [("/who/?q=u", "q=a%2Bb&c=%26%3D"), ("/who/?q=%C3%BC", "q=a%2Bb&c=%26"), ("/who/", "q=a%2Bb&c=%26%3D")]
    for path, body in altered:
        header = signer.header("POST", "/who/", pairs)
        assert client.post(path, body, FORM, headers=header).status_code == 401


def test_the_order_of_parameters_does_not_matter(client, signer):
    signed = signer.signed("GET", f"{HOST}/who/")
    pairs = ", ".join(f'{name}="{quote(value, safe="~")}"' for name, value in reversed(signed.items()))

    assert client.get("/who/", headers={"Authorization": f"oAuth {pairs}"}).status_code == 200


@pytest.mark.parametrize("path", ["/café/x", "/café/a=b;c", "/café/a b/(c)'!*", "/café/100%", "/café/日本"])
def test_paths_of_all_kinds_are_signed_as_they_are_written(client, signer, path):
    written = quote(path, safe="/:@!$&'()*+,;=~")

    assert client.get(written, headers=signer.header("GET", written)).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD"])
def test_the_method_is_signed(client, signer, method):
    assert client.generic(method, "/who/", headers=signer.header(method)).status_code < 300
    assert client.generic(method, "/who/", headers=signer.header("PATCH")).status_code == 401


def test_the_scheme_and_the_host_are_signed(client, signer, settings):
    settings.ALLOWED_HOSTS = ["testserver", "example.com"]

    assert client.get("/who/", secure=True, headers=signer.header(host="https://testserver")).status_code == 200
    assert client.get("/who/", secure=True, headers=signer.header()).status_code == 401
    assert client.get("/who/", headers={"Host": "example.com", **signer.header()}).status_code == 401
    assert client.get("/who/", headers={"Host": "evil.example", **signer.header()}).status_code == 400


def test_behind_a_proxy_the_address_is_the_one_that_the_client_has_used(client, signer, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.USE_X_FORWARDED_HOST, settings.ALLOWED_HOSTS = True, ["api.example.com"]
    header = signer.header(host="https://api.example.com")
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.example.com"}

    assert client.get("/who/", headers={**header, **forwarded}).status_code == 200


def test_json_is_covered_by_a_body_hash_where_the_client_sends_one(client, signer):
    from base64 import b64encode
    from hashlib import sha1

    def post(body, hashed, content_type="application/json", pairs=()):
        digest = b64encode(sha1(hashed).digest()).decode()
        header = signer.header("POST", "/who/", pairs, oauth_body_hash=digest)
        return client.generic("POST", "/who/", body, content_type, headers=header).status_code

    assert post(b'{"a": 1}', b'{"a": 1}') == 201
    assert post(b'{"a": 2}', b'{"a": 1}') == 401
    assert post(b"a=1", b"a=1", FORM, [("a", "1")]) == 400


@pytest.mark.parametrize("status", ["pending", "cancelled", "rejected"])
def test_only_an_accepted_consumer_is_served(client, signer, consumer, status):
    type(consumer).objects.update(status=status)

    assert client.get("/who/", headers=signer.header()).status_code == 401


def test_a_revoked_token_and_one_whose_time_is_over_are_refused(client, signer, token):
    from piston_oauth.models import AccessToken, in_seconds

    AccessToken.objects.update(expires=in_seconds(60))
    assert client.get("/who/", headers=signer.header()).status_code == 200
    AccessToken.objects.update(expires=in_seconds(-1))
    assert client.get("/who/", headers=signer.header()).status_code == 401
    AccessToken.objects.update(expires=None)
    token.revoke()
    assert client.get("/who/", headers=signer.header()).status_code == 401


def test_a_user_who_is_not_active_any_more_is_refused(client, signer, jane):
    jane.is_active = False
    jane.save()

    assert client.get("/who/", headers=signer.header()).status_code == 401


def test_the_token_of_another_consumer_is_refused(client, signer, consumer):
    from piston_oauth.models import Consumer

    other = Consumer.objects.create(name="other", status="accepted")
    signer.key, signer.secret = other.key, other.secret

    assert client.get("/who/", headers=signer.header()).status_code == 401


def test_a_request_token_is_no_access_token(client, signer, consumer):
    from piston_oauth.models import RequestToken, in_seconds

    token = RequestToken(consumer=consumer, callback="oob", expires=in_seconds(60))
    token.secret = "secret"
    token.save()
    signer.token, signer.token_secret = token.key, "secret"

    assert client.get("/who/", headers=signer.header()).status_code == 401


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"])
def test_a_consumer_that_signs_with_rsa_has_no_empty_secret_to_sign_with(client, signer, consumer, settings, method):
    settings.PISTON = piston(plaintext_anywhere=True)
    type(consumer).objects.update(sealed="")
    signer.method, signer.secret = method, ""

    assert client.get("/who/", headers=signer.header()).status_code == 401
    signer.method = "RSA-SHA1"
    assert client.get("/who/", headers=signer.header()).status_code == 200


@pytest.mark.parametrize("stored", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
def test_a_consumer_without_a_usable_key_cannot_sign_with_rsa(client, signer, consumer, stored):
    type(consumer).objects.update(rsa_key=stored)
    signer.method = "RSA-SHA256"

    assert client.get("/who/", headers=signer.header()).status_code == 401


def test_a_throttle_counts_for_each_consumer_whoever_the_user_is(client, signer, token, consumer):
    from django.contrib.auth.models import User

    from piston_oauth.models import AccessToken, Consumer

    def access(consumer, user):
        token = AccessToken(consumer=consumer, user=user)
        token.secret = "secret"
        token.save()
        return Signer(consumer.key, consumer.secret, token.key, "secret")

    bob, other = User.objects.create_user("bob"), Consumer.objects.create(name="other", status="accepted")
    senders = [signer, access(consumer, bob), signer, access(other, bob)]
    answers = [client.get("/limited/", headers=each.header("GET", "/limited/")).status_code for each in senders]

    assert answers == [200, 200, 429, 200]


class TestTwoLegged:
    def test_a_consumer_asks_for_itself_where_that_is_allowed(self, client, alone):
        response = client.get("/two-legged/", headers=alone.header("GET", "/two-legged/"))

        assert response.json() == {"user": "", "consumer": "printer", "query": {}}

    def test_elsewhere_a_token_is_needed(self, client, alone):
        response = client.get("/who/", headers=alone.header())

        assert response.status_code == 400
        assert told(response)["detail"] == "Parameters are missing: oauth_token."

    def test_an_empty_token_is_none(self, client, alone):
        assert client.get("/who/", headers=alone.header(oauth_token="")).status_code == 400
        header = alone.header("GET", "/two-legged/", oauth_token="")
        assert client.get("/two-legged/", headers=header).status_code == 200

    def test_a_token_that_is_not_good_does_not_make_it_two_legged(self, client, alone):
        header = alone.header("GET", "/two-legged/", oauth_token="unknown")

        assert client.get("/two-legged/", headers=header).status_code == 401


class TestPlaintext:
    """RFC 5849, section 3.4.4."""

    @pytest.fixture(autouse=True)
    def plaintext(self, signer):
        signer.method = "PLAINTEXT"

    def test_it_is_good_over_tls(self, client, signer):
        assert client.get("/who/", secure=True, headers=signer.header()).status_code == 200

    def test_elsewhere_it_is_not_accepted_unless_the_project_says_so(self, client, signer, settings):
        assert client.get("/who/", headers=signer.header()).status_code == 400
        settings.PISTON = piston(plaintext_anywhere=True)
        assert client.get("/who/", headers=signer.header()).status_code == 200

    def test_it_may_come_without_timestamp_and_nonce(self, client, signer):
        header = signer.header(oauth_timestamp=None, oauth_nonce=None)

        assert [client.get("/who/", secure=True, headers=header).status_code for _ in "12"] == [200, 200]

    def test_where_it_has_them_it_is_good_once(self, client, signer):
        header = signer.header()

        assert [client.get("/who/", secure=True, headers=header).status_code for _ in "12"] == [200, 401]

    def test_it_does_not_belong_in_an_address(self, client, signer):
        assert client.get(in_query(signer, "GET", "/who/"), secure=True).status_code == 400

    def test_both_secrets_count(self, client, signer):
        for name in ("secret", "token_secret"):
            wrong = Signer(**{**vars(signer), name: "wrong"})
            assert client.get("/who/", secure=True, headers=wrong.header()).status_code == 401
