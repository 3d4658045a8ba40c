"""The registry: what the plugins offer, collected once, frozen, and rebuilt when the settings change."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from threading import Barrier

import pytest
from django.test import Client, override_settings
from django.urls import path

from piston_core import BaseHandler, Resource, SettingsError
from piston_core.conf import Settings
from piston_core.registry import Registry, build_registry, forget_registry, get_registry
from tests.piston_core.plugins.conftest import EMPTY, emitter


class OkHandler(BaseHandler):
    def read(self, request):
        return {"ok": True}


urlpatterns = [path("ok/", Resource(OkHandler, authentication=()))]

COUNTED = """
from time import sleep

ASKED = []


@hookimpl
def piston_emitters():
    ASKED.append(1)
    sleep(0.05)
    return []
"""

ALL = """
    class Letter(Authenticator):
        name = "letter"

        def authenticate(self, request):
            return None

        def challenge(self, request, failure):
            return "Letter"


    class Lines(Parser):
        name = "lines"
        media_types = ("text/lines",)

        def parse(self, body, request):
            return body.splitlines()


    @hookimpl
    def piston_authenticators():
        yield Letter()


    @hookimpl
    def piston_parsers():
        return (Lines(),)


    @hookimpl
    def piston_response_ready(response):
        pass
    """


def entry(registry: Registry, name: str) -> object:
    """Return a plugin's line in the list."""
    return next(plugin for plugin in registry.plugins if plugin.name == name)


# -- what it holds ------------------------------------------------------------------------------


def test_offers_are_held_by_name_in_the_order_of_the_plugins(install):
    install("xa", emitter("one"))
    install("xb", emitter("two"))

    registry = build_registry(Settings(plugins=("xb", "json", "xa")))

    assert [*registry.emitters] == ["two", "json", "jsonl", "one"]
    assert [*registry.parsers] == ["json", "merge-patch", "json-patch", "form", "multipart"]
    assert dict(registry.authenticators) == {}


def test_an_offer_may_be_a_generator_a_tuple_or_nothing(install):
    install("xa", ALL)
    install("xb", "@hookimpl\ndef piston_emitters():\n    return None")

    registry = build_registry(Settings(plugins=("xa", "xb")))

    assert ([*registry.authenticators], registry.parsers["lines"].media_types) == (["letter"], ("text/lines",))
    assert dict(registry.emitters) == {}


def test_a_plugin_may_spread_an_offer_over_several_functions(install):
    code = emitter("one") + emitter("two").replace("@hookimpl", "@hookimpl(specname='piston_emitters')").replace(
        "def piston_emitters", "def more_emitters"
    ).replace("Fixed", "Other")
    install("xa", code)

    assert {*build_registry(Settings(plugins=("xa",))).emitters} == {"one", "two"}


def test_a_plugin_is_listed_with_its_hooks_and_offers(install):
    install("xa", ALL, version="1.2")

    plugin = entry(build_registry(Settings(plugins=("xa",))), "xa")

    assert (plugin.distribution, plugin.version, plugin.status) == ("fake-xa", "1.2", "enabled")
    assert plugin.hooks == ("piston_authenticators", "piston_parsers", "piston_response_ready")
    assert plugin.offers == ("parser lines", "authenticator letter")
    assert (plugin.failure, plugin.fix) == ("", "")


def test_the_list_has_the_enabled_plugins_first_and_in_their_order(install):
    for name in ("xa", "xb", "xc"):
        install(name)

    registry = build_registry(Settings(plugins=("xc", "xa")))

    names = [plugin.name for plugin in registry.plugins]
    assert names[:2] == ["xc", "xa"]
    assert names[2:] == sorted(names[2:])
    assert {"xb", "json", "auth"} <= {*names[2:]}


def test_a_plugin_that_is_installed_but_not_enabled_is_listed_with_what_to_do(install):
    install("xa")

    plugin = entry(build_registry(Settings(plugins=())), "xa")

    assert (plugin.status, plugin.hooks, plugin.offers) == ("installed", (), ())
    assert plugin.fix == 'add "xa" to PISTON["PLUGINS"] to enable it'
    assert "fake_xa" not in sys.modules


def test_a_name_with_two_claims_is_listed_with_what_to_do_about_it(install):
    install("xa", distribution="fake-two", version="2.0")
    install("xa", distribution="fake-one", version="1.0")

    plugin = entry(build_registry(Settings(plugins=())), "xa")

    assert (plugin.status, plugin.distribution, plugin.version) == (
        "installed",
        "fake-one and fake-two",
        "1.0 and 2.0",
    )
    assert "uninstall all but one of them" in plugin.fix


def test_a_module_of_the_project_is_listed_without_a_distribution(install, project):
    project("fake_shop.hooks", EMPTY)

    plugin = entry(build_registry(Settings(plugins=("fake_shop.hooks",))), "fake_shop.hooks")

    assert (plugin.status, plugin.distribution, plugin.version) == ("enabled", "", "")


def test_a_tolerant_registry_lists_what_keeps_the_project_from_starting(install):
    install("xa", "1 / 0")
    install("xb", "@hookimpl\ndef piston_emitters():\n    return 5")

    registry = build_registry(Settings(plugins=("xa", "json", "missing", "xb")), tolerant=True)

    assert {plugin.name: plugin.status for plugin in registry.plugins if plugin.status != "installed"} == {
        "json": "enabled",
        "xa": "broken",
        "missing": "broken",
        "xb": "broken",
    }


# -- read-only ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda registry: setattr(registry, "emitters", {}),
        lambda registry: delattr(registry, "parsers"),
        lambda registry: registry.emitters.clear(),
        lambda registry: registry.emitters.update(other=registry.emitters["json"]),
        lambda registry: registry.parsers.pop("form"),
        lambda registry: registry.authenticators.setdefault("none", None),
        lambda registry: registry.failures.clear(),
        lambda registry: registry.plugins.append(None),
        lambda registry: setattr(registry.plugins[0], "status", "enabled"),
        lambda registry: setattr(registry.moments, "ready", None),
        lambda registry: setattr(registry.settings, "authenticators", ()),
        lambda registry: registry.settings.options.update(json={}),
        lambda registry: registry.settings.options["json"].update(indent=True),
    ],
)
def test_the_registry_is_read_only(change):
    with override_settings(PISTON={"PLUGINS": ["json"], "OPTIONS": {"json": {"indent": False}}}):
        registry = get_registry()

    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        change(registry)


# -- once, and anew when the settings change ----------------------------------------------------


def test_the_registry_is_built_once(install, settings):
    module = install("xa", COUNTED)
    settings.PISTON = {"PLUGINS": ["xa"]}

    assert get_registry() is get_registry()
    assert sys.modules[module].ASKED == [1]


def test_eight_threads_that_ask_at_once_build_the_registry_once(install, settings):
    module = install("xa", COUNTED)
    settings.PISTON = {"PLUGINS": ["xa"]}
    barrier = Barrier(8)

    def ask(_number: int) -> Registry:
        barrier.wait()
        return get_registry()

    with ThreadPoolExecutor(8) as threads:
        registries = [*threads.map(ask, range(8))]

    assert sys.modules[module].ASKED == [1]
    assert {id(registry) for registry in registries} == {id(get_registry())}


def test_override_settings_rebuilds_and_restores():
    before = [*get_registry().emitters]

    with override_settings(PISTON={"PLUGINS": []}):
        within = [*get_registry().emitters]

    assert (before, within, [*get_registry().emitters]) == (["json", "jsonl"], [], ["json", "jsonl"])


def test_override_settings_restores_after_a_plugin_that_failed(install):
    install("xa", "1 / 0")

    with override_settings(PISTON={"PLUGINS": ["xa"]}), pytest.raises(Exception, match="plugin 'xa'"):
        get_registry()

    assert [*get_registry().emitters] == ["json", "jsonl"]


def test_other_settings_leave_the_registry_as_it_is():
    registry = get_registry()

    with override_settings(DEBUG=True):
        assert get_registry() is registry


def test_a_failure_is_not_remembered(install, settings, tmp_path):
    install("xa", "1 / 0")
    settings.PISTON = {"PLUGINS": ["xa"]}

    for _ in range(2):
        with pytest.raises(Exception, match="plugin 'xa'"):
            get_registry()


@pytest.mark.urls(__name__)
def test_a_live_resource_follows_the_settings(install):
    install("xa", emitter("xa", text="from a plugin"))

    assert Client().get("/ok/").json() == {"ok": True}

    with override_settings(PISTON={"PLUGINS": ["xa"]}):
        assert Client().get("/ok/").content == b"from a plugin"

    assert Client().get("/ok/").json() == {"ok": True}


@pytest.mark.urls(__name__)
def test_a_third_partys_emitter_is_negotiated_like_any_other(install, settings):
    install("xa", emitter("xa", "text/xa", text="from a plugin"))
    settings.PISTON = {"PLUGINS": ["json", "xa"]}

    assert Client().get("/ok/?format=xa").content == b"from a plugin"
    assert Client().get("/ok/", headers={"Accept": "text/xa"}).headers["Content-Type"] == "text/xa"
    assert Client().get("/ok/").headers["Content-Type"] == "application/json"


def test_forgetting_the_registry_makes_the_next_one_a_new_one():
    before = get_registry()

    forget_registry()

    assert get_registry() is not before


# -- names in the settings ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "place", "hint"),
    [
        (Settings(plugins=("json",), authenticators=("basic",)), 'PISTON["AUTHENTICATORS"]', "known are: none"),
        (Settings(plugins=("auth",), authenticators=("basc",)), 'PISTON["AUTHENTICATORS"]', "did you mean 'basic'?"),
        (Settings(plugins=("json",), emitters=("jsom",)), 'PISTON["EMITTERS"]', "did you mean 'json'?"),
        (Settings(plugins=("json",), default_emitter="jsn"), 'PISTON["DEFAULT_EMITTER"]', "did you mean 'json'?"),
        (
            Settings(plugins=("json",), emitters=("jsonl",), default_emitter="json"),
            'PISTON["DEFAULT_EMITTER"]',
            "did you mean 'jsonl'?",
        ),
        (Settings(plugins=("json",), options={"jason": {}}), 'PISTON["OPTIONS"]', "did you mean 'json'?"),
    ],
)
def test_a_name_that_no_plugin_offers_is_refused_with_its_place_and_a_suggestion(settings, place, hint):
    with pytest.raises(SettingsError) as caught:
        build_registry(settings)

    assert place in str(caught.value)
    assert hint in str(caught.value)


def test_options_may_stay_for_a_plugin_that_is_not_enabled_now():
    registry = build_registry(Settings(plugins=("json",), options={"auth": {"realm": "Blog"}}))

    assert "auth" in [plugin.name for plugin in registry.plugins]
