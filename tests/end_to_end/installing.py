"""Build wheels and install them into clean environments, as pip does it for others."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = [path for path in sorted((ROOT / "plugins").iterdir()) if (path / "pyproject.toml").exists()]
EXAMPLES = [path for path in sorted((ROOT / "examples").iterdir()) if (path / "pyproject.toml").exists()]
PROJECTS = {"piston_core": ROOT, **{path.name: path for path in (*PLUGINS, *EXAMPLES)}}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files into a folder, without the indentation that they have in a test."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = text.splitlines()
        path.write_text("\n".join(line.removeprefix(" " * 8) for line in lines) + "\n", encoding="utf-8")
    return folder


def build(project: Path, target: Path) -> Path:
    """Build a project's wheel with its own back end, in this environment."""
    before = {*target.glob("*.whl")}
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
    subprocess.run(command, cwd=project, capture_output=True, check=True)
    [wheel] = {*target.glob("*.whl")} - before
    return wheel


def make_environment(folder: Path, base: Path | None = None) -> Path:
    """Make an environment and return its Python; there is nothing in it but, if one is named, what another one has."""
    venv.create(folder)
    if base is not None:
        (_packages(folder) / "base.pth").write_text(str(_packages(base.parents[1])))
    return folder / "bin/python"


def _packages(folder: Path) -> Path:
    return folder / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


def install(python: Path, *what: Path | str) -> None:
    """Install wheels, and what they need, into an environment."""
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile"]
    ran = subprocess.run(
        [*command, "--disable-pip-version-check", *what], capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stderr


def run(python: Path, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with nothing of this environment but its paths to programs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
    return subprocess.run(
        [python, *arguments],
        cwd=folder,
        env=kept | {"PYTHONWARNINGS": "error"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
