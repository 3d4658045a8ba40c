"""Where an answer leads to by a handler's own method; the root of an API leads to its routes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpRequest

from piston_core import Api, BaseHandler, Emitter, Link, LinkBuilder
from piston_core.testing import serving


class Linked(Emitter):
    """Writes where documents lead to."""

    name = "linked"
    media_types = ("application/json",)
    linked = True

    def emit(self, document, request):
        links = [[link.rel, link.href, link.templated, link.attributes.get("title", "")] for link in document.links]
        return json.dumps(links).encode()

    def stream(self, document, request):
        yield self.emit(document, request)


class Declared(LinkBuilder):
    """Sends what is declared."""

    name = "declared"

    def links(self, subject):
        return subject.links


class HoursHandler(BaseHandler):
    """When we are open."""

    curies = {"town": "https://town.example/rels/{rel}"}

    def read(self, request: HttpRequest, day: str = "") -> Any:
        return {"day": day}

    def leads_to(self, request: HttpRequest, day: str = "") -> Any:
        yield Link(f"/map/{day}", "town:map search", {"title": "Here"})
        yield Link("/find/{q}", "search", templated=True)


class WordsHandler(BaseHandler):
    def read(self, request: HttpRequest, word: str) -> Any:
        return {}


@pytest.fixture
def client():
    api = Api()
    api.route("hours/", HoursHandler, name="hours")
    api.route("hours/<slug:day>/", HoursHandler, name="day")
    api.route("words/<word>/", WordsHandler, name="word")
    with serving(api, emitters=[Linked()], link_builders=[Declared()]) as client:
        yield client


def test_a_handler_without_a_model_says_where_its_answers_lead_to(client):
    links = client.get("/hours/monday/").json()

    assert links == [["town:map search", "/map/monday", False, "Here"], ["search", "/find/{q}", True, ""]]


def test_the_link_field_has_relation_types_in_full_and_no_templates(client):
    sent = client.get("/hours/").headers["Link"]

    assert sent == '</map/>; rel="https://town.example/rels/map search"; title="Here"'


def test_the_root_of_an_api_leads_to_its_routes_by_their_names(client):
    assert client.get("/").json() == [
        ["hours", "/hours/", False, "When we are open."],
        ["day", "/hours/{day}/", True, "When we are open."],
        ["word", "/words/{word}/", True, ""],
    ]


def test_without_anybody_who_shows_links_no_handler_is_asked():
    class Failing(HoursHandler):
        def leads_to(self, request: HttpRequest, day: str = "") -> Any:
            raise AssertionError("nobody wants to know")

    with serving(Failing, plugins=["json"]) as client:
        assert client.get("/").status_code == 200
