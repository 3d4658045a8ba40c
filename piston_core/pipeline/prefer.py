"""A step before anything is done: what the client would prefer (RFC 7240). What is not known is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from django.http import HttpRequest

from piston_core.headers import members

NOTHING_PREFERRED: Final[Mapping[str, str]] = MappingProxyType({})
_KNOWN: Mapping[str, frozenset[str]] = {
    "return": frozenset({"minimal", "representation"}),
    "count": frozenset({"exact", "none"}),
    "handling": frozenset({"strict", "lenient"}),
}
# What is once taken for white space stays that, so that no place is looked at twice.
_PREFERENCE = re.compile(r'\s*+([^\s=;,"]+)\s*+(?:=\s*+("[^"]*"|[^\s;"]*)\s*+)?(?:;.*)?', re.DOTALL)


def preferences(request: HttpRequest) -> Mapping[str, str]:
    """Return the preferences that Piston knows, by name; of one that comes twice the first counts (section 2)."""
    field = request.META.get("HTTP_PREFER")
    if not field:
        return NOTHING_PREFERRED
    found: dict[str, str] = {}
    for part in members(field):
        read = _PREFERENCE.fullmatch(part)
        if read is not None:
            found.setdefault(read[1].lower(), (read[2] or "").strip('"').lower())
    return {name: value for name, value in found.items() if value in _KNOWN.get(name, ())}


def applied(preferred: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return the field that says which preferences an answer follows (section 3), if it follows any of these."""
    told = ", ".join(f"{name}={preferred[name]}" for name in names if name in preferred)
    return {"Preference-Applied": told} if told else {}
