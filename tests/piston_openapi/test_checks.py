"""What the system checks say of addresses that no document can hold together, and of the options."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.test import override_settings
from django.urls import include, path

from piston_core import Api, BaseHandler, Resource, SettingsError, plugin_options
from piston_core.testing import PluginContract
from piston_openapi import Options

OPENAPI = {"PLUGINS": ["json", "openapi"]}


class TestPlugin(PluginContract):
    name = "openapi"
    wrong_options = ({"openapi": "3.0"}, {"servers": "https://example.org"})


class WordHandler(BaseHandler):
    def read(self, request, **kwargs) -> str:
        return "word"


def found(*urls):
    with override_settings(PISTON=OPENAPI, ROOT_URLCONF=tuple(urls)):
        return [each.id for each in run_checks() if each.id.startswith("piston_openapi")]


def test_two_resources_at_one_template_are_a_warning():
    assert found(path("a/<int:pk>/", Resource(WordHandler)), path("a/<slug:pk>/", Resource(WordHandler))) == [
        "piston_openapi.W001"
    ]


def test_two_operations_of_one_name_are_a_warning():
    one, another = Resource(WordHandler), Resource(WordHandler)

    assert found(path("a/", one, name="word"), path("b/", another, name="word")) == ["piston_openapi.W002"]


def test_an_ordinary_api_is_none():
    api = Api()
    api.route("words/", WordHandler)

    assert found(path("api/", include(api.urls))) == []


@pytest.mark.parametrize(
    "options",
    [{"title": 1}, {"version": 2.0}, {"servers": "https://a"}, {"servers": [1]}, {"openapi": "3.0"}, {"x": 1}],
)
def test_options_that_cannot_be_meant_are_refused(options):
    with override_settings(PISTON=OPENAPI | {"OPTIONS": {"openapi": options}}), pytest.raises(SettingsError):
        plugin_options("openapi", Options)
