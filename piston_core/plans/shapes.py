"""Shapes: which querysets have the same SQL, so that it is compiled for the first of them only.

Two querysets have one shape if their SQL can differ in nothing but the values of its parameters.
``shape_of`` says so only of what it knows in full: comparisons of columns with single values,
joins, ordering by names, slices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.fields.related_lookups import RelatedExact, RelatedIsNull
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.query import Query
from django.db.models.sql.where import WhereNode


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides about the SQL of a queryset.

    Attributes:
        key: all that decides about it but single values.
        lookups: the comparisons that decide about its parameters.
        slice: its first row and the one after its last, if it is sliced.
    """

    key: tuple[Any, ...]
    lookups: tuple[Any, ...]
    slice: tuple[int, int | None] | None = None

    def params(self, connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
        """Return the parameters, prepared for the database as each lookup does it.

        Raises:
            EmptyResultSet: no row can be found.
            FullResultSet: a comparison is always true, and so is not in the SQL.
        """
        return tuple(value for lookup in self.lookups for value in lookup.process_rhs(None, connection)[1])


# Comparisons whose SQL depends on nothing of a single value but that it is there.
_COMPARISONS = frozenset({
    lookups.Exact, lookups.GreaterThan, lookups.GreaterThanOrEqual, lookups.LessThan, lookups.LessThanOrEqual,
    lookups.IntegerFieldExact, lookups.IntegerGreaterThan, lookups.IntegerGreaterThanOrEqual, lookups.IntegerLessThan,
    lookups.IntegerLessThanOrEqual, lookups.IExact, lookups.Contains, lookups.IContains, lookups.StartsWith,
    lookups.IStartsWith, lookups.EndsWith, lookups.IEndsWith, RelatedExact,
})  # fmt: skip

# What a query must not have to be known in full.
_ELSE = (
    "combinator", "annotations", "extra", "extra_tables", "extra_order_by", "group_by", "select_for_update",
    "explain_info", "distinct_fields", "external_aliases", "_filtered_relations",
)  # fmt: skip


def shape_of(query: Any) -> Shape | None:
    """Return the shape of a query, ``None`` for one that is not known in full."""
    if type(query) is not Query or any(getattr(query, name) for name in _ELSE):
        return None
    if not all(type(name) is str for name in query.order_by):
        return None
    tables = _tables(query)
    condition = _condition(query.where)
    if tables is None or condition is None:
        return None
    ordering = (query.order_by, query.standard_ordering, query.default_ordering)
    key = (tables, condition[0], ordering, query.distinct, query.is_sliced)
    return Shape(key, tuple(condition[1]), (query.low_mark, query.high_mark) if query.is_sliced else None)


def _tables(query: Any) -> tuple[Any, ...] | None:
    found: list[Any] = []
    for alias, table in query.alias_map.items():
        count = query.alias_refcount[alias]
        if type(table) is BaseTable:
            found.append((alias, table.table_name, count))
        elif type(table) is Join and table.filtered_relation is None:
            found.append((alias, table.identity, table.join_type, count))
        else:
            return None
    return tuple(found)


def _condition(node: Any) -> tuple[tuple[Any, ...], list[Any]] | None:
    """Return what decides about the SQL of a condition, and its lookups in the order of their parameters."""
    keys: list[Any] = [node.connector, node.negated]
    values: list[Any] = []
    for child in node.children:
        known = _condition(child) if type(child) is WhereNode else _comparison(child)
        if known is None:
            return None
        keys.append(known[0])
        values += known[1]
    return tuple(keys), values


def _comparison(lookup: Any) -> tuple[tuple[Any, ...], list[Any]] | None:
    kind = type(lookup)
    column = getattr(lookup, "lhs", None)
    if type(column) is not Col or lookup.bilateral_transforms:
        return None
    place = (kind, column.alias, column.target, column.output_field)
    if kind is lookups.IsNull or kind is RelatedIsNull:
        return (*place, lookup.rhs), []
    if kind not in _COMPARISONS or isinstance(lookup.rhs, bool) or hasattr(lookup.rhs, "resolve_expression"):
        return None
    return place, [lookup]
