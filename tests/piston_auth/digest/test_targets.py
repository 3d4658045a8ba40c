"""The address that a client hashes is the one that it asks for: for real clients always, for others never."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import unquote

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.test import RequestFactory

from piston_auth.digest.targets import is_asked_for


def octets(text):
    return text.encode().decode("latin-1")


SAME = {
    "plain": ("/who/", "/who/"),
    "query": ("/who/?a=1&b=%20&a=2", "/who/?a=1&b=%20&a=2"),
    "empty-query": ("/who/?", "/who/"),
    "encoded-path": ("/caf%C3%A9/a%20b", "/caf%C3%A9/a%20b"),
    "encoded-in-lower-case": ("/caf%c3%a9/", "/caf%C3%A9/"),
    "raw-path": (octets("/café/"), "/caf%C3%A9/"),
    "needlessly-encoded": ("/%77ho/", "/who/"),
    "percent": ("/100%25/", "/100%25/"),
    "plus": ("/a+b/?c+d", "/a+b/?c+d"),
    "second-question-mark": ("/who/?a?b", "/who/?a?b"),
    "absolute": ("http://testserver/who/?a=1", "/who/?a=1"),
    "absolute-other-case": ("HTTP://TestServer/who/", "/who/"),
    "absolute-with-port": ("http://testserver:80/who/", "/who/"),
    "absolute-without-path": ("http://testserver", "/"),
    "absolute-query-only": ("http://testserver?a=1", "/?a=1"),
    "absolute-behind-tls": ("https://testserver/who/", "/who/"),
}
OTHER = {
    "path": ("/", "/who/"),
    "nothing": ("", "/who/"),
    "nothing-at-the-root": ("", "/"),
    "star": ("*", "/who/"),
    "slash": ("/who", "/who/"),
    "case": ("/Who/", "/who/"),
    "query": ("/who/", "/who/?a=1"),
    "query-of-another": ("/who/?a=2", "/who/?a=1"),
    "query-decoded": ("/who/?a=1&b=2", "/who/?a=1%26b=2"),
    "query-in-the-path": ("/who/%3Fa=1", "/who/?a=1"),
    "fragment": ("/who/#a", "/who/"),
    "dots": ("/x/../who/", "/who/"),
    "twice-encoded": ("/%2577ho/", "/who/"),
    "broken-encoding": ("/caf%E9/", "/caf%C3%A9/"),
    "other-host": ("http://example.com/who/", "/who/"),
    "other-port": ("http://testserver:8000/who/", "/who/"),
    "other-host-s-user": ("http://testserver@example.com/who/", "/who/"),
    "other-scheme": ("ftp://testserver/who/", "/who/"),
    "no-scheme": ("//testserver/who/", "/who/"),
}


def through_wsgi(address):
    return RequestFactory().get(address)


def through_asgi(address):
    """Return a request as a server makes it; Django's own factory leaves the path in Latin-1."""
    path, _, query = address.partition("?")
    scope = {"type": "http", "method": "GET", "path": unquote(path), "query_string": query.encode()}
    return ASGIRequest(scope | {"headers": [(b"host", b"testserver")]}, BytesIO())


SERVERS = pytest.mark.parametrize("request_for", [through_wsgi, through_asgi])


@SERVERS
@pytest.mark.parametrize(("hashed", "asked"), SAME.values(), ids=SAME)
def test_the_same_address_may_be_written_otherwise(hashed, asked, request_for):
    assert is_asked_for(hashed, request_for(asked))


@SERVERS
@pytest.mark.parametrize(("hashed", "asked"), OTHER.values(), ids=OTHER)
def test_another_address_is_another_one(hashed, asked, request_for):
    assert not is_asked_for(hashed, request_for(asked))


def test_below_a_prefix_the_client_hashes_the_prefix():
    request = RequestFactory().get("/who/", SCRIPT_NAME="/app")

    assert is_asked_for("/app/who/", request)
    assert not is_asked_for("/who/", request)


def test_a_raw_query_is_compared_octet_by_octet():
    request = RequestFactory().get("/who/")
    request.META["QUERY_STRING"] = octets("q=é")

    assert is_asked_for(octets("/who/?q=é"), request)
    assert not is_asked_for("/who/?q=é", request)


def test_a_host_that_is_not_allowed_is_not_ours():
    request = RequestFactory().get("/who/", headers={"Host": "evil.example"})

    assert not is_asked_for("http://evil.example/who/", request)
