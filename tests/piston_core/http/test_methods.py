"""Methods (RFC 9110, section 9): known or not, served or not, never another one than was sent, never elsewhere."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import AsyncClient
from django.urls import path

from blog.models import Tag
from piston_core import BaseHandler, Resource
from tests.piston_core.http.served import api, asking, each_server
from tests.piston_core.pipeline.asking import FORM, GOOD, JSON, Key, Recording, problem_of, serving
from tests.shop.models import Label


class TagHandler(BaseHandler):
    model = Tag
    fields = ("name", "slug", "resource_uri")
    page_size = 3
    sorting = ("name",)
    filters = ("slug",)


class ReadHandler(BaseHandler):
    """Says what its method was."""

    def read(self, request):
        if request.GET.get("own"):
            return HttpResponse(b"own", content_type="text/plain", headers={"ETag": '"own"'})
        return {"parameters": request.GET.dict()}


class AsyncHandler(ReadHandler):
    async def read(self, request):
        return super().read(request)


ROUTES = {"tags/": TagHandler, "tags/<slug:slug>/": TagHandler, "read/": ReadHandler, "async/": AsyncHandler}
LIST = "GET, HEAD, QUERY, POST, OPTIONS"
ITEM = "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"
READ = "GET, HEAD, OPTIONS"


@pytest.fixture
def tags(db):
    return [Tag.objects.create(name=f"Tag {number}", slug=f"t{number}") for number in range(5)]


@each_server
@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "M-SEARCH", "GETX", "*", "QUERYING", "X" * 5000])
@pytest.mark.parametrize("address", ["/api/tags/", "/api/tags/t1/", "/api/read/", "/api/async/", "/api/"])
def test_a_method_that_no_standard_of_ours_knows_is_501(tags, server, method, address):
    """RFC 9110, section 9.1. Django itself makes capitals of a method before anybody sees it."""
    with api(ROUTES, server) as ask:
        response = ask(method, address, {"name": "x"})
        problem = problem_of(response)

        assert problem["status"] == 501
        assert len(response.content) < 1000


@each_server
@pytest.mark.parametrize(
    ("address", "methods", "allow"),
    [
        ("/api/tags/", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT"], LIST),
        ("/api/tags/t1/", ["POST", "QUERY", "TRACE", "CONNECT"], ITEM),
        ("/api/tags/none/", ["POST", "QUERY", "TRACE"], ITEM),
        ("/api/read/", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE"], READ),
        ("/api/async/", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE"], READ),
        ("/api/", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE"], READ),
        ("/api/problems/busy", ["POST", "PUT", "DELETE", "QUERY", "TRACE"], READ),
    ],
)
def test_a_method_that_is_known_and_not_served_here_is_405_with_those_that_are(tags, server, address, methods, allow):
    with api(ROUTES, server) as ask:
        for method in methods:
            response = ask(method, address, {"name": "x", "slug": "x"})

            assert (problem_of(response)["status"], response.headers["Allow"]) == (405, allow), method
        assert ask("OPTIONS", address).headers["Allow"] == allow
    assert Tag.objects.count() == 5


def test_trace_repeats_nothing_of_what_was_sent(tags):
    """It would show a script what the browser hides from it (RFC 9110, section 9.3.8)."""
    with api(ROUTES) as ask:
        response = ask("TRACE", "/api/tags/", b"", Cookie="session=secret", Authorization="Basic secret")

        assert response.status_code == 405
        assert b"secret" not in response.content


HEADS = [
    ("/api/tags/", {}),
    ("/api/tags/", {"Accept": "application/xml"}),
    ("/api/tags/", {"Accept": "application/yaml"}),
    ("/api/tags.json", {}),
    ("/api/tags/?limit=2&sort=-name", {"Prefer": "count=exact"}),
    ("/api/tags/?slug=t1&fields=name", {}),
    ("/api/tags/t1/", {}),
    ("/api/read/", {}),
    ("/api/read/?own=1", {}),
    ("/api/async/", {}),
    ("/api/async/?own=1", {}),
    ("/api/", {}),
    ("/api/problems/busy", {}),
    ("/api/problems/none", {}),
    ("/api/tags/none/", {}),
    ("/api/nowhere/", {}),
    ("/api/tags", {}),
    ("/api/tags/", {"Accept": "image/png"}),
    ("/api/tags/?limit=x", {}),
    ("/api/tags/t1/", {"If-Match": '"other"'}),
    ("/api/tags/t1/", {"If-None-Match": "*"}),
]


@each_server
@pytest.mark.parametrize(("address", "fields"), HEADS)
def test_head_is_get_without_a_body(tags, server, address, fields):
    """RFC 9110, section 9.3.2: the same status and the same header fields."""
    with api(ROUTES, server) as ask:
        there, head = ask("GET", address, **fields), ask("HEAD", address, **fields)

        assert head.content == b""
        assert head.status_code == there.status_code
        without_name = {"Server-Timing"} | ({"Content-Length"} if there.status_code >= 400 else set())
        assert _fields(head, without_name) == _fields(there, without_name)
        assert ("Content-Length" in head.headers) == ("Content-Length" in there.headers)


def _fields(response, but):
    return {name: value for name, value in response.headers.items() if name not in but}


@each_server
def test_head_and_a_range_are_head_of_the_whole(tags, server):
    """A range is for GET alone (RFC 9110, section 14.2)."""
    with api(ROUTES, server) as ask:
        head = ask("HEAD", "/api/tags/", Range="items=0-0")

        assert head.status_code == 200
        assert head.headers["ETag"] == ask("GET", "/api/tags/").headers["ETag"]
        assert "Content-Range" not in head.headers


@each_server
@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method"])
@pytest.mark.parametrize("sent", ["POST", "GET", "PUT"])
def test_no_field_makes_another_method_of_the_one_that_was_sent(server, name, sent):
    handler = Recording()
    with serving(path("it/", Resource(handler, authentication=()))):
        for claimed in ("DELETE", "PUT", "PATCH", "POST", "GET", "BREW"):
            assert asking(server)(sent, "/it/", {"a": 1}, **{name: claimed}).status_code in {200, 201}

    assert set(handler.calls) == {{"POST": "create", "GET": "read", "PUT": "update"}[sent]}


@pytest.mark.parametrize(
    ("address", "body", "content_type"),
    [
        ("/it/?_method=DELETE", b"{}", JSON),
        ("/it/?method=DELETE&http_method=DELETE&X-HTTP-Method-Override=DELETE", b"{}", JSON),
        ("/it/", b"_method=DELETE", FORM),
        ("/it/", b'{"_method": "DELETE"}', JSON),
    ],
)
def test_no_parameter_makes_another_method_of_the_one_that_was_sent(address, body, content_type):
    handler = Recording()
    with serving(path("it/", Resource(handler, authentication=()))):
        assert asking()("POST", address, body, content_type).status_code == 201

    assert handler.calls == ["create"]


WRITING = ["POST", "PUT", "PATCH", "DELETE", "QUERY", "OPTIONS", "BREW"]


@each_server
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", [*WRITING, "GET", "HEAD"])
def test_a_resource_of_its_own_never_sends_anybody_to_its_slash(server, debug, method):
    """Django would: 301 loses the body, and with DEBUG it is an error."""
    handler = Recording()
    with serving(path("it/", Resource(handler, authentication=())), APPEND_SLASH=True, DEBUG=debug):
        response = asking(server)(method, "/it?a=1", {"a": 1} if method not in {"GET", "HEAD"} else b"")

    assert response.status_code == 404
    assert "Location" not in response.headers
    assert handler.calls == []


@each_server
@pytest.mark.parametrize("method", WRITING)
@pytest.mark.parametrize("address", ["/api/tags", "/api/tags/t1", "/api/tags?limit=2"])
def test_below_an_api_who_forgets_the_slash_while_writing_is_told_so(tags, server, method, address):
    with api(ROUTES, server, APPEND_SLASH=True) as ask:
        response = ask(method, address, {"name": "x", "slug": "x"})

        assert problem_of(response)["status"] == 404
        assert "Location" not in response.headers
    assert Tag.objects.count() == 5
    assert not Tag.objects.filter(name="x").exists()


@each_server
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_below_an_api_who_forgets_the_slash_while_reading_is_sent_there(tags, server, method):
    with api(ROUTES, server, APPEND_SLASH=True) as ask:
        response = ask(method, "/api/tags?limit=2&slug=t%C3%BC")

        assert (response.status_code, response.content) == (301, b"")
        assert response.headers["Location"] == "/api/tags/?limit=2&slug=t%C3%BC"
        assert response.headers["Cache-Control"]


def test_an_asynchronous_resource_keeps_its_methods_behind_middleware(tags):
    class Counting(BaseHandler):
        async def read(self, request):
            return await Label.objects.acount()

    async def asked(method):
        return await AsyncClient().generic(method, "/it/", headers=GOOD)

    with serving(path("it/", Resource(Counting, authentication=Key()))):
        assert [async_to_sync(asked)(method).status_code for method in ("GET", "HEAD", "OPTIONS", "POST", "BREW")] == [
            200,
            200,
            204,
            405,
            501,
        ]
