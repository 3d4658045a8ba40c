"""Writes the package of a new plugin, which works as it is and is its author's from then on."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from string import Template

from django.core.management.base import CommandError

import piston_core
from piston_core.conf import read_settings
from piston_core.discovery import installed
from piston_core.registry import build_registry

KINDS = ("emitter", "parser", "authenticator", "throttle", "link-builder")

_TEMPLATES = Path(__file__).with_name("templates")
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_LONGEST = 24  # characters of a name; the lines of the templates have room for as many


def write_plugin(kind: str, name: str, directory: Path) -> list[Path]:
    """Write a plugin's package into a new folder, and return its files, the folder first.

    Args:
        kind: what it offers, one of ``KINDS``.
        name: the name of the plugin and of what it offers.
        directory: where to make the folder.

    Raises:
        CommandError: the name cannot be used, or the folder cannot be made.
    """
    _refuse_unusable(name)
    words = _words(kind, name)
    _refuse_taken(kind, name, words["package"])
    root = directory / words["distribution"]
    _refuse_overwriting(root)
    texts = {root / path: _rendered(template, words) for path, template in _templates(kind, words).items()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [root, *texts]


def _refuse_unusable(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise CommandError(
            f"{name!r} cannot be a plugin's name. Choose lower-case words with '-' or '_' between them, such as "
            f"'toml' or 'my-format', with a letter first and at most {_LONGEST} characters."
        )


def _refuse_taken(kind: str, name: str, package: str) -> None:
    """Refuse a name that somebody else has, in this environment or among the offers that the project uses."""
    plugins = installed()
    if name in plugins:
        raise CommandError(f"There is a {plugins[name]} already; choose another name.")
    if name in getattr(build_registry(read_settings(), tolerant=True), f"{kind.replace('-', '_')}s"):
        raise CommandError(f"This project has the {kind} {name!r} already; choose another name.")
    if find_spec(package):
        raise CommandError(f"There is a module {package} already; choose another name than {name!r}.")


def _refuse_overwriting(root: Path) -> None:
    if not root.parent.is_dir():
        raise CommandError(f"There is no directory {root.parent}; make it, or name another one with --directory.")
    if root.exists():
        raise CommandError(f"{root} is there already; choose another name, or another place with --directory.")


def _words(kind: str, name: str) -> dict[str, str]:
    """Return what the templates leave open, by the name of its placeholder."""
    parts = re.split("[-_]", name)
    major, minor, *_ = piston_core.__version__.split(".")
    words = {
        "kind": kind.replace("-", " "),
        "name": name,
        "Name": "".join(map(str.capitalize, parts)),
        "package": "_".join(("piston", *parts)),
        "distribution": "-".join(("piston", *parts)),
        "core": f"piston-core>={major}.{minor},<{major}.{int(minor) + 1}",  # the next minor version may break it
    }
    return {**words, "usage": _rendered(f"{kind}/usage.md-tpl", words).strip()}


def _templates(kind: str, words: dict[str, str]) -> dict[str, str]:
    """Return the template of each file of the package."""
    return {
        "pyproject.toml": "shared/pyproject.toml-tpl",
        "README.md": "shared/README.md-tpl",
        f"{words['package']}/__init__.py": f"{kind}/plugin.py-tpl",
        f"{words['package']}/py.typed": "shared/py.typed-tpl",
        "tests/conftest.py": "shared/project.py-tpl",
        f"tests/test_{words['package'].removeprefix('piston_')}.py": f"{kind}/promises.py-tpl",
    }


def _rendered(template: str, words: dict[str, str]) -> str:
    return Template((_TEMPLATES / template).read_text(encoding="utf-8")).substitute(words)
