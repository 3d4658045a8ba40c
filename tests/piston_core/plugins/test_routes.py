"""The routes of a project: every resource in its URL configuration, wherever and however it is mounted."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from blog.models import Post, Tag
from piston_core import AnonymousBaseHandler, Api, BaseHandler, Resource
from piston_core.routes import Route, is_own, routes


class PostHandler(BaseHandler):
    model = Post
    fields = ("title",)


class ReadOnlyHandler(BaseHandler):
    model = Tag
    allowed_methods = ("GET",)


class AnonymousSendingHandler(AnonymousBaseHandler):
    allowed_methods = ("POST",)

    def create(self, request):
        return {}


class LoggedInHandler(BaseHandler):
    anonymous = AnonymousSendingHandler

    def read(self, request):
        return {}


def page(request):
    return HttpResponse("a page")


def make_api(name: str) -> Api:
    api = Api(name=name, authentication=())
    api.route("posts/", PostHandler)
    api.route("posts/<slug:slug>/", PostHandler, name="one-post")
    api.route(re.compile(r"^years/(?P<year>[0-9]{4})/$"), PostHandler)
    return api


@pytest.fixture
def found(settings):
    """Return a function that lists the routes of these URL patterns."""

    def found(*patterns: object) -> list[Route]:
        settings.ROOT_URLCONF = patterns
        return [*routes()]

    return found


def test_the_routes_of_an_api_are_found_with_their_names_and_the_root(found):
    listed = found(path("api/", include(make_api("shop").urls)), path("page/", page))

    assert [(route.pattern, route.name) for route in listed] == [
        ("/api/posts/", "shop:post-list"),
        ("/api/posts/<slug:slug>/", "shop:one-post"),
        ("/api/^years/(?P<year>[0-9]{4})/$", "shop:post-list"),
        ("/api/problems/<slug:name>", "shop:problem"),
        ("/api/", "shop:root"),
    ]
    assert [is_own(route) for route in listed] == [True, True, True, False, False]


def test_a_resource_among_djangos_own_patterns_is_found(found):
    listed = found(
        path("a/", Resource(PostHandler)),
        path("b/", Resource(ReadOnlyHandler), name="tags"),
        re_path(r"^c/(\d+)/$", Resource(ReadOnlyHandler)),
    )

    assert [(route.pattern, route.name) for route in listed] == [("/a/", ""), ("/b/", "tags"), (r"/^c/(\d+)/$", "")]
    assert listed[0].handler == f"{__name__}.PostHandler"


def test_nested_prefixes_and_namespaces_are_put_together(found):
    inner = ([path("api/", include(make_api("api").urls))], "inner")
    listed = found(path("<slug:shop>/", include((([path("deep/", include(inner))]), "outer"))))

    assert (listed[1].pattern, listed[1].name) == (
        "/<slug:shop>/deep/api/posts/<slug:slug>/",
        "outer:inner:api:one-post",
    )
    assert listed[1].arguments == ("shop", "slug")


def test_one_api_at_two_places_is_listed_twice(found):
    api = make_api("shop")
    listed = found(
        path("v1/", include(api.urls, namespace="one")),
        path("v2/", include(api.urls, namespace="two")),
    )

    assert [route.name for route in listed if "posts/" in route.pattern] == [
        "one:post-list",
        "one:one-post",
        "two:post-list",
        "two:one-post",
    ]


@pytest.mark.parametrize(
    "decorate",
    [never_cache, csrf_exempt, lambda view: never_cache(csrf_exempt(view))],
    ids=["one", "another", "two"],
)
def test_a_decorated_resource_is_found(found, decorate):
    [route] = found(path("a/", decorate(Resource(PostHandler))))

    assert isinstance(route.resource, Resource)


@pytest.mark.parametrize(
    ("handler", "pattern", "methods"),
    [
        (PostHandler, "posts/", "GET, HEAD, QUERY, POST, OPTIONS"),
        (PostHandler, "posts/<slug:slug>/", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        (ReadOnlyHandler, "tags/", "GET, HEAD, QUERY, OPTIONS"),
        (LoggedInHandler, "logged-in/", "GET, HEAD, POST, OPTIONS"),
    ],
)
def test_a_route_tells_the_methods_that_anybody_may_use_there(found, handler, pattern, methods):
    [route] = found(path(pattern, Resource(handler)))

    assert route.methods == methods


def test_finding_routes_needs_no_plugin(found, settings):
    settings.PISTON = {"PLUGINS": ["not-installed"]}

    assert len(found(path("a/", Resource(PostHandler)))) == 1
