"""Write single values as text or numbers, for formats that do not write their type themselves.

RFC 3339 for dates and times, ISO 8601 for durations, the exact digits of a decimal, base64 (RFC
4648, section 4) for bytes, an address for a file. What has no agreed form is refused, not guessed.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import singledispatch
from ipaddress import IPv4Address, IPv6Address
from math import isfinite
from pathlib import PurePath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.utils.duration import duration_iso_string
from django.utils.functional import Promise

_MINUTE = timedelta(minutes=1)


class Unrepresentable(TypeError):
    """A value that has no plain form."""


@singledispatch
def scalar(value: Any) -> Any:
    """Return a single value as ``None``, text or a number.

    Raises:
        Unrepresentable: nothing says what this value looks like.
        ValueError: it is a number that is not finite.
    """
    raise Unrepresentable(
        f"{type(value).__module__}.{type(value).__qualname__} has no plain form; return plain data instead, "
        f"or give the class a method __emittable__(self) that returns it"
    )


@scalar.register
def _(value: str) -> str:
    return str.__str__(value)  # plain text, also of a SafeString


@scalar.register(int)
def _(value: int) -> int:
    return int(value)


@scalar.register
def _(value: float) -> float:
    return finite(float(value))


@scalar.register
def _(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    return str(value)


@scalar.register(date)
@scalar.register(time)
def _(value: date | time) -> str:
    return value.isoformat()


@scalar.register
def _(value: datetime) -> str:
    return in_whole_minutes(value).isoformat()


@scalar.register
def _(value: timedelta) -> str:
    return duration_iso_string(value)


@scalar.register(bytes)
@scalar.register(bytearray)
@scalar.register(memoryview)
def _(value: bytes) -> str:
    return b64encode(bytes(value)).decode("ascii")


@scalar.register
def _(value: Enum) -> Any:
    return scalar(value.value)


@scalar.register(type(None))
def _(value: None) -> None:
    return value


@scalar.register(UUID)
@scalar.register(Promise)
@scalar.register(IPv4Address)
@scalar.register(IPv6Address)
@scalar.register(PurePath)
@scalar.register(ZoneInfo)
def _(value: Any) -> str:
    return str.__str__(str(value))


@scalar.register
def _(value: FieldFile) -> str | None:
    """Return a stored file's address, or its name where its storage has none; ``None`` for no file."""
    if not value:
        return None
    try:
        return str(value.url)
    except (NotImplementedError, ValueError):
        return str(value.name)


@scalar.register(File)
def _(value: File[Any]) -> str | None:
    return value.name and str(value.name)


def in_whole_minutes(value: datetime) -> datetime:
    """Return the same instant with an offset that RFC 3339 can write.

    Offsets with seconds are those of local mean time; a format that rounds them tells another instant.
    """
    if value.tzinfo is None or value.tzinfo is UTC:
        return value
    offset = value.utcoffset()
    if offset is None:
        return value.replace(tzinfo=None)
    return value if not offset % _MINUTE else value.astimezone(timezone(int(offset / _MINUTE) * _MINUTE))


def finite(value: float) -> float:
    """Return a number that every format can write.

    Raises:
        ValueError: it is infinite or not a number, for which RFC 8259 has no form.
    """
    if not isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    return value
