"""Refusals: error objects with the media type of the format, and never data beside them."""

from __future__ import annotations

import pytest

from piston_core import BaseHandler, Problem
from tests.piston_hateoas.jsonapi.asking import error_of, got, site
from tests.piston_hateoas.jsonapi.judges import expect_valid

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(blog):
    with site() as client:
        yield client


def test_what_is_not_there_is_an_error_object(client):
    error = error_of(client, "/api/posts/nothing/", 404)
    assert error["title"] == "Not Found"
    assert error["id"].startswith("urn:uuid:")
    assert "source" not in error


def test_what_is_nowhere_below_the_api_is_an_error_object(client):
    assert error_of(client, "/api/nowhere/", 404)["status"] == "404"


def test_a_method_that_is_not_served_is_an_error_object(client):
    response = client.delete("/api/posts/")
    assert response.status_code == 405
    expect_valid(response.json())


def test_a_problem_of_the_projects_own_keeps_its_members(db):
    def read(self, request):
        raise Problem(409, "Later.", type="https://example.org/busy", title="Busy", retry=7)

    with site(type("It", (BaseHandler,), {"read": read})) as client:
        error = error_of(client, "/", 409)
    del error["id"]
    assert error == {
        "links": {"type": "https://example.org/busy"},
        "status": "409",
        "code": "busy",
        "title": "Busy",
        "detail": "Later.",
        "meta": {"retry": 7},
    }


@pytest.mark.parametrize("errors", ["text", [], ["text"], [{"detail": "a"}, {"detail": "b"}]], ids=str)
def test_errors_of_any_form_are_written(db, errors):
    def read(self, request):
        raise Problem(422, "No.", errors=errors)

    with site(type("It", (BaseHandler,), {"read": read})) as client:
        found = got(client, "/", 422)["errors"]
    assert len(found) == (2 if errors and errors[0] == {"detail": "a"} else 1)


def test_a_defect_tells_nothing(db):
    def read(self, request):
        raise RuntimeError("a secret")

    with site(type("It", (BaseHandler,), {"read": read})) as client:
        assert "secret" not in str(error_of(client, "/", 500))
