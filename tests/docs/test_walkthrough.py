"""The author's guide shows the files of the example package as they are."""

from __future__ import annotations

import pytest

from tests.docs.runner import ROOT, blocks_of

PACKAGE = ROOT / "examples" / "piston_csv"
GUIDE = ROOT / "docs" / "plugins" / "writing.md"


def shown() -> dict[str, str]:
    """Return the package's files as the guide shows them, in one block or in several with a pause of two lines."""
    files: dict[str, list[str]] = {}
    for block in blocks_of(GUIDE):
        folder, _, path = block.path.partition("/")
        if folder == "piston-csv":
            files.setdefault(path, []).append(block.text.partition("\n")[2])
    return {path: "\n\n".join(parts) for path, parts in files.items()}


@pytest.mark.parametrize("path", shown())
def test_a_file_that_the_guide_shows_is_the_package_s_to_the_letter(path):
    assert shown()[path] == (PACKAGE / path).read_text(encoding="utf-8")


def test_the_guide_shows_every_module_of_the_package():
    modules = {str(path.relative_to(PACKAGE)) for path in (PACKAGE / "piston_csv").glob("*.py")}

    assert modules < set(shown())
