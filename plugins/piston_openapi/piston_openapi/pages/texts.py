"""Docstrings and other texts of a project as HTML: paragraphs, lists, headings, code, and nothing that does harm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_ITEM = re.compile(r"^ {0,3}([*+-]|\d{1,9}[.)])\s+")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*$")
_INLINE = re.compile(
    r"``(?P<rest>[^`]+)``"
    r"|`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*"
    r"|\[(?P<text>[^\[\]]+)\]\((?P<to>(?:https?://|mailto:|/(?!/)|\#)[^\s()<>\"']*)\)"
    r"|(?P<bare>https?://[^\s<>\"'`()\[\]]*[^\s<>\"'`()\[\].,;:!?])"
)


class _Block(NamedTuple):
    """Some lines that belong together, and what makes HTML of them."""

    write: Callable[[list[str]], SafeString]
    lines: list[str]


def html(text: str) -> SafeString:
    """Return a text as HTML. Everything in it that is not one of the marks below is shown as it stands.

    The marks are those that docstrings and CommonMark have in common: blank lines between paragraphs, items that
    begin with ``*``, ``-`` or a number, ``#`` before headings, indented and fenced blocks, doctests, code between
    backticks, ``**strong**``, links to the web and within the site.
    """
    return format_html_join("", "{}", ((block.write(block.lines),) for block in _blocks(text.expandtabs(4))))


def line(text: str) -> SafeString:
    """Return a text as HTML within a line."""
    pieces, end = [], 0
    for found in _INLINE.finditer(text):
        pieces += [format_html("{}", text[end : found.start()]), _marked(found)]
        end = found.end()
    return mark_safe("".join([*pieces, format_html("{}", text[end:])]))  # noqa: S308 - each piece is escaped


def _marked(found: re.Match[str]) -> SafeString:
    code = found["rest"] or found["code"]
    if code:
        return format_html("<code>{}</code>", code.strip())
    if found["strong"]:
        return format_html("<strong>{}</strong>", found["strong"])
    address = found["to"] or found["bare"]
    return format_html('<a href="{}" rel="noreferrer">{}</a>', address, found["text"] or address)


def _blocks(text: str) -> Iterator[_Block]:
    lines = [each.rstrip() for each in text.strip("\n").split("\n")]
    while lines:
        first = lines[0]
        if not first:
            del lines[0]
        elif fence := _FENCE.match(first):
            yield _Block(_code, _fenced(lines, fence[1]))
        elif first.startswith(("    ", ">>> ")):
            yield _Block(_code, _taken(lines, _is_code if first.startswith(" ") else bool))
        elif heading := _HEADING.match(first):
            del lines[0]
            yield _Block(_heading, [heading[1]])
        elif _ITEM.match(first):
            yield _Block(_list, _taken(lines, lambda each: bool(_ITEM.match(each)) or each.startswith(" ")))
        else:
            yield _Block(_paragraph, [lines.pop(0), *_taken(lines, _goes_on)])


def _fenced(lines: list[str], fence: str) -> list[str]:
    """Take a fenced block, up to its end or that of the text."""
    del lines[0]
    inner = _taken(lines, lambda each: not each.strip().startswith(fence))
    del lines[:1]
    return inner


def _taken(lines: list[str], wanted: Callable[[str], bool]) -> list[str]:
    """Take the lines from the beginning that are wanted."""
    number = next((number for number, each in enumerate(lines) if not wanted(each)), len(lines))
    taken, lines[:number] = lines[:number], []
    return taken


def _is_code(each: str) -> bool:
    return not each or each.startswith("    ")


def _goes_on(each: str) -> bool:
    return bool(each) and not any(mark.match(each) for mark in (_ITEM, _FENCE, _HEADING))


def _code(lines: list[str]) -> SafeString:
    common = min((len(each) - len(each.lstrip()) for each in lines if each), default=0)
    return format_html("<pre><code>{}</code></pre>", "\n".join(each[common:] for each in lines).strip("\n"))


def _heading(lines: list[str]) -> SafeString:
    return format_html('<p class="heading">{}</p>', line(lines[0]))


def _paragraph(lines: list[str]) -> SafeString:
    text = " ".join(each.strip() for each in lines)
    return format_html("<p>{}</p>", line(text[:-1] if text.endswith("::") else text))


def _list(lines: list[str]) -> SafeString:
    items: list[str] = []
    for each in lines:
        if _ITEM.match(each):
            items.append(_ITEM.sub("", each))
        else:
            items[-1] += f" {each.strip()}"
    kind = "ol" if lines[0].lstrip()[0].isdigit() else "ul"
    written = format_html_join("", "<li>{}</li>", ((line(each),) for each in items))
    return format_html("<{0}>{1}</{0}>", kind, written)
