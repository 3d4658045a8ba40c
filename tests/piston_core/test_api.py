"""An API: its root, its routes and their names, and a problem for every other address under its prefix."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, include, path, re_path, reverse

from blog.models import Post, Tag
from piston_core import AnonymousBaseHandler, Api, BaseHandler, Resource
from tests.piston_core.pipeline.asking import GOOD, JSON, Key, data_of, problem_of, send, serving, text_of

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]


class TagHandler(BaseHandler):
    """Words to find posts by.

    Not shown in the root: this paragraph.
    """

    model = Tag
    fields = ("slug", "resource_uri")


class HTTPArchiveHandler(BaseHandler):
    def read(self, request, **kwargs):
        return {"archive": kwargs}


class ReadOnly(AnonymousBaseHandler):
    model = Tag
    fields = ("slug",)


def tags(name="api", **options):
    api = Api("Tags", name=name, **{"authentication": (), **options})
    api.route("tags/", TagHandler)
    api.route("tags/<slug:slug>/", TagHandler)
    return api


def mounted(api, at="api/"):
    return path(at, include(api.urls))


def test_the_root_lists_the_resources_with_their_addresses_and_methods():
    api = tags()
    api.route("archive/<int:year>/<int:month>/", HTTPArchiveHandler, name="archive")
    api.route(re.compile(r"^old/(?P<year>[0-9]{4})/(?:page-(?P<page>\d+)/)?$"), HTTPArchiveHandler, name="old")
    api.route("100%/", HTTPArchiveHandler, name="percent")
    with serving(mounted(api)) as client:
        root = data_of(client.get("/api/"))

    everything = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]
    assert root == {
        "title": "Tags",
        "resources": [
            {
                "name": "tag-list",
                "url": "/api/tags/",
                "methods": ["GET", "HEAD", "QUERY", "POST", "OPTIONS"],
                "about": "Words to find posts by.",
            },
            {
                "name": "tag-item",
                "template": "/api/tags/{slug}/",
                "methods": everything,
                "about": "Words to find posts by.",
            },
            {
                "name": "archive",
                "template": "/api/archive/{year}/{month}/",
                "methods": ["GET", "HEAD", "OPTIONS"],
            },
            {"name": "old", "template": "/api/old/{year}/", "methods": ["GET", "HEAD", "OPTIONS"]},
            {"name": "percent", "url": "/api/100%/", "methods": ["GET", "HEAD", "OPTIONS"]},
        ],
    }


def test_the_addresses_in_the_root_lead_to_the_resources(db):
    Tag.objects.create(name="Tea", slug="tea")
    with serving(mounted(tags(), "prefix/<slug:tenant>/")) as client:
        root = client.get("/prefix/shop/")

    assert root.status_code == 200
    assert root.json()["resources"][0]["url"] == "/prefix/shop/tags/"


def test_the_root_is_for_everybody_and_only_read():
    with serving(mounted(tags(authentication=[Key()]))) as client:
        assert client.get("/api/").status_code == 200
        assert client.get("/api/", headers={"X-Key": "stolen"}).status_code == 200
        assert client.get("/api/tags/").status_code == 401
        refused = client.post("/api/")
        described = client.options("/api/")

    assert problem_of(refused)["status"] == 405
    assert described.headers["Allow"] == refused.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_the_root_can_be_left_out():
    with serving(mounted(tags(root=False))) as client:
        assert problem_of(client.get("/api/"))["status"] == 404


def test_the_root_is_written_in_the_formats_of_the_api():
    with serving(mounted(tags(emitters=["jsonl"]))) as client:
        assert client.get("/api/").headers["Content-Type"] == "application/jsonl"
        assert client.get("/api/", headers={"Accept": JSON}).status_code == 406


@pytest.mark.parametrize(
    ("route", "handler", "name"),
    [
        ("tags/", TagHandler, "tag-list"),
        ("tags/<slug:slug>/", TagHandler, "tag-item"),
        ("tags/<int:pk>/", TagHandler, "tag-item"),
        ("tags/<int:posts>/", TagHandler, "tag-list"),
        ("archive/", HTTPArchiveHandler, "httparchive"),
        ("read/", ReadOnly, "read-only-list"),
        (re.compile(r"^tags/(?P<slug>\w+)/$"), TagHandler, "tag-item"),
    ],
)
def test_a_route_is_named_by_its_handler(route, handler, name):
    api = Api()
    api.route(route, handler)

    assert [each.name for each in api.routes] == [name]


def test_routes_are_reversed_by_namespace_and_name(db):
    api = tags("v1")
    api.route("about/", HTTPArchiveHandler, name="about")
    with serving(mounted(api)):
        assert reverse("v1:tag-list") == "/api/tags/"
        assert reverse("v1:tag-item", kwargs={"slug": "tea"}) == "/api/tags/tea/"
        assert reverse("v1:about") == "/api/about/"
        assert reverse("v1:root") == "/api/"
        with pytest.raises(NoReverseMatch):
            reverse("api:tag-list")


def test_an_expression_is_a_route_like_any_other(db):
    Tag.objects.create(name="Tea", slug="tea")
    api = Api(authentication=())
    api.route(re.compile(r"^(?P<slug>[a-z]+)\.tag$"), TagHandler)
    with serving(mounted(api)) as client:
        assert data_of(client.get("/api/tea.tag")) == {"slug": "tea", "resource_uri": "/api/tea.tag"}
        assert client.get("/api/TEA.tag").status_code == 404


@pytest.mark.parametrize(
    ("expression", "said"),
    [(re.compile(r"^tags/(\d+)/$"), "name the groups"), (re.compile(r"^tags/(?P<pk>\d+)/$", re.IGNORECASE), "flags")],
)
def test_an_expression_that_django_would_misread_is_refused(expression, said):
    """Groups without names would reach no handler, and flags would be lost without a word."""
    with pytest.raises(ImproperlyConfigured, match=said):
        Api().route(expression, TagHandler)


def test_a_group_within_a_named_group_is_fine(db):
    api = Api(authentication=())
    api.route(re.compile(r"^(?P<name>tea|coffee(-(black|white))?)/$"), HTTPArchiveHandler)
    with serving(mounted(api)) as client:
        assert data_of(client.get("/api/coffee-black/")) == {"archive": {"name": "coffee-black"}}


def test_no_route_is_added_once_the_api_is_mounted():
    api = tags()
    before = api.urls
    with pytest.raises(ImproperlyConfigured, match=r"Tags: add the route 'late/' before api\.urls is used"):
        api.route("late/", TagHandler)

    assert api.urls is before


def test_a_route_may_have_authenticators_and_formats_of_its_own():
    api = Api(authentication=[Key()], emitters=["json"])
    api.route("open/", HTTPArchiveHandler, authentication=())
    api.route("lines/", HTTPArchiveHandler, emitters=["jsonl"], name="lines")
    with serving(mounted(api)) as client:
        assert client.get("/api/open/").headers["Content-Type"] == JSON
        assert client.get("/api/lines/").status_code == 401
        assert client.get("/api/lines/", headers=GOOD).headers["Content-Type"] == "application/jsonl"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "address", ["/api/nope/", "/api/nope", "/api/tags/tea/more/", "/api/tags/ü/", "/api//", "/api/%00/", "/api/%ff/"]
)
def test_every_other_address_under_the_prefix_is_a_problem_for_every_method(method, address):
    with serving(mounted(tags(authentication=[Key()]))) as client:
        response = send(client, method, address, b"{", JSON)

    assert problem_of(response)["status"] == 404
    assert response.headers["Vary"] == "Accept"


def test_an_unrouted_head_is_404_without_a_body():
    with serving(mounted(tags())) as client:
        response = client.head("/api/nope/")

    assert (response.status_code, response.content) == (404, b"")


def test_an_unrouted_address_is_answered_in_plain_text_without_an_emitter():
    with serving(mounted(tags()), PISTON={"PLUGINS": []}) as client:
        response = client.get("/api/nope/?format=json")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "status: 404\n" in text_of(response)


def test_what_is_not_under_the_prefix_is_not_the_apis_business():
    def page(request):
        return HttpResponse("a page")

    with serving(mounted(tags()), path("page/", page), path("admin/", admin.site.urls)) as client:
        assert text_of(client.get("/page/")) == "a page"
        assert client.get("/nope/").headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("query", ["", "?a=1&b=%2F", "?next=//example.org"])
def test_who_forgets_the_last_slash_while_reading_is_sent_there(query):
    with serving(mounted(tags())) as client:
        for method in ("GET", "HEAD"):
            for address in ("/api/tags", "/api/tags/tea"):
                response = send(client, method, f"{address}{query}")

                assert response.status_code == 301
                assert response.headers["Location"] == f"{address}/{query}"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
def test_who_forgets_the_last_slash_while_writing_is_told_so(method):
    """A redirect would lose the body, or repeat the write as a GET."""
    with serving(mounted(tags())) as client:
        problem = problem_of(send(client, method, "/api/tags", b"{}", JSON))

    assert problem["status"] == 404
    assert "/api/tags/" in problem["detail"]


def test_without_append_slash_nobody_is_sent_anywhere():
    with serving(mounted(tags()), APPEND_SLASH=False) as client:
        assert problem_of(client.get("/api/tags"))["detail"] == "There is nothing at this address."
        assert client.options("/api/tags/").status_code == 204


def test_a_route_without_a_slash_is_not_given_one():
    api = Api(authentication=())
    api.route("plain", HTTPArchiveHandler)
    with serving(mounted(api)) as client:
        assert client.get("/api/plain").status_code == 200
        assert client.get("/api/plain/").status_code == 404


def test_a_redirect_never_leaves_the_site():
    """An API at the root of the site sees addresses such as ``//example.org``, which a browser takes for a host."""
    api = Api(authentication=())
    api.route("<path:anything>/", HTTPArchiveHandler)
    with serving(mounted(api, "")) as client:
        response = client.get("http://testserver//example.org/x")

    assert response.status_code == 301
    assert response.headers["Location"] == "/%2Fexample.org/x/"


def test_two_apis_do_not_see_each_others_handlers(db):
    """Nor each other's routes: the same model is shown by one with its address and by the other without."""
    author = User.objects.create_user("kim")
    Post.objects.create(title="Tea", slug="tea", content="", author=author).tags.add(
        Tag.objects.create(name="Hot", slug="hot")
    )

    class PostHandler(BaseHandler):
        model = Post
        fields = ("slug", "tags", "resource_uri")

    class OtherTagHandler(BaseHandler):
        model = Tag
        fields = ("name",)

    first, second = tags("first"), Api("Other", name="second", authentication=())
    first.route("posts/", PostHandler)
    first.route("posts/<slug:slug>/", PostHandler)
    second.route("posts/", PostHandler)
    second.route("words/", OtherTagHandler)
    with serving(mounted(first, "one/"), mounted(second, "two/")) as client:
        assert client.get("/one/posts/").json() == [
            {
                "slug": "tea",
                "tags": [{"slug": "hot", "resource_uri": "/one/tags/hot/"}],
                "resource_uri": "/one/posts/tea/",
            }
        ]
        assert client.get("/two/posts/").json() == [{"slug": "tea", "tags": [{"name": "Hot"}]}]
        assert len(client.get("/one/").json()["resources"]) == 4
        assert len(client.get("/two/").json()["resources"]) == 2


def test_one_api_may_be_mounted_twice(db):
    Tag.objects.create(name="Tea", slug="tea")
    api = tags()
    here = path("a/", include(api.urls, namespace="a"))
    there = path("b/", include(api.urls, namespace="b"))
    with serving(here, there) as client:
        assert client.get("/a/tags/").json() == [{"slug": "tea", "resource_uri": "/a/tags/tea/"}]
        assert client.get("/b/tags/").json() == [{"slug": "tea", "resource_uri": "/b/tags/tea/"}]


def test_an_api_lives_beside_resources_that_stand_alone(db):
    alone = Resource(TagHandler, authentication=())
    with serving(path("tags/", alone), re_path(r"^t/(?P<slug>\w+)/$", alone), mounted(tags())) as client:
        assert client.get("/tags/").status_code == client.get("/api/tags/").status_code == 200
        assert client.get("/t/nope/").status_code == 404


def test_route_returns_the_resource_which_is_a_view():
    resource = Api(authentication=()).route("archive/", HTTPArchiveHandler)

    assert isinstance(resource, Resource)
    assert resource(RequestFactory().get("/")).status_code == 200


@pytest.mark.parametrize(
    ("route", "address"),
    [
        ("tags/<int:pk>/", "/api/tags/99999999999999999999999999/"),
        ("tags/<int:pk>/", "/api/tags/0/"),
        ("tags/<str:pk>/", "/api/tags/abc/"),
        ("tags/<str:pk>/", "/api/tags/%00/"),
        ("tags/<str:slug>/", "/api/tags/%00/"),
        ("tags/<path:slug>/", "/api/tags/%ED%A0%80/"),
        ("tags/<str:slug>/", "/api/tags/" + "x" * 5000 + "/"),
        ("tags/<uuid:pk>/", "/api/tags/00000000-0000-0000-0000-000000000000/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_an_address_that_no_object_can_have_is_404(db, route, address, method):
    api = Api(authentication=())
    api.route(route, TagHandler)
    with serving(mounted(api)) as client:
        response = send(client, method, address, b"{}", JSON)

    assert response.status_code == 404


@pytest.mark.parametrize(
    "argument", ["author", "author_id", "author__id", "author__profile", "tags", "comments", "comments__author"]
)
@pytest.mark.parametrize("value", ["99999999999999999999999999", "7"])
def test_a_list_by_a_key_that_nobody_has_is_empty(db, argument, value):
    class PostHandler(BaseHandler):
        model = Post
        fields = ("slug",)

    api = Api(authentication=())
    api.route(f"by/<int:{argument}>/", PostHandler)
    with serving(mounted(api)) as client:
        assert data_of(client.get(f"/api/by/{value}/")) == []


def test_the_blogs_own_api_is_one_of_these(blog):
    names = {entry["name"] for entry in Client().get("/api/").json()["resources"]}

    assert names >= {"post-list", "post-item", "comment-list", "author-list", "author-item", "tag-list"}
    assert Client().get("/api/posts").headers["Location"] == "/api/posts/"
