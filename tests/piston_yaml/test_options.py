"""The plugin: what it offers, its option, and that a wrong one is refused with its place."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.test import override_settings

from piston_core import SettingsError
from piston_core.registry import get_registry
from piston_yaml import Options, YAMLEmitter, YAMLParser


def piston(**options):
    return {"PLUGINS": ["yaml"], "OPTIONS": {"yaml": options}}


def test_without_options_the_documented_default_holds():
    with override_settings(PISTON={"PLUGINS": ["yaml"]}):
        registry = get_registry()

    assert Options() == Options(max_depth=64)
    assert registry.parsers["yaml"].max_depth == 64


WRONG = [
    ({"max_depth": 0}, "max_depth is 0;"),
    ({"max_depth": 201}, "max_depth is 201; it has to be a number from 1 to 200"),
    ({"max_depth": True}, "max_depth is True;"),
    ({"max_depth": "64"}, "max_depth is '64';"),
    ({"max_depth": None}, "max_depth is None;"),
    ({"maxdepth": 5}, "did you mean 'max_depth'?"),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=[repr(options) for options, _ in WRONG])
def test_a_wrong_option_is_refused_with_its_place(options, words):
    with override_settings(PISTON=piston(**options)), pytest.raises(SettingsError) as refusal:
        get_registry()

    assert 'PISTON["OPTIONS"]["yaml"]' in str(refusal.value)
    assert words in str(refusal.value)


@override_settings(PISTON=piston())
def test_the_plugin_is_found_by_its_entry_point_and_offers_what_its_readme_says(capsys):
    call_command("piston", "plugins", "--json")
    listed = next(plugin for plugin in json.loads(capsys.readouterr().out) if plugin["name"] == "yaml")

    assert listed["distribution"] == "piston-yaml"
    assert listed["status"] == "enabled"
    assert listed["offers"] == ["emitter yaml", "parser yaml"]


def test_the_names_are_those_of_rfc_9512_and_no_problem_type_is_made_up():
    names = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")

    assert YAMLEmitter.media_types == YAMLParser.media_types == names
    assert YAMLEmitter.problem_type == ""
