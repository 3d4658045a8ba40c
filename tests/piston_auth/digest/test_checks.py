"""``manage.py check`` tells what a project that uses Digest has forgotten, and nothing to others."""

from __future__ import annotations

import pytest

from piston_auth.digest.checks import checks
from piston_auth.digest.validators import KeepDigests
from tests.piston_auth.digest.conftest import KEEPER


class Keeping(KeepDigests):
    """A project's own."""


def found(algorithms=("SHA-256",), realm="API"):
    return [each.id for each in checks(algorithms, realm)]


@pytest.fixture(autouse=True)
def using(settings):
    settings.PISTON = {"AUTHENTICATORS": ["digest"]}


def test_a_project_that_has_all_of_it_is_told_nothing():
    assert found() == []


def test_a_project_that_does_not_use_it_is_told_nothing(settings):
    settings.PISTON = {}
    settings.AUTH_PASSWORD_VALIDATORS = []

    assert found(["MD5"], '"') == []


@pytest.mark.parametrize(("authenticators", "validators"), [(["digest"], []), ([], [{"NAME": KEEPER}])])
def test_an_app_that_is_not_installed_is_an_error(settings, authenticators, validators):
    settings.PISTON = {}  # a name that is known before there is an app
    settings.INSTALLED_APPS = [each for each in settings.INSTALLED_APPS if each != "piston_auth.digest"]
    settings.PISTON = {"AUTHENTICATORS": authenticators}
    settings.AUTH_PASSWORD_VALIDATORS = validators

    assert found() == ["piston_auth.E002"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{__name__}.Keeping", []),
        ("django.contrib.auth.password_validation.CommonPasswordValidator", ["piston_auth.W002"]),
        ("no.such.module", ["piston_auth.W002"]),
    ],
)
def test_passwords_that_nobody_keeps_are_a_warning(settings, name, expected):
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": name}]

    assert found() == expected


def test_md5_is_a_warning():
    assert found(["SHA-256", "MD5"]) == ["piston_auth.W003"]


@pytest.mark.parametrize("realm", ['the "cave"', "back\\slash"])
def test_a_realm_that_clients_hash_in_different_ways_is_a_warning(realm):
    assert found(realm=realm) == ["piston_auth.W005"]


def test_every_message_says_what_to_do(settings):
    settings.AUTH_PASSWORD_VALIDATORS = []

    assert all(each.hint for each in checks(["MD5"], '"'))
