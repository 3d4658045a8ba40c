"""The app of the kept answers: there for who asks for it, and as its migration says."""

from __future__ import annotations

import os
import subprocess
import sys

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.test import override_settings

from piston_core.idempotency import installed
from piston_core.idempotency.models import KeptAnswer
from tests.piston_core.idempotency.asking import claimed, created


def test_it_is_known_whether_a_project_has_it():
    assert installed()
    with override_settings(INSTALLED_APPS=["piston_core"]):
        assert not installed()


def test_it_has_a_label_of_its_own():
    assert apps.get_app_config("piston_idempotency").name == "piston_core.idempotency"
    assert KeptAnswer._meta.db_table == "piston_idempotency_keptanswer"


def test_the_migration_makes_the_model():
    loader = MigrationLoader(None)
    before = loader.project_state()
    changes = MigrationAutodetector(before, ProjectState.from_apps(apps)).changes(loader.graph)

    assert ("piston_idempotency", "keptanswer") in before.models
    assert "piston_idempotency" not in changes
    assert KeptAnswer.check(databases=[]) == []


def test_the_package_needs_no_project_to_be_imported():
    code = "import sys, piston_core.idempotency as it; print(it.__name__ + '.models' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)

    assert (run.stdout.strip(), run.stderr) == ("False", "")


def test_a_row_says_what_it_is(db):
    claim = claimed()
    assert str(KeptAnswer.objects.get()).startswith("at work since 20")
    claim.keep(created())
    assert str(KeptAnswer.objects.get()).startswith("201 since 20")
