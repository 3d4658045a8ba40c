"""Write text and keys so that a reader of YAML 1.1 and one of YAML 1.2 read the very same characters."""

from __future__ import annotations

import re
from json.encoder import encode_basestring  # every escape of JSON is one of YAML as well

# What begins with a letter and goes on with these is text to every reader, but for a few words.
_is_plain = re.compile(r"[^\W\d_][\w !$%&'()*+,./;<=>?@^|~-]*+(?<! )").fullmatch
_NO_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"})
# What YAML has as escapes only, and what some readers take for the end of a line or for a byte order mark.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_FILLED_LINE = re.compile("\n(?!\n)")  # an empty line is not indented
_LONGEST_KEY = 1000  # a reader looks for the colon within 1024 characters (YAML 1.2.2, section 7.4.2)


def key(name: str, pad: str) -> str:
    """Return a key with its colon; a long one says that it is one.

    Args:
        name: the key.
        pad: a line end, and the indentation of the mapping.
    """
    written = one_line(name)
    return f"{written}:" if len(written) < _LONGEST_KEY else f"? {written}{pad}:"


def one_line(value: str) -> str:
    """Return text as it is where no reader takes it for something else, and otherwise in quotes."""
    if _is_plain(value) and value.lower() not in _NO_TEXT:
        return value
    quoted = encode_basestring(value)
    return quoted if value.isprintable() else _UNSAFE.sub(_escape, quoted)


def lines(value: str, pad: str) -> str:
    """Return text of several lines as a literal block, or in quotes where a reader could lose something of it.

    Args:
        value: the text.
        pad: a line end, and the indentation of the block.
    """
    if value[0] <= " " or value.endswith("\n\n") or _has_unsafe(value):
        return one_line(value)
    mark = "|-"
    if value[-1] == "\n":
        mark, value = "|", value[:-1]
    indented = _FILLED_LINE.sub(pad, value) if "\n\n" in value else value.replace("\n", pad)
    return mark + pad + indented


def _has_unsafe(value: str) -> bool:
    line = value.replace("\n", "")
    if "\t" in line:
        line = line.replace("\t", "")
    return not line.isprintable() and _UNSAFE.search(line) is not None


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
