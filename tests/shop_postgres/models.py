"""Columns that only PostgreSQL has."""

from __future__ import annotations

from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    IntegerRangeField,
)
from django.db import models

from tests.shop.custom import CentsField, SuitField
from tests.shop.models import Maker


class Crate(models.Model):
    """Holds arrays, of plain values, of arrays, and of values that Python code converts."""

    words = ArrayField(models.CharField(max_length=40), default=list)
    numbers = ArrayField(models.IntegerField(null=True), null=True)
    grid = ArrayField(ArrayField(models.IntegerField()), null=True)
    prices = ArrayField(models.DecimalField(max_digits=20, decimal_places=8), null=True)
    days = ArrayField(models.DateField(null=True), null=True)
    moments = ArrayField(models.DateTimeField(), null=True)
    codes = ArrayField(models.UUIDField(), null=True)
    waits = ArrayField(models.DurationField(), null=True)
    cents = ArrayField(CentsField(), null=True)
    suits = ArrayField(SuitField(), null=True)
    specs = ArrayField(models.JSONField(), null=True)
    # Makers on SQLite are deleted without a look at this table, which is not there.
    maker = models.ForeignKey(Maker, models.DO_NOTHING, null=True, related_name="crates")

    class Meta:
        ordering = ["-pk"]


class Span(models.Model):
    """Holds ranges, whose values nothing but a resource method can show."""

    crate = models.ForeignKey(Crate, models.CASCADE, related_name="spans")
    numbers = IntegerRangeField(null=True)
    bigs = BigIntegerRangeField(null=True)
    prices = DecimalRangeField(null=True)
    days = DateRangeField(null=True)
    moments = DateTimeRangeField(null=True)

    class Meta:
        ordering = ["pk"]
