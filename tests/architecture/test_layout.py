"""The layout that docs/architecture.md draws: every package typed, every plugin a distribution of its own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if path.is_dir())
PROJECTS = [ROOT, *PLUGINS]


def project(folder: Path) -> dict:
    """Return the ``[project]`` table of a distribution."""
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugin_is_a_typed_distribution_with_an_entry_point(folder):
    groups = project(folder)["entry-points"]

    assert (folder / "README.md").stat().st_size > 500
    assert (folder / folder.name / "py.typed").exists()
    assert project(folder)["name"] == folder.name.replace("_", "-")
    modules = [module for group in groups.values() for module in group.values()]
    assert modules[0] == folder.name
    assert {module.partition(".")[0] for module in modules} == {folder.name}


def test_all_distributions_have_one_version():
    import importlib

    versions = {project(folder)["version"] for folder in PROJECTS}
    modules = {importlib.import_module(name).__version__ for name in ("piston_core", *(p.name for p in PLUGINS))}

    assert len(versions) == 1
    assert modules == versions


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_every_distribution_has_a_folder_of_tests(folder):
    assert any((ROOT / "tests" / folder.name).glob("test_*.py"))


@pytest.mark.parametrize("package", ["piston_core", *(folder.name for folder in PLUGINS)])
def test_public_names_are_documented(package):
    import importlib

    module = importlib.import_module(package)

    undocumented = [
        name
        for name in module.__all__
        if callable(getattr(module, name)) and not getattr(module, name).__doc__ and name != "hookimpl"
    ]
    assert undocumented == []


@pytest.mark.parametrize("package", ["piston_core", *(folder.name for folder in PLUGINS)])
def test_a_package_imports_without_a_django_project(package):
    """Nothing runs at import: no settings, no app registry, no plugin is touched."""
    run = subprocess.run(
        [sys.executable, "-c", f"import {package}"], capture_output=True, text=True, env={"PATH": ""}, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")


def test_every_module_of_the_core_has_one_sentence_on_what_it_is_for():
    import ast

    for module in (ROOT / "piston_core").rglob("*.py"):
        docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""

        assert docstring.partition("\n")[0].rstrip().endswith("."), module
