"""The examples of RFC 5849, read and signed by the code that judges requests."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from piston_oauth.options import PLACES
from piston_oauth.parameters import receive
from piston_oauth.signatures import Secrets, base_string, is_valid

FORM = "application/x-www-form-urlencoded"
WEB = RequestFactory(headers={})


def received(method, url, header, body="", content_type=FORM, *, secure=False):
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return WEB.generic(
        method,
        f"/{path}",
        body,
        content_type,
        secure=scheme == "https",
        headers={"Host": host, "Authorization": header},
    )


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.ALLOWED_HOSTS = ["*"]


def test_the_base_string_of_section_3_4_1_1():
    request = received(
        "POST",
        "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
        'OAuth realm="Example",oauth_consumer_key="9djdj82h48djs9d2",oauth_token="kkk9d7dh3k39sjv7",'
        'oauth_signature_method="HMAC-SHA1",oauth_timestamp="137131201",oauth_nonce="7d8f3e4a",'
        'oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"',
        "c2&a3=2+q",
    )

    parameters = receive(request, PLACES)

    assert base_string(request, parameters.signed) == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        "%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3D"
        "HMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )
    assert parameters.realm == "Example"


INITIATE = (
    'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_signature_method="HMAC-SHA1", '
    'oauth_timestamp="137131200", oauth_nonce="wIjqoS", oauth_callback="http%3A%2F%2Fprinter.example.com%2Fready", '
    'oauth_signature="74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D"'
)
TOKEN = (
    'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="hh5s93j4hdidpola", '
    'oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="walatlh", '
    'oauth_verifier="hfdp7dh39dks9884", oauth_signature="gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D"'
)
PHOTOS = (
    'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", '
    'oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", '
    'oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"'
)


@pytest.mark.parametrize(
    ("method", "url", "header", "token_secret"),
    [
        ("POST", "https://photos.example.net/initiate", INITIATE, ""),
        ("POST", "https://photos.example.net/token", TOKEN, "hdhd0244k9j7ao03"),
        ("GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", PHOTOS, "pfkkdhi9sl3r4s00"),
    ],
)
def test_the_signatures_of_section_1_2(method, url, header, token_secret):
    request = received(method, url, header)
    parameters = receive(request, PLACES)
    signature = parameters.protocol["oauth_signature"]
    base = base_string(request, parameters.signed)

    assert is_valid("HMAC-SHA1", signature, base, Secrets("kd94hf93k423kf44", token_secret, ""))
    assert not is_valid("HMAC-SHA1", signature, base, Secrets("kd94hf93k423kf45", token_secret, ""))
    assert not is_valid("HMAC-SHA1", signature, base.replace("photos", "Photos"), Secrets("kd94hf93k423kf44", "", ""))


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("http://EXAMPLE.COM:80/r%20v/X?id=123", "http%3A%2F%2Fexample.com%2Fr%2520v%2FX"),  # section 3.4.1.2
        ("https://www.example.net:8080/?q=1", "https%3A%2F%2Fwww.example.net%3A8080%2F"),
        ("https://example.com:443/", "https%3A%2F%2Fexample.com%2F"),
        ("http://example.com:443/", "http%3A%2F%2Fexample.com%3A443%2F"),
        ("http://[::1]:8000/a", "http%3A%2F%2F%5B%3A%3A1%5D%3A8000%2Fa"),
    ],
)
def test_base_string_uris_of_section_3_4_1_2(url, uri):
    request = received("GET", url, "OAuth x")

    assert base_string(request, []) == f"GET&{uri}&"


@pytest.mark.parametrize(
    ("told", "path", "signed"),
    [
        ("/a%2Fb", "/a/b", "/a%2Fb"),  # what the server tells is what the client has signed
        ("/a=b;c,d?q", "/a=b;c,d", "/a=b;c,d"),
        ("/elsewhere", "/a b", "/a%20b"),  # another path, so it is not the request's
        ("http://example.com/a", "/a", "/a"),
        ("", "/caf\xe9~", "/caf%C3%A9~"),
    ],
)
@pytest.mark.parametrize("name", ["REQUEST_URI", "RAW_URI"])
def test_the_path_is_the_one_that_was_written(name, told, path, signed):
    from piston_oauth.signatures import path_of

    request = WEB.get("/", **{name: told})
    request.path = path

    assert path_of(request) == signed


def test_an_asgi_server_tells_it_as_well():
    from piston_oauth.signatures import path_of

    request = WEB.get("/a/b")
    request.scope = {"raw_path": b"/a%2Fb"}
    assert path_of(request) == "/a%2Fb"
    request.scope = {"raw_path": b"/other\xff"}
    assert path_of(request) == "/a/b"
