"""What header fields are made of: tokens and quoted strings."""

from __future__ import annotations

import re

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2


def quoted(text: str) -> str:
    """Return a quoted string (RFC 9110, section 5.6.4); of printable ASCII also a String (RFC 9651, 4.1.6)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
