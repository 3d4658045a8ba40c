"""Say what JSON shows of a model's instance, by asking the instance: the rules of the guide, written a second time.

Nothing here is shared with the code under test: attributes are read with ``getattr``, one by one,
and each kind of value is written by a rule of its own.
"""

from __future__ import annotations

import datetime as dt
import json
from base64 import standard_b64encode
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import ForeignObjectRel, Model, QuerySet
from django.db.models.fields.files import FieldFile

Names = Iterable["str | tuple[str, Names]"]

ABSENT = object()


def rows(objects: Iterable[Any], names: Names) -> list[Any]:
    """Return what a list of instances, or of what ``values()`` yields, looks like."""
    return [shown(each, names) if isinstance(each, Model) else spelt(each) for each in objects]


def shown(obj: Model, names: Names) -> dict[str, Any]:
    """Return what an instance looks like with these names; those that it does not have are left out."""
    pairs = [(name, ()) if isinstance(name, str) else name for name in names]
    read = {name: _read(obj, name, below) for name, below in pairs}
    return {name: value for name, value in read.items() if value is not ABSENT}


def same(answer: Any, expected: Any) -> bool:
    """Return whether two documents are one: also in the order of names, the types and the sign of zero."""
    return json.dumps(answer) == json.dumps(expected)


def _read(obj: Model, name: str, below: Names) -> Any:
    try:
        value = getattr(obj, name)
    except ObjectDoesNotExist:  # nothing on the other side of a one-to-one relation
        return None
    except AttributeError:
        return ABSENT
    if callable(value) and not hasattr(value, "all"):
        value = value()
    return _found(value.all() if hasattr(value, "all") else value, below, _back(obj, name))


def _back(obj: Model, name: str) -> Any:
    """Return the relation that leads back from the other side, where Django fills it in by itself, or ``None``.

    Django hands the related objects the very object that it found them through. That may be of a
    subclass, or have annotations, which the object that the relation leads to has not.
    """
    for field in obj._meta.get_fields():
        if isinstance(field, ForeignObjectRel) and field.get_accessor_name() == name:
            return None if field.many_to_many else field.field
        if field.name == name and field.one_to_one:
            return field.remote_field
    return None


def _found(value: Any, below: Names, back: Any = None) -> Any:
    if isinstance(value, Model):
        if back is not None and back.is_cached(value):
            back.delete_cached_value(value)
        return shown(value, below) if below else _reference(value)
    if isinstance(value, list | QuerySet):
        return [_found(each, below, back) for each in value]
    return spelt(value)


def _reference(obj: Model) -> dict[str, Any]:
    return {obj._meta.pk.name: spelt(obj.pk)}


def spelt(value: Any) -> Any:
    """Return a value as JSON has it."""
    if value is None or type(value) in {bool, int, str, float}:
        return value
    if hasattr(value, "__emittable__"):
        return spelt(value.__emittable__())
    if isinstance(value, Mapping):
        return {str(key): spelt(each) for key, each in value.items()}
    if isinstance(value, list | tuple | QuerySet):
        return [spelt(each) for each in value]
    return next(rule(value) for kind, rule in RULES if isinstance(value, kind))


def _moment(value: dt.datetime) -> str:
    """RFC 3339 has no seconds in an offset; the instant stays what it is."""
    offset = value.utcoffset()
    if offset is None:
        return value.isoformat()
    minutes = int(offset.total_seconds() / 60)
    return value.astimezone(dt.timezone(dt.timedelta(minutes=minutes))).isoformat()


def _duration(value: dt.timedelta) -> str:
    """ISO 8601, with the sign in front of the whole."""
    sign = "-" if value < dt.timedelta(0) else ""
    rest, micro = divmod(abs(value) // dt.timedelta(microseconds=1), 1_000_000)
    rest, seconds = divmod(rest, 60)
    rest, minutes = divmod(rest, 60)
    days, hours = divmod(rest, 24)
    fraction = f".{micro:06}" if micro else ""
    return f"{sign}P{days}DT{hours:02}H{minutes:02}M{seconds:02}{fraction}S"


def _bytes(value: bytes | memoryview) -> str:
    return standard_b64encode(bytes(value)).decode()


RULES: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: spelt(value.value)),  # before text and numbers, which some enums are
    (FieldFile, lambda value: value.url if value else None),
    (dt.datetime, _moment),  # before dates, which datetimes are
    ((dt.date, dt.time), lambda value: value.isoformat()),
    (dt.timedelta, _duration),
    ((Decimal, UUID), str),
    ((bytes, bytearray, memoryview), _bytes),
    (str, str.__str__),
    (int, int),
)
