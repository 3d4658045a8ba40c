"""The app of the tokens: there for who asks for it, as its migration says, and checked."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.template.loader import get_template

from piston_auth.tokens.checks import checks
from piston_auth.tokens.models import Token


def test_it_has_a_label_of_its_own():
    assert apps.get_app_config("piston_tokens").name == "piston_auth.tokens"
    assert Token._meta.db_table == "piston_tokens_token"


def test_the_migration_makes_the_model():
    loader = MigrationLoader(None)
    before = loader.project_state()
    changes = MigrationAutodetector(before, ProjectState.from_apps(apps)).changes(loader.graph)

    assert ("piston_tokens", "token") in before.models
    assert "piston_tokens" not in changes


def test_the_model_and_its_admin_pass_django_s_checks():
    assert run_checks([apps.get_app_config("piston_tokens")]) == []


def test_the_package_needs_no_project_to_be_imported():
    code = "import sys, piston_auth.tokens as it; print(it.__name__ + '.models' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)

    assert (run.stdout.strip(), run.stderr) == ("False", "")


def test_the_template_is_in_the_package():
    assert "piston_auth" in get_template("admin/piston_tokens/token/issued.html").origin.name


@pytest.mark.parametrize(
    ("authenticators", "installed", "found"),
    [
        (["token"], False, ["piston_auth.E001"]),
        (["basic", "token"], False, ["piston_auth.E001"]),
        (["basic"], False, []),
        ([], False, []),
        (["token"], True, []),
    ],
)
def test_a_project_without_the_table_is_told_by_manage_py_check(settings, authenticators, installed, found):
    if not installed:
        settings.INSTALLED_APPS = ["piston_core"]
    settings.PISTON = {"AUTHENTICATORS": authenticators}

    assert [message.id for message in checks()] == found


def test_a_project_without_piston_settings_is_told_nothing(settings):
    del settings.PISTON
    settings.INSTALLED_APPS = ["piston_core"]

    assert checks() == []
