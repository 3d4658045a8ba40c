"""OAuth 2 keeps every promise of an authenticator, and its plugin those of a plugin."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.checks import ERROR
from django.test import override_settings
from django.urls import include, path

from piston_core.checks import check_piston
from piston_core.testing import AuthenticatorContract, PluginContract, serving
from piston_oauth.oauth2 import OAuth2Authenticator
from tests.piston_oauth2.asking import bearer, metadata
from tests.piston_oauth2.conftest import PROVIDER, TOKEN


class TestOAuth2Authenticator(AuthenticatorContract):
    authenticator = OAuth2Authenticator(realm='the "cave"')
    good = (bearer(TOKEN),)
    bad = (
        bearer("an-unknown-token"),
        bearer("two words"),
        bearer('"'),
        {"Authorization": "Bearer"},
        bearer("é"),
    )

    @pytest.fixture(autouse=True)
    def token(self, issue):
        issue()


class TestPlugin(PluginContract):
    name = "oauth2"
    wrong_options = ({"realm": "Bücher"}, {"realm": "a\nb"}, {"realm": None}, {"metadata": 1}, {"metadata": "no"})


TOOLKIT = path("o/", include("oauth2_provider.urls"))
INTROSPECTION = {"RESOURCE_SERVER_INTROSPECTION_URL": "https://issuer.example/introspect"}
CALLABLE = {"PKCE_REQUIRED": lambda client_id: client_id != "old"}
IDENTIFIED = {"OAUTH2_PROTECTED_RESOURCE_IDENTIFIER": "https://library.example/api"}


def found(routes: list, options: dict | None = None, **provider) -> list[str]:
    """Return the ids of what is reported of a project."""
    piston = {"OPTIONS": {"oauth2": options or {}}}
    with serving(routes, plugins=["oauth2"], PISTON=piston, OAUTH2_PROVIDER=PROVIDER | provider):
        return [each.id for each in check_piston() if each.id.startswith("piston_oauth2")]


@pytest.mark.parametrize(
    ("routes", "provider", "expected"),
    [
        ([metadata, TOOLKIT], {}, []),
        ([path("", include("oauth2_provider.urls"))], {}, []),
        ([metadata, TOOLKIT], IDENTIFIED, []),
        ([metadata, TOOLKIT], CALLABLE, []),
        ([metadata], INTROSPECTION, []),
        ([metadata, TOOLKIT], {"PKCE_REQUIRED": False}, ["piston_oauth2.W001"]),
        ([metadata, TOOLKIT], {"COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": False}, ["piston_oauth2.W002"]),
        ([metadata], {}, ["piston_oauth2.W003"]),
        ([TOOLKIT], {}, ["piston_oauth2.W004"]),
        ([path("", lambda request: None)], {}, ["piston_oauth2.W003", "piston_oauth2.W004"]),
    ],
)
def test_the_checks_tell_what_is_missing_and_what_is_not_safe(routes, provider, expected):
    assert found(routes, **provider) == expected


def test_metadata_that_nobody_wants_named_is_not_missed():
    assert found([TOOLKIT], {"metadata": False}) == []


def test_a_project_without_the_toolkit_s_app_is_an_error(settings):
    settings.INSTALLED_APPS = [each for each in settings.INSTALLED_APPS if each != "oauth2_provider"]
    with override_settings(PISTON={"PLUGINS": ["json", "oauth2"]}, ROOT_URLCONF=()):
        errors = [each for each in check_piston() if each.level >= ERROR]

    assert [each.id for each in errors] == ["piston_oauth2.E001"]
    assert "INSTALLED_APPS" in errors[0].hint


def test_without_the_toolkit_a_project_is_told_what_to_install():
    """The extra is not there: the plugin is named all the same, and cannot be imported."""
    code = """
import sys
sys.modules["oauth2_provider"] = None  # what Python does when there is no such module
from piston_core import PluginError
from piston_core.discovery import discover
assert "oauth2" not in discover(None).order  # installed with OAuth 1.0a, and not used by itself
try:
    discover(["oauth2"])
except PluginError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "plugin 'oauth2' (piston-oauth 0.1.0) failed to import" in run.stdout
    assert 'pip install "piston-oauth[oauth2]"' in run.stdout
