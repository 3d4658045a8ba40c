"""Runs the code blocks of a document as its reader would: in order, in a Django project of the document's own.

What a block is, its language and its first line say:

* ``python`` and ``toml`` blocks that begin with a comment such as ``# books/handlers.py`` are files of the project;
  with ``# books/handlers.py, continued`` they come at the end of that file.
* Other ``python`` blocks are executed one after the other, those with ``>>>`` as doctests, in one process for the
  document (``session.py``), which also serves the project over HTTP. An ``api`` that a block defines is served below
  ``/api/``, as in the tutorial.
* ``console`` blocks hold commands after ``$`` and what they print; ``...`` stands for anything. Commands run in a
  shell in the project's folder; ``localhost:8000`` is where the document's process serves.
* ``json`` and ``toml`` have to be well-formed; ``text`` and ``mermaid`` are only read.

Of the installed plugins a document sees ``json``, ``auth`` and those that it tells its reader to ``pip install``.

A document that calls ``django-admin startproject`` begins in an empty folder, every other one where step 2 of the
tutorial ends: with its models and the objects that its first doctest makes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.piston_csv.installing import install
from tests.rewriting import rewrite

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(ROOT.glob("plugins/*/README.md")),
    *sorted(ROOT.glob("examples/*/README.md")),
]

SERVER = "localhost:8000"
# Commands that are not for a document's project: tests/end_to_end runs the demo and installs the packages.
ELSEWHERE = {
    "make demo",
    "make test",
    "pip install piston-core piston-json piston-auth",
    "pip install piston-core",
    "pip install piston-json",
    "pip install piston-auth",
    "pip install piston-xml",
    "pip install piston-yaml",
    "pip install piston-html",
    "pip install piston-compat",
    "pip install piston-pickle",
    "pip install piston-throttle",
    "pip install piston-hateoas",
    "pip install piston-oauth",
    "pip install piston-openapi",
    'pip install "piston-oauth[oauth2]"',
    'pip install "piston-openapi[swagger,redoc]"',
    'pip install "piston-throttle[redis]"',
    "pip install . ./plugins/piston_json ./plugins/piston_auth",
}
# Commands that install what no index has: the example of a package as it is here, or as a document writes it.
INSTALLS = {
    "pip install piston-csv": ROOT / "examples" / "piston_csv",
    "pip install piston-hydra": ROOT / "examples" / "piston_hydra",
    "pip install pytest -e ./piston-csv": Path("piston-csv"),
}

MANAGE = """
import os, sys
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
execute_from_command_line(sys.argv)
"""
SETTINGS = """
SECRET_KEY = "only for examples"
DEBUG = True
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
INSTALLED_APPS += ["piston_core", "books"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "library.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
PISTON = {"OPTIONS": {"json": {"indent": True}}}
"""
# Runs when Python starts, so that what else this environment has does not show in what a document prints.
SITE = """
import os
import importlib_metadata
found = importlib_metadata.entry_points
installed = os.environ["INSTALLED"].split()
def entry_points(**given):
    return importlib_metadata.EntryPoints(point for point in found(**given) if is_seen(point))
def is_seen(point):  # whose a point is stands in a file of its own, which takes long to read for a hundred others
    return not point.group.startswith("piston.") or point.dist.name in installed
importlib_metadata.entry_points = entry_points
"""
FAST_HASHER = '\nPASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]\n'

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"# ([\w./-]+\.(?:py|toml))(, continued)?$")


class BrokenExample(AssertionError):
    """A code block does not do what its document says."""


@dataclass(frozen=True)
class Block:
    """One fenced code block: its language, its text, and the line of the document where the text begins."""

    language: str
    text: str
    line: int

    @property
    def path(self) -> str:
        """The file that the block is, or ``""``."""
        found = _PATH.match(self.text.partition("\n")[0])
        return found[1] if found and self.language in ("python", "toml") else ""


def blocks_of(document: Path) -> list[Block]:
    """Return the code blocks of a document."""
    text = document.read_text(encoding="utf-8")
    return [Block(each[1], each[2], text.count("\n", 0, each.start(2)) + 1) for each in _FENCE.finditer(text)]


class Page:
    """Runs the blocks of one document in an empty folder."""

    def __init__(self, document: Path, folder: Path) -> None:
        self.document = document
        self.folder = folder
        self.blocks = blocks_of(document)
        self.session: subprocess.Popen[str] | None = None
        self.port = 0
        self.sample = ""
        commands = (found for each in self.blocks for found in re.findall(r"pip install (.*)", each.text))
        installed = (name for command in commands for name in re.findall(r"piston-\w+", command))
        ours = ("DJANGO_SETTINGS_MODULE", "PYTEST")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment |= {
            "PYTHONUNBUFFERED": "1",  # or what goes to a pipe comes in another order than on a screen
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CURL_HOME": str(folder),  # curl shows a progress meter where nobody watches
            "NO_PROXY": "localhost",
            "INSTALLED": " ".join({"piston-json", "piston-auth", *installed}),
            "PYTHONPATH": str(folder),
        }

    def run(self) -> None:
        """Run all blocks.

        Raises:
            BrokenExample: the first one that does something else than it says.
        """
        (self.folder / "sitecustomize.py").write_text(SITE)
        (self.folder / ".curlrc").write_text("silent\nshow-error\n")
        if not any("django-admin startproject" in block.text for block in self.blocks):
            self.begin()
        try:
            for block in self.blocks:
                self.run_block(block)
        finally:
            self.stop()

    def begin(self) -> None:
        """Make the project that the tutorial has made by the end of its second step."""
        tutorial = blocks_of(ROOT / "docs" / "tutorial.md")
        models = next(block.text for block in tutorial if block.path == "books/models.py")
        self.sample = next(block.text for block in tutorial if ">>>" in block.text)
        self.write("manage.py", MANAGE)
        self.write("library/__init__.py", "")
        self.write("library/settings.py", SETTINGS)
        self.write("library/urls.py", "urlpatterns = []")
        self.write("books/__init__.py", "")
        self.write("books/models.py", models)

    def run_block(self, block: Block) -> None:
        """Run one block by its language."""
        if block.path:
            self.write(block.path, block.text, more=", continued" in block.text.partition("\n")[0])
        elif block.language == "console":
            self.run_console(block)
        elif block.language == "python":
            self.run_python(block)
        elif block.language not in ("json", "toml", "text", "mermaid"):
            raise BrokenExample(f"{self.place(block)}: the language {block.language!r} is none that is checked")
        if block.language in ("json", "toml"):
            (json if block.language == "json" else tomllib).loads(block.text)

    def place(self, block: Block, text: str = "") -> str:
        """Say where a block, or a text in it, stands."""
        return f"{self.document.name}:{block.line + block.text[: max(block.text.find(text), 0)].count(chr(10))}"

    def write(self, path: str, text: str, *, more: bool = False) -> None:
        """Write a file of the project, or its end; a process that has read the former one is of no use any more."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        hasher = FAST_HASHER if file.name == "settings.py" else ""
        rewrite(file, (file.read_text(encoding="utf-8") if more else "") + text + hasher)
        self.stop()

    def run_python(self, block: Block) -> None:
        """Execute a block in the document's process."""
        wrong = self.ask(code=block.text, line=block.line, apart=False)
        if wrong:
            raise BrokenExample(f"{self.place(block)}\n{wrong}")

    def run_console(self, block: Block) -> None:
        """Run the commands of a block and compare what they print."""
        for found in re.finditer(r"^\$ (.*(?:\\\n.*)*)\n?((?:(?!\$ ).*\n?)*)", block.text, re.MULTILINE):
            command, expected = found[1], found[2]
            if command in ELSEWHERE:
                continue
            if command in INSTALLS:
                install(self.folder / INSTALLS[command], self.folder)
                self.stop()
                continue
            place = self.place(block, found[0])
            if command.startswith(("pip ", "make ", "git ")):
                raise BrokenExample(f"{place}: {command!r} is not to be run here, and not in ELSEWHERE")
            printed = self.shell(command)
            if not fits(printed, expected):
                raise BrokenExample(f"{place}: {command}\nprints\n{printed}\nand not\n{expected}")

    def shell(self, command: str) -> str:
        """Return what a command prints."""
        if SERVER in command or command == "python manage.py runserver":
            self.serve()
        if command == "python manage.py runserver":
            return ""
        run = subprocess.run(
            ["sh", "-c", command.replace(SERVER, f"localhost:{self.port}")],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return run.stdout.replace(f"localhost:{self.port}", SERVER)

    def serve(self) -> subprocess.Popen[str]:
        """Start the document's process, unless it runs already."""
        if self.session is None:
            with (self.folder / "session.log").open("a") as log:
                self.session = subprocess.Popen(
                    [sys.executable, "-W", "error", Path(__file__).with_name("session.py"), self.document.name],
                    cwd=self.folder,
                    env=self.environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
            self.port = int(self.session.stdout.readline() or self.died())
            if self.sample:
                sample, self.sample = self.sample, ""
                self.ask(code=sample, line=0, apart=True)
        return self.session

    def ask(self, **question: object) -> str:
        """Have the document's process execute something; return what was wrong with it."""
        session = self.serve()
        print(json.dumps(question), file=session.stdin, flush=True)
        return json.loads(session.stdout.readline() or self.died())

    def died(self) -> str:
        raise BrokenExample(f"{self.document.name}: its process ended\n{(self.folder / 'session.log').read_text()}")

    def stop(self) -> None:
        """End the document's process."""
        if self.session is not None:
            self.session.stdin.close()
            self.session.wait(timeout=10)
            self.session.stdout.close()
            self.session = None


def fits(printed: str, expected: str) -> bool:
    """Return whether a command has printed what was expected; ``...``, or more dots in a row, stands for anything."""
    lines = [line.rstrip() for line in printed.strip().splitlines()]
    pattern = ".*?".join(
        re.escape(part) for part in re.split(r"\.{3,}", expected.strip())
    )  # a row of dots is one wildcard
    return re.fullmatch(pattern, "\n".join(lines), re.DOTALL) is not None
