"""A broken plugin names itself: named in the settings it stops the start, merely found it is skipped and reported."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from django.test import Client
from django.urls import path

from piston_core import BaseHandler, PluginError, Resource
from piston_core.conf import Settings
from piston_core.discovery import discover
from piston_core.registry import build_registry, get_registry
from tests.piston_core.plugins.conftest import HEADER, emitter


class OkHandler(BaseHandler):
    def read(self, request):
        return {"ok": True}


urlpatterns = [path("ok/", Resource(OkHandler, authentication=()))]


def offering(name: str = "'xa'", media_types: str = "('text/xa',)", kind: str = "Parser") -> str:
    """Return the code of a plugin that offers one record with this name and these media types."""
    return f"""
    class Record({kind}):
        name = {name}
        media_types = {media_types}
        emit = stream = parse = None


    @hookimpl
    def piston_{kind.lower()}s():
        return [Record()]
    """


OFFER_A_CLASS = """
class Record(Emitter):
    name = "xa"
    media_types = ("text/xa",)
    emit = stream = None


@hookimpl
def piston_emitters():
    return [Record]
"""

A_CLASS = """
class Plugin:
    @hookimpl
    def piston_request_received(self, request):
        pass
"""

# What is wrong with a plugin: its entry point's value, its code, and what the message has to say of it.
BROKEN: dict[str, tuple[str, str, list[str]]] = {
    "import error": ("MODULE", "import no_such_module_xyz", ["failed to import", "no_such_module_xyz", "Repair"]),
    "syntax error": ("MODULE", "def (", ["failed to import", "SyntaxError", "Repair"]),
    "exception": ("MODULE", "raise KeyError('the config')", ["failed to import", "KeyError('the config')"]),
    "exit": ("MODULE", "raise SystemExit('bye')", ["failed to import", "SystemExit('bye')"]),
    "no module": ("fake_nowhere", "", ["failed to import", "fake_nowhere"]),
    "no attribute": ("MODULE:plugin", "", ["failed to import", "no attribute 'plugin'"]),
    "no reference": ("not-a module!", "", ["failed to import", "not-a module!"]),
    "a number": ("MODULE:plugin", "plugin = 5", ["is 5,", "no hook", "entry point", "piston_core.hookimpl"]),
    "a text": ("MODULE:plugin", "plugin = 'json'", ["is 'json',", "no hook", "entry point"]),
    "nothing": ("MODULE:plugin", "plugin = None", ["is None,", "no hook", "entry point"]),
    "unhashable": ("MODULE:plugin", "plugin = {}", ["is {},", "no hook", "entry point"]),
    "an instance": ("MODULE:plugin", "class P: ...\nplugin = P()", ["P object", "no hook", "entry point"]),
    "a class": ("MODULE:Plugin", A_CLASS, ["<class 'fake_xa.Plugin'>", "entry point"]),
    "no hooks": ("MODULE", "answer = 42", ["<module 'fake_xa'", "no hook", "piston_core.hookimpl"]),
    "not marked": ("MODULE", "def piston_emitters():\n    return []", ["no hook", "piston_core.hookimpl"]),
    "misspelt hook": (
        "MODULE",
        "@hookimpl\ndef piston_emiters():\n    return []",
        ["does not fit", "unknown hook 'piston_emiters'", "See docs/"],
    ),
    "one of two misspelt": (
        "MODULE",
        "@hookimpl\ndef piston_emitters():\n    return []\n@hookimpl\ndef piston_emiters():\n    return []",
        ["does not fit", "unknown hook 'piston_emiters'"],
    ),
    "wrong argument": (
        "MODULE",
        "@hookimpl\ndef piston_request_received(reqest):\n    pass",
        ["does not fit", "piston_request_received(reqest)", "{'reqest'}", "See docs/"],
    ),
    "argument of an offer": (
        "MODULE",
        "@hookimpl\ndef piston_emitters(request):\n    return []",
        ["does not fit", "piston_emitters(request)", "{'request'}"],
    ),
    "wrapper without yield": (
        "MODULE",
        "@hookimpl(wrapper=True)\ndef piston_call_handler(request):\n    return 1",
        ["does not fit", "piston_call_handler", "not a generator function"],
    ),
    "wrapper without mark": (
        "MODULE",
        "@hookimpl\ndef piston_call_handler(request):\n    return (yield)",
        ["does not fit", "piston_call_handler yields", "hookimpl(wrapper=True)", "See docs/"],
    ),
    "async moment": (
        "MODULE",
        "@hookimpl\nasync def piston_request_received(request): ...",
        ["does not fit", "piston_request_received is called synchronously", "async def"],
    ),
    "offer fails": (
        "MODULE",
        "@hookimpl\ndef piston_emitters():\n    raise KeyError('font')",
        ["failed in piston_emitters", "KeyError('font')", "Repair"],
    ),
    "generator fails": (
        "MODULE",
        "@hookimpl\ndef piston_parsers():\n    yield from ()\n    raise KeyError('font')",
        ["failed in piston_parsers", "KeyError('font')", "Repair"],
    ),
    "no list": (
        "MODULE",
        "@hookimpl\ndef piston_authenticators():\n    return 5",
        ["failed in piston_authenticators", "not iterable"],
    ),
    "abstract offer": (
        "MODULE",
        "@hookimpl\ndef piston_emitters():\n    return [Emitter()]",
        ["failed in piston_emitters", "abstract"],
    ),
    "a class for an instance": ("MODULE", OFFER_A_CLASS, ["piston_emitters", "expected an instance of Emitter"]),
    "a text for an emitter": (
        "MODULE",
        "@hookimpl\ndef piston_emitters():\n    return ['json']",
        ["'json' through piston_emitters", "expected an instance of Emitter"],
    ),
    "a wrapper for an offer": (
        "MODULE",
        "@hookimpl(wrapper=True)\ndef piston_emitters():\n    return (yield)",
        ["None through piston_emitters", "expected an instance of Emitter"],
    ),
    "an emitter for a parser": (
        "MODULE",
        offering(kind="Emitter").replace("piston_emitters", "piston_parsers"),
        ["piston_parsers", "expected an instance of Parser"],
    ),
    **{
        f"name {name}": ("MODULE", offering(name), ["through piston_parsers", f"unusable name {name}", "lower-case"])
        for name in ("'XML'", "''", "'a b'", "'1a'", "'a/b'", "'ä'", "'xa\\n'", "5", "None")
    },
    **{
        f"media type {types}": ("MODULE", offering(media_types=f"({types},)"), [f"unusable media type {types}"])
        for types in (
            "'json'",
            "'Text/XA'",
            "'text/'",
            "'*/*'",
            "''",
            "'text/x a'",
            "'text/xa\\r\\nX: y'",
            "5",
            "None",
        )
    },
    **{
        f"media types {types}": ("MODULE", offering(media_types=types), [f"unusable media_types {types}", "a tuple"])
        for types in ("'text/xa'", "()", "None", "5", "{'text/xa'}")
    },
    "media types of an emitter": ("MODULE", offering(media_types="()", kind="Emitter"), ["unusable media_types ()"]),
    "name of an authenticator": (
        "MODULE",
        """
        class Record(Authenticator):
            name = "Basic Auth"
            authenticate = challenge = None

        @hookimpl
        def piston_authenticators():
            return [Record()]
        """,
        ["through piston_authenticators", "unusable name 'Basic Auth'"],
    ),
    "own name twice": (
        "MODULE",
        offering().replace("[Record()]", "[Record(), Record()]"),
        ["'xa' is offered twice through piston_parsers", "Repair"],
    ),
    "own media type twice": (
        "MODULE",
        offering(media_types="('text/xa', 'text/xa')"),
        ["text/xa is offered twice through piston_parsers", "Repair"],
    ),
    "a name of the core": (
        "MODULE",
        offering("'form'"),
        ["'form' is offered through piston_parsers by both", "plugin 'core' (piston-core)", "leave 'xa' out"],
    ),
    "a media type of the core": (
        "MODULE",
        offering(media_types="('text/xa', 'application/x-www-form-urlencoded')"),
        ["application/x-www-form-urlencoded is offered", "plugin 'core' (piston-core)", "leave 'xa' out"],
    ),
}


@pytest.fixture(params=BROKEN)
def broken(request, install) -> list[str]:
    """Install the broken plugin ``xa`` and a good one that comes after it; return what a message has to say."""
    value, code, said = BROKEN[request.param]
    install("xa", code, version="3.1", points=f"xa = {value}")
    install("xb", emitter("xb"))
    return ["plugin 'xa' (fake-xa 3.1)", *said]


def test_a_broken_plugin_that_is_named_stops_the_start_with_the_reason(broken):
    with pytest.raises(PluginError) as caught:
        build_registry(Settings(plugins=("json", "xa", "xb")))

    assert caught.value.plugin == "xa"
    assert [said for said in broken if said not in str(caught.value)] == []


def test_a_broken_plugin_that_is_merely_found_is_skipped_and_the_others_work(broken):
    registry = build_registry(Settings())

    assert {*registry.failures} == {"xa"}
    assert [said for said in broken if said not in str(registry.failures["xa"])] == []
    assert {"json", "xb"} <= {*registry.emitters}
    assert "xa" not in registry.discovery.order


def test_a_broken_plugin_is_listed_with_the_reason(broken):
    plugins = {plugin.name: plugin for plugin in build_registry(Settings()).plugins}

    assert (plugins["xa"].status, plugins["xa"].distribution, plugins["xa"].version) == ("broken", "fake-xa", "3.1")
    assert [said for said in broken if said not in plugins["xa"].failure] == []
    assert (plugins["xa"].hooks, plugins["xa"].offers) == ((), ())
    assert plugins["xb"].status == plugins["json"].status == "enabled"


def test_a_broken_plugin_that_is_not_enabled_harms_nobody(broken):
    registry = build_registry(Settings(plugins=("xb",)))

    assert dict(registry.failures) == {}
    assert {plugin.name: plugin.status for plugin in registry.plugins}["xa"] == "installed"


def test_a_message_is_one_line_and_says_where_it_comes_from(broken):
    with pytest.raises(PluginError) as caught:
        build_registry(Settings(plugins=("xa",)))

    assert "\n" not in str(caught.value)
    assert re.search(r"Repair|See docs/|uninstall|leave|entry point|expected|lower-case", str(caught.value))


def test_keyboard_interrupt_is_not_a_broken_plugin(install):
    install("xa", "raise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt):
        discover(None)


def test_the_first_exception_is_kept_as_the_cause(install):
    install("xa", "1 / 0")

    with pytest.raises(PluginError) as caught:
        discover(["xa"])

    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_several_broken_plugins_are_all_reported(install):
    install("xa", "1 / 0")
    install("xb", offering("'form'"))
    install("xc", "@hookimpl\ndef piston_emiters(): ...")
    install("xd", emitter("xd"))

    registry = build_registry(Settings())

    assert {*registry.failures} == {"xa", "xb", "xc"}
    assert "xd" in registry.emitters


def test_a_plugin_that_offers_something_before_it_fails_offers_nothing(install):
    install("xa", emitter("xa") + "\n    @hookimpl\n    def piston_parsers():\n        raise KeyError('font')")

    registry = build_registry(Settings())

    assert "failed in piston_parsers" in str(registry.failures["xa"])
    assert "xa" not in registry.emitters


# -- one offer, several plugins -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "claim"),
    [
        (emitter("same", "text/one"), emitter("same", "text/two"), "'same'"),
        (emitter("one", "text/same"), emitter("two", "text/same"), "text/same"),
    ],
    ids=["name", "media type"],
)
def test_two_plugins_that_offer_the_same_are_an_error_that_names_both(install, first, second, claim):
    install("xa", first, version="1.5")
    install("xb", second, version="2.5")

    with pytest.raises(PluginError) as caught:
        build_registry(Settings(plugins=("xb", "xa")))

    assert caught.value.plugin == "xa"
    assert str(caught.value) == (
        f"{claim} is offered through piston_emitters by both plugin 'xb' (fake-xb 2.5) and plugin 'xa' (fake-xa 1.5); "
        f'name only one of them in PISTON["PLUGINS"].'
    )


def test_of_two_found_plugins_that_offer_the_same_the_second_is_skipped(install):
    install("xb", emitter("same"))
    install("xa", emitter("same"))

    registry = build_registry(Settings())

    assert {*registry.failures} == {"xb"}
    assert type(registry.emitters["same"]).__module__ == "fake_xa"


def test_a_found_plugin_cannot_replace_one_that_is_named(install):
    install("aa", emitter("json", "application/json"))

    registry = build_registry(Settings(plugins=("json",)))

    assert type(registry.emitters["json"]).__module__ == "piston_json.emitters"


def test_a_parser_and_an_emitter_may_have_one_name(install):
    install("xa", emitter("xa") + offering().replace("class Record", "class Other").replace("[Record()]", "[Other()]"))

    registry = build_registry(Settings(plugins=("xa",)))

    assert "xa" in registry.emitters
    assert "xa" in registry.parsers


# -- on a site ----------------------------------------------------------------------------------


@pytest.mark.urls(__name__)
def test_a_site_serves_on_without_a_broken_guest(install, settings):
    install("xa", "1 / 0")
    settings.PISTON = {}

    assert Client().get("/ok/").json() == {"ok": True}


@pytest.mark.urls(__name__)
def test_a_site_does_not_serve_without_a_plugin_that_it_names(install, settings):
    install("xa", "1 / 0")
    settings.PISTON = {"PLUGINS": ["json", "xa"]}

    with pytest.raises(PluginError, match="plugin 'xa'"):
        Client().get("/ok/")


def test_a_broken_plugin_can_be_repaired_without_a_restart(install, settings, tmp_path):
    module = install("xa", "1 / 0")
    settings.PISTON = {"PLUGINS": ["xa"]}
    with pytest.raises(PluginError):
        get_registry()

    (tmp_path / f"{module}.py").write_text(HEADER + dedent(emitter("xa")))

    assert [*get_registry().emitters] == ["xa"]
