"""The plugin's options: what they do, and that a wrong one is refused with its place."""

from __future__ import annotations

import json

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import override_settings

from piston_core import SettingsError
from piston_core.registry import get_registry
from piston_json import (
    JSONEmitter,
    JSONLinesEmitter,
    JSONParser,
    JSONPatchParser,
    MergePatchParser,
    Options,
)
from tests.asking import body_of
from tests.piston_json.asking import sent, shown


def piston(**options):
    return {"PLUGINS": ["json"], "OPTIONS": {"json": options}}


DATA = {"a": [1, {"b": []}], "c": {}}


def test_a_document_is_compact_unless_it_is_to_be_indented():
    compact, indented = shown(DATA), shown(DATA, PISTON=piston(indent=True))

    assert compact.content == b'{"a":[1,{"b":[]}],"c":{}}'
    assert indented.content.decode() == json.dumps(DATA, indent=2)


def test_indent_is_for_streams_too_and_never_for_lines():
    settings = piston(indent=True)
    stream = shown(iter([DATA, DATA]), PISTON=settings)
    lines = shown(iter([DATA, DATA]), "application/jsonl", PISTON=settings)

    assert body_of(stream).decode() == json.dumps([DATA, DATA], indent=2)
    assert body_of(lines).count(b"\n") == 2


def test_a_problem_is_indented_as_well():
    response = shown(object(), PISTON=piston(indent=True))

    assert response.content.startswith(b'{\n  "type": "about:blank",\n')


@pytest.mark.parametrize("limit", [1, 2, 63, 64, 65, 500])
def test_max_depth_is_the_number_of_levels_that_pass(limit):
    fits, _ = sent(b"[" * limit + b"]" * limit, PISTON=piston(max_depth=limit))
    deeper, _ = sent(b"[" * (limit + 1) + b"]" * (limit + 1), PISTON=piston(max_depth=limit))

    assert fits.status_code == 204
    assert deeper.status_code == 400
    assert deeper.json()["detail"] == f"The JSON text is nested more than {limit} levels deep."


def test_a_large_integer_is_read_at_the_deepest_level_that_can_be_set():
    body = b"[" * 500 + str(2**70).encode() + b"]" * 500
    response, received = sent(body, PISTON=piston(max_depth=500))

    assert response.status_code == 204
    assert received == [json.loads(body)]


def test_without_options_the_documented_defaults_hold():
    with override_settings(PISTON={"PLUGINS": ["json"]}):
        registry = get_registry()

    assert Options() == Options(max_depth=64, indent=False)
    assert registry.parsers["json"].max_depth == 64
    assert registry.emitters["json"].indent is False


WRONG = [
    ({"max_depth": 0}, "max_depth is 0;"),
    ({"max_depth": -1}, "max_depth is -1;"),
    ({"max_depth": 501}, "max_depth is 501;"),
    ({"max_depth": 10**30}, "has to be a number from 1 to 500"),
    ({"max_depth": True}, "max_depth is True;"),
    ({"max_depth": "64"}, "max_depth is '64';"),
    ({"max_depth": 64.0}, "max_depth is 64.0;"),
    ({"max_depth": None}, "max_depth is None;"),
    ({"indent": 2}, "indent is 2; it has to be True or False"),
    ({"indent": "yes"}, "indent is 'yes';"),
    ({"indent": None}, "indent is None;"),
    ({"max_operations": 0}, "max_operations is 0; it has to be a number from 1 to 10000"),
    ({"max_operations": 10_001}, "max_operations is 10001;"),
    ({"max_operations": True}, "max_operations is True;"),
    ({"max_operations": None}, "max_operations is None;"),
    ({"indnt": True}, "unknown key 'indnt'; did you mean 'indent'?"),
    ({"maxdepth": 5}, "did you mean 'max_depth'?"),
    ({"zzz": 5}, "known are: indent, max_depth, max_operations."),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=[repr(options) for options, _ in WRONG])
def test_a_wrong_option_is_refused_with_its_place(options, words):
    with override_settings(PISTON=piston(**options)), pytest.raises(SettingsError) as refusal:
        get_registry()

    assert 'PISTON["OPTIONS"]["json"]' in str(refusal.value)
    assert words in str(refusal.value)


def test_a_wrong_option_is_an_error_of_manage_py_check():
    with override_settings(PISTON=piston(max_depth=0)):
        messages = [message for message in run_checks(databases=[]) if str(message.id).startswith("piston")]

    assert [(each.id, each.is_serious()) for each in messages] == [("piston.E002", True)]
    assert "max_depth is 0" in messages[0].msg


PARSERS = ["parser json", "parser merge-patch", "parser json-patch"]


def test_the_plugin_is_found_by_its_entry_point_and_offers_what_its_readme_says(capsys):
    call_command("piston", "plugins", "--json")
    listed = next(plugin for plugin in json.loads(capsys.readouterr().out) if plugin["name"] == "json")

    assert listed["distribution"] == "piston-json"
    assert listed["status"] == "enabled"
    assert listed["offers"] == ["emitter json", "emitter jsonl", *PARSERS]


def test_the_names_and_types_are_those_of_the_standards():
    assert JSONEmitter.media_types == JSONParser.media_types == ("application/json",)
    assert JSONEmitter.problem_type == "application/problem+json"
    assert JSONLinesEmitter.problem_type == ""
    assert MergePatchParser.media_types == ("application/merge-patch+json",)
    assert JSONPatchParser.media_types == ("application/json-patch+json",)


def test_the_options_reach_the_parsers_of_changes():
    with override_settings(PISTON=piston(max_depth=3, max_operations=2)):
        parsers = get_registry().parsers

    assert parsers["merge-patch"].max_depth == parsers["json-patch"].max_depth == 3
    assert parsers["json-patch"].max_operations == 2
