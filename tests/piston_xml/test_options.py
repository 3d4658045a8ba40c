"""The plugin's option, and what it offers."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.test import override_settings

from piston_core import SettingsError
from piston_core.registry import get_registry
from piston_xml import Options, XMLEmitter, XMLParser
from tests.piston_xml.asking import sent


@pytest.mark.parametrize("limit", [1, 2, 63, 64, 65, 500])
def test_max_depth_is_the_number_of_levels_that_pass(limit):
    fits, _ = sent(b"<a>" * limit + b"</a>" * limit, max_depth=limit)
    deeper, _ = sent(b"<a>" * (limit + 1) + b"</a>" * (limit + 1), max_depth=limit)

    assert fits.status_code == 204
    assert deeper.status_code == 400
    assert f"the elements are nested more than {limit} levels deep" in deeper.json()["detail"]


WRONG = [
    ({"max_depth": 0}, "max_depth is 0; it has to be a number from 1 to 500"),
    ({"max_depth": 501}, "max_depth is 501;"),
    ({"max_depth": True}, "max_depth is True;"),
    ({"max_depth": "64"}, "max_depth is '64';"),
    ({"maxdepth": 5}, "did you mean 'max_depth'?"),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=str)
def test_a_wrong_option_is_refused_with_its_place(options, words):
    piston = {"PLUGINS": ["xml"], "OPTIONS": {"xml": options}}
    with override_settings(PISTON=piston), pytest.raises(SettingsError) as refusal:
        get_registry()

    assert 'PISTON["OPTIONS"]["xml"]' in str(refusal.value)
    assert words in str(refusal.value)


def test_without_options_the_documented_default_holds():
    with override_settings(PISTON={"PLUGINS": ["xml"]}):
        assert get_registry().parsers["xml"].max_depth == Options().max_depth == 64


def test_the_plugin_is_found_by_its_entry_point_and_offers_what_its_readme_says(capsys):
    with override_settings(PISTON={}):
        call_command("piston", "plugins", "--json")
    listed = next(plugin for plugin in json.loads(capsys.readouterr().out) if plugin["name"] == "xml")

    assert listed["distribution"] == "piston-xml"
    assert listed["offers"] == ["emitter xml", "parser xml"]


def test_the_names_and_types_are_those_of_the_standards():
    assert XMLEmitter.media_types == XMLParser.media_types == ("application/xml", "text/xml")
    assert XMLEmitter.problem_type == "application/problem+xml"
