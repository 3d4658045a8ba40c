"""Schemas of single values: of Python's types, of a model's columns, of a URL's converters.

They say how a format of text writes a value, as ``plans.scalars`` does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Field, GeneratedField
from django.urls import converters

from piston_core.describing.records import Schema
from piston_core.lists.texts import INTEGERS, is_plain, stored

DURATION = {"type": "string", "pattern": r"^-?P[0-9]+DT[0-9]{2}H[0-9]{2}M[0-9]{2}(\.[0-9]{6})?S$"}
BASE64 = {"type": "string", "contentEncoding": "base64"}
ADDRESS = {"type": "string", "format": "uri-reference"}

# JSON Schema's ``time`` and ``duration`` are those of RFC 3339, which knows neither local times nor fractions.
OF_TYPES: Mapping[type, Schema] = {
    type(None): {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    Decimal: {"type": "string", "format": "decimal"},
    dt.date: {"type": "string", "format": "date"},
    dt.time: {"type": "string", "format": "time-local"},
    dt.timedelta: DURATION,
    UUID: {"type": "string", "format": "uuid"},
    bytes: BASE64,
    bytearray: BASE64,
    memoryview: BASE64,
    IPv4Address: {"type": "string", "format": "ipv4"},
    IPv6Address: {"type": "string", "format": "ipv6"},
    PurePath: {"type": "string"},
}
_OF_COLUMNS: Mapping[str, Schema] = {
    **dict.fromkeys(INTEGERS, OF_TYPES[int]),
    "BooleanField": OF_TYPES[bool],
    "FloatField": OF_TYPES[float],
    "DecimalField": OF_TYPES[Decimal],
    "DateField": OF_TYPES[dt.date],
    "TimeField": OF_TYPES[dt.time],
    "DurationField": DURATION,
    "UUIDField": OF_TYPES[UUID],
    "BinaryField": BASE64,
    **dict.fromkeys(("CharField", "TextField", "SlugField", "FilePathField"), OF_TYPES[str]),
    "GenericIPAddressField": OF_TYPES[str],
    "IPAddressField": OF_TYPES[str],
}
_FORMATS = {"EmailField": "email", "URLField": "uri"}
_CONVERTERS: tuple[tuple[type, Schema], ...] = (
    (converters.IntConverter, {"type": "integer", "minimum": 0}),
    (converters.UUIDConverter, OF_TYPES[UUID]),
    (converters.SlugConverter, {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}),
)


def moment() -> Schema:
    """Return the schema of a date and time, which RFC 3339 wants with an offset."""
    return {"type": "string", "format": "date-time" if settings.USE_TZ else "date-time-local"}


def nullable(schema: Schema) -> Schema:
    """Return the schema of what is null, too."""
    if not schema or schema == OF_TYPES[type(None)]:
        return schema
    if isinstance(schema.get("type"), str) and not {"enum", "const", "oneOf", "title"} & schema.keys():
        return {**schema, "type": [schema["type"], "null"]}
    return one_of([schema, OF_TYPES[type(None)]])


def one_of(schemas: Iterable[Schema]) -> Schema:
    """Return the schema of what one of these describes, be it more than one; of anything, if one describes that."""
    found: list[Schema] = []
    for each in schemas:
        if not each:
            return {}
        found += [one for one in each.get("anyOf", [each]) if one not in found]
    return found[0] if len(found) == 1 else {"anyOf": found}


def array(schema: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema}


def of_choices(values: Iterable[tuple[Any, Any]]) -> Schema:
    """Return the schema of one of some values, each with what it is called."""
    named = [(value, str(label)) for value, label in values]
    if all(str(value) == label for value, label in named):
        return {"enum": [value for value, _ in named]}
    return {"oneOf": [{"const": value, "title": label} for value, label in named]}


def of_column(column: Field[Any, Any]) -> Schema:
    """Return the schema of what a model's column holds, with what the model says of it."""
    found = value_of(column)
    if found and (column.null or isinstance(column, GeneratedField)):  # the database may compute null for any
        found = nullable(found)
    return {**found, **_told(column)} if found else _told(column)


def value_of(column: Any) -> Schema:
    """Return the schema of one value of a column, be it null in the table or not; ``{}`` where nobody knows."""
    while column.remote_field is not None and hasattr(column, "target_field"):
        column = column.target_field
    column = stored(column)
    kind = column.get_internal_type()
    if kind == "FileField":  # an empty one is null in a document, whatever the table has
        return nullable(ADDRESS)
    if not is_plain(column):
        return {}
    if column.choices:
        return _chosen(column)
    base = moment() if kind == "DateTimeField" else _OF_COLUMNS.get(kind, {})
    return {**base, **_limits(column, kind)} if base else {}


def _chosen(column: Any) -> Schema:
    """Return the schema of a column with choices, which may be empty text without naming it."""
    values = [(value, label) for value, label in column.flatchoices if value is not None]
    if column.blank and column.empty_strings_allowed and "" not in dict(values):
        values.append(("", ""))
    if not all(isinstance(value, str | int) for value, _ in values):
        return {}
    return of_choices(values)


def _limits(column: Any, kind: str) -> dict[str, Any]:
    """Return what the model says of the values: the longest, the least and the largest."""
    found: dict[str, Any] = {}
    if kind in ("CharField", "SlugField") and column.max_length:
        found["maxLength"] = column.max_length
    if type(column).__name__ in _FORMATS:
        found["format"] = _FORMATS[type(column).__name__]
    if kind.startswith("Positive"):
        found["minimum"] = 0
    return found if kind not in INTEGERS else {**found, **limits_of(column._validators)}


def limits_of(validators: Iterable[Any]) -> dict[str, Any]:
    """Return the least and the largest number that validators let pass, where they say it."""
    names = {MinValueValidator: "minimum", MaxValueValidator: "maximum"}
    known = ((names.get(type(each)), getattr(each, "limit_value", None)) for each in validators)
    return {name: limit for name, limit in known if name and isinstance(limit, int | float)}


def _told(column: Any) -> dict[str, Any]:
    """Return what the model says of a column in words: its help text, or a name that is more than its own."""
    usual = (getattr(column, "name", "") or "").replace("_", " ")
    name = str(getattr(column, "verbose_name", "") or "")
    about = str(getattr(column, "help_text", "") or "") or ("" if name in (usual, "ID") else name)
    return {"description": about} if about else {}


def of_converter(converter: Any) -> Schema | None:
    """Return the schema of a URL's argument that one of Django's converters reads, ``None`` if it may be any text."""
    return next((schema for kind, schema in _CONVERTERS if type(converter) is kind), None)
