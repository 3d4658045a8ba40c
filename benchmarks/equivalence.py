"""Proves that all contestants have answered the same, before anything is measured."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from benchmarks.records import Contestant, Work
from benchmarks.serving import Answer


class Different(Exception):
    """A contestant has answered something else than the others have to."""


def check(work: Work, contestant: Contestant, answer: Answer, expected: Any) -> None:
    """Compare an answer with what is expected.

    Raises:
        Different: it has another status, cannot be read, or has another value somewhere; says where.
    """
    place = f"{contestant.name}, {work.name}"
    right = 400 <= answer.status < 500 if work.status == 0 else answer.status == work.status
    if not right:
        raise Different(
            f"{place}: the status is {answer.status} and not {work.status or '4xx'}: {answer.body[:500]!r}"
        )
    try:
        given = work.read(answer)
    except Exception as error:
        raise Different(f"{place}: the answer cannot be read: {error!r}") from error
    compare(given, expected, contestant.writes, place)


def compare(given: Any, expected: Any, writes: str, place: str) -> None:
    """Compare two values and all that is in them, types too.

    Raises:
        Different: at the first place where they differ.
    """
    if isinstance(expected, dict) and isinstance(given, dict) and given.keys() == expected.keys():
        for name, value in expected.items():
            compare(given[name], value, writes, f"{place}.{name}")
    elif isinstance(expected, list) and isinstance(given, list) and len(given) == len(expected):
        for number, (one, other) in enumerate(zip(given, expected, strict=True)):
            compare(one, other, writes, f"{place}[{number}]")
    elif type(given) is not type(expected) or not _same(given, expected, writes if place.endswith(".created") else ""):
        raise Different(f"{place}: {str(given)[:300]!r} and not {str(expected)[:300]!r}")


def _same(given: Any, expected: Any, writes: str) -> bool:
    """Return whether two values are the same, moments as a contestant writes them.

    ``zulu`` is another spelling of the same; ``milliseconds`` are the only ones that Django's own
    JSON encoder writes, which some use and cannot do without.
    """
    if writes == "zulu":
        return bool(datetime.fromisoformat(given) == datetime.fromisoformat(expected))
    if writes == "milliseconds":
        return _in_milliseconds(given) == _in_milliseconds(expected)
    return bool(given == expected)


def _in_milliseconds(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
