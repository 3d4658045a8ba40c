"""Which method of which handler serves the request, and what is said where none does."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import path

from blog.models import Comment, Post
from piston_core import AnonymousBaseHandler, BaseHandler, Resource, rc
from tests.piston_core.pipeline.asking import GOOD, JSON, Key, Recording, ask, data_of, problem_of, send, serving

ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class PostHandler(BaseHandler):
    model = Post
    fields = ("title",)


class ReadOnly(BaseHandler):
    model = Post
    fields = ("title",)
    allowed_methods = ("get",)


class OwnList(PostHandler):
    def read(self, request, **kwargs):
        return []


class OwnOne(PostHandler):
    def get(self, request, **kwargs):
        return None


class Declared(BaseHandler):
    allowed_methods = ("GET", "POST", "DELETE", "OPTIONS", "BREW")

    def read(self, request):
        return {"read": True}


class Unusual(BaseHandler):
    model = Post
    fields = ("title",)

    def create(self, request, slug):
        return rc.CREATED({"below": slug})

    def delete(self, request):
        return rc.DELETED


class ReaderOfOne(BaseHandler):
    def read(self, request, slug, page=1):
        return {"slug": slug, "page": page}


class Public(AnonymousBaseHandler):
    def read(self, request):
        return {}


class WithPublic(Recording):
    anonymous = Public


class WithWritingPublic(BaseHandler):
    model = Comment
    fields = ("body",)
    allowed_methods = ("GET",)

    class anonymous(AnonymousBaseHandler):
        allowed_methods = ("POST",)

        def create(self, request):
            return {"posted": True}


def allow(response) -> list[str]:
    return response.headers["Allow"].split(", ")


@pytest.mark.parametrize(
    ("handler", "route", "expected"),
    [
        (PostHandler, "it/", ["GET", "HEAD", "QUERY", "POST", "OPTIONS"]),
        (PostHandler, "<slug:slug>/", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        (PostHandler, "<slug:title>/", ["GET", "HEAD", "QUERY", "POST", "OPTIONS"]),  # titles do not name one post
        (ReadOnly, "it/", ["GET", "HEAD", "QUERY", "OPTIONS"]),
        (ReadOnly, "<slug:slug>/", ["GET", "HEAD", "OPTIONS"]),
        (OwnList, "it/", ["GET", "HEAD", "POST", "OPTIONS"]),  # the core does not know what a query would mean there
        (OwnOne, "it/", ["GET", "HEAD", "POST", "OPTIONS"]),
        (Recording, "it/", [*ALL, "OPTIONS"]),
        (Recording, "<slug:slug>/", [*ALL, "OPTIONS"]),
        (Unusual, "it/", ["GET", "HEAD", "QUERY", "DELETE", "OPTIONS"]),
        (Unusual, "<slug:slug>/", ["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS"]),
        (Declared, "it/", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]),
        (WithPublic, "it/", [*ALL, "OPTIONS"]),
        (WithWritingPublic, "it/", ["GET", "HEAD", "QUERY", "POST", "OPTIONS"]),
    ],
)
@pytest.mark.parametrize("authentication", [(), (Key(),)], ids=["open", "guarded"])
def test_options_says_what_is_served_at_this_address(handler, route, expected, authentication):
    """Without credentials too: a browser's preflight has none."""
    response = ask(handler, "OPTIONS", "/it/", route=route, authentication=authentication)

    assert (response.status_code, response.content) == (204, b"")
    assert allow(response) == expected
    assert "Content-Type" not in response.headers


QUERYABLE = "application/json, application/x-www-form-urlencoded"
PATCHES = "application/json, application/merge-patch+json, application/json-patch+json"


@pytest.mark.parametrize(
    ("handler", "route", "query", "patch"),
    [
        (PostHandler, "it/", QUERYABLE, None),
        (PostHandler, "<slug:slug>/", None, f"{PATCHES}, application/x-www-form-urlencoded, multipart/form-data"),
        (ReadOnly, "it/", QUERYABLE, None),
        (ReadOnly, "<slug:slug>/", None, None),
        (Recording, "it/", None, "application/json, application/x-www-form-urlencoded, multipart/form-data"),
    ],
)
def test_options_says_what_bodies_a_patch_and_a_query_may_have(handler, route, query, patch):
    """RFC 5789, section 3.1, and RFC 10008, section 3; a patch needs a form that judges what it makes."""
    described = ask(handler, "OPTIONS", "/it/", route=route).headers

    assert (described.get("Accept-Query"), described.get("Accept-Patch")) == (query, patch)


def test_options_asks_neither_the_database_nor_the_handler(db, django_assert_num_queries):
    handler = Recording()
    with django_assert_num_queries(0):
        ask(handler, "OPTIONS", body=b"[" * 1000, content_type=JSON, headers={"Accept": "no/thing"})
        ask(PostHandler, "OPTIONS", "/no-such-post/", route="<slug:slug>/")

    assert handler.calls == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE", "CONNECT"])
def test_a_method_that_is_not_served_is_405_with_what_is(method):
    response = ask(ReadOnly, method, "/a-post/", route="<slug:slug>/")

    assert problem_of(response)["status"] == 405
    assert allow(response) == ["GET", "HEAD", "OPTIONS"]


@pytest.mark.parametrize("method", ["BREW", "get-it", "PROPFIND", "LINK", "X" * 5000])
@pytest.mark.parametrize("handler", [ReadOnly, Recording, Declared])
def test_a_method_that_nobody_knows_is_501_to_anybody(handler, method):
    """Of no use at any address, whoever asks (RFC 9110, section 9.1); a long one is not told back whole."""
    open_to_all = ask(handler, method)
    guarded = ask(handler, method, authentication=[Key()])

    assert problem_of(open_to_all)["status"] == problem_of(guarded)["status"] == 501
    assert "Allow" not in open_to_all.headers
    assert "WWW-Authenticate" not in guarded.headers
    assert method[:30].upper() in problem_of(open_to_all)["detail"]
    assert len(open_to_all.content) < 500


@pytest.mark.parametrize(
    ("method", "address"),
    [("PUT", "/it/"), ("PATCH", "/it/"), ("DELETE", "/it/"), ("POST", "/it/a-post/")],
)
def test_a_list_is_not_changed_and_an_object_is_not_created_in(db, method, address):
    resource = Resource(PostHandler, authentication=())
    with serving(path("it/", resource), path("it/<slug:slug>/", resource)) as client:
        response = send(client, method, address)
        described = client.options(address)

    assert problem_of(response)["status"] == 405
    assert allow(response) == allow(described)
    assert method not in allow(response)


def test_a_405_to_somebody_unknown_lists_what_there_is_only_after_credentials():
    assert ask(ReadOnly, "DELETE", authentication=[Key()]).status_code == 401
    assert ask(ReadOnly, "DELETE", authentication=[Key()], headers=GOOD).status_code == 405


def test_a_method_that_is_declared_but_not_written_yet_is_501():
    assert problem_of(ask(Declared, "POST", body=b"{}", content_type=JSON))["status"] == 501
    assert problem_of(ask(Declared, "DELETE"))["status"] == 501
    assert problem_of(ask(Declared, "BREW"))["status"] == 501  # which nothing could implement


def test_a_handler_with_nothing_in_it_serves_nothing():
    response = ask(BaseHandler)

    assert problem_of(response)["status"] == 405
    assert allow(response) == ["OPTIONS"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_each_method_of_http_has_its_method_of_the_handler(method):
    handler = Recording()
    ask(handler, method)

    expected = {"GET": "read", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
    assert handler.calls == [expected[method]]


def test_head_is_served_by_read():
    handler = Recording()
    ask(handler, "HEAD")

    assert handler.calls == ["read"]


def test_an_own_method_is_served_where_it_takes_the_arguments_of_the_address(db):
    resource = Resource(Unusual, authentication=())
    with serving(path("it/", resource), path("it/<slug:slug>/", resource)) as client:
        assert data_of(send(client, "POST", "/it/tea/")) == {"below": "tea"}
        assert send(client, "DELETE", "/it/").status_code == 204
        assert send(client, "POST", "/it/").status_code == 405
        assert send(client, "DELETE", "/it/tea/").status_code == 405


@pytest.mark.parametrize(
    ("route", "address", "said"),
    [
        ("it/", "/it/", "missing a required argument: 'slug'"),
        ("<slug:slug>/<slug:size>/", "/tea/big/", "got an unexpected keyword argument 'size'"),
    ],
)
def test_arguments_that_read_does_not_take_are_400_without_names_of_the_code(route, address, said):
    problem = problem_of(ask(ReaderOfOne, address=address, route=route))

    assert problem["status"] == 400
    assert said in problem["detail"]
    assert "Reader" not in problem["detail"]
    assert "read(" not in problem["detail"]


def test_arguments_that_read_takes_arrive():
    assert data_of(ask(ReaderOfOne, address="/tea/", route="<slug:slug>/")) == {"slug": "tea", "page": 1}
    assert data_of(ask(ReaderOfOne, address="/tea/7/", route="<slug:slug>/<int:page>/")) == {"slug": "tea", "page": 7}


def test_a_type_error_inside_a_method_is_no_misfit_of_its_arguments():
    class Wrong(BaseHandler):
        def read(self, request, slug):
            return len(slug, slug)

    assert problem_of(ask(Wrong, address="/tea/", route="<slug:slug>/"))["status"] == 500


def test_an_anonymous_handler_decides_for_itself_what_it_serves(db):
    posted = ask(WithWritingPublic, "POST", authentication=[Key()])
    read = ask(WithWritingPublic, authentication=[Key(User())], headers=GOOD)

    assert data_of(posted) == {"posted": True}
    assert data_of(read) == []
    assert ask(WithWritingPublic, authentication=[Key()]).status_code == 401
    assert ask(WithWritingPublic, "POST", authentication=[Key(User())], headers=GOOD).status_code == 405
