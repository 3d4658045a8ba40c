"""``manage.py piston startplugin``: what it writes, what it says, and what it refuses to write."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from packaging.requirements import Requirement

import piston_core
from piston_core.management.scaffold import KINDS

ROOT = Path(__file__).resolve().parents[2]
LONG = "a-name-of-24-characters-"[:23] + "z"


def start(kind: str, name: str, folder: Path) -> str:
    """Return what the command prints."""
    printed = StringIO()
    call_command("piston", "startplugin", kind, name, "--directory", str(folder), stdout=printed)
    return printed.getvalue()


def refused(kind: str, name: str, folder: Path) -> str:
    """Return why the command writes nothing."""
    before = sorted(folder.rglob("*")) if folder.exists() else []
    with pytest.raises(CommandError) as caught:
        start(kind, name, folder)

    assert (sorted(folder.rglob("*")) if folder.exists() else []) == before
    return str(caught.value)


def checked(*command: str, folder: Path) -> str:
    """Return what a tool has to say against a folder; nothing if all is well."""
    ran = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return ran.stdout.decode() if ran.returncode else ""


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """Write a plugin of every kind, with a short name, and one of every kind with the longest."""
    folder = tmp_path_factory.mktemp("written")
    for kind in KINDS:
        start(kind, f"a-{kind}", folder)
        (folder / kind).mkdir()
        start(kind, LONG, folder / kind)
    return folder


# -- what it writes -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_package_with_its_tests(kind, tmp_path):
    start(kind, "my-own_2", tmp_path)
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}

    assert files == {
        f"piston-my-own-2/{file}"
        for file in (
            "pyproject.toml",
            "README.md",
            "piston_my_own_2/__init__.py",
            "piston_my_own_2/py.typed",
            "tests/conftest.py",
            "tests/test_my_own_2.py",
        )
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_project_declares_its_plugin_and_the_core_that_it_is_written_for(kind, written):
    text = (written / f"piston-a-{kind}" / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    own = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [core] = map(Requirement, project["dependencies"])
    major, minor, *_ = piston_core.__version__.split(".")

    assert project["entry-points"] == {"piston.plugins": {f"a-{kind}": f"piston_a_{kind.replace('-', '_')}"}}
    assert project["requires-python"] == own["requires-python"]
    assert core.name == "piston-core"
    assert core.specifier.contains(piston_core.__version__)
    assert not core.specifier.contains(f"{major}.{int(minor) + 1}.0")


@pytest.mark.parametrize("kind", KINDS)
def test_the_readme_has_every_option(kind, written):
    root = written / f"piston-a-{kind}"
    spec = spec_from_file_location("written", root / f"piston_a_{kind.replace('-', '_')}" / "__init__.py")
    module = module_from_spec(spec)
    sys.modules["written"] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    del sys.modules["written"]
    options = [each.name for each in fields(module.Options)] if hasattr(module, "Options") else []

    assert re.findall(r"^\| `(\w+)`", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE) == options


def test_what_it_writes_is_linted_and_formatted(written):
    """Every rule of this repository holds for it, whether its name sorts before that of the core or after it."""
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    for root in written.rglob("piston-*/"):
        [package] = root.glob("piston_*")
        own = ["--config", f"lint.isort.known-first-party = ['{package.name}']"]

        assert checked("ruff", "check", *config, *own, ".", folder=root) == ""
        assert checked("ruff", "format", "--diff", *config, ".", folder=root) == ""


def test_what_it_writes_is_typed(written, tmp_path):
    """mypy's strict mode has nothing against it."""
    modules = [*written.glob("*/piston_*/__init__.py"), *written.glob("*/tests/test_*.py")]
    conftest = next(written.glob("*/tests/conftest.py"))
    arguments = ["--strict", "--config-file=", "--cache-dir", str(tmp_path), str(conftest), *map(str, modules)]

    assert len(modules) == 2 * len(KINDS)
    assert checked("mypy", *arguments, folder=tmp_path) == ""


# -- what it says -------------------------------------------------------------------------------


def test_it_says_what_to_do_next(tmp_path):
    lines = start("emitter", "toml", tmp_path).splitlines()
    root = tmp_path / "piston-toml"

    assert lines[0] == f"{root} is the plugin 'toml', which works as it is:"
    assert all((root / line.strip()).exists() for line in lines[1:7])
    assert [line.strip() for line in lines[8:11]] == [f"cd {root}", "pip install --group test --editable .", "pytest"]
    assert "piston_toml/__init__.py" in lines[11]


def test_it_writes_here_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call_command("piston", "startplugin", "throttle", "toml", stdout=StringIO())

    assert (tmp_path / "piston-toml" / "piston_toml" / "__init__.py").exists()


def test_it_asks_no_database(tmp_path):
    """No test database is there: a query would be an error."""
    assert start("authenticator", "toml", tmp_path)


# -- what it refuses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["TOML", "2toml", "-toml", "toml-", "to--ml", "to-_ml", "to.ml", "to ml", "töml", "", "../ml", "toml\n", "a" * 25],
)
def test_a_name_that_cannot_be_used_is_refused(name, tmp_path):
    arguments = ["--directory", str(tmp_path), "--", "emitter", name]
    with pytest.raises(CommandError) as caught:
        call_command("piston", "startplugin", *arguments)

    assert str(caught.value).startswith(f"{name!r} cannot be a plugin's name. Choose")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("emitter", "json", "There is a plugin 'json' (piston-json 0.1.0) already; choose another name."),
        ("throttle", "json", "There is a plugin 'json' (piston-json 0.1.0) already; choose another name."),
        ("emitter", "jsonl", "This project has the emitter 'jsonl' already; choose another name."),
        ("parser", "multipart", "This project has the parser 'multipart' already; choose another name."),
        ("authenticator", "basic", "This project has the authenticator 'basic' already; choose another name."),
        ("emitter", "core", "There is a module piston_core already; choose another name than 'core'."),
    ],
)
def test_a_name_that_somebody_has_is_refused(kind, name, said, tmp_path):
    assert refused(kind, name, tmp_path) == said


def test_a_name_that_another_kind_has_is_free(tmp_path):
    assert start("throttle", "jsonl", tmp_path)


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    start("emitter", "toml", tmp_path)

    assert refused("parser", "toml", tmp_path) == (
        f"{tmp_path / 'piston-toml'} is there already; choose another name, or another place with --directory."
    )


def test_a_directory_that_is_not_there_is_not_made(tmp_path):
    assert refused("emitter", "toml", tmp_path / "nowhere") == (
        f"There is no directory {tmp_path / 'nowhere'}; make it, or name another one with --directory."
    )


def test_an_unknown_kind_is_refused_with_those_that_there_are(tmp_path):
    said = refused("renderer", "toml", tmp_path)

    assert all(kind in said for kind in KINDS)


def test_settings_that_cannot_be_read_are_refused_in_one_line(settings, tmp_path):
    settings.PISTON = {"PLUGIN": ["json"]}

    assert "did you mean 'PLUGINS'?" in refused("emitter", "toml", tmp_path)
