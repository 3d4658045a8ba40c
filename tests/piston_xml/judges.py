"""A reader and a writer of the convention that know nothing of ours: the README's table on the standard library."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

PROBLEM = "{urn:ietf:rfc:7807}"
SCALARS = {"integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__, None: str}
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NAME = re.compile(r"(?!xml)[a-z_][a-z0-9_.-]{0,20}")


def read(body: bytes) -> Any:
    """Return the data of a document with types."""
    return value(ET.fromstring(body))


def value(element: ET.Element) -> Any:
    kind = element.get("type")
    if kind == "null":
        return None
    if kind == "array":
        return [value(each) for each in element]
    if kind == "object" or len(element):
        members = {name(each): value(each) for each in element}
        assert len(members) == len(element)
        return members
    return SCALARS[kind](unescaped(element, element.text or ""))


def name(element: ET.Element) -> str:
    named = element.get("name") if element.tag == "member" else None
    return element.tag if named is None else unescaped(element, named)


def unescaped(element: ET.Element, text: str) -> str:
    if element.get("escaped") != "true":
        return text
    return re.sub(r"\\(\\|u(....))", lambda found: chr(int(found[2], 16)) if found[2] else "\\", text)


def problem(body: bytes) -> Any:
    """Return a problem document's members as RFC 9457, appendix B, has them: all text, but for the status."""
    root = ET.fromstring(body)
    assert root.tag == f"{PROBLEM}problem"
    return {each.tag.removeprefix(PROBLEM): extension(each) for each in root}


def extension(element: ET.Element) -> Any:
    if len(element) and all(each.tag == f"{PROBLEM}i" for each in element):
        return [extension(each) for each in element]
    if len(element):
        return {each.tag.removeprefix(PROBLEM): extension(each) for each in element}
    text = element.text or ""
    return int(text) if element.tag == f"{PROBLEM}status" else text


def write(data: Any) -> bytes:
    """Return a document, as a client would write it."""
    return written("response", {}, data).encode()


def written(tag: str, attributes: dict[str, str], data: Any) -> str:
    kinds = {dict: "object", list: "array", int: "integer", float: "number", bool: "boolean", type(None): "null"}
    if type(data) in kinds:
        attributes = attributes | {"type": kinds[type(data)]}
    if isinstance(data, dict):
        content = "".join(written(*named(key, each), each) for key, each in data.items())
    elif isinstance(data, list):
        content = "".join(written("each", {}, each) for each in data)
    elif isinstance(data, str):
        escapes = "escaped" in attributes or CONTROL.search(data)
        attributes = attributes | ({"escaped": "true"} if escapes else {})
        content = escape(escaped(data) if escapes else data, {"\r": "&#xD;"})
    else:
        content = "" if data is None else repr(data).lower()
    said = "".join(f" {key}={quoteattr(each)}" for key, each in attributes.items())
    return f"<{tag}{said}>{content}</{tag}>"


def named(key: str, data: Any) -> tuple[str, dict[str, str]]:
    if NAME.fullmatch(key):
        return key, {}
    escapes = "\\" in key or CONTROL.search(key)
    return "member", {"name": escaped(key), "escaped": "true"} if escapes else {"name": key}


def escaped(text: str) -> str:
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04X}", text.replace("\\", "\\\\"))
