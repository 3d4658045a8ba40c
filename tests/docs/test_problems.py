"""The page of problems says what the API's own pages say."""

from __future__ import annotations

import re

from piston_core.kinds import KINDS
from tests.docs.runner import ROOT


def test_every_kind_of_problem_has_its_section():
    """The text is that of the API's page, a line for each sentence."""
    page = (ROOT / "docs" / "problems.md").read_text()
    sections = dict(re.findall(r"^## (\S+)\n\n(.*?)(?=\n\n## |\Z)", page, re.MULTILINE | re.DOTALL))

    assert {name: " ".join(text.split()) for name, text in sections.items()} == {
        name: f"{kind.status}, *{kind.title}*. {kind.about}" for name, kind in KINDS.items()
    }
