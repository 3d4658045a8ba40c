"""Every code block of the documentation does what its document says; and the runner that checks it can tell."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.docs.runner import DOCUMENTS, ROOT, BrokenExample, Page, blocks_of, fits


def has_curl() -> bool:
    """Return whether there is a curl that knows ``--json`` (7.82); a machine with nothing but Python has none."""
    found = shutil.which("curl")
    return (
        found is not None
        and b"--json" in subprocess.run([found, "--help", "all"], capture_output=True, check=False).stdout
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_examples_do_what_the_document_says(document, tmp_path):
    if any("$ curl" in block.text for block in blocks_of(document)) and not has_curl():
        pytest.skip("these examples need curl 7.82 or newer")
    Page(document, tmp_path).run()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_no_code_block_escapes_the_runner(document):
    fences = re.findall(r"^\s*(?:```|~~~)", document.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(fences) == 2 * len(blocks_of(document))


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("```python\n1 / 0\n```", "ZeroDivisionError"),
        ("```python\n>>> 1 + 1\n3\n```", "Expected:\n    3\nGot:\n    2"),
        ("```python\nassert Book\n```", "NameError"),
        ("```console\n$ echo here\nthere\n```", "echo here"),
        ("```console\n$ pip install something-else\n```", "is not to be run here"),
        ("```console\n$ make demmo\n```", "is not to be run here"),
        ("```json\n{,}\n```", "Expecting property name"),
        ("```toml\na = \n```", "Invalid value"),
        ("```ruby\nputs 1\n```", "'ruby' is none that is checked"),
        ("```\nanything\n```", "'' is none that is checked"),
        ("```python\n# library/urls.py\nurlpatterns = 1 / 0\n```\n```console\n$ curl localhost:8000/\n@\n```", "curl"),
    ],
)
def test_an_example_that_is_wrong_is_noticed(block, reason, tmp_path):
    document = tmp_path / "wrong.md"
    document.write_text(f"# Wrong\n\n{block}\n", encoding="utf-8")
    (tmp_path / "project").mkdir()

    with pytest.raises((BrokenExample, ValueError)) as caught:
        Page(document, tmp_path / "project").run()

    assert reason in str(caught.value)


def test_a_message_says_where_the_example_stands(tmp_path):
    document = tmp_path / "wrong.md"
    document.write_text("# Wrong\n\n```console\n$ echo one\none\n$ echo two\nthree\n```\n", encoding="utf-8")
    (tmp_path / "project").mkdir()

    with pytest.raises(BrokenExample, match=r"^wrong.md:6: echo two"):
        Page(document, tmp_path / "project").run()


@pytest.mark.parametrize(
    ("printed", "expected", "does"),
    [
        ("a\nb\n", "a\nb", True),
        ("a\nb\n", "a\nb\nc", False),
        ("a\nb\nc\n", "a\n...\nc", True),
        ("a\nc\n", "a\n...\nc", False),
        ("took 12 s", "took ... s", True),
        ("a.b", "a?b", False),
        ("", "", True),
        ("anything", "", False),
    ],
)
def test_dots_stand_for_anything_and_nothing_else_does(printed, expected, does):
    assert fits(printed, expected) is does
