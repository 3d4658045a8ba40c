"""What ``manage.py check`` says of sessions that are not there, and of limits that limit nothing."""

from __future__ import annotations

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.checks import run_checks

from piston_auth.logins import Logins, check_logins
from piston_auth.session import check_sessions

MIDDLEWARE = "django.contrib.sessions.middleware.SessionMiddleware"
CACHES = "django.core.cache.backends"


class Own(SessionMiddleware):
    pass


def middleware(get_response):
    return get_response


@pytest.mark.parametrize("named", [["session"], ["basic", "session"], ("session",), "session"])
@pytest.mark.parametrize("middleware", [[], ["django.middleware.common.CommonMiddleware", f"{__name__}.middleware"]])
def test_sessions_without_their_middleware_are_an_error(settings, named, middleware):
    settings.PISTON = {"AUTHENTICATORS": named}
    settings.MIDDLEWARE = middleware
    (found,) = check_sessions()

    assert found.id == "piston_auth.E004"
    assert found.is_serious()
    assert MIDDLEWARE in found.hint


@pytest.mark.parametrize("engine", ["db", "cached_db"])
def test_sessions_without_their_table_are_an_error(settings, engine):
    settings.PISTON = {"AUTHENTICATORS": ["session"]}
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    settings.INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
    (found,) = check_sessions()

    assert found.id == "piston_auth.E004"
    assert "'django.contrib.sessions' to INSTALLED_APPS" in found.hint


@pytest.mark.parametrize("path", [MIDDLEWARE, f"{__name__}.Own"])
@pytest.mark.parametrize("engine", ["cache", "file", "signed_cookies"])
def test_a_project_with_sessions_is_told_nothing(settings, path, engine):
    settings.PISTON = {"AUTHENTICATORS": ["session"]}
    settings.MIDDLEWARE = ["nowhere.Middleware", path]
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    settings.INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]

    assert check_sessions() == []


@pytest.mark.parametrize("piston", [{}, {"AUTHENTICATORS": ["basic"]}, {"AUTHENTICATORS": []}])
def test_a_project_that_does_not_use_sessions_needs_none(settings, piston):
    settings.PISTON = piston
    settings.MIDDLEWARE = []

    assert check_sessions() == []


@pytest.mark.parametrize(
    ("backend", "debug", "words"),
    [
        ("dummy.DummyCache", True, "keeps nothing"),
        ("dummy.DummyCache", False, "keeps nothing"),
        ("locmem.LocMemCache", False, "another one in each process"),
        ("locmem.LocMemCache", True, "another one in each process"),
        ("filebased.FileBasedCache", False, None),
        ("db.DatabaseCache", False, None),
    ],
)
def test_a_cache_that_does_not_count_for_all_is_a_warning(settings, tmp_path, backend, debug, words):
    settings.DEBUG = debug
    settings.CACHES = {"logins": {"BACKEND": f"{CACHES}.{backend}", "LOCATION": str(tmp_path)}}
    found = check_logins(Logins(cache="logins"))

    assert [message.id for message in found] == (["piston_auth.W004"] if words else [])
    assert all(words in message.msg and "'logins'" in message.msg for message in found)
    assert check_logins(Logins(cache="logins", attempts=0)) == []


@pytest.mark.parametrize(
    ("named", "deploy", "expected"),
    [
        (["basic"], True, ["piston_auth.W004"]),
        (["digest", "token"], True, ["piston_auth.W004"]),
        (["token"], True, []),
        (["basic"], False, []),
    ],
)
def test_limits_are_looked_at_where_a_site_is_deployed_and_asks_for_passwords(settings, named, deploy, expected):
    settings.PISTON = {"PLUGINS": ["json", "auth"], "AUTHENTICATORS": named}
    found = run_checks(include_deployment_checks=deploy)

    assert [each.id for each in found if each.id in ("piston_auth.W004", "piston_auth.E005")] == expected


def test_a_cache_that_is_not_there_is_an_error(settings):
    (found,) = check_logins(Logins(cache="login"))

    assert found.id == "piston_auth.E005"
    assert found.is_serious()
    assert found.hint == "Known are: default."
