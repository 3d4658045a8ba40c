"""How a value of the database becomes plain data: by an expression in the generated code where its type is known.

Everything here is a shortcut for what Django's converters and ``Values.plain`` would make of the
value, and is taken only where both are provably the same; any other column goes through them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from inspect import getattr_static
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, GeneratedField, Model
from django.db.models.expressions import Col
from django.db.models.fields.files import FieldFile, FileDescriptor, FileField, ImageFieldFile, ImageFileDescriptor

from piston_core.plans.scalars import scalar

INTEGERS = frozenset({
    "AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField",
    "PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField",
})  # fmt: skip
TEXTS = frozenset({"CharField", "TextField", "SlugField"})
KEYS = INTEGERS | TEXTS | {"UUIDField"}

# What a subclass of Django's fields can change about the way from the database to the object.
_CHANGES = frozenset(
    {"db_type", "db_parameters", "from_db_value", "get_db_converters", "get_internal_type", "select_format"}
)


@dataclass(frozen=True, slots=True)
class Style:
    """How an emitter wants single values.

    Attributes:
        native: the types that it writes itself.
        textual: whether it writes them as the text that the core would make of them.
        verbatim: makes ready JSON stand in its documents, ``None`` where it has no form for that.
    """

    native: frozenset[type]
    textual: bool
    verbatim: type | None = None

    def wants_text(self, kind: type) -> bool:
        """Return whether a value of this type may as well arrive as text."""
        return self.textual or kind not in self.native


@dataclass(frozen=True, slots=True)
class Cell:
    """How the value of one column is written in the generated code.

    Attributes:
        code: an expression, with ``{v}`` for the value as the driver returns it.
        tests_null: whether the expression cannot take ``None``.
        bare: whether the column is selected as the text or number that the database has, so that neither the driver
            nor Django makes an object of it.
        converted: whether Django's converters run over the value before.
        helpers: what the expression calls, by the name that it uses for it.
    """

    code: str
    tests_null: bool = True
    bare: bool = False
    converted: bool = False
    helpers: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    @property
    def is_raw(self) -> bool:
        """Whether the value is shown just as the driver returns it."""
        return self.code == "{v}" and not self.bare


_AS_IT_IS = Cell("{v}", tests_null=False)
_BY_DJANGO = Cell("plain({v})", tests_null=False, converted=True)
_FINITE = Cell("({v} if {v} - {v} == 0 else plain({v}))")
_ISO = Cell("{v}.isoformat()")
_FILES = frozenset({FileDescriptor, ImageFileDescriptor})


class Bare(Col):
    """A column as the text or the number that the database has for it."""

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """Return the column behind an operator that hides its declared type, for which Django registers converters."""
        sql, params = self.as_sql(compiler, connection)
        return f"+{sql}", params

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Return the column as text."""
        sql, params = self.as_sql(compiler, connection)
        return f"{sql}::text", params

    def get_group_by_cols(self) -> list[Any]:
        """Group by the column itself."""
        return [Col(self.alias, self.target, self.output_field)]

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Return no converter: the generated code knows what is stored."""
        return []


def cell_of(column: Field[Any, Any], connection: BaseDatabaseWrapper, style: Style) -> Cell:
    """Return how the values of a model's column become plain data.

    Args:
        column: the field.
        connection: the database.
        style: what the emitter writes itself.
    """
    value = value_field(column)
    if isinstance(value, FileField):
        return _file(value)
    if not (_is_known(column) and _is_known(value)):
        return _BY_DJANGO
    kind, shortcuts = value.get_internal_type(), _VENDORS.get(connection.vendor)
    if shortcuts is None:
        return _BY_DJANGO
    if kind == "FloatField":
        return _AS_IT_IS if float in style.native else _FINITE
    if kind in INTEGERS or kind in TEXTS:
        return _AS_IT_IS
    return shortcuts(kind, value, connection, style) or _BY_DJANGO


def value_field(column: Field[Any, Any]) -> Field[Any, Any]:
    """Return the field that says what a column holds: for a foreign key, what it refers to."""
    while column.remote_field is not None and hasattr(column, "target_field"):
        column = column.target_field
    return column


def is_key(column: Field[Any, Any]) -> bool:
    """Return whether objects can be matched by the values of a column as the driver returns them."""
    value = value_field(column)
    return _is_known(column) and _is_known(value) and value.get_internal_type() in KEYS


def has_own_reading(model: type[Model], column: Field[Any, Any]) -> bool:
    """Return whether an object's attribute may be something else than its column holds, by a descriptor."""
    descriptor = type(getattr_static(model, column.attname))
    if isinstance(column, FileField):
        return descriptor not in _FILES or column.attr_class not in {FieldFile, ImageFieldFile}
    return not descriptor.__module__.startswith("django.db.models.")


@cache
def loads_plainly(model: type[Model]) -> bool:
    """Return whether a model leaves the way in which objects are made of rows to Django."""
    return model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]  # of the bound class method


def _is_known(column: Field[Any, Any]) -> bool:
    """Return whether Django itself knows this kind of column, or a subclass that changes nothing of it."""
    if isinstance(column, GeneratedField):
        return False
    own = []
    for kind in type(column).__mro__:
        if kind.__module__.startswith("django.db.models.fields"):
            break
        own.append(kind)
    return not any(_CHANGES & vars(kind).keys() for kind in own) and not _CHANGES & vars(column).keys()


def _file(column: FileField) -> Cell:
    def opened(name: str | None) -> Any:
        return column.attr_class(None, column, name)  # type: ignore[arg-type]  # an address needs no object

    options = column.model._meta
    names = (options.app_label, str(options.model_name), column.name)  # of which any may hold an underscore
    name = "_".join(("file", *(f"{len(each)}{each}" for each in names)))
    return Cell(f"plain({name}({{v}}))", tests_null=False, helpers={name: opened})


def _sqlite(kind: str, column: Any, connection: BaseDatabaseWrapper, style: Style) -> Cell | None:
    """Return the shortcut for what SQLite stores: Django writes these texts and numbers, and so do few others.

    A value of another shape goes through Django's converter.
    """
    if kind == "BooleanField":
        return Cell("({v} == 1)", bare=True)
    if kind == "DecimalField" and Decimal not in style.native:
        return _sqlite_decimal(column, connection)
    if kind == "DateTimeField" and style.wants_text(datetime):
        return _sqlite_moment(column, connection)
    if kind == "DateField" and style.wants_text(date):
        return Cell(
            "({v} if len({v}) == 10 else date_({v}))", bare=True, helpers={"date_": _slowly(column, connection)}
        )
    if kind == "TimeField" and style.wants_text(time):
        code = "({v} if len({v}) == 15 or len({v}) == 8 else time_({v}))"
        return Cell(code, bare=True, helpers={"time_": _slowly(column, connection)})
    if kind == "UUIDField" and style.wants_text(UUID):
        code = '(f"{{v}[:8]}-{{v}[8:12]}-{{v}[12:16]}-{{v}[16:20]}-{{v}[20:]}" if len({v}) == 32 else uuid_({v}))'
        return Cell(code, helpers={"uuid_": _slowly(column, connection)})
    return None


def _sqlite_decimal(column: Any, connection: BaseDatabaseWrapper) -> Cell | None:
    """Return the shortcut for a number that is stored as a float, or as an integer if it is whole.

    The shortest digits that give a float (its ``repr``) are the decimal that was stored, as long as
    those are no more than the 15 digits to which Django rounds the float.
    """
    places = column.decimal_places
    if column.max_digits > 15 or not 0 < places <= 4:  # with five, 1.2e-07 would pass for one of them
        return None
    slowly = _slowly(column, connection)

    def padded(value: Any) -> Any:
        whole, _, part = repr(value).partition(".")
        if whole.lstrip("-").isdecimal() and (part.isdecimal() or type(value) is int) and len(part) < places:
            return f"{whole}.{part:0<{places}}"
        return slowly(value)

    name = f"decimal_{column.max_digits}_{places}"
    code = f"(t if (t := repr({{v}}))[-{places + 1}:-{places}] == '.' else {name}({{v}}))"
    return Cell(code, helpers={name: padded})


def _sqlite_moment(column: Any, connection: BaseDatabaseWrapper) -> Cell | None:
    if settings.USE_TZ and connection.timezone is not UTC:
        return None
    end = "+00:00" if settings.USE_TZ else ""
    code = '(f"{{v}[:10]}T{{v}[11:]}END" if len({v}) == 26 or len({v}) == 19 else moment({v}))'
    return Cell(code.replace("END", end), bare=True, helpers={"moment": _slowly(column, connection)})


def _postgresql(kind: str, column: Any, _connection: BaseDatabaseWrapper, style: Style) -> Cell | None:
    """Return the shortcut for PostgreSQL, whose texts for these types are nearly those of the documents."""
    if kind == "BooleanField":
        return _AS_IT_IS
    if kind == "UUIDField" and style.wants_text(UUID):
        return Cell("{v}", tests_null=False, bare=True)
    if kind == "DecimalField" and Decimal not in style.native and column.decimal_places <= 6:
        return Cell("({v} if {v} != 'NaN' else plain(decimal_({v})))", bare=True, helpers={"decimal_": Decimal})
    if kind == "DateTimeField" and style.wants_text(datetime):
        return _postgresql_moment()
    if kind == "DateField":
        return _AS_IT_IS if date in style.native else _ISO
    if kind == "TimeField":
        return _AS_IT_IS if time in style.native else _ISO
    return None


def _postgresql_moment() -> Cell | None:
    """Return the shortcut for a moment, whose text lacks the ``T``, the offset's minutes, and zeros at the end."""
    if not settings.USE_TZ:  # the column has an offset all the same, which Django takes away
        return None
    # An offset of whole hours has two digits; with minutes, and fewer of the second, a text has the same length.
    code = '(f"{{v}[:10]}T{{v}[11:]}:00" if {v}[-3] in "+-" and len({v}) in (22, 29) else moment({v}))'
    return Cell(code, bare=True, helpers={"moment": lambda text: scalar(datetime.fromisoformat(text))})


_VENDORS: Mapping[str, Callable[[str, Any, BaseDatabaseWrapper, Style], Cell | None]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}


def _slowly(column: Any, connection: BaseDatabaseWrapper) -> Callable[[Any], str]:
    """Return a function that makes text of a stored value by way of Django's own converters."""
    expression = column.get_col(column.model._meta.db_table)
    converters = connection.ops.get_db_converters(expression)

    def text(value: Any) -> Any:
        for convert in converters:
            value = convert(value, expression, connection)
        return scalar(value)

    return text
