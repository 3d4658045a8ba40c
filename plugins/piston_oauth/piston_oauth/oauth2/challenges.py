"""Write a Bearer challenge (RFC 6750, section 3) that no value can break out of."""

from __future__ import annotations

import re
from collections.abc import Mapping

_UNSPEAKABLE = re.compile(r"[^ -~]")  # what a quoted string of ASCII cannot hold, not even escaped
_SPECIAL = re.compile(r'[\\"]')
_PLAIN = frozenset({"error", "error_description", "scope"})  # RFC 6750, section 3: without quotes and backslashes


def bearer(parameters: Mapping[str, str]) -> str:
    """Return a challenge with these parameters, in their order."""
    return "Bearer " + ", ".join(f'{name}="{_value(name, text)}"' for name, text in parameters.items())


def _value(name: str, text: str) -> str:
    text = _UNSPEAKABLE.sub("?", text)
    return _SPECIAL.sub("'", text) if name in _PLAIN else _SPECIAL.sub(r"\\\g<0>", text)
