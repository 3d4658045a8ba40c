"""Reads pages as a strict parser of HTML does: the data in them, and what can be followed and sent."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

END = b"</body></html>\n"


def page(body: bytes) -> Element:
    """Return the document, which has to be whole and without an error by the standard."""
    assert body.endswith(END), "the page has broken off"
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parsed: Element = parser.parse(body, transport_encoding="utf-8")
    assert parser.errors == []
    return parsed


def data(body: bytes) -> Any:
    """Return the plain data that a page shows."""
    (section,) = page(body).iterfind(".//section[@id='data']")
    blocks = list(section)
    if len(blocks) > 1 or blocks[0].tag in ("div", "ol"):
        return [row for block in blocks for row in value(block)]
    return value(blocks[0])


def problem(body: bytes) -> Any:
    """Return the members of a problem."""
    (section,) = page(body).iterfind(".//section[@id='problem']")
    return value(section[-1])


def value(element: Element) -> Any:
    """Return what an element stands for."""
    kind = element.get("class", "")
    if element.tag == "dl":
        return {text(pair[0][0]): content(pair[1]) for pair in element}
    if element.tag == "ol":
        return [content(item) for item in element]
    if element.tag == "div":
        return rows(element[0])
    if element.tag == "details":
        return value(element[-1])
    if element.tag == "a":
        return value(element[0])
    return text(element) if element.tag == "bdi" else json.loads(text(element)) if kind in "nbz e" else None


def content(element: Element) -> Any:
    """Return the one value in a cell, an item or a definition, beside the links of its object."""
    found = [each for each in element if each.get("class") not in ("open", "to")]
    assert len(found) == 1, found
    return value(found[0])


def rows(table: Element) -> list[dict[str, Any]]:
    """Return the rows of a table; what a row does not have is no entry."""
    names = [text(cell[0]) for cell in table.iterfind("./thead/tr/th")]
    found = []
    for row in table.iterfind("./tbody/tr"):
        assert len(row) == len(names)
        found.append({name: content(cell) for name, cell in zip(names, row, strict=True) if cell.get("class") != "m"})
    return found


def text(element: Element) -> str:
    """Return the text in an element, with what is named by its code point as the character."""
    found = element.text or ""
    for inner in element:
        assert inner.get("class") == "u", inner.attrib
        code = re.fullmatch(r"U\+([0-9A-F]{4,6})", inner.text or "")
        found += chr(int(code[1], 16)) + (inner.tail or "")
    return found


def plain(element: Element) -> str:
    """Return all text in an element, as a person reads it."""
    return " ".join("".join(element.itertext()).split())
