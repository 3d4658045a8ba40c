"""Make values of the standard library's plain types of what a pickle has for them, each checked in full.

A type itself would take any arguments: an integer whose digits take quadratic time to find, or the
state of a date with an hour 200.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from piston_core import MalformedBody

_LONGEST_DECIMAL = 300  # characters; a short pickle may ask for the same one many times
_LONGEST_NAME = 60  # characters of a name that a refusal repeats


def maker_of(module: Any, name: Any) -> Callable[..., Any]:
    """Return what makes values of a type that a pickle names, and checks what it makes them of.

    Raises:
        MalformedBody: it is none of the few types that are plain data.
        TypeError: a name is no text.
    """
    if not type(module) is type(name) is str:
        raise TypeError("a name is no text")
    if (module, name) not in _MAKERS:
        asked = f"{module[:_LONGEST_NAME]}.{name[:_LONGEST_NAME]}"
        known = ", ".join(".".join(each) for each in _MAKERS)
        raise MalformedBody(f"The pickle asks for {asked!r}; there are only {known}.")
    return _MAKERS[module, name]


def _make_date(state: Any) -> date:
    return date(_of(bytes, state)).replace()  # type: ignore[call-arg]  # the state that a date pickles; replace checks it


def _make_datetime(state: Any, zone: Any = None) -> datetime:
    return datetime(_of(bytes, state)).replace(tzinfo=zone)  # type: ignore[call-arg]  # noqa: DTZ001 - as above


def _make_time(state: Any, zone: Any = None) -> time:
    return time(_of(bytes, state)).replace(tzinfo=zone)


def _make_timedelta(days: Any, seconds: Any, microseconds: Any) -> timedelta:
    return timedelta(_of(int, days), _of(int, seconds), _of(int, microseconds))


def _make_timezone(offset: Any) -> timezone:
    return timezone(_of(timedelta, offset))


def _make_decimal(digits: Any) -> Decimal:
    if len(digits) > _LONGEST_DECIMAL:
        raise MalformedBody(f"A decimal in the pickle has more than {_LONGEST_DECIMAL} digits.")
    return Decimal(_of(str, digits))


def _make_uuid(digits: Any) -> UUID:
    if len(digits) != 32:
        raise ValueError("a UUID has 32 digits")
    return UUID(_of(str, digits))


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{type(value).__name__} is not {kind.__name__}")
    return value


_MAKERS: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("datetime", "date"): _make_date,
    ("datetime", "datetime"): _make_datetime,
    ("datetime", "time"): _make_time,
    ("datetime", "timedelta"): _make_timedelta,
    ("datetime", "timezone"): _make_timezone,
    ("decimal", "Decimal"): _make_decimal,
    ("uuid", "UUID"): _make_uuid,
}
