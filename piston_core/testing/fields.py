"""An object with every kind of column, to be written by a format: it has no table, and no app knows its model."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.storage import FileSystemStorage
from django.db import models
from django.test.utils import isolate_apps


def columns() -> dict[str, tuple[models.Field[Any, Any], Any, Any]]:
    """Return a column of every kind by name, with a value and what a format of text shows of it."""
    moment = dt.datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=dt.UTC)
    files = FileSystemStorage(base_url="/files/")
    key = UUID("12345678-1234-5678-9234-567812345678")
    nested = {"a": ["b", {"c": "d"}], "e": {}}
    return {
        "auto": (models.BigAutoField(primary_key=True), 2**63 - 1, 2**63 - 1),
        "big": (models.BigIntegerField(), -(2**63), -(2**63)),
        "binary": (models.BinaryField(), b"\x00\xff<&>", "AP88Jj4="),
        "boolean": (models.BooleanField(), True, True),
        "char": (models.CharField(max_length=40), 'Łódź <&>"', 'Łódź <&>"'),
        "choice": (models.CharField(max_length=40, choices=[("no", "Not at all")]), "no", "no"),
        "date": (models.DateField(), moment.date(), "2026-03-01"),
        "moment": (models.DateTimeField(), moment, "2026-03-01T12:30:15.123456+00:00"),
        "decimal": (models.DecimalField(max_digits=20, decimal_places=2), Decimal("1234567890.10"), "1234567890.10"),
        "duration": (models.DurationField(), dt.timedelta(days=-1, seconds=5), "-P0DT23H59M55S"),
        "email": (models.EmailField(), "a@example.org", "a@example.org"),
        "file": (models.FileField(storage=files), "a b.txt", "/files/a%20b.txt"),
        "no_file": (models.FileField(storage=files), "", None),
        "file_path": (models.FilePathField(), "/a/b", "/a/b"),
        "float": (models.FloatField(), 0.1, 0.1),
        "address": (models.GenericIPAddressField(), "2001:db8::1", "2001:db8::1"),
        "image": (models.ImageField(storage=files), "a.png", "/files/a.png"),
        "integer": (models.IntegerField(), -1, -1),
        "json": (models.JSONField(), nested, nested),
        "nothing": (models.IntegerField(null=True), None, None),
        "positive": (models.PositiveBigIntegerField(), 2**63 - 1, 2**63 - 1),
        "slug": (models.SlugField(), "a-slug", "a-slug"),
        "small": (models.SmallIntegerField(), 0, 0),
        "text": (models.TextField(), "a\nb\n", "a\nb\n"),
        "time": (models.TimeField(), dt.time(23, 59, 59), "23:59:59"),
        "url": (models.URLField(), "https://example.org/?a=b&c", "https://example.org/?a=b&c"),
        "uuid": (models.UUIDField(), key, str(key)),
    }


def example() -> tuple[Any, dict[str, Any]]:
    """Return an object that no database has, and what a format that writes no type itself shows of each column."""
    described = columns()
    fields: dict[str, Any] = {name: field for name, (field, _, _) in described.items()}
    with isolate_apps():
        meta = type("Meta", (), {"app_label": "piston_testing"})
        model: Any = type("Example", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    made = model(**{name: value for name, (_, value, _) in described.items()})
    return made, {name: text for name, (_, _, text) in described.items()}
