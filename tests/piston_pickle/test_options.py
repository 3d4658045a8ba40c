"""The plugin's options and checks, and that only who names it has it."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

from piston_core import SettingsError
from piston_core.registry import get_registry
from piston_pickle import Options, PickleEmitter, PickleParser
from tests.asking import Returning
from tests.piston_pickle.asking import KEY, OLD_KEY, SIGNED, TYPE, asked, piston

pytestmark = pytest.mark.django_db  # which manage.py check looks at from Django 6.0 on


def listed(capsys):
    call_command("piston", "plugins", "--json")
    return next(plugin for plugin in json.loads(capsys.readouterr().out) if plugin["name"] == "pickle")


@pytest.mark.parametrize("settings", [{}, {"OPTIONS": {"pickle": {"key": KEY}}}, {"PLUGINS": ["json"]}])
def test_it_is_not_enabled_by_being_installed(settings, capsys):
    with override_settings(PISTON=settings):
        registry = get_registry()
        plugin = listed(capsys)
        response = asked(Returning({"a": 1}), TYPE, PISTON=settings)

    assert "json" in registry.emitters
    assert "pickle" not in registry.emitters
    assert "pickle" not in registry.parsers
    assert plugin["distribution"] == "piston-pickle"
    assert plugin["status"] == "installed"
    assert response.status_code == 406


@pytest.mark.parametrize(
    ("options", "offers"),
    [({}, ["emitter pickle"]), ({"key": ""}, ["emitter pickle"]), ({"key": KEY}, ["emitter pickle", "parser pickle"])],
)
def test_it_offers_a_parser_only_with_a_key(options, offers, capsys):
    with override_settings(PISTON=piston(**options)):
        plugin = listed(capsys)

    assert plugin["status"] == "enabled"
    assert plugin["offers"] == offers


def test_the_options_reach_the_parser():
    with override_settings(PISTON=piston(key=KEY, old_keys=[OLD_KEY], max_age=7, max_depth=8)):
        parser = get_registry().parsers["pickle"]

    assert (parser.max_age, parser.max_depth) == (7, 8)
    assert Options() == Options(key="", old_keys=(), max_age=300, max_depth=64)


SHORT = "x" * 31
WRONG = [
    ({"key": SHORT}, "key has to be text of at least 32 characters"),
    ({"key": None}, "key has to be text"),
    ({"key": KEY.encode()}, "key has to be text"),
    ({"key": 10**40}, "key has to be text"),
    ({"key": KEY, "old_keys": [SHORT]}, "old_keys has to be a list of texts of at least 32 characters each"),
    ({"key": KEY, "old_keys": [""]}, "old_keys has to be a list"),
    ({"key": KEY, "old_keys": OLD_KEY}, "old_keys has to be a list"),
    ({"key": KEY, "old_keys": None}, "old_keys has to be a list"),
    ({"old_keys": [OLD_KEY]}, "old_keys are of no use without a key"),
    ({"max_age": 0}, "max_age is 0; it has to be a number of seconds"),
    ({"max_age": None}, "max_age is None;"),
    ({"max_age": True}, "max_age is True;"),
    ({"max_age": 1.5}, "max_age is 1.5;"),
    ({"max_depth": 0}, "max_depth is 0; it has to be a number from 1 to 200"),
    ({"max_depth": 201}, "max_depth is 201;"),
    ({"max_depth": True}, "max_depth is True;"),
    ({"ky": KEY}, "unknown key 'ky'; did you mean 'key'?"),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_option_is_refused_with_its_place_and_no_key_is_told(options, words):
    with override_settings(PISTON=piston(**options)), pytest.raises(SettingsError) as refusal:
        get_registry()

    assert str(refusal.value).startswith('PISTON["OPTIONS"]["pickle"]')
    assert words in str(refusal.value)
    for key in (KEY, OLD_KEY, SHORT, str(10**40)):
        assert key not in str(refusal.value)


def test_the_options_do_not_tell_their_keys():
    assert repr(Options(key=KEY, old_keys=(OLD_KEY,))) == "Options(max_age=300, max_depth=64)"


def checked(**settings):
    """Return what ``manage.py check`` says."""
    said = io.StringIO()
    with override_settings(**settings):
        try:
            call_command("check", databases=["default"], stdout=said, stderr=said)
        except SystemCheckError as error:
            return str(error)
    return said.getvalue()


def test_manage_py_check_warns_of_what_it_means_as_long_as_it_is_enabled():
    said = checked(PISTON=piston())

    assert "(piston_pickle.W001) The emitter 'pickle' is enabled." in said
    assert "run code on their machine" in said
    assert "Use 'json'" in said
    assert "SILENCED_SYSTEM_CHECKS" in said


def test_manage_py_check_is_silent_where_it_is_told_or_the_plugin_is_not_named():
    assert "piston_pickle" not in checked(PISTON=piston(), SILENCED_SYSTEM_CHECKS=["piston_pickle.W001"])
    assert "piston_pickle" not in checked(PISTON={"PLUGINS": ["json"]})


SECRET = "the secret key of the project, quite long"


@pytest.mark.parametrize(
    ("options", "fallbacks"),
    [
        ({"key": SECRET}, []),
        ({"key": KEY, "old_keys": [SECRET]}, []),
        ({"key": KEY}, [KEY]),
    ],
    ids=["key", "old-key", "former-secret-key"],
)
def test_a_key_that_is_the_secret_key_is_an_error_of_manage_py_check(options, fallbacks):
    said = checked(PISTON=piston(**options), SECRET_KEY=SECRET, SECRET_KEY_FALLBACKS=fallbacks)

    assert "ERRORS" in said
    assert "(piston_pickle.E001)" in said
    assert SECRET not in said
    assert KEY not in said


def test_a_key_of_its_own_is_no_error():
    assert "piston_pickle.E001" not in checked(PISTON=piston(key=KEY), SECRET_KEY=SECRET)
    assert "piston_pickle.E001" not in checked(PISTON=piston(), SECRET_KEY=SECRET)


def test_a_short_key_is_an_error_of_manage_py_check():
    said = checked(PISTON=piston(key=SHORT))

    assert "(piston.E002)" in said
    assert SHORT not in said


def test_the_names_and_types_are_those_that_the_readme_says():
    assert (PickleEmitter.name, PickleParser.name) == ("pickle", "pickle")
    assert PickleEmitter.media_types[0] == TYPE
    assert PickleParser.media_types == (SIGNED,)
    assert PickleEmitter.problem_type == ""
