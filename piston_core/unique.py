"""Ask whether a value that has to be unique is stored already, by SQL that is the same for every value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections, router
from django.db.models import Field, Manager, Model
from django.db.models.lookups import Exact, IntegerFieldExact


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
    if lookup not in (Exact, IntegerFieldExact):
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
