"""``manage.py piston``: the lists of plugins and routes, for people and for programs."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import include, path
from django.utils.functional import lazystr

from piston_core import Api, BaseHandler, Resource
from tests.piston_core.plugins.conftest import EMPTY, emitter


class PlainHandler(BaseHandler):
    def read(self, request, day=None):
        return {}


class AsyncHandler(BaseHandler):
    async def read(self, request):
        return {}


def piston(*arguments: str) -> str:
    """Return what the command prints."""
    printed = StringIO()
    call_command("piston", *arguments, stdout=printed)
    return printed.getvalue()


def fails(*arguments: str) -> tuple[str, str]:
    """Return what the command prints and why it fails."""
    printed = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("piston", *arguments, stdout=printed)
    assert caught.value.returncode == 1
    return printed.getvalue(), str(caught.value)


def row(name: str, printed: str) -> dict:
    """Return a plugin's row of the JSON list."""
    return next(row for row in json.loads(printed) if row["name"] == name)


# -- plugins ------------------------------------------------------------------------------------


def test_the_plugins_are_listed_for_programs(install, settings):
    install("xa", emitter("xa"), version="1.2")
    settings.PISTON = {"PLUGINS": ["xa", "json"]}

    rows = json.loads(piston("plugins", "--json"))

    assert [each["name"] for each in rows[:2]] == ["xa", "json"]
    assert rows[0] == {
        "name": "xa",
        "distribution": "fake-xa",
        "version": "1.2",
        "status": "enabled",
        "hooks": ["piston_emitters"],
        "offers": ["emitter xa"],
        "failure": "",
        "fix": "",
    }
    assert rows[1]["offers"] == [
        "emitter json",
        "emitter jsonl",
        "parser json",
        "parser merge-patch",
        "parser json-patch",
    ]


def test_an_installed_plugin_is_listed_with_how_to_enable_it(install, settings):
    install("xa")
    settings.PISTON = {"PLUGINS": ["json"]}

    assert row("xa", piston("plugins", "--json")) | {"version": ""} == {
        "name": "xa",
        "distribution": "fake-xa",
        "version": "",
        "status": "installed",
        "hooks": [],
        "offers": [],
        "failure": "",
        "fix": 'add "xa" to PISTON["PLUGINS"] to enable it',
    }


def test_a_broken_guest_is_listed_and_the_command_succeeds(install, settings):
    install("xa", "1 / 0")
    settings.PISTON = {}

    found = row("xa", piston("plugins", "--json"))

    assert found["status"] == "broken"
    assert "plugin 'xa' (fake-xa 1.0) failed to import: ZeroDivisionError" in found["failure"]


@pytest.mark.parametrize("code", ["1 / 0", "@hookimpl\ndef piston_emitters(): return 5", emitter("json")])
def test_a_broken_plugin_that_is_named_is_listed_with_the_others_and_the_command_fails(install, settings, code):
    install("xa", code)
    settings.PISTON = {"PLUGINS": ["json", "xa", "auth"]}

    printed, reason = fails("plugins", "--json")

    assert row("xa", printed)["status"] == "broken"
    assert row("xa", printed)["failure"] == reason
    assert "plugin 'xa' (fake-xa 1.0)" in reason
    assert (row("json", printed)["status"], row("auth", printed)["status"]) == ("enabled", "enabled")


def test_every_plugin_that_keeps_the_project_from_starting_is_named(install, settings):
    install("xa", "1 / 0")
    settings.PISTON = {"PLUGINS": ["xa", "xz", "json"]}

    printed, reason = fails("plugins")

    assert "plugin 'xa' (fake-xa 1.0)" in reason
    assert "No plugin named 'xz' is installed" in reason
    assert "xz" in printed


def test_the_plugins_are_listed_for_people(install, project, settings):
    install("xa", emitter("xa"), version="1.2")
    install("xb", "1 / 0")
    project("fake_shop.hooks", EMPTY)
    settings.PISTON = {"PLUGINS": ["fake_shop.hooks", "xa"]}

    lines = piston("plugins").splitlines()

    assert lines[0].split() == ["name", "distribution", "version", "status", "offers"]
    assert lines[1].split() == ["fake_shop.hooks", "-", "-", "enabled", "-"]
    assert lines[2:5] == ["    hooks: piston_emitters", lines[3], "    hooks: piston_emitters"]
    assert lines[3].split() == ["xa", "fake-xa", "1.2", "enabled", "emitter", "xa"]
    assert lines[0].index("status") == lines[1].index("enabled") == lines[3].index("enabled")
    assert '    fix: add "xb" to PISTON["PLUGINS"] to enable it' in lines


def test_the_reason_stands_below_a_broken_plugin(install, settings):
    install("xa", "1 / 0")
    settings.PISTON = {}

    lines = piston("plugins").splitlines()

    at = next(number for number, line in enumerate(lines) if line.startswith("xa "))
    assert lines[at].split() == ["xa", "fake-xa", "1.0", "broken", "-"]
    assert lines[at + 1].startswith("    failure: plugin 'xa' (fake-xa 1.0) failed to import: ZeroDivisionError")


@pytest.mark.parametrize("what", ["plugins", "routes"])
def test_settings_that_cannot_be_read_are_refused_in_one_line(settings, what):
    settings.PISTON = {"PLUGIN": ["json"]}

    printed, reason = fails(what)

    assert printed == ""
    assert "did you mean 'PLUGINS'?" in reason


# -- routes -------------------------------------------------------------------------------------


@pytest.fixture
def shop(settings) -> None:
    """Mount an API with three resources."""
    api = Api(name="shop", authentication=())
    api.route("plain/", PlainHandler, authentication="basic", emitters=["jsonl"])
    api.route("plain/<int:day>/", PlainHandler, name="day")
    api.route("async/", AsyncHandler)
    settings.ROOT_URLCONF = (path("api/", include(api.urls)),)


def test_the_routes_are_listed_for_programs(shop):
    rows = json.loads(piston("routes", "--json"))

    assert rows[:2] == [
        {
            "pattern": "/api/plain/",
            "name": "shop:plain",
            "handler": f"{__name__}.PlainHandler",
            "methods": ["GET", "HEAD", "OPTIONS"],
            "emitters": ["jsonl"],
            "authenticators": ["basic"],
            "throttles": [],
            "permissions": [],
            "async": False,
        },
        {
            "pattern": "/api/plain/<int:day>/",
            "name": "shop:day",
            "handler": f"{__name__}.PlainHandler",
            "methods": ["GET", "HEAD", "OPTIONS"],
            "emitters": ["json", "jsonl"],
            "authenticators": [],
            "throttles": [],
            "permissions": [],
            "async": False,
        },
    ]
    assert [(each["pattern"], each["async"]) for each in rows[2:]] == [
        ("/api/async/", True),
        ("/api/problems/<slug:name>", False),
        ("/api/", False),
    ]


def test_the_routes_are_listed_for_people(shop):
    lines = piston("routes").splitlines()

    assert lines[0].split() == ["pattern", "name", "handler", "methods", "emitters", "authenticators", "async"]
    assert lines[1].split() == [
        "/api/plain/",
        "shop:plain",
        f"{__name__}.PlainHandler",
        *("GET,", "HEAD,", "OPTIONS", "jsonl", "basic", "no"),
    ]
    assert lines[3].split()[-2:] == ["-", "yes"]


def test_a_project_without_resources_has_nothing_to_list(settings):
    settings.ROOT_URLCONF = ()

    assert piston("routes") == "There is nothing to list.\n"
    assert json.loads(piston("routes", "--json")) == []


def test_a_translated_prefix_is_listed(settings):
    settings.ROOT_URLCONF = (path(lazystr("läden/"), include([path("a/", Resource(PlainHandler))])),)

    assert json.loads(piston("routes", "--json"))[0]["pattern"] == "/läden/a/"
    assert "läden" in piston("routes", "--json")


@pytest.mark.parametrize(
    ("declared", "piston_settings", "said"),
    [
        ({"authentication": "basc"}, {"PLUGINS": ["json", "auth"]}, "did you mean 'basic'?"),
        ({}, {"PLUGINS": ["json", "xz"]}, "No plugin named 'xz' is installed"),
    ],
)
def test_routes_that_cannot_be_served_are_refused_in_one_line(settings, declared, piston_settings, said):
    settings.ROOT_URLCONF = (path("a/", Resource(PlainHandler, **declared)),)
    settings.PISTON = piston_settings

    assert said in fails("routes")[1]


# -- the command --------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["plugin"], ["plugins", "--yaml"]])
def test_a_call_that_asks_for_nothing_known_is_refused(arguments):
    with pytest.raises(CommandError):
        call_command("piston", *arguments)
