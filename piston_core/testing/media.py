"""Judge whether bytes are what their media type says, as a client that knows the type would."""

from __future__ import annotations

import json
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any

from piston_core.testing.promise import expect

TEXT = "Grüße"  # in a document of text it tells UTF-8 from the encodings that are taken for it

_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;\s*[\w!#$&^.+-]+=([\w!#$&^.+-]+|\"[^\"\\]*\"))*", re.ASCII)
_ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def _is_xml(body: bytes) -> None:
    ET.fromstring(body)  # noqa: S314 - of the emitter under test, not of a client


def _is_toml(body: bytes) -> None:
    tomllib.loads(body.decode())


# What the standard library reads; a suffix such as +json says the same of the bytes (RFC 6839).
_JUDGES: Mapping[str, Callable[[bytes], Any]] = {"json": json.loads, "xml": _is_xml, "toml": _is_toml}


def essence(content_type: str) -> str:
    """Return a content type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def expect_content_type(content_type: str) -> None:
    """Raise an ``AssertionError`` unless a content type follows RFC 9110, section 8.3.1."""
    expect(_TYPE.fullmatch(content_type), f"{content_type!r} is no media type with parameters")


def expect_truth(content_type: str, body: bytes) -> None:
    """Raise an ``AssertionError`` if the bytes of a document that holds ``TEXT`` are not what their type says."""
    suffix = re.split(r"[/+]", essence(content_type))[-1]
    if suffix in _JUDGES:
        try:
            _JUDGES[suffix](body)
        except Exception as error:
            raise AssertionError(f"the bytes are no {suffix}, as {content_type!r} says: {error}") from error
    message = Message()
    message["Content-Type"] = content_type
    charset = message.get_param("charset")
    if charset is not None:
        _expect_charset(str(charset), body)


def _expect_charset(charset: str, body: bytes) -> None:
    try:
        body.decode(charset)
    except (LookupError, UnicodeError) as error:
        raise AssertionError(f"the bytes are not in the charset {charset!r}: {error}") from error
    found = [name for name in _ENCODINGS if TEXT.encode(name) in body]
    if found and not any(TEXT.encode(charset) == TEXT.encode(name) for name in found):
        raise AssertionError(f"the charset is said to be {charset!r}, but {TEXT!r} is written in {found[0]}")
