"""Fake distributions: what pip leaves behind, written into a folder that is put onto the path."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from piston_core.registry import forget_registry
from tests.rewriting import rewrite

HEADER = """
from piston_core import *
"""

EMPTY = """
@hookimpl
def piston_emitters():
    return []
"""


def emitter(name: str, media_type: str = "", text: str = "") -> str:
    """Return the code of a plugin that offers one emitter, which writes the same text always."""
    return f"""
    class Fixed(Emitter):
        name = {name!r}
        media_types = ({media_type or f"text/{name}"!r},)
        problem_type = media_types[0]

        def emit(self, document, request):
            return {(text or name)!r}.encode()

        def stream(self, document, request):
            yield {(text or name)!r}.encode()


    @hookimpl
    def piston_emitters():
        return [Fixed()]
    """


@pytest.fixture
def install(tmp_path, monkeypatch) -> Iterator[Callable[..., str]]:
    """Return a function that installs a distribution with one plugin, and gives the name of its module."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    forget_registry()

    def install(
        name: str,
        code: str = EMPTY,
        *,
        distribution: str = "",
        version: str = "1.0",
        group: str = "piston.plugins",
        points: str = "",
        metadata: bool = True,
    ) -> str:
        distribution = distribution or f"fake-{name}"
        module = distribution.replace("-", "_").replace(".", "_")
        (tmp_path / f"{module}.py").write_text(HEADER + dedent(code), encoding="utf-8")
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        if metadata:
            text = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
            (info / "METADATA").write_text(text, encoding="utf-8")
        points = (points or f"{name} = MODULE").replace("MODULE", module)
        (info / "entry_points.txt").write_text(f"[{group}]\n{points}\n", encoding="utf-8")
        importlib.invalidate_caches()
        return module

    yield install
    for module in {each for each in sys.modules if each.startswith("fake_")} - before:
        del sys.modules[module]
    forget_registry()


@pytest.fixture
def project(tmp_path, install) -> Callable[[str, str], None]:
    """Return a function that writes a module of the project itself, by its dotted name."""

    def write(dotted: str, code: str) -> None:
        path = tmp_path.joinpath(*dotted.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + dedent(code), encoding="utf-8")
        importlib.invalidate_caches()

    return write


@pytest.fixture
def run(tmp_path, install) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs Python in a fresh process, on a project with these ``PISTON`` settings."""

    def run(*arguments: str, piston: object = None, more: str = "") -> subprocess.CompletedProcess[str]:
        code = f"SECRET_KEY = 'x'\nINSTALLED_APPS = ['piston_core']\nPISTON = {piston or {}!r}\n{more}\n"
        rewrite(tmp_path / "fake_settings.py", code)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "fake_settings",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")])),
            "PYTHONWARNINGS": "error",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=Path(tmp_path),
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run
