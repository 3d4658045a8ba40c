"""The reference pages name what there is, all of it, and nothing else."""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import piston_core
from piston_core import hookspecs
from piston_core.conf import Settings
from tests.docs.runner import DOCUMENTS, ROOT

DOCS = ROOT / "docs"
HOOKS = {name: function for name, function in vars(hookspecs).items() if name.startswith("piston_")}
PACKAGES = [ROOT / "piston_core", *(folder / folder.name for folder in sorted((ROOT / "plugins").iterdir()))]
SOURCES = [module for package in PACKAGES for module in sorted(package.rglob("*.py"))]
CHECK = re.compile(r"\bpiston(?:_\w+)?\.[EWI]\d{3}\b")


def text_of(*paths: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


# Each plugin's options by its name: those of the entry points that the distributions declare.
POINTS = [
    point
    for folder in sorted((ROOT / "plugins").iterdir())
    for group in tomllib.loads(text_of(folder / "pyproject.toml"))["project"]["entry-points"].values()
    for point in group.items()
]
OPTIONS = {name: importlib.import_module(module).Options for name, module in POINTS}


def rows(text: str) -> list[list[str]]:
    """Return the first cells of the rows of all tables, each with the names in it that are code."""
    return [re.findall(r"`([^`]+)`", line.split("|")[1]) for line in text.splitlines() if line.startswith("| `")]


def sections(text: str, level: int) -> dict[str, str]:
    """Return what stands below each heading of a level, up to the next heading of that level or above."""
    parts = re.split(rf"^(#{{1,{level}}}) (.*)$", text, flags=re.MULTILINE)
    found = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return {title: body for marks, title, body in found if len(marks) == level}


def heading(name: str) -> str:
    """Return the heading of a hook's section: its signature, whose annotations are as they stand in the source."""
    return f"`{name}{inspect.signature(HOOKS[name])}`".replace("'", "")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_a_section_whose_heading_is_its_signature(name):
    section = sections(text_of(DOCS / "plugins" / "hooks.md"), 2)[heading(name)]

    said = inspect.getdoc(HOOKS[name]).partition("\n\n")[0].replace("``", "`")

    assert said.split() == section.split()[: len(said.split())]
    for promise in ("**When**", "**Returns**", "**Several plugins**", "**Used by**", "```python"):
        assert promise in section


def test_the_hooks_are_explained_once_and_in_the_order_of_the_request():
    titles = list(sections(text_of(DOCS / "plugins" / "hooks.md"), 2))

    assert [title for title in titles if "piston_" in title] == [heading(name) for name in HOOKS]


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_on_the_picture_of_the_way_of_a_request(name):
    picture = re.search(r"```mermaid\n(.*?)```", text_of(DOCS / "plugins" / "hooks.md"), re.DOTALL)[1]

    assert re.search(rf"\b{name}\b", picture)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_named_in_a_test_outside_of_this_folder(name):
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path.parent != Path(__file__).parent]

    assert re.search(rf"\b{name}\b", text_of(*tests))


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_used_by_those_who_are_said_to_use_it(name):
    folders = {"the core": ROOT / "piston_core" / "defaults.py", "examples/blog": ROOT / "examples" / "blog"}
    folders |= {folder.name.replace("_", "-"): folder for folder in (ROOT / "plugins").iterdir()}
    section = sections(text_of(DOCS / "plugins" / "hooks.md"), 2)[heading(name)]
    said = set(re.search(r"\*\*Used by\*\*: (.*)\.", section)[1].split(", "))

    uses = {
        user
        for user, place in folders.items()
        if f"def {name}(" in text_of(*([place] if place.is_file() else place.rglob("*.py")))
    }
    # What the core does where no plugin says otherwise is told with the merge rule, not as a use.
    assert said - {"the core"} == uses - {"the core"}


def test_the_settings_page_has_every_key_and_no_other():
    table = text_of(DOCS / "settings.md").partition("## Options of the plugins")[0]
    keys = [name for row in rows(table) for name in row]

    assert sorted(keys) == sorted(each.name.upper() for each in fields(Settings))


def test_the_settings_page_has_every_option_of_every_plugin_and_no_other():
    page = sections(text_of(DOCS / "settings.md"), 2)["Options of the plugins"]
    documented = {title: {row[0] for row in rows(body)} for title, body in sections(page, 3).items()}

    assert documented == {f"`{name}`": {each.name for each in fields(options)} for name, options in OPTIONS.items()}


@pytest.mark.parametrize("option", ["plugins", "emitters", "default_emitter", "max_upload_size"])
def test_the_settings_page_tells_the_default(option):
    default = next(each.default for each in fields(Settings) if each.name == option)
    row = next(line for line in text_of(DOCS / "settings.md").splitlines() if line.startswith(f"| `{option.upper()}`"))

    assert f"`{default}`" in row.split("|")[2]


@pytest.mark.parametrize("name", OPTIONS)
def test_the_settings_page_tells_the_default_of_an_option(name):
    page = sections(text_of(DOCS / "settings.md"), 3)[f"`{name}`"]

    for option in fields(OPTIONS[name]):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{option.name}`"))
        assert f"`{option.default!r}`".replace("'", '"') == row.split("|")[2].strip()


def test_the_checks_page_has_every_check_and_no_other():
    table = [name for row in rows(text_of(DOCS / "checks.md")) for name in row if CHECK.fullmatch(name)]

    assert table == sorted(table, key=lambda name: (name.partition(".")[0], name))
    assert set(table) == set(CHECK.findall(text_of(*SOURCES)))


@pytest.mark.parametrize("name", piston_core.__all__)
def test_a_public_name_is_explained(name):
    listed = [name for row in rows(text_of(DOCS / "README.md")) for name in row]
    elsewhere = text_of(*(path for path in DOCUMENTS if path != DOCS / "README.md"))

    assert listed.count(name) == 1
    assert name == "__version__" or re.search(rf"\b{name}\b", elsewhere)


def test_only_public_names_are_explained():
    assert {name for row in rows(text_of(DOCS / "README.md")) for name in row} == set(piston_core.__all__)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_that_a_message_or_a_docstring_names_exists(path):
    for page in re.findall(r"\bdocs/[\w/-]+\.md\b", text_of(path)):
        assert (ROOT / page).exists(), page
