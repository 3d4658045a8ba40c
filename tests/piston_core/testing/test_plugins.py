"""The contract of plugins names the defects that are seeded into a distribution or a module of a project."""

from __future__ import annotations

from textwrap import dedent

import pytest

from piston_core.testing import PluginContract
from tests.piston_core.plugins.conftest import EMPTY, emitter
from tests.piston_core.testing.seeding import expect_covered, expect_named, promises_of

OPTIONS = """
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    size: int = 1

    def __post_init__(self):
        if type(self.size) is not int or self.size < 0:
            raise ValueError("size has to be a number")


@hookimpl
def piston_emitters():
    plugin_options("good", Options)
    return []
"""

TWO = dedent(emitter("toml")) + "\n@hookimpl\ndef piston_parsers():\n    return []\n"
TWICE = dedent(emitter("toml")).replace("return [Fixed()]", "return [Fixed(), Fixed()]")
ONCE = dedent(emitter("toml")).replace("return [Fixed()]", "return offers") + "\noffers = iter([Fixed()])\n"
ABROAD = """
from django.core.checks import Error

@hookimpl
def piston_checks(app_configs):
    return [Error("The disk is full.", id="bad.E001")]
"""

FOUND = "test_it_is_found"
IMPORT = "test_importing_it_does_nothing"
HOOKS = "test_its_hooks_are_those_of_piston"
OFFERS = "test_its_offers_can_be_used"
OPTIONED = "test_wrong_options_are_refused"
CHECKS = "test_the_checks_find_no_error"
TYPED = "test_it_is_typed"

# The code of a plugin named "bad", the test that objects, and its words.
DEFECTS = [
    (EMPTY + "from django.conf import settings\nsettings.DEBUG", IMPORT, "without a project it cannot be imported"),
    (EMPTY + "from django.conf import settings\nsettings.configure()", IMPORT, "it reads the settings"),
    (EMPTY + "import django\ndjango.setup = 1\nprint('hello')", IMPORT, "it prints hello"),
    (EMPTY + "import threading\nthreading.Timer(0.5, print).start()", IMPORT, "it starts a thread"),
    (EMPTY + "import piston_json", IMPORT, "it imports the plugin piston_json"),
    ("@hookimpl\ndef piston_emiters():\n    return []\n", HOOKS, "unknown hook 'piston_emiters'"),
    (EMPTY + "@hookimpl\ndef piston_response_ready(reply):\n    pass\n", HOOKS, "{'reply'}"),
    (EMPTY + "def piston_parsers():\n    return []\n", HOOKS, "piston_parsers is not marked with hookimpl"),
    ("", HOOKS, "implements no hook"),
    (TWICE, OFFERS, "'toml' is offered twice through piston_emitters"),
    (ONCE, OFFERS, "0 items came instead of 1"),
    (emitter("My TOML"), OFFERS, "unusable name 'My TOML'"),
    (emitter("toml", "toml"), OFFERS, "unusable media type 'toml'"),
    (EMPTY.replace("[]", "1 / 0"), OFFERS, "ZeroDivisionError"),
    (EMPTY.replace("[]", "[object]"), OFFERS, "expected an instance of Emitter"),
    (
        EMPTY + "from dataclasses import make_dataclass\nOptions = make_dataclass('Options', ['size'])",
        OPTIONED,
        "size",
    ),
    (ABROAD, CHECKS, "The disk is full."),
    (EMPTY, TYPED, "its package has no file py.typed"),
]


@pytest.mark.parametrize(("code", "test", "words"), DEFECTS, ids=[f"{row[1]}-{row[2]}" for row in DEFECTS])
def test_a_defect_is_named(install, code, test, words):
    install("bad", code)

    expect_named(PluginContract, test, words, name="bad")


def test_a_plugin_that_is_not_installed_is_named():
    expect_named(PluginContract, FOUND, "no entry point has the name; there are ['auth', ", name="bad")


def test_two_distributions_of_one_name_are_named(install):
    install("bad", distribution="fake-one")
    install("bad", distribution="fake-two")

    expect_named(PluginContract, FOUND, "is claimed by fake-one 1.0 and fake-two 1.0", name="bad")


def test_options_that_pass_are_named(install):
    install("good", OPTIONS)

    expect_named(
        PluginContract,
        OPTIONED,
        "{'size': 5}: it passes; read the options with plugin_options",
        name="good",
        wrong_options=({"size": 5}, {"size": -1}),
    )


@pytest.mark.parametrize("test", [name for name in promises_of(PluginContract) if name != TYPED])
@pytest.mark.parametrize("code", [EMPTY, OPTIONS, TWO], ids=["empty", "options", "two hooks"])
def test_a_good_plugin_passes(install, code, test):
    install("good", code)

    getattr(type("Suite", (PluginContract,), {"name": "good", "wrong_options": ()})(), test)()


@pytest.mark.parametrize("test", promises_of(PluginContract))
def test_a_good_module_of_a_project_passes(project, test):
    project("fake_project.api_hooks", OPTIONS.replace('"good"', '"fake_project.api_hooks"'))

    getattr(type("Suite", (PluginContract,), {"name": "fake_project.api_hooks"})(), test)()


def test_every_test_of_the_contract_has_found_a_defect():
    expect_covered(PluginContract, [*DEFECTS, ("", FOUND, "")])
