"""Say what the text of a plain scalar means in a body: the core schema of YAML 1.2.2, section 10.3."""

from __future__ import annotations

import re
from math import inf, isfinite
from typing import Any

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(
    r"(?P<decimal>[-+]?[0-9]++)|(?P<octal>0o[0-7]++)|(?P<hexadecimal>0x[0-9a-fA-F]++)"
    r"|(?P<float>[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?)"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_BASES = {"decimal": 10, "octal": 8, "hexadecimal": 16}
_MOST_DIGITS = 4300  # what Python itself reads; the time for more grows with their square
_BEYOND = 10**_MOST_DIGITS


def meaning(text: str) -> Any:
    """Return what a plain scalar stands for: what is nothing else is text.

    Raises:
        ValueError: it is a number that cannot be read.
    """
    if text in _WORDS:
        return _WORDS[text]
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    kind = found.lastgroup
    if kind in _BASES:
        return _integer(text, _BASES[kind])
    value = float(text) if kind else inf
    if not isfinite(value):
        raise ValueError(f"{text[:40]} is not a finite number")
    return value


def spelt(value: Any) -> str:
    """Return a scalar as the text that it is as a key, as the core spells keys."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _integer(text: str, base: int) -> int:
    if len(text.lstrip("+-")) <= _MOST_DIGITS:
        value = int(text, base)
        if abs(value) < _BEYOND:
            return value
    raise ValueError(f"{text[:40]}… has more than {_MOST_DIGITS} digits")
