"""Whoever follows a link arrives, and whoever begins at the README can reach every page."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.runner import DOCUMENTS, ROOT

PAGES = [*DOCUMENTS, *(path for path in (ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md") if path.exists())]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    found: list[str] = []
    for title in re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
        found.append(slug if slug not in found else f"{slug}-{sum(each.startswith(slug) for each in found)}")
    return set(found)


def links(page: Path) -> list[tuple[str, Path, str]]:
    """Return the relative links of a page: as they stand, the file that they lead to, and the anchor in it."""
    targets = [target for target in LINK.findall(prose(page)) if not re.match(r"[a-z]+:", target)]
    split = [(target, *target.partition("#")[::2]) for target in targets]
    return [(target, (page.parent / path).resolve() if path else page, anchor) for target, path, anchor in split]


def is_there(file: Path, anchor: str) -> bool:
    return file.exists() and (not anchor or anchor in anchors(file))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    dead = [target for target, file, anchor in links(page) if not is_there(file, anchor)]

    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_other_sites_are_secure(page):
    assert re.findall(r"\]\(http:[^)]*\)", prose(page)) == []


def test_every_page_can_be_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        waiting += [file for _, file, _ in links(page) if file in PAGES and file not in reached]

    assert {str(page.relative_to(ROOT)) for page in set(PAGES) - reached} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_has_one_title_and_no_level_is_skipped(page):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", prose(page), re.MULTILINE)]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_line_of_prose_ends_with_its_sentence(page):
    """Semantic line breaks: no paragraph line holds the end of one sentence and the beginning of the next."""
    lines = [line for line in prose(page).splitlines() if not re.match(r"[|*#\d\s>-]", line)]

    assert [line for line in lines if re.search(r"[a-z`)][.!?] [A-Z`]", line)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_node_of_a_picture_has_a_name_that_mermaid_keeps_to_itself(page):
    """Mermaid answers a node called ``call`` with a parse error in the reader's face."""
    pictures = re.findall(r"^```mermaid\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    unlabelled = re.sub(r"\[.*?\]|\(.*?\)|\".*?\"", "", "\n".join(pictures))

    assert re.findall(r"\b(?:call|click|href|default)\b", unlabelled) == []
