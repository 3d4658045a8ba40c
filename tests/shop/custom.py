"""Fields of our own: each changes another step on the way from the database to the attribute."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile
from django.db.models.query_utils import DeferredAttribute


class Colour:
    """Three bytes with a form of their own."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __emittable__(self) -> dict[str, Any]:
        """Return red, green and blue."""
        red, green, blue = bytes.fromhex(self.code)
        return {"red": red, "green": green, "blue": blue, "code": f"#{self.code}"}


class Suit(Enum):
    HEARTS = 1
    SPADES = 2


class ColourField(models.CharField):
    """Gives an object that says itself what it looks like."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Colour | None:
        return None if value is None else Colour(value)

    def get_prep_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Colour) else value


class SuitField(models.IntegerField):
    """Gives a member of an enumeration."""

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Suit | None:
        return None if value is None else Suit(value)

    def get_prep_value(self, value: Any) -> Any:
        return value.value if isinstance(value, Suit) else value


class CentsField(models.IntegerField):
    """Gives a value of another type than the column's."""

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else int(Decimal(value).scaleb(2))


class WordsField(models.TextField):
    """Gives a list, also where the column is null: the converter is asked about every value."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> list[str]:
        return ["nothing"] if value is None else value.split()

    def get_prep_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value


class FixedField(models.CharField):
    """Has a type of its own in the database, which pads text on some."""

    def db_type(self, connection: Any) -> str:
        return f"char({self.max_length})"


class TextualIntegerField(models.Field):
    """Is a number to Python and text to the database, and a kind of field that Django does not have."""

    def db_type(self, connection: Any) -> str:
        return "varchar(30)"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else str(value)


class ShoutedField(models.CharField):
    """Is read through SQL of its own."""

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return f"UPPER({sql})", params


class Reversed(DeferredAttribute):
    """Gives the attribute's value from its end to its beginning."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return value if instance is None or value is None else value[::-1]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class ReversedField(models.CharField):
    """Is read through a descriptor of its own."""

    descriptor_class = Reversed


class MirrorFile(FieldFile):
    """A stored file whose address is on another host."""

    @property
    def url(self) -> str:
        return f"https://mirror.example/{self.name}?v=1"


class MirrorField(models.FileField):
    """Gives files of a class of its own."""

    attr_class = MirrorFile
