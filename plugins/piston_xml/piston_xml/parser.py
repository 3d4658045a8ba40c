"""Read XML bodies: find out their encoding (RFC 7303, section 3)."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest

from piston_core import MalformedBody, Parser
from piston_xml.reader import Reader

_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# Python's names for the encodings that every reader of XML knows; UTF-16 without a mark begins with the high
# byte (RFC 2781, section 4.3).
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16-be",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "us-ascii": "ascii",
    "ascii": "ascii",
}
_DECLARED = re.compile(rb"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
_FARTHEST = 200  # bytes in which the declaration has to name the encoding


class XMLParser(Parser):
    """Reads XML bodies as the emitter writes them, and those of others as far as they say only one thing.

    Refused are: what is not well-formed, a DTD and with it every entity, text beside elements or
    attributes, a name that comes twice in one object, and nesting beyond the limit.

    Args:
        max_depth: how deeply elements may be nested, the root included.
    """

    name = "xml"
    media_types = ("application/xml", "text/xml")

    def __init__(self, *, max_depth: int = 64) -> None:
        self.max_depth = max_depth

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the data of a document.

        Raises:
            MalformedBody: it is not acceptable; the detail says why and where.
        """
        text = _decoded(body, (request.content_params or {}).get("charset", ""))
        if not text.strip():
            raise MalformedBody("The body is empty; an XML document is expected.")
        return Reader(self.max_depth).read(text)


def _decoded(body: bytes, charset: str) -> str:
    """Return a body's text: a byte order mark says how it is encoded, or the charset, or the declaration."""
    for mark, encoding in _MARKS.items():
        if body.startswith(mark):
            return _text(body[len(mark) :], encoding, encoding)
    declared = _DECLARED.match(body, 0, _FARTHEST)
    named = charset or (declared[1].decode("latin-1") if declared else "utf-8")
    encoding = _ENCODINGS.get(named.lower(), "")
    if not encoding:
        raise MalformedBody(f"The encoding {named[:40]!r} is not read here; send the document in UTF-8.")
    return _text(body, encoding, named)


def _text(body: bytes, encoding: str, named: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The XML text is not {named}, which it is said to be, at byte {error.start}.") from error
