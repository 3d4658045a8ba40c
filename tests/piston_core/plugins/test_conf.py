"""``PISTON``: every key is read into one frozen record, and what is not understood is refused with a suggestion."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, fields

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from piston_core import SettingsError, plugin_options
from piston_core.conf import Settings, read_settings

KEYS = [field.name.upper() for field in fields(Settings)]

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers() | st.none(), inner, max_size=3)
    ),
    max_leaves=6,
)


@dataclass(frozen=True)
class Options:
    """What a plugin might want to know."""

    depth: int = 3
    indent: bool = False

    def __post_init__(self) -> None:
        if self.depth < 1:
            raise ValueError(f"depth is {self.depth}; it has to be a number from 1")


def read(**piston: object) -> Settings:
    with override_settings(PISTON=piston):
        return read_settings()


# -- reading ------------------------------------------------------------------------------------


def test_a_project_without_piston_gets_the_defaults(settings):
    del settings.PISTON

    assert read_settings() == Settings()


def test_every_key_is_read():
    given = read(
        PLUGINS=["json", "auth"],
        DEFAULT_EMITTER="json",
        EMITTERS=("json", "jsonl"),
        AUTHENTICATORS=["basic"],
        THROTTLES=["burst"],
        OPTIONS={"json": {"indent": True}},
        MAX_UPLOAD_SIZE=10,
    )

    assert given == Settings(
        plugins=("json", "auth"),
        default_emitter="json",
        emitters=("json", "jsonl"),
        authenticators=("basic",),
        throttles=("burst",),
        options={"json": {"indent": True}},
        max_upload_size=10,
    )


@pytest.mark.parametrize("key", ["PLUGINS", "EMITTERS", "DEFAULT_EMITTER"])
def test_none_is_the_default(key):
    assert read(**{key: None}) == Settings()


def test_the_record_is_frozen_and_keeps_no_link_to_what_was_given():
    options = {"json": {"indent": True}}
    given = read(OPTIONS=options, PLUGINS=["json"])
    options["json"]["indent"] = False
    options["auth"] = {}

    assert given.options == {"json": {"indent": True}}
    with pytest.raises(FrozenInstanceError):
        given.plugins = ()
    with pytest.raises(TypeError):
        given.options["json"]["indent"] = False


# -- refusing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("AUTHENTICATOR", "AUTHENTICATORS"),
        ("AUTHENTICATIONS", "AUTHENTICATORS"),
        ("PLUGIN", "PLUGINS"),
        ("plugins", ""),
        ("DEFAULT_EMITER", "DEFAULT_EMITTER"),
        ("OPTION", "OPTIONS"),
        ("MAX_UPLOAD", "MAX_UPLOAD_SIZE"),
        ("XYZ", ""),
        (5, ""),
        (None, ""),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(key, meant):
    with override_settings(PISTON={"PLUGINS": ["json"], key: []}), pytest.raises(SettingsError) as caught:
        read_settings()

    assert f"PISTON has the unknown key {key!r}" in str(caught.value)
    assert (f"did you mean {meant!r}?" if meant else "known are: AUTHENTICATORS, DEFAULT_EMITTER") in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(key, value) for key in ("PLUGINS", "EMITTERS") for value in ("json", 5, {"json"}, [5], [None], b"json")],
        *[("AUTHENTICATORS", value) for value in (None, "basic", False, [["basic"]], {"basic": True})],
        *[("DEFAULT_EMITTER", value) for value in (5, ["json"], b"json", True)],
        *[("OPTIONS", value) for value in (None, [], "json", {"json": None}, {"json": [1]}, {"json": "indent"})],
        *[("MAX_UPLOAD_SIZE", value) for value in (None, "10", 1.5, True, -1, [10])],
    ],
)
def test_a_value_of_a_wrong_kind_is_refused_by_its_key(key, value):
    with pytest.raises(SettingsError) as caught:
        read(**{key: value})

    assert f'PISTON["{key}"]' in str(caught.value)
    assert "has to be" in str(caught.value)


@pytest.mark.parametrize("piston", [None, [], "json", 5, ["PLUGINS"]])
def test_piston_itself_has_to_be_a_dictionary(piston):
    with override_settings(PISTON=piston), pytest.raises(SettingsError, match="it has to be a dictionary"):
        read_settings()


def test_a_refusal_is_what_django_calls_improperly_configured():
    assert issubclass(SettingsError, ImproperlyConfigured)


@given(st.one_of(ANYTHING, st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), ANYTHING, max_size=4)))
@hypothesis_settings(max_examples=100, deadline=None)
def test_whatever_stands_in_the_settings_is_read_or_refused(piston):
    with override_settings(PISTON=piston):
        try:
            given = read_settings()
        except SettingsError:
            return

    assert {key.lower() for key in piston} <= {field.name for field in fields(given)}
    assert all(isinstance(name, str) for name in (*(given.plugins or ()), *given.authenticators))


# -- a plugin's options -------------------------------------------------------------------------


def test_a_plugin_gets_its_own_options_and_the_defaults_of_the_others(settings):
    settings.PISTON = {"OPTIONS": {"mine": {"depth": 5}, "other": {"depth": 7, "unknown": 1}}}

    assert plugin_options("mine", Options) == Options(depth=5)
    assert plugin_options("nobody", Options) == Options()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dept": 5}, "PISTON[\"OPTIONS\"][\"mine\"] has the unknown key 'dept'; did you mean 'depth'?"),
        ({"zzz": 5}, 'PISTON["OPTIONS"]["mine"] has the unknown key \'zzz\'; known are: depth, indent.'),
        ({5: 5}, 'PISTON["OPTIONS"]["mine"] has the unknown key 5; known are: depth, indent.'),
        ({"depth": 0}, 'PISTON["OPTIONS"]["mine"] is not usable: depth is 0; it has to be a number from 1'),
        ({"depth": "deep"}, 'PISTON["OPTIONS"]["mine"] is not usable: '),
    ],
)
def test_an_option_that_cannot_be_followed_is_refused_with_its_place(settings, options, message):
    settings.PISTON = {"OPTIONS": {"mine": options}}

    with pytest.raises(SettingsError) as caught:
        plugin_options("mine", Options)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("plugin", "options", "place"),
    [
        ("json", {"max_depth": 0}, 'PISTON["OPTIONS"]["json"]'),
        ("json", {"ident": True}, "did you mean 'indent'?"),
        ("auth", {"realm": "Büro\n"}, 'PISTON["OPTIONS"]["auth"]'),
    ],
)
def test_a_plugins_own_refusal_of_its_options_is_an_error_in_the_settings_and_no_broken_plugin(
    settings, plugin, options, place
):
    """A guest that is skipped for its options would take its formats along, or its authenticators."""
    from piston_core.registry import get_registry

    for enabled in (None, [plugin]):
        settings.PISTON = {"PLUGINS": enabled, "OPTIONS": {plugin: options}}

        with pytest.raises(SettingsError) as caught:
            get_registry()

        assert place in str(caught.value)
