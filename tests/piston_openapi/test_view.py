"""The document over HTTP."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.urls import include, path

from piston_core import Api, BaseHandler
from piston_openapi import DocumentView

DOCUMENT = "/api/openapi.json"
OPENAPI = {"PLUGINS": ["json", "auth", "openapi"], "AUTHENTICATORS": ["basic"]}


def test_it_is_json_and_has_a_tag():
    response = Client().get(DOCUMENT)

    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["openapi"] == "3.1.1"
    again = Client().get(DOCUMENT, headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_has_the_media_type_that_a_client_prefers():
    own = "application/vnd.oai.openapi+json"
    response = Client().get(DOCUMENT, headers={"accept": own})

    assert response.headers["Content-Type"] == f"{own};version=3.1"
    assert "Accept" in response.headers["Vary"]
    assert response.headers["ETag"] != Client().get(DOCUMENT).headers["ETag"]


def test_a_client_may_ask_for_another_version():
    assert Client().get(DOCUMENT, {"openapi": "3.2"}).json()["openapi"] == "3.2.0"
    assert Client().get(DOCUMENT, {"openapi": "2.0"}).status_code == 400
    assert Client().get(DOCUMENT, {"openapi": "\x00" * 1000}).status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_is_only_read(method):
    response = getattr(Client(), method)(DOCUMENT)

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_it_is_made_once():
    view = DocumentView()
    first = view._written("")

    assert view._written("") is first


def test_it_follows_the_settings():
    with override_settings(PISTON=OPENAPI | {"OPTIONS": {"openapi": {"title": "Ours", "openapi": "3.2"}}}):
        found = Client().get(DOCUMENT).json()

    assert (found["openapi"], found["info"]["title"]) == ("3.2.0", "Ours")
    assert Client().get(DOCUMENT).json()["info"]["title"] == "API"


def test_one_of_two_apis_has_its_own_document():
    class WordHandler(BaseHandler):
        """A word."""

        def read(self, request) -> str:
            return "word"

    one, another = Api(title="One", name="one"), Api(title="Another", name="another")
    one.route("word/", WordHandler)
    another.route("words/", WordHandler)
    urls = (
        path("one/openapi.json", DocumentView(one)),
        path("one/", include(one.urls)),
        path("another/", include(another.urls)),
    )
    with override_settings(ROOT_URLCONF=urls):
        found = Client().get("/one/openapi.json").json()

    assert (found["info"]["title"], list(found["paths"])) == ("One", ["/one/word/"])


@override_settings(PISTON=OPENAPI)
def test_the_root_of_an_api_leads_to_it(db):
    response = Client().get("/api/")

    assert '</api/openapi.json>; rel="service-desc"; type="application/json"' in response.headers["Link"]
    assert '</api/docs/>; rel="service-doc"; type="text/html"' in response.headers["Link"]
    assert "service-desc" not in Client().get("/api/statistics/").headers.get("Link", "")


@override_settings(PISTON=OPENAPI)
def test_without_an_address_no_link_leads_to_it():
    api = Api()
    with override_settings(ROOT_URLCONF=(path("api/", include(api.urls)),)):
        assert "service-desc" not in Client().get("/api/").headers.get("Link", "")
