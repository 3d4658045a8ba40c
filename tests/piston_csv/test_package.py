"""The example of a third party's plugin: its own tests pass, as they do for whoever writes such a package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.piston_csv.installing import install

PACKAGE = Path(__file__).resolve().parents[2] / "examples" / "piston_csv"


def test_the_tests_of_the_package_pass(tmp_path):
    """Beside the installed distribution, whose entry point is a real one, and without anything of this suite."""
    install(PACKAGE, tmp_path)
    ours = ("DJANGO_SETTINGS_MODULE", "PYTEST")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]

    run = subprocess.run(command, cwd=PACKAGE, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout
