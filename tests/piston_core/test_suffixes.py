"""Addresses that name their format: ``/tags.jsonl`` is ``/tags/`` as JSON Lines, whatever ``Accept`` says."""

from __future__ import annotations

import json
import re

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.test import AsyncClient
from django.urls import include, path, resolve, reverse

from blog.models import Tag
from piston_core import Api, BaseHandler, Problem
from tests.piston_core.pipeline.asking import BAD, GOOD, Key, Recording, problem_of, serving
from tests.shop.serving import serving as serving_api


class TagHandler(BaseHandler):
    model = Tag
    fields = ("name", "slug", "resource_uri")


TAGS = {"tags/": TagHandler, "tags/<slug:slug>/": TagHandler}


@pytest.fixture
def tag(db):
    return Tag.objects.create(name="Tea", slug="tea")


@pytest.mark.parametrize(
    ("address", "content_type"),
    [
        ("/api/tags.json", "application/json"),
        ("/api/tags.jsonl", "application/jsonl"),
        ("/api/tags/tea.json", "application/json"),
        ("/api/tags/tea.jsonl", "application/jsonl"),
    ],
)
def test_the_suffix_is_the_format(tag, address, content_type):
    with serving_api(TAGS) as client:
        response = client.get(address)

    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)


@pytest.mark.parametrize("accept", ["application/json", "text/html", "application/jsonl;q=0"])
def test_the_suffix_comes_before_accept_and_the_parameter(tag, accept):
    with serving_api(TAGS) as client:
        response = client.get("/api/tags.jsonl?format=json", headers={"Accept": accept})

    assert response.headers["Content-Type"] == "application/jsonl"


def test_the_document_is_the_same_at_either_address(tag):
    with serving_api(TAGS) as client:
        assert client.get("/api/tags/tea.json").content == client.get("/api/tags/tea/").content
        assert client.get("/api/tags.json").json()[0]["resource_uri"] == "/api/tags/tea/"


@pytest.mark.parametrize("suffix", ["xyz", "JSON", "json2", "json-", "1"])
def test_a_suffix_that_is_no_format_is_no_address(tag, suffix):
    with serving_api(TAGS) as client:
        problem = problem_of(client.get(f"/api/tags.{suffix}"))

    assert problem["status"] == 404
    assert "json, jsonl" in problem["detail"]


def test_a_format_that_the_resource_does_not_offer_is_no_address(tag):
    with serving_api(TAGS, emitters=["json"]) as client:
        assert problem_of(client.get("/api/tags.jsonl"))["status"] == 404


@pytest.mark.parametrize("address", ["/api/tags.json/", "/api/tags.", "/api/.json", "/api/tags/tea.json.jsonl"])
def test_what_only_looks_like_a_suffix_is_not_there(tag, address):
    with serving_api(TAGS) as client:
        assert problem_of(client.get(address))["status"] == 404


def test_every_method_is_served_there(db):
    with serving_api(TAGS) as client:
        created = client.post("/api/tags.jsonl", {"name": "Coffee", "slug": "coffee"}, "application/json")
        changed = client.patch("/api/tags/coffee.jsonl", {"name": "Kopi"}, "application/json")
        options = client.options("/api/tags/coffee.json")

    assert (created.status_code, created.headers["Location"]) == (201, "/api/tags/coffee/")
    assert json.loads(changed.getvalue())["name"] == "Kopi"
    assert options.headers["Allow"] == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"


def test_authentication_is_asked_first(db):
    api = Api(authentication=[Key()])
    api.route("it/", Recording)
    with serving(path("", include(api.urls))) as client:
        assert client.get("/it.json").status_code == 401
        assert client.get("/it.xyz", headers=BAD).status_code == 401
        assert client.get("/it.json", headers=GOOD).status_code == 200


def test_a_problem_comes_in_the_format_of_the_suffix_or_in_the_first_that_writes_problems(tag):
    class Refusing(BaseHandler):
        def read(self, request):
            raise Problem(409)

    with serving_api({"it/": Refusing}) as client:
        assert problem_of(client.get("/api/it.json"))["status"] == 409
        assert problem_of(client.get("/api/it.jsonl"))["status"] == 409


def test_an_address_with_a_suffix_has_the_route_s_name_and_the_argument_format(tag):
    with serving_api(TAGS):
        assert reverse("api:tag-list", kwargs={"format": "jsonl"}) == "/api/tags.jsonl"
        assert reverse("api:tag-item", kwargs={"slug": "tea", "format": "json"}) == "/api/tags/tea.json"
        assert reverse("api:tag-item", kwargs={"slug": "tea"}) == "/api/tags/tea/"


class Echo(BaseHandler):
    def read(self, request, **kwargs):
        return kwargs


@pytest.mark.parametrize(
    ("route", "address", "arguments"),
    [
        ("users/<str:name>/", "/api/users/a.b.json", {"name": "a.b"}),
        ("users/<str:name>/", "/api/users/a.json/", {"name": "a.json"}),
        ("users/<str:name>", "/api/users/a.json", {"name": "a.json"}),
        ("files/<path:name>/", "/api/files/a/b.json", {"name": "a/b"}),
        ("it", "/api/it.json", {}),
        ("<slug:a>-<int:b>/", "/api/x-1.json", {"a": "x", "b": 1}),
        (re.compile(r"^years/(?P<year>\d{4})/$"), "/api/years/2026.json", {"year": "2026"}),
        (re.compile(r"^years/(?P<year>\d{4})/?$"), "/api/years/2026.json", {"year": "2026"}),
        ("as/<slug:format>/", "/api/as/json/", {"format": "json"}),
    ],
)
def test_the_suffix_is_no_argument_of_the_handler(route, address, arguments):
    with serving_api({route: Echo}) as client:
        assert client.get(address).json() == arguments


@pytest.mark.parametrize(
    ("route", "address"),
    [
        ("", "/api/.json"),
        ("as/<slug:format>/", "/api/as/it.json"),
        (re.compile(r"^years/(?P<year>\d{4})"), "/api/years/x.json"),
    ],
)
def test_a_route_without_room_for_a_suffix_has_none(route, address):
    with serving_api({route: Echo}) as client:
        assert client.get(address).status_code == 404


def test_an_asynchronous_resource_stays_asynchronous():
    class Asynchronous(BaseHandler):
        async def read(self, request):
            return {"ok": True}

    async def ask():
        return await AsyncClient().get("/api/it.jsonl")

    with serving_api({"it/": Asynchronous}) as client:
        assert iscoroutinefunction(resolve("/api/it.json").func)
        assert async_to_sync(ask)().getvalue() == client.get("/api/it.jsonl").getvalue() == b'{"ok":true}\n'


def test_routes_are_listed_once():
    from piston_core.routes import routes

    with serving_api(TAGS):
        assert [route.pattern for route in routes()] == [
            "/api/tags/",
            "/api/tags/<slug:slug>/",
            "/api/problems/<slug:name>",
            "/api/",
        ]
