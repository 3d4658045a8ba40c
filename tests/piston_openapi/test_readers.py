"""Who may read the document and its pages, and which pages there are."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.test import Client, override_settings
from django.urls import include, path

from piston_core import SettingsError, plugin_options
from piston_openapi import Options
from piston_openapi.pages import viewers

ADDRESSES = ["/api/openapi.json", "/api/docs/", "/api/docs/?session", "/api/docs/swagger/", "/api/docs/redoc/"]
FILES = [
    "/api/docs/swagger/swagger-ui-bundle.js",
    "/api/docs/swagger/swagger-ui.css",
    "/api/docs/redoc/redoc.standalone.js",
]


@pytest.fixture(autouse=True)
def _site(settings):
    """Serve the pages, of no API, and a place to log in."""
    settings.ROOT_URLCONF = (path("api/", include("piston_openapi.urls")), path("admin/", admin.site.urls))


def piston(**options):
    return override_settings(PISTON={"PLUGINS": ["json", "auth", "openapi"], "OPTIONS": {"openapi": options}})


@pytest.fixture
def jane(db):
    return User.objects.create_user("jane")


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("address", [*ADDRESSES, *FILES])
def test_everybody_reads_by_default(address):
    with piston(viewers=["swagger", "redoc"]):
        assert Client().get(address).status_code == 200


@pytest.mark.parametrize("address", [*ADDRESSES, *FILES, "/api/docs/nothing/"])
def test_the_staff_alone_reads_where_the_options_say_so(address, jane):
    with piston(viewers=["swagger", "redoc"], readers="staff"), override_settings(LOGIN_URL="admin:login"):
        unknown = Client().get(address)
        assert (unknown.status_code, unknown.headers["Location"].split("?")[0]) == (302, "/admin/login/")
        assert client_of(jane).get(address).status_code == 403
        User.objects.update(is_staff=True)
        found = client_of(jane).get(address) if "nothing" not in address else None
        assert found is None or (found.status_code, found.headers["Cache-Control"]) == (200, "private, no-cache")


def test_whoever_logs_in_comes_back(jane):
    with piston(readers="staff"):
        assert (
            Client().get("/api/docs/?a=b&c").headers["Location"]
            == "/accounts/login/?next=%2Fapi%2Fdocs%2F%3Fa%3Db%26c"
        )


def test_a_project_without_users_shows_it_to_nobody():
    with piston(readers="staff"), override_settings(MIDDLEWARE=[]):
        assert Client().get("/api/docs/").status_code == 302


@pytest.mark.parametrize("address", [*ADDRESSES[3:], *FILES, "/api/docs/swagger/../urls.py", "/api/docs/nothing/"])
def test_what_the_options_do_not_name_is_not_there(address):
    with piston():
        assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    "file", ["swagger-ui.css.map", "LICENSE", "..", "%2e%2e%2fLICENSE", "index.html", "swagger-ui.css%00"]
)
def test_only_what_a_viewer_needs_is_served(file):
    with piston(viewers=["swagger"]):
        assert Client().get(f"/api/docs/swagger/{file}").status_code == 404


@pytest.mark.parametrize("address", FILES)
def test_files_are_not_sent_twice(address):
    with piston(viewers=["swagger", "redoc"]):
        first = Client().get(address)
        again = Client().get(address, headers={"if-none-match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Content-Type"].startswith(("text/javascript", "text/css"))


@pytest.mark.parametrize("viewer", ["swagger", "redoc"])
def test_a_viewer_runs_nothing_but_its_own_files(viewer):
    with piston(viewers=[viewer]):
        policy = Client().get(f"/api/docs/{viewer}/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_page_leads_to_what_there_is():
    with piston(viewers=["redoc"]):
        html = Client().get("/api/docs/").content.decode()

    assert 'href="/api/docs/redoc/"' in html
    assert 'href="/api/openapi.json"' in html
    assert "/api/docs/swagger/" not in html


@pytest.mark.parametrize(
    "options", [{"readers": "nobody"}, {"viewers": "swagger"}, {"viewers": ["rapidoc"]}, {"readers": 1}]
)
def test_options_that_cannot_be_meant_are_refused(options):
    with piston(**options), pytest.raises(SettingsError):
        plugin_options("openapi", Options)


def found(**settings):
    with override_settings(**settings):
        return [each.id for each in run_checks() if each.id.startswith("piston_openapi")]


def test_a_viewer_whose_files_are_not_installed_is_an_error(monkeypatch):
    monkeypatch.setattr(viewers, "PACKAGE", "not_installed_here")
    with piston(viewers=["swagger"]):
        assert found() == ["piston_openapi.E001"]
        assert Client().get("/api/docs/swagger/").status_code == 404
    with piston():
        assert found() == []


def test_a_login_that_leads_nowhere_is_a_warning():
    with piston(readers="staff"):
        assert found(LOGIN_URL="/nowhere/") == ["piston_openapi.W003"]
        assert found(LOGIN_URL="nowhere:login") == ["piston_openapi.W003"]
        assert found(LOGIN_URL="admin:login") == []
        assert found(LOGIN_URL="https://login.example/") == []
    with piston():
        assert found(LOGIN_URL="/nowhere/") == []
