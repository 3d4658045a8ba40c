"""Say which samples break a promise: all of them in one message, with what came instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

_LONGEST = 120  # characters of a value in a message
_LONGEST_ERROR = 500  # characters of an exception's text in a message
_MOST = 12  # samples that a message lists


class Promise:
    """A promise of a contract, kept or broken by the samples that are tried in its block.

    Args:
        sentence: the promise, as the message of its failure begins.
    """

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.tried = 0
        self.broken: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if kind is None and self.broken:
            more = [f"and {len(self.broken) - _MOST} more"] if len(self.broken) > _MOST else []
            samples = "".join(f"\n  - {each}" for each in self.broken[:_MOST] + more)
            raise AssertionError(f"{self.sentence} Not so for {len(self.broken)} of {self.tried}:{samples}")

    @contextmanager
    def sample(self, name: str) -> Iterator[None]:
        """Try one sample: whatever its block raises breaks the promise, and the next one is tried."""
        self.tried += 1
        try:
            yield
        except Exception as error:  # noqa: BLE001 - of a plugin under test, so it may be anything
            self.broken.append(f"{name}: {_told(error)}")


def expect(condition: object, otherwise: str) -> None:
    """Raise an ``AssertionError`` that says ``otherwise`` unless a condition holds."""
    if not condition:
        raise AssertionError(otherwise)


def expect_same(came: Any, expected: Any) -> None:
    """Raise an ``AssertionError`` that says where data differs, in a value or in its type."""
    found = difference(came, expected)
    expect(not found, found)


def difference(came: Any, expected: Any, place: str = "") -> str:
    """Return where and how data differs from what is expected, ``""`` if it does not.

    Numbers have to be of the same type and have the same digits and sign; of texts, lists and
    dictionaries a reader may return subclasses.
    """
    at = f"at {place}: " if place else ""
    if isinstance(expected, dict) and isinstance(came, dict):
        if came.keys() != expected.keys():
            return f"{at}the names {short(list(came))} came instead of {short(list(expected))}"
        return next(filter(None, (difference(came[key], expected[key], f"{place}/{key}") for key in expected)), "")
    if isinstance(expected, list) and isinstance(came, list):
        if len(came) != len(expected):
            return f"{at}{len(came)} items came instead of {len(expected)}: {short(came)}"
        pairs = enumerate(zip(came, expected, strict=True))
        return next(filter(None, (difference(*pair, f"{place}/{index}") for index, pair in pairs)), "")
    if _equal(came, expected):
        return ""
    return f"{at}{short(came)} ({type(came).__name__}) came instead of {short(expected)} ({type(expected).__name__})"


def _equal(came: Any, expected: Any) -> bool:
    if isinstance(expected, str):
        return isinstance(came, str) and came == expected
    if type(came) is not type(expected):
        return False
    if isinstance(expected, float | Decimal):
        return repr(came) == repr(expected)  # also the sign of zero, NaN and a decimal's last zeros
    if isinstance(expected, datetime | time) and came.utcoffset() != expected.utcoffset():
        return False
    same: bool = came == expected
    return same


def short(value: object) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _told(error: Exception) -> str:
    return (
        str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {str(error)[:_LONGEST_ERROR]}"
    )
