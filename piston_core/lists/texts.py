"""The text of a request as the value of a column, judged before a database sees it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from ipaddress import ip_address
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.db.models import Field, GeneratedField
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime, parse_duration, parse_time

from piston_core.lists.refusals import Misfit

T = TypeVar("T")

_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_DECIMAL = re.compile(r"-?[0-9]{1,200}(\.[0-9]{1,200})?")
_FLOAT = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL has no NUL, UTF-8 no surrogates
_LARGEST = 2**63  # beyond what SQLite's and PostgreSQL's largest integers hold
_WEST, _EAST = (
    dt.timedelta(hours=16),
    dt.timedelta(hours=14),
)  # of UTC: the farthest time zones, the older ones in the west
_FAULTS = (ArithmeticError, LookupError, TypeError, ValidationError, ValueError)

# What a class of fields changes if values are to be converted in another way than Django's field of its kind does.
_CONVERSIONS = frozenset({"to_python", "from_db_value", "get_prep_value", "get_db_prep_value", "get_internal_type"})


def value_of(field: Field[Any, Any], text: str) -> Any:
    """Return the value that a text stands for in a column.

    Args:
        field: the column's field, or what an expression gives; no relation.
        text: what the client has sent.

    Raises:
        Misfit: it stands for none that the column could hold.
    """
    held = stored(field)
    read: Callable[[Any, str], Any] = READERS.get(kind_of(held), _own)
    return read(held, text)


def stored(field: Any) -> Any:
    """Return the field that says what a column holds, for one that the database computes."""
    return field.output_field if isinstance(field, GeneratedField) else field


def kind_of(field: Any) -> str:
    """Return Django's name for a kind of column, ``""`` for one that a project converts in its own way."""
    return field.get_internal_type() if is_plain(field) else ""


def is_plain(field: Any) -> bool:
    """Return whether a field leaves all conversions to Django."""
    return _leaves_conversions(field.__class__)


@cache
def _leaves_conversions(kind: Any) -> bool:
    own = (each for each in kind.__mro__ if not each.__module__.startswith("django.db.models."))
    return not any(_CONVERSIONS & vars(each).keys() for each in own)


def truth(text: str) -> bool:
    """Return what ``true``, ``false``, ``1`` or ``0`` stands for.

    Raises:
        Misfit: it is something else.
    """
    if text.lower() not in _TRUTH:
        raise Misfit("true or false")
    return _TRUTH[text.lower()]


def storable(text: str) -> str:
    """Return a text that every database can store.

    Raises:
        Misfit: it has characters in it that are none.
    """
    if _UNSTORABLE.search(text):
        raise Misfit("text without NUL and without lone surrogates")
    return text


def _integer(_field: Field[Any, Any], text: str) -> int:
    if not _INTEGER.fullmatch(text) or not -_LARGEST <= int(text) < _LARGEST:
        raise Misfit("an integer of 64 bits")
    return int(text)


def _decimal(field: Any, text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise Misfit("a decimal number such as 12.50")
    number = Decimal(text)
    if field.max_digits is None or field.decimal_places is None:  # what an expression gives
        return number
    try:
        DecimalValidator(field.max_digits, field.decimal_places)(_shortest(number))
    except ValidationError as error:
        whole = field.max_digits - field.decimal_places
        raise Misfit(
            f"a decimal number, {whole} digits before the point and {field.decimal_places} after it"
        ) from error
    return number


def _shortest(number: Decimal) -> Decimal:
    """Return a number without zeros behind its last digit after the point."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def _float(_field: Field[Any, Any], text: str) -> float:
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    if not math.isfinite(number):
        raise Misfit("a finite number")
    return number


def _date(_field: Field[Any, Any], text: str) -> dt.date:
    return _parsed(parse_date, text, "a date such as 2026-01-31")


def _moment(_field: Field[Any, Any], text: str) -> dt.datetime:
    expected = "a date and time such as 2026-01-31T12:00:00Z (in a URL, the + of an offset is %2B)"
    try:
        moment = _parsed(parse_datetime, text, expected)
    except Misfit:
        moment = dt.datetime.combine(_parsed(parse_date, text, expected), dt.time())
    try:
        return _in_zone(moment)
    except (OverflowError, ValueError) as error:
        raise Misfit(expected) from error


def _in_zone(moment: dt.datetime) -> dt.datetime:
    """Return a moment as Django's columns want it; in any time zone it has to be within Python's years."""
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    universal = aware.astimezone(dt.UTC)
    _ = universal - _WEST, universal + _EAST
    if settings.USE_TZ:
        return aware
    return timezone.make_naive(moment, timezone.get_default_timezone()) if timezone.is_aware(moment) else moment


def _time(_field: Field[Any, Any], text: str) -> dt.time:
    moment = _parsed(parse_time, text, "a time such as 12:30:00")
    if moment.tzinfo is not None:
        raise Misfit("a time without an offset, such as 12:30:00")
    return moment


def _duration(_field: Field[Any, Any], text: str) -> dt.timedelta:
    expected = "a duration such as 1 02:30:00 or P1DT2H30M"
    span = _parsed(parse_duration, text, expected)
    if abs(span) // dt.timedelta(microseconds=1) >= _LARGEST:
        raise Misfit(expected)
    return span


def _uuid(_field: Field[Any, Any], text: str) -> UUID:
    return _parsed(UUID, text, "a UUID such as 12345678-1234-5678-1234-567812345678")


def _address(field: Field[Any, Any], text: str) -> str:
    expected = "an IP address"
    if "%" in text:  # a zone of an IPv6 address, which no database stores
        raise Misfit(expected)
    _parsed(ip_address, text, expected)
    return _parsed(field.to_python, text, expected)  # type: ignore[no-any-return]  # of this field, text


def _parsed(parse: Callable[[str], T | None], text: str, expected: str) -> T:
    """Return what Django, or Python, reads in a text of ASCII characters."""
    try:
        found = parse(text) if text.isascii() and text.isprintable() and len(text) <= 100 else None
    except _FAULTS as error:
        raise Misfit(expected) from error
    if found is None:
        raise Misfit(expected)
    return found


def _own(field: Field[Any, Any], text: str) -> Any:
    """Return what a field of another kind makes of a text; it may be no more than the text."""
    try:
        value = field.to_python(storable(text))
        stored = field.get_prep_value(value)
    except _FAULTS as error:
        raise Misfit("a value of this column") from error
    if isinstance(stored, int) and not -_LARGEST <= stored < _LARGEST:
        raise Misfit("a value of this column")
    return value


def _text(_field: Field[Any, Any], text: str) -> str:
    return storable(text)


def _boolean(_field: Field[Any, Any], text: str) -> bool:
    return truth(text)


INTEGERS = frozenset({
    "AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField",
    "PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField",
})  # fmt: skip
TEXTS = frozenset({"CharField", "TextField", "SlugField", "FileField", "FilePathField"})
READERS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(INTEGERS, _integer),
    **dict.fromkeys(TEXTS, _text),
    "BooleanField": _boolean,
    "DecimalField": _decimal,
    "FloatField": _float,
    "DateField": _date,
    "DateTimeField": _moment,
    "TimeField": _time,
    "DurationField": _duration,
    "UUIDField": _uuid,
    "GenericIPAddressField": _address,
}
