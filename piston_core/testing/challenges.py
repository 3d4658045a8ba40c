"""Read the challenges of ``WWW-Authenticate``, by the grammar of RFC 9110, sections 11.2 to 11.6.1."""

from __future__ import annotations

import re
from dataclasses import dataclass

from piston_core.headers import TOKEN

_WORD = TOKEN.pattern
_QUOTED = r'"(?:[\t !#-\[\]-~]|\\[\t -~])*"'
_PARAMETER = rf"({_WORD})[ \t]*=[ \t]*({_WORD}|{_QUOTED})"
_SCHEME = re.compile(rf"({_WORD})")
_TOKEN68 = re.compile(r" +([A-Za-z0-9._~+/-]+=*)(?=[ \t]*(?:,|$))")
_FIRST = re.compile(rf" +{_PARAMETER}")
_NEXT = re.compile(rf"[ \t]*,[ \t]*{_PARAMETER}")
_COMMA = re.compile(r"[ \t]*,[ \t]*")


@dataclass(frozen=True)
class Challenge:
    """One challenge.

    Attributes:
        scheme: the scheme in lower case.
        parameters: its parameters by name, in lower case, with quotes and backslashes as they came.
        token: what stands in their place, as in ``Negotiate YWJj``.
    """

    scheme: str
    parameters: dict[str, str]
    token: str = ""


def challenges_in(field: str) -> list[Challenge]:
    """Return the challenges of a header field.

    Raises:
        ValueError: it does not follow the grammar, or has a parameter twice.
    """
    found: list[Challenge] = []
    place = 0
    while True:
        challenge, place = _challenge(field, place)
        found.append(challenge)
        if place == len(field):
            return found
        comma = _COMMA.match(field, place)
        if comma is None:
            raise _unreadable(field, place)
        place = comma.end()


def _challenge(field: str, place: int) -> tuple[Challenge, int]:
    scheme = _SCHEME.match(field, place)
    if scheme is None:
        raise _unreadable(field, place)
    place = scheme.end()
    token = _TOKEN68.match(field, place)
    if token is not None:
        return Challenge(scheme[1].lower(), {}, token[1]), token.end()
    parameters: dict[str, str] = {}
    found = _FIRST.match(field, place)
    while found is not None:
        if found[1].lower() in parameters:
            raise ValueError(f"the parameter {found[1]!r} comes twice in {field!r}")
        parameters[found[1].lower()] = found[2]
        place = found.end()
        found = _NEXT.match(field, place)
    return Challenge(scheme[1].lower(), parameters), place


def _unreadable(field: str, place: int) -> ValueError:
    return ValueError(f"no challenge by RFC 9110, section 11.6.1, at character {place} of {field!r}")
