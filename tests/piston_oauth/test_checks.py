"""The system checks of the provider."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.core.checks import run_checks
from django.urls import path

from tests.piston_oauth.site import piston

ELSEWHERE = (path("admin/", admin.site.urls),)


def ids(**given) -> list[str]:
    return sorted(each.id for each in run_checks(**given) if each.id.startswith("piston_oauth"))


@pytest.fixture(autouse=True)
def _provider(provider):
    pass


def test_the_site_of_these_tests_is_all_right():
    assert ids() == []


def test_the_app_is_missing(settings):
    settings.INSTALLED_APPS = [name for name in settings.INSTALLED_APPS if name != "piston_oauth"]
    settings.ROOT_URLCONF = ELSEWHERE

    assert ids() == ["piston_oauth.E001"]
    settings.PISTON = {**settings.PISTON, "AUTHENTICATORS": []}
    assert ids() == ["piston_oauth.W001"]


def test_the_addresses_are_missing(settings):
    settings.ROOT_URLCONF = ELSEWHERE

    assert ids() == ["piston_oauth.W002"]


@pytest.mark.parametrize("place", ["/nowhere/", "no-such-name"])
def test_nobody_can_log_in(settings, place):
    settings.LOGIN_URL = place

    assert ids() == ["piston_oauth.W003"]


@pytest.mark.parametrize("place", ["/admin/login/?x=1", "admin:login", "https://login.example.com/", "//a.example/"])
def test_somebody_can(settings, place):
    settings.LOGIN_URL = place

    assert ids() == []


@pytest.mark.parametrize("name", ["sessions.middleware.SessionMiddleware", "auth.middleware.AuthenticationMiddleware"])
def test_a_middleware_is_missing(settings, name):
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if not each.endswith(name)]

    (message,) = [each for each in run_checks() if each.id.startswith("piston_oauth")]
    assert message.id == "piston_oauth.W004"
    assert name in message.msg


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"insecure_transport": False}, []),
        ({"insecure_transport": False, "plaintext_anywhere": True}, ["piston_oauth.W005"]),
        ({"insecure_transport": True}, ["piston_oauth.W006"]),
    ],
)
def test_a_site_on_the_internet_has_tls(settings, options, expected):
    settings.PISTON = piston(**options)

    assert ids(include_deployment_checks=True) == expected
    assert ids() == []
