"""Ask for one stored object by SQL that is compiled once, where it is the same for every value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections, router
from django.db.models import Field, Manager, Model, QuerySet
from django.db.models.lookups import Exact, IntegerFieldExact


class Selection(NamedTuple):
    """How to read the columns of one object.

    Attributes:
        sql: the statement; its one parameter is the object's key.
        names: the columns' names for the model.
        converted: the places of the values that Django converts, with their columns.
    """

    sql: str
    names: Sequence[str]
    converted: Sequence[tuple[int, Any]]


def reread(model: type[Model], key: Any) -> Model | None:
    """Return the object with this key as the model's own queryset reads it.

    Returns:
        ``None`` if there is none, or if its SQL may differ from one time to the next.
    """
    if not _is_plain(model):
        return None
    alias = router.db_for_read(model)
    connection: Any = connections[alias]
    selection, params = _selection(model, alias, settings.USE_TZ), _params(model._meta.pk, key, connection)
    if selection is None or params is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(selection.sql, params)
        row = cursor.fetchone()
    return None if row is None else model.from_db(alias, selection.names, _converted(row, selection, connection))


def may_clash(obj: Model, names: Collection[str]) -> bool:
    """Return whether another object may have a value that has to be unique, of the fields with these names.

    Only ``False`` is certain: no object has these values, which is what Django's own check would find.
    """
    unique = _unique(type(obj))
    if unique is None:
        return True
    return any(field.name in names and _exists(field, getattr(obj, field.attname)) for field in unique)


def _exists(field: Field[Any, Any], value: Any) -> bool:
    if value is None:
        return False
    if hasattr(value, "resolve_expression"):
        return True
    alias = router.db_for_read(field.model)
    connection: Any = connections[alias]
    params = _params(field, value, connection)
    if params is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_probe(field, connection), params)
        return cursor.fetchone() is not None


def _probe(field: Field[Any, Any], connection: Any) -> str:
    quote = connection.ops.quote_name
    table = quote(field.model._meta.db_table)
    return f"SELECT 1 FROM {table} WHERE {table}.{quote(field.column)} = %s"  # noqa: S608 - names of the model's own


def _params(field: Any, value: Any, connection: Any) -> Sequence[Any] | None:
    """Return a value as Django's comparison for equality hands it to the database, ``None`` if it does not."""
    lookup: Any = field.get_lookup("exact")
    if lookup is Exact:
        return (field.get_db_prep_value(value, connection),)
    if lookup is not IntegerFieldExact:
        return None
    try:
        comparison: Any = lookup(field.cached_col, value)
        return tuple(comparison.process_rhs(None, connection)[1])
    except (EmptyResultSet, FullResultSet):  # beyond what the column can hold
        return None


@cache
def _unique(model: type[Model]) -> tuple[Any, ...] | None:
    """Return the fields that Django checks one by one; ``None`` where it checks more, or otherwise."""
    options = model._meta
    own = ("validate_unique", "_get_unique_checks", "_perform_unique_checks")
    if options.unique_together or not _is_plain(model):
        return None
    if any(getattr(model, name) is not getattr(Model, name) for name in own):
        return None
    every: Any = options.local_fields
    dated = (field.unique_for_date or field.unique_for_month or field.unique_for_year for field in every)
    fields: tuple[Any, ...] = tuple(field for field in options.local_concrete_fields if field.unique)
    return None if any(dated) or any(field.is_relation for field in fields) else fields


@cache
def _is_plain(model: type[Model]) -> bool:
    """Return whether Django's own manager reads the objects, from one table and with one column as their key."""
    key: Any = model._meta.pk
    one_key = key.column is not None and not key.is_relation  # which a composite key has not
    return type(model._default_manager) is Manager and not model._meta.parents and one_key


@cache
def _selection(model: type[Model], alias: str, _use_tz: Any) -> Selection | None:  # which decides about converters
    """Return what Django compiles to read all of a model, with the key as its condition."""
    compiler = QuerySet(model).order_by().query.get_compiler(using=alias)
    sql, params = compiler.as_sql()
    if params:
        return None
    quote = compiler.connection.ops.quote_name
    key = f"{quote(model._meta.db_table)}.{quote(model._meta.pk.column)}"
    columns = [each[0] for each in compiler.select]
    converted = [(place, columns[place]) for place in compiler.get_converters(columns)]
    return Selection(f"{sql} WHERE {key} = %s", [column.target.attname for column in columns], converted)


def _converted(row: Sequence[Any], selection: Selection, connection: Any) -> Sequence[Any]:
    """Return the values of a row after the converters of the database and of the columns."""
    values = list(row)
    for place, expression in selection.converted:
        for convert in (*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)):
            values[place] = convert(values[place], expression, connection)
    return values
