"""Names for test cases that are the same in every process, as running the tests in parallel wants them."""

from __future__ import annotations

import re


def stable(value: object) -> str:
    """Return a value's text without addresses in memory, and sets in a fixed order."""
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))
