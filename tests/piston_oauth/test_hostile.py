"""What nobody should send, to a resource and to each endpoint: 400 or 401, never 500, and nothing of it is told."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.piston_oauth.signing import HOST, field_of
from tests.piston_oauth.site import piston

FORM = "application/x-www-form-urlencoded"
pytestmark = pytest.mark.usefixtures("provider")

ENDPOINTS = [("GET", "/who/"), ("POST", "/oauth/request_token/"), ("POST", "/oauth/access_token/")]


@pytest.fixture(params=ENDPOINTS, ids=["resource", "request_token", "access_token"])
def target(request, signer, alone, consumer, jane):
    """A place to ask, and what is signed for it and good there, given changes to it."""
    method, path = request.param
    if path == "/who/":
        return method, path, signer
    if path == "/oauth/request_token/":
        alone.changed = {"oauth_callback": "https://printer.example.com/ready"}
        return method, path, alone
    from piston_oauth import vault
    from piston_oauth.models import RequestToken, in_seconds

    token = RequestToken(
        consumer=consumer, callback="oob", user=jane, verifier=vault.digest("hfdp"), expires=in_seconds(60)
    )
    token.secret = "hdhd"
    token.save()
    signer.token, signer.token_secret, signer.changed = token.key, "hdhd", {"oauth_verifier": "hfdp"}
    return method, path, signer


def status(target, field):
    method, path, _ = target
    response = Client(raise_request_exception=False).generic(method, path, headers={"Authorization": field})
    if response.status_code == 401:
        assert response["WWW-Authenticate"] == 'OAuth realm="API"'
    return response.status_code


def test_what_is_signed_is_good(target):
    method, path, signer = target

    assert status(target, signer.header(method, path)["Authorization"]) == 200
    assert status(target, signer.header(method, path, realm="API")["Authorization"]) in (200, 401)  # used by then


# What is changed, and what comes of it; the signature is about what is sent.
CHANGED = [
    # RFC 5849, section 3.2: 400
    *(({name: None}, 400) for name in ("oauth_consumer_key", "oauth_signature_method", "oauth_nonce")),
    ({"oauth_timestamp": None}, 400),
    ({"oauth_consumer_key": ""}, 400),
    ({"oauth_signature_method": "HMAC-MD5"}, 400),
    ({"oauth_signature_method": "hmac-sha1"}, 400),
    ({"oauth_signature_method": "HMAC-SHA1 "}, 400),
    ({"oauth_signature_method": "RSA-SHA512"}, 400),
    ({"oauth_signature_method": "PLAINTEXT"}, 400),  # without TLS
    ({"oauth_version": "2.0"}, 400),
    ({"oauth_version": ""}, 400),
    ({"oauth_unknown": "1"}, 400),
    ({"oauth_": "1"}, 400),
    *(
        ({"oauth_timestamp": each}, 400)
        for each in ("", "0", "-1", "1.5", "1e9", "soon", " 1795282647", "٣", "1" * 400)
    ),
    *(({"oauth_nonce": each}, 400) for each in ("", "\x00", "a\nb", "ü", "x" * 256, "\x7f", "😀")),
    *(({"oauth_consumer_key": each}, 400) for each in ("\x00", "ключ", "k" * 300)),
    # 401
    ({"oauth_timestamp": "1000000000"}, 401),
    ({"oauth_timestamp": "99999999999"}, 401),
    ({"oauth_consumer_key": "nobody"}, 401),
    ({"oauth_consumer_key": "' OR 1=1 --"}, 401),
    ({"oauth_signature_method": "RSA-SHA1"}, 401),  # with an HMAC's signature
    ({"oauth_signature_method": "HMAC-SHA256"}, 401),
]


@pytest.mark.parametrize(("changed", "expected"), CHANGED)
def test_parameters_that_are_not_what_they_should_be(target, changed, expected):
    method, path, signer = target

    assert status(target, signer.header(method, path, **changed)["Authorization"]) == expected


@pytest.mark.parametrize("value", ["", "x", "nothing", "\x00", "ü", "t" * 300])
def test_tokens_and_verifiers_that_are_none(target, value):
    method, path, signer = target
    names = {"/oauth/access_token/": ("oauth_token", "oauth_verifier"), "/who/": ("oauth_token",)}.get(path, ())

    for name in names:
        assert status(target, signer.header(method, path, **{name: value})["Authorization"]) in (400, 401)


SIGNATURES = ["", "x", "=", "ü", "\x00", "A" * 27 + "=", "A" * 2048, "A" * 2049, "////", "%", "&"]


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("name", ["HMAC-SHA1", "RSA-SHA1", "RSA-SHA256"])
def test_signatures_that_are_none(target, signature, name):
    method, path, signer = target
    signer.method = name
    protocol = {**signer.signed(method, f"{HOST}{path}"), "oauth_signature": signature}

    assert status(target, field_of(protocol)) in (400, 401)


MALFORMED = [
    "OAuth",
    "OAuth ",
    "OAuth realm",
    'OAuth realm="API"',
    "OAuth a token of OAuth 2",
    "OAuth " + "x" * 7000,
    "OAuth " + '"' * 7000,
    "OAuth " + 'a="b",' * 1200,
    "OAuth " + "\\" * 7000,
    'OAuth oauth_nonce="' + "\\" * 7000,
    'OAuth oauth_nonce="a" oauth_token="b"',
    'OAuth oauth_nonce="a",,oauth_token="b"',
    'OAuth oauth_nonce="a",',
    'OAuth ,oauth_nonce="a"',
    "OAuth oauth_nonce='a'",
    "OAuth oauth_nonce=a",
    'OAuth oauth_nonce="%"',
    'OAuth oauth_nonce="%zz"',
    'OAuth oauth_nonce="%ff"',
    'OAuth oauth_nonce="%c0%80"',
    'OAuth oauth_nonce="ü"',
    'OAuth oauth_nonce="\xff"',
    'OAuth oauth%5Fnonce="%00"',
    'OAuth ="a"',
    'OAuth realm="a", realm="b"',
    'OAuth realm="a", Realm="a"',
    'OAuth\toauth_nonce="a"',
    "OAuth \x00",
    "OAuth \x0b\x0c",
]


@pytest.mark.parametrize("field", MALFORMED)
def test_header_fields_that_are_none(target, field):
    assert status(target, field) in (400, 401)


@pytest.mark.parametrize(("size", "refused"), [(4_000, False), (8_000, True), (60_000, True)])
def test_header_fields_that_are_too_long_are_not_looked_at(target, size, refused):
    method, path, signer = target
    field = signer.header(method, path, x="y" * size)["Authorization"]

    assert status(target, field) == ((431 if path == "/who/" else 400) if refused else 200)


@pytest.mark.parametrize(("raw", "value"), [("100%", "100%"), ("%zz", "%zz"), ("\xe4", "\xe4"), ("%e4", "\ufffd")])
def test_what_is_not_encoded_as_it_should_be_is_not_guessed_at(target, raw, value):
    """RFC 5849, section 3.6; signed as somebody could read it."""
    method, path, signer = target
    field = signer.header(method, path, x=value)["Authorization"]
    encoded = f'x="{quote(value, safe="~")}"'

    assert encoded in field
    assert status(target, field.replace(encoded, f'x="{raw}"')) == 400


@pytest.mark.parametrize("odd", ["*", " ", "==", "\\"])
def test_a_signature_is_written_in_one_way_only(target, odd):
    method, path, signer = target
    for name in ("HMAC-SHA1", "RSA-SHA256"):
        signer.method = name
        signed = signer.signed(method, f"{HOST}{path}")
        signed["oauth_signature"] = signed["oauth_signature"][:4] + odd + signed["oauth_signature"][4:]
        assert status(target, field_of(signed)) == 401


def test_a_realm_is_there_once(target):
    method, path, signer = target
    field = signer.header(method, path, realm="API")["Authorization"]

    assert status(target, field.replace("OAuth ", 'OAuth realm="API", ')) == 400


@pytest.mark.parametrize("realm", ["Photos", "api", "API ", "ü", "\\"])
def test_another_realm_is_refused(target, realm):
    method, path, signer = target

    assert status(target, signer.header(method, path, realm=realm)["Authorization"]) in (400, 401)


@pytest.mark.parametrize("realm", ["API", r"A\PI"])
def test_its_own_realm_is_good_and_not_signed(target, realm):
    method, path, signer = target

    assert status(target, signer.header(method, path, realm=realm)["Authorization"]) == 200


def test_each_parameter_is_refused_if_it_is_there_twice(target):
    """RFC 5849, section 3.2: 400, also where both have one value, and in every place."""
    method, path, signer = target
    signed = signer.signed(method, f"{HOST}{path}")

    for name, value in signed.items():
        again = f'{field_of(signed)}, {name}="{quote(value, safe="~")}"'
        assert status(target, again) == 400, name
        query = f"{path}?{urlencode([*signed.items(), (name, value)])}"
        assert Client().generic(method, query).status_code == 400, name


def test_parameters_stand_in_one_place(target):
    """RFC 5849, section 3.5."""
    method, path, signer = target
    signed = signer.signed(method, f"{HOST}{path}")
    rest = {"oauth_nonce": signed.pop("oauth_nonce")}

    client = Client(raise_request_exception=False)
    header = {"Authorization": field_of(signed)}
    assert client.generic(method, f"{path}?{urlencode(rest)}", headers=header).status_code == 400
    assert client.generic("POST", path, urlencode(rest), FORM, headers=header).status_code == 400
    body = urlencode(rest)
    assert client.generic("POST", f"{path}?{urlencode(signed)}", body, FORM).status_code == 400


def test_also_what_is_signed_with_the_rest_stands_in_one_place(target):
    method, path, signer = target
    more = [("oauth_body_hash", "x")]
    client = Client(raise_request_exception=False)

    header = signer.header(method, path, more)
    assert client.generic(method, f"{path}?{urlencode(more)}", headers=header).status_code == 400
    header = signer.header("POST", path, more)
    assert client.post(path, urlencode(more), FORM, headers=header).status_code == 400
    signed = urlencode(signer.signed("POST", f"{HOST}{path}", more))
    assert client.post(f"{path}?{signed}", urlencode(more), FORM).status_code == 400


# 400 for what cannot be read; what can be read is not what was signed.
UNREADABLE = {"\xff": 400, "a=%": 400, "a=%zz": 400, "a=%ff": 400, "a&" * 2000: 400, "a=%00": 401, "a=\xc3\xbc": 401}


@pytest.mark.parametrize(("body", "expected"), UNREADABLE.items())
def test_forms_that_cannot_be_read_are_not_taken_for_none(target, body, expected):
    """A form that is left out of the signature, and that Django reads, would be anybody's."""
    _, path, signer = target
    client = Client(raise_request_exception=False)
    header = signer.header("POST", path)

    assert client.generic("POST", path, body.encode("latin-1"), FORM, headers=header).status_code == expected


@pytest.mark.parametrize(("query", "expected"), UNREADABLE.items())
def test_queries_that_cannot_be_read_are_not_taken_for_none(target, query, expected):
    method, path, signer = target
    client = Client(raise_request_exception=False)
    header = signer.header(method, path)

    assert client.generic(method, path, QUERY_STRING=query, headers=header).status_code == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        *(({"CONTENT_LENGTH": each}, (400,)) for each in ("x", "-1", "1.5", "٣", "1" * 5000)),
        ({"CONTENT_LENGTH": str(10**9)}, (400, 401, 413)),
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, (411,)),
        ({"CONTENT_LENGTH": "", "SERVER_PROTOCOL": "HTTP/2"}, (411,)),
    ],
)
def test_bodies_of_unknown_length_are_not_taken_for_none(target, fields, expected):
    _, path, signer = target
    client = Client(raise_request_exception=False)
    header = signer.header("POST", path)
    response = client.generic("POST", path, "a=1", FORM, headers=header, **fields)

    assert response.status_code in expected


@pytest.mark.parametrize("name", ["oauth_consumer_key", "oauth_signature", "oauth_signature_method"])
def test_a_query_or_form_that_looks_signed_is_refused_and_not_let_by(target, name):
    method, path, _ = target
    client = Client(raise_request_exception=False)

    assert client.generic(method, f"{path}?{name}=x").status_code in (400, 401)
    assert client.generic("POST", path, f"{name}=x", FORM).status_code in (400, 401)


def test_a_method_that_is_none_of_them(provider):
    for path in ("/oauth/request_token/", "/oauth/access_token/"):
        response = Client().get(path)
        assert (response.status_code, response["Allow"]) == (405, "POST")


def test_tokens_are_handed_out_over_tls_only(settings, target):
    """RFC 5849, sections 2.1 and 2.3."""
    method, path, signer = target
    settings.PISTON = piston(insecure_transport=False)
    header = signer.header(method, path)["Authorization"]

    assert status(target, header) == (200 if path == "/who/" else 403)
    header = signer.header(method, path, host="https://testserver")
    assert Client().generic(method, path, secure=True, headers=header).status_code == 200


def test_while_one_develops_they_are_handed_out_anyway(settings, target):
    method, path, signer = target
    settings.PISTON, settings.DEBUG = piston(insecure_transport=False), True

    assert status(target, signer.header(method, path)["Authorization"]) == 200


@pytest.mark.usefixtures("provider")
class TestWhateverComes(TestCase):
    """Whatever a field, a query or a form holds: never 500."""

    odd = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60)
    names = st.sampled_from(["realm", "oauth_consumer_key", "oauth_token", "oauth_nonce", "oauth_timestamp", "oauth_"])
    pairs = st.lists(st.tuples(names | odd, odd), max_size=12)

    def ask(self, path, field=None, query="", body=None):
        client = Client(raise_request_exception=False)
        headers = {} if field is None else {"Authorization": field}
        return client.generic("POST", path, body or "", FORM, QUERY_STRING=query, headers=headers).status_code

    def test_an_example_is_refused(self):
        assert self.ask("/who/", "OAuth x") == 400

    @given(odd, st.sampled_from([path for _, path in ENDPOINTS]))
    def test_any_field(self, text, path):
        assert self.ask(path, f"OAuth {text}") in (400, 401)

    @given(pairs, st.sampled_from(["{}={}", '{}="{}"']), st.sampled_from([", ", ","]))
    def test_any_pairs(self, pairs, form, between):
        field = between.join(form.format(*pair) for pair in pairs)
        assert self.ask("/who/", f"OAuth {field}") in (400, 401)

    @given(pairs)
    def test_any_query_and_form(self, pairs):
        text = urlencode([("oauth_signature", "x"), *pairs])
        assert self.ask("/who/", query=text) in (400, 401)
        assert self.ask("/who/", body=text) in (400, 401)
