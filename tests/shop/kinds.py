"""Columns of every kind, with null and without, with names that need quoting, and read in odd ways."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower

from tests.shop.custom import (
    CentsField,
    ColourField,
    FixedField,
    MirrorField,
    ReversedField,
    ShoutedField,
    SuitField,
    TextualIntegerField,
    WordsField,
)


class Colours(models.TextChoices):
    RED = "r", "red"
    BLUE = "b", "blue"


class Levels(models.IntegerChoices):
    LOW = 1
    HIGH = 2


def columns(**options: Any) -> dict[str, models.Field]:
    """Return a column of each kind that Django has; the options are those of all of them."""
    return {
        "small": models.SmallIntegerField(**options),
        "integer": models.IntegerField(**options),
        "big": models.BigIntegerField(**options),
        "positive": models.PositiveIntegerField(**options),
        "positive_small": models.PositiveSmallIntegerField(**options),
        "positive_big": models.PositiveBigIntegerField(**options),
        "flag": models.BooleanField(**options),
        "real": models.FloatField(**options),
        "price": models.DecimalField(max_digits=12, decimal_places=2, **options),
        "fine": models.DecimalField(max_digits=30, decimal_places=12, **options),
        "whole": models.DecimalField(max_digits=15, decimal_places=0, **options),
        "char": models.CharField(max_length=60, **options),
        "text": models.TextField(**options),
        "slug": models.SlugField(**options),
        "email": models.EmailField(**options),
        "url": models.URLField(**options),
        "date": models.DateField(**options),
        "moment": models.DateTimeField(**options),
        "time": models.TimeField(**options),
        "duration": models.DurationField(**options),
        "uuid": models.UUIDField(**options),
        "ip": models.GenericIPAddressField(**options),
        "ipv4": models.GenericIPAddressField(protocol="IPv4", **options),
        "data": models.JSONField(**options),
        "coded": models.JSONField(encoder=DjangoJSONEncoder, **options),
        "content": models.BinaryField(**options),
        "file": models.FileField(upload_to="files/", **options),
        "path": models.FilePathField(path="/", **options),
        "colour": models.CharField(max_length=1, choices=Colours, **options),
        "level": models.IntegerField(choices=Levels, **options),
    }


class Loose(models.Model):
    """Every column may be null."""

    locals().update(columns(null=True, blank=True))

    class Meta:
        ordering = ["pk"]


class Firm(models.Model):
    """No column may be null."""

    locals().update(columns())

    class Meta:
        ordering = ["pk"]


class Custom(models.Model):
    """Columns whose values Python or SQL of our own makes."""

    colour = ColourField(max_length=6, null=True)
    suit = SuitField(null=True)
    cents = CentsField(null=True)
    words = WordsField(null=True)
    fixed = FixedField(max_length=12, null=True)
    textual = TextualIntegerField(null=True)
    shouted = ShoutedField(max_length=40, null=True)
    mirrored = ReversedField(max_length=40, null=True)
    file = MirrorField(null=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")

    class Meta:
        ordering = ["pk"]


class Quoted(models.Model):
    """Names that are no identifiers: capitals, blanks, quotes, keywords, another script."""

    select = models.CharField(max_length=20, db_column="select")
    capital = models.CharField(max_length=20, db_column="CapitalLetters")
    spaced = models.IntegerField(db_column="it's a column; -- of mine")
    script = models.IntegerField(db_column="größe [cm]", null=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, db_column="The Parent", related_name="children")
    fellows = models.ManyToManyField("self", db_table="it's Fellows")

    class Meta:
        db_table = "A Table's Name"
        ordering = [Lower("capital").desc(), "pk"]


class Computed(models.Model):
    """Columns that the database computes, and defaults that it fills in."""

    first = models.CharField(max_length=20)
    last = models.CharField(max_length=20, db_default="Doe")
    price = models.DecimalField(max_digits=12, decimal_places=4)
    amount = models.IntegerField(null=True)
    full = models.GeneratedField(
        expression=Concat("first", Value(" "), "last"), output_field=models.CharField(max_length=50), db_persist=True
    )
    total = models.GeneratedField(
        expression=F("price") * F("amount"),
        output_field=models.DecimalField(max_digits=20, decimal_places=4),
        db_persist=True,
    )
    known = models.GeneratedField(
        expression=Q(amount__isnull=False), output_field=models.BooleanField(), db_persist=True
    )

    class Meta:
        ordering = [F("amount").desc(nulls_first=True), "-pk"]


class Titled(models.Model):
    """Instances come from the database by their own way."""

    title = models.CharField(max_length=20)

    class Meta:
        ordering = ["pk"]

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **later: Any) -> Titled:
        """Return an object whose title starts with a capital letter."""
        made = super().from_db(db, field_names, values, **later)  # newer versions of Django hand over more
        if "title" in field_names:
            made.title = made.title.capitalize()
        return made


class Starred(models.Model):
    title = models.CharField(max_length=20)

    class Meta:
        ordering = ["pk"]


class Trimmed(Starred):
    """A proxy, in which a property stands in for the column's attribute."""

    class Meta:
        proxy = True

    @property
    def title(self) -> str:
        """Return the title without the stars around it."""
        return self.__dict__["title"].strip("*")

    @title.setter
    def title(self, value: str) -> None:
        self.__dict__["title"] = value


class Cell(models.Model):
    """Has a key of two columns."""

    pk = models.CompositePrimaryKey("row", "chair")
    row = models.IntegerField()
    chair = models.CharField(max_length=4)
    name = models.CharField(max_length=20)
    neighbour = models.ForeignKey(Titled, models.CASCADE, null=True, related_name="cells")

    class Meta:
        ordering = ["row", "-chair"]
