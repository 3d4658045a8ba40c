"""Write text and keys so that a reader of YAML 1.1 and one of YAML 1.2 read the very same characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from json.encoder import encode_basestring  # every escape of JSON is one of YAML as well

# What begins with a letter and goes on with these is text to every reader, but for a few words.
_plain = re.compile(r"[^\W\d_][\w !$%&'()*+,./;<=>?@^|~-]*+(?<! )").fullmatch
_NO_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"})
_LONGEST_WORD = max(map(len, _NO_TEXT))
_FIRST_LETTER = "A"  # text that comes before it begins with something else
# What YAML has as escapes only, and what some readers take for the end of a line or for a byte order mark.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# The same in UTF-8: single bytes, and by its first byte what is longer.
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n"})
_LONGER = {
    0xC2: re.compile(rb"\xc2[\x80-\x9f]").search,
    0xE2: re.compile(rb"\xe2\x80[\xa8\xa9]").search,
    0xEF: re.compile(rb"\xef(?:\xbb\xbf|\xbf[\xbe\xbf])").search,
}
_HARMLESS = bytes({*range(0x100)} - {*_CONTROLS, *_LONGER})
_BETWEEN = b"\xff"  # a byte that UTF-8 does not have
_LONGEST_KEY = 1000  # a reader looks for the colon within 1024 characters (YAML 1.2.2, section 7.4.2)


def key(name: str, pad: bytes) -> bytes:
    """Return a key with its colon; a long one says that it is one.

    Args:
        name: the key.
        pad: a line end, and the indentation of the mapping.
    """
    written = name if _is_plain(name) else _quoted(name)
    return f"{written}:".encode() if len(written) < _LONGEST_KEY else f"? {written}".encode() + pad + b":"


def column(values: Sequence[str], pad: bytes) -> list[bytes]:
    """Return texts as blocks, in quotes or as they are; what they have in common is looked for in all at once.

    Args:
        values: the texts.
        pad: a line end, and the indentation of the blocks.
    """
    encoded = [*map(str.encode, values)]
    together = _BETWEEN.join(encoded)
    if _has_unsafe(together):
        if len(values) == 1:
            return [_quoted(values[0]).encode()]
        return [cell for value in values for cell in column([value], pad)]
    pairs = zip(values, encoded, strict=True)
    if b"\n" in together:
        return [_block(value, each, pad) if "\n" in value else _one_line(value, each) for value, each in pairs]
    quoted = [b'"%b"' % each for each in _escaped(together).split(_BETWEEN)]
    if max(values) < _FIRST_LETTER:
        return quoted
    return [each if _is_plain(value) else cell for (value, each), cell in zip(pairs, quoted, strict=True)]


def _one_line(value: str, encoded: bytes) -> bytes:
    return encoded if _is_plain(value) else b'"%b"' % _escaped(encoded)


def _is_plain(value: str) -> bool:
    return _plain(value) is not None and (len(value) > _LONGEST_WORD or value.lower() not in _NO_TEXT)


def _quoted(value: str) -> str:
    return _UNSAFE.sub(_escape, encode_basestring(value))


def _escaped(safe: bytes) -> bytes:
    return safe.replace(b"\\", rb"\\").replace(b'"', rb"\"").replace(b"\t", rb"\t")


def _block(value: str, encoded: bytes, pad: bytes) -> bytes:
    """Return safe text of several lines as a literal block, or in quotes where a reader could lose something of it."""
    if value[0] <= " " or value.endswith("\n\n"):
        return _quoted(value).encode()
    mark = b"|-" + pad
    if value[-1] == "\n":
        mark, encoded = b"|" + pad, encoded[:-1]
    block = encoded.replace(b"\n", pad)
    while "\n\n" in value and pad + b"\n" in block:  # an empty line is not indented
        block = block.replace(pad + b"\n", b"\n\n")
    return mark + block


def _has_unsafe(encoded: bytes) -> bool:
    found = encoded.translate(None, _HARMLESS)
    return found != b"" and (
        found.translate(None, bytes(_LONGER)) != b""
        or any(search(encoded) for first, search in _LONGER.items() if first in found)
    )


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
