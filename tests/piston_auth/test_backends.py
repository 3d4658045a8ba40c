"""Django's authentication backends decide: the project's own, several, and ones that fail."""

from __future__ import annotations

import json
import logging

import pytest
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.views.debug import ExceptionReporter
from django.views.decorators.debug import sensitive_variables

from piston_core.checks import check_piston
from tests.piston_auth.asking import basic

pytestmark = pytest.mark.urls("tests.piston_auth.asking")

SECRET = "open-sesame-7d1f"


class Cave(BaseBackend):
    """Knows one password, whoever says it."""

    def authenticate(self, request, username=None, password=None):
        return User(username=f"{username} of the cave") if password == SECRET else None


class Locked(BaseBackend):
    def authenticate(self, request, username=None, password=None):
        raise PermissionDenied


class Broken(BaseBackend):
    @sensitive_variables()  # a backend answers for its own variables, as Django says
    def authenticate(self, request, username=None, password=None):
        copy = password
        raise ConnectionError(f"no directory for {len(copy)} characters")


class Token(BaseBackend):
    def authenticate(self, request, token):
        raise AssertionError


class Seeing(BaseBackend):
    def authenticate(self, request, username=None, password=None):
        return User(username=request.META["HTTP_X_TENANT"])


MODEL = "django.contrib.auth.backends.ModelBackend"


@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
def test_a_backend_of_the_project_decides(db, backends, path):
    backends(Cave)

    assert Client().get(path, headers=basic("Ali", SECRET)).json() == {"user": "Ali of the cave", "by": "basic"}
    assert Client().get(path, headers=basic("Ali", "barley")).status_code == 401


def test_each_backend_is_asked_in_turn(aladdin, backends):
    backends(Token, Cave, MODEL)

    assert Client().get("/who/", headers=basic("Aladdin", "open sesame")).json()["user"] == "Aladdin"
    assert Client().get("/who/", headers=basic("Aladdin", SECRET)).json()["user"] == "Aladdin of the cave"


def test_a_backend_sees_the_request(db, backends):
    backends(Seeing)
    response = Client().get("/who/", headers=basic("a", "b") | {"X-Tenant": "baghdad"})

    assert response.json()["user"] == "baghdad"


@pytest.mark.parametrize("path", ["/who/", "/who-or-nobody/", "/async-who/"])
def test_a_backend_that_denies_is_a_401_and_no_other_is_asked(aladdin, backends, path):
    backends(Locked, MODEL)
    response = Client().get(path, headers=basic("Aladdin", "open sesame"))

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("path", ["/who/", "/who-or-nobody/", "/async-who/"])
def test_a_backend_that_fails_is_a_500_and_lets_nobody_in(aladdin, backends, path):
    backends(Broken, MODEL)
    response = Client(raise_request_exception=False).get(path, headers=basic("Aladdin", "open sesame"))

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "directory" not in response.text


@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
def test_a_backend_that_fails_does_not_bring_the_password_into_logs_or_reports(db, backends, caplog, path):
    """Django mails such a report to the admins; it shows the variables of each frame."""
    backends(Broken)
    caplog.set_level(logging.DEBUG)
    headers = basic("Aladdin", SECRET)
    response = Client(raise_request_exception=False).get(path, headers=headers)
    record = next(record for record in caplog.records if record.exc_info)
    reporter = ExceptionReporter(record.request, *record.exc_info, is_email=True)
    report = reporter.get_traceback_html() + reporter.get_traceback_text()

    assert "no directory for 16 characters" in report
    for text in (report, caplog.text, response.text):
        assert SECRET not in text
        assert headers["Authorization"].split()[1] not in text


def test_a_traceback_shown_in_debug_does_not_hold_the_password(db, backends, settings):
    settings.DEBUG = True
    backends(Broken)
    response = Client(raise_request_exception=False).get("/who/", headers=basic("Aladdin", SECRET))

    assert "no directory" in response.text
    assert SECRET not in response.text


def test_a_refusal_is_signalled_as_django_does_it_without_the_password(aladdin):
    seen = []

    def listen(sender, credentials, request, **_kwargs):
        seen.append((credentials, request.path))

    user_login_failed.connect(listen)
    try:
        Client().get("/who/", headers=basic("Aladdin", SECRET))
    finally:
        user_login_failed.disconnect(listen)

    assert [(credentials["username"], path) for credentials, path in seen] == [("Aladdin", "/who/")]
    assert SECRET not in str(seen)


def test_a_project_without_django_s_users_is_told_by_manage_py_check(settings):
    settings.INSTALLED_APPS = ["piston_core"]
    settings.PISTON = {"PLUGINS": ["json", "auth"]}
    settings.ROOT_URLCONF = ()
    found = [message for message in check_piston() if message.id == "piston_auth.W001"]

    assert len(found) == 1
    assert "django.contrib.auth" in found[0].hint


def test_a_project_with_django_s_users_is_told_nothing(db):
    assert [message for message in check_piston() if message.id.startswith("piston_auth")] == []


def test_the_plugin_is_found_by_its_entry_point_and_offers_what_its_readme_says(capsys):
    call_command("piston", "plugins", "--json")
    listed = next(plugin for plugin in json.loads(capsys.readouterr().out) if plugin["name"] == "auth")

    assert listed["distribution"] == "piston-auth"
    assert listed["offers"] == [
        *(f"authenticator {name}" for name in ("basic", "digest", "session", "token")),
        *(f"permission {name}" for name in ("authenticated", "staff", "read-only", "model", "object")),
    ]
