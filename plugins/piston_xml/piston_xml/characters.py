r"""What XML 1.0 can hold: its names and characters, references, and the escapes for all other characters.

An escape is ``\\`` for a backslash or ``\u`` with four hexadecimal digits; an element says that it
uses them by ``escaped="true"``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_NAME = 250  # characters of an element's or an attribute's name
LONGEST_NAMESPACE = 100  # a parser repeats the namespace in each name that it reports

# Letters of the scripts that most names are written in, as far as every edition of XML 1.0 has them.
_LETTERS = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e"  # Latin
    "\u038e-\u03a1\u03a3-\u03ce\u040e-\u044f\u0451-\u045c"  # Greek and Cyrillic
    "\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"  # Japanese, Chinese and Korean
)
# Names that begin with "xml" are the standard's own (XML 1.0, section 2.3).
_NAME = re.compile(rf"(?![Xx][Mm][Ll])[{_LETTERS}_][{_LETTERS}0-9_.-]{{0,{LONGEST_NAME - 1}}}")
_NOT_IN_NAMES = re.compile(rf"[^{_LETTERS}0-9_.-]")
# Without U+0000, which stands between texts that are looked through together.
_CONTROLS = bytes([*range(0x01, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile(r"\\(?:(\\)|u([0-9a-fA-F]{4}))?")
_SURROGATES = range(0xD800, 0xE000)


def is_name(text: str) -> bool:
    """Return whether a text can be the name of an element or an attribute."""
    return _NAME.fullmatch(text) is not None


def as_name(text: str) -> str:
    """Return the name that says as much of a text as a name can."""
    name = _NOT_IN_NAMES.sub("_", text)[: LONGEST_NAME - 1]
    return name if is_name(name) else f"_{name}"


def is_holdable(text: str) -> bool:
    """Return whether XML can hold every character of a text (XML 1.0, section 2.2).

    Raises:
        ValueError: it has a lone surrogate, which is no character.
    """
    text.encode()  # which raises for a surrogate
    return _UNHOLDABLE.search(text) is None


def as_texts(texts: Sequence[str]) -> list[bytes] | None:
    """Return texts, at least one, as they stand in elements, or ``None`` if XML cannot hold one of them.

    They are looked through as one long text, which is faster than one by one.

    Raises:
        ValueError: one has a lone surrogate.
    """
    together = "\0".join(texts)
    encoded = together.encode()
    if any(map(encoded.__contains__, _CONTROLS)) or "\ufffe" in together or "\uffff" in together:
        return None
    written = as_text(encoded).split(b"\0")
    return written if len(written) == len(texts) else None  # a text with U+0000 is taken for two


def as_text(value: bytes) -> bytes:
    """Return a text as it stands in an element; a bare carriage return would be read as a line feed."""
    value = value.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return value.replace(b"\r", b"&#13;")


def as_attribute(value: str) -> bytes:
    """Return a text as it stands between the quotes of an attribute; what XML cannot hold is replaced."""
    text = as_text(replaced(value).encode()).replace(b'"', b"&quot;")
    return text.replace(b"\t", b"&#9;").replace(b"\n", b"&#10;")  # a reader would make blanks of them


def replaced(text: str) -> str:
    """Return a text with U+FFFD for each character that XML cannot hold."""
    return _UNHOLDABLE.sub("\ufffd", text)


def escaped(text: str) -> str:
    """Return a text with escapes for backslashes and for what XML cannot hold."""
    return _UNHOLDABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\\", "\\\\"))


def unescaped(text: str) -> str:
    """Return what a text with escapes stands for.

    Raises:
        ValueError: a backslash begins no escape, or one of half a character.
    """
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    backslash, digits = found.groups()
    if backslash:
        return "\\"
    if not digits or int(digits, 16) in _SURROGATES:
        raise ValueError(f"{found[0]!r} is no escape")
    return chr(int(digits, 16))
