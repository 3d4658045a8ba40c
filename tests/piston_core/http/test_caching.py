"""Cache-Control (RFC 9111): every answer has one, and none lets one client's answer reach another."""

from __future__ import annotations

import pytest
from django.http import FileResponse, HttpResponse
from django.urls import include, path

from blog.models import Tag
from piston_core import Api, BaseHandler, Lifecycle, Problem, Resource, rc
from tests.piston_core.http.served import api, asking, each_server
from tests.piston_core.pipeline.asking import BAD, GOOD, Key, serving


class TagHandler(BaseHandler):
    model = Tag
    fields = ("name", "slug")


class PlainHandler(BaseHandler):
    def read(self, request):
        return {"ok": True}


def declaring(cache_control, base=PlainHandler):
    return type("DeclaringHandler", (base,), {"cache_control": cache_control})


def directives(response):
    return {each.strip() for each in response.headers["Cache-Control"].split(",")}


@pytest.fixture
def tag(db):
    return Tag.objects.create(name="Tea", slug="tea")


ROUTES = {"tags/": TagHandler, "tags/<slug:slug>/": TagHandler, "plain/": PlainHandler}


@each_server
@pytest.mark.parametrize(
    ("method", "address", "data", "fields", "status", "expected"),
    [
        ("GET", "/api/tags/", b"", {}, 200, "no-cache"),
        ("HEAD", "/api/tags/", b"", {}, 200, "no-cache"),
        ("GET", "/api/tags/", b"", {"Range": "items=0-0"}, 206, "no-cache"),
        ("QUERY", "/api/tags/", {}, {}, 200, "no-cache"),
        ("GET", "/api/tags.json", b"", {}, 200, "no-cache"),
        ("GET", "/api/tags/tea/", b"", {}, 200, "no-cache"),
        ("GET", "/api/plain/", b"", {}, 200, "no-cache"),
        ("GET", "/api/", b"", {}, 200, "no-cache"),
        ("GET", "/api/problems/busy", b"", {}, 200, "public, max-age=86400"),
        ("POST", "/api/tags/", {"name": "x", "slug": "x"}, {}, 201, "no-store"),
        ("PUT", "/api/tags/tea/", {"name": "x", "slug": "x"}, {}, 200, "no-store"),
        ("PATCH", "/api/tags/tea/", {"name": "x"}, {}, 200, "no-store"),
        ("PATCH", "/api/tags/tea/", {"name": "x"}, {"Prefer": "return=minimal"}, 204, "no-store"),
        ("DELETE", "/api/tags/tea/", b"", {}, 204, "no-store"),
        ("OPTIONS", "/api/tags/", b"", {}, 204, "no-store"),
        ("GET", "/api/tags/none/", b"", {}, 404, "no-store"),
        ("GET", "/api/nowhere/", b"", {}, 404, "no-store"),
        ("GET", "/api/problems/none", b"", {}, 404, "no-store"),
        ("GET", "/api/tags/?limit=x", b"", {}, 400, "no-store"),
        ("GET", "/api/tags/", b"", {"Accept": "image/png"}, 406, "no-store"),
        ("GET", "/api/tags/tea/", b"", {"If-Match": '"x"'}, 412, "no-store"),
        ("PUT", "/api/tags/", b"", {}, 405, "no-store"),
        ("BREW", "/api/tags/", b"", {}, 501, "no-store"),
        ("POST", "/api/tags/", {}, {}, 422, "no-store"),
        ("GET", "/api/tags/", b"", {"Range": "items=9-"}, 416, "no-store"),
    ],
)
def test_every_answer_says_who_may_keep_it(tag, server, method, address, data, fields, status, expected):
    with api(ROUTES, server) as ask:
        response = ask(method, address, data, **fields)

        assert (response.status_code, response.headers["Cache-Control"]) == (status, expected)


@each_server
def test_what_the_client_has_is_answered_with_the_directives_of_the_whole(tag, server):
    """RFC 9110, section 15.4.5."""
    with api({"tags/": declaring("public, max-age=5", TagHandler)}, server) as ask:
        first = ask("GET", "/api/tags/")
        again = ask("GET", "/api/tags/", **{"If-None-Match": first.headers["ETag"]})

        assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, max-age=5")


DECLARED = [
    ("no-cache", {"private", "no-cache"}),
    ("public", {"private"}),
    ("public, max-age=60", {"private", "max-age=60"}),
    ("PUBLIC,max-age=60", {"private", "max-age=60"}),
    ("s-maxage=60, max-age=5", {"private", "max-age=5"}),
    ("S-MaxAge=60", {"private"}),
    ("private, max-age=9", {"private", "max-age=9"}),
    ('private="Set-Cookie", max-age=9', {"private", "max-age=9"}),
    ("no-store", {"private", "no-store"}),
    ("max-age=60, must-revalidate, x=9", {"private", "max-age=60", "must-revalidate", "x=9"}),
]  # fmt: skip


@each_server
@pytest.mark.parametrize(("declared", "known"), DECLARED)
def test_what_is_declared_is_for_everybody_until_somebody_is_known(server, declared, known):
    handler = declaring(declared)
    with api({"it/": handler}, server, options={"authentication": Key()}):
        identified = asking(server)("GET", "/api/it/", **GOOD)
    with api({"it/": handler}, server) as ask:
        unknown = ask("GET", "/api/it/", **GOOD)

    assert directives(identified) == known
    assert unknown.headers["Cache-Control"] == declared


@pytest.mark.parametrize("declared", ["must-revalidate, max-age=60", "public", "s-maxage=9", "no-cache"])
def test_a_declaration_never_lets_a_shared_cache_keep_a_known_clients_answer(declared):
    """RFC 9111, section 3.5: public, s-maxage and must-revalidate open it for requests with Authorization."""
    with api({"it/": declaring(declared)}, options={"authentication": Key()}) as ask:
        found = directives(ask("GET", "/api/it/", **GOOD))

        assert "private" in found
        assert not found & {"public", "s-maxage=9"}


@each_server
def test_a_field_with_names_in_it_is_taken_as_a_whole(server):
    """``no-cache="a, b"`` has a comma inside of its quotes."""
    with api(
        {"it/": declaring('no-cache="X-A, public", max-age=5')}, server, options={"authentication": Key()}
    ) as ask:
        found = ask("GET", "/api/it/", **GOOD).headers["Cache-Control"]

        assert found == 'private, no-cache="X-A, public", max-age=5'


@each_server
@pytest.mark.parametrize(("fields", "status"), [({}, 401), (BAD, 401)])
def test_a_refusal_for_want_of_credentials_is_not_kept(server, fields, status):
    with api({"it/": declaring("public, max-age=60")}, server, options={"authentication": Key()}) as ask:
        response = ask("GET", "/api/it/", **fields)

        assert (response.status_code, response.headers["Cache-Control"]) == (status, "no-store")
        assert "X-Key" in response.headers["Vary"].split(", ")


class AnonymousHandler(BaseHandler):
    is_anonymous = True
    allowed_methods = ("GET",)
    cache_control = "public, max-age=60"

    def read(self, request):
        return {"for": "everybody"}


class PersonalHandler(PlainHandler):
    anonymous = AnonymousHandler
    cache_control = "private, max-age=1"


@each_server
def test_what_the_handler_for_the_unknown_declares_counts_for_them(server):
    with api({"it/": PersonalHandler}, server, options={"authentication": Key()}) as ask:
        everybody, known = ask("GET", "/api/it/"), ask("GET", "/api/it/", **GOOD)

        assert everybody.headers["Cache-Control"] == "public, max-age=60"
        assert known.headers["Cache-Control"] == "private, max-age=1"
        assert "X-Key" in everybody.headers["Vary"].split(", ")


OWN = "public, max-age=7"


class OwnHandler(BaseHandler):
    """Says it itself, in each way that there is."""

    atomic = False
    cache_control = "max-age=1"

    def read(self, request):
        kind = request.GET.get("kind")
        if kind == "reply":
            return rc.ALL_OK({"ok": True}, headers={"Cache-Control": OWN})
        if kind == "problem":
            raise Problem(410, headers={"Cache-Control": OWN})
        if kind == "file":
            return FileResponse([b"x"], headers={"Cache-Control": OWN})
        if kind == "silent":
            return HttpResponse(b"x")
        return HttpResponse(b"x", headers={"cache-control": OWN})

    def create(self, request):
        return rc.CREATED({"ok": True}, headers={"Cache-Control": OWN})


@each_server
@pytest.mark.parametrize(
    ("method", "address", "expected"),
    [
        ("GET", "/api/own/", OWN),
        ("GET", "/api/own/?kind=reply", OWN),
        ("GET", "/api/own/?kind=problem", OWN),
        ("GET", "/api/own/?kind=file", OWN),
        ("GET", "/api/own/?kind=silent", "max-age=1"),
        ("POST", "/api/own/", OWN),
    ],
)
def test_what_a_handler_says_of_one_answer_stands(server, method, address, expected):
    with api({"own/": OwnHandler}, server) as ask:
        assert ask(method, address).headers["Cache-Control"] == expected


def test_an_answer_to_a_known_client_is_private_also_on_a_stream_and_on_304():
    class Rows(BaseHandler):
        cache_control = "public, max-age=3"

        def read(self, request):
            if request.GET:
                return {"ok": True}
            return iter([1, 2])

    with api({"rows/": Rows}, options={"authentication": Key()}) as ask:
        whole = ask("GET", "/api/rows/?a=1", **GOOD)
        kept = ask("GET", "/api/rows/?a=1", **GOOD, If_None_Match=whole.headers["ETag"])

        assert directives(ask("GET", "/api/rows/", **GOOD)) == {"private", "max-age=3"}
        assert kept.status_code == 304
        assert directives(whole) == directives(kept) == {"private", "max-age=3"}


@each_server
def test_every_page_of_an_api_says_it_even_where_all_is_closed(server):
    served = Api(authentication=Key())
    served.route("plain/", PlainHandler, lifecycle=Lifecycle(policy="/p"))
    alone = Resource(PlainHandler, authentication=())
    with serving(path("api/", include(served.urls)), path("alone/", alone)):
        for address in ("/api/", "/api/problems/conflict", "/api/plain/", "/api/plain", "/api/x", "/alone/"):
            for fields in ({}, GOOD):
                assert asking(server)("GET", address, **fields).headers["Cache-Control"], address
