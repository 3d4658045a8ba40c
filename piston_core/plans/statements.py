"""SQL, compiled by Django once for each level and shape of a queryset, and only bound afterwards.

Two querysets have one shape if their SQL can differ in nothing but the values of its parameters.
``shape_of`` says so only of what it knows in full: comparisons of columns with single values,
joins, ordering by names, slices. Any other queryset is compiled each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Manager, QuerySet, lookups
from django.db.models.expressions import Col
from django.db.models.fields.related_lookups import RelatedExact
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.query import Query
from django.db.models.sql.where import WhereNode

from piston_core.plans.cells import Undeclared
from piston_core.plans.levels import Level, Selected
from piston_core.plans.links import KEYS, array


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement.

    Attributes:
        sql: its text.
        params: its parameters, with ``KEYS`` where a request's keys belong.
        converters: Django's converters for the values at some places of a row.
        width: the number of columns to keep of each row, ``None`` for all.
    """

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, Any, Any], ...]
    width: int | None


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides about the SQL of a queryset, and the lookups that decide about its parameters."""

    key: tuple[Any, ...]
    lookups: tuple[Any, ...]

    def params(self, connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
        """Return the parameters, prepared for the database as each lookup does it.

        Raises:
            EmptyResultSet: no row can be found.
            FullResultSet: a comparison is always true, and so is not in the SQL.
        """
        return tuple(value for lookup in self.lookups for value in lookup.process_rhs(None, connection)[1])


Prepared = tuple[Statement, tuple[Any, ...]]


# -- compiling -------------------------------------------------------------------------------------


def prepare(level: Level, queryset: QuerySet[Any], connection: BaseDatabaseWrapper) -> Prepared | None:
    """Return the statement that reads a level of a queryset and its parameters; ``None`` if it can find nothing."""
    shape = shape_of(queryset.query)
    try:
        params = None if shape is None else shape.params(connection)
    except EmptyResultSet:
        return None
    except FullResultSet:
        params = None
    if shape is None or params is None:
        statement = compiled(level, queryset, connection)
        return None if statement is None else (statement, statement.params)
    return _known(level, queryset, connection, shape.key, params)


def _known(
    level: Level, queryset: QuerySet[Any], connection: BaseDatabaseWrapper, key: Any, params: tuple[Any, ...]
) -> Prepared | None:
    """Return the statement that is kept by a key, or compile and keep it.

    It is kept only if the parameters that Django gives it are those of the lookups, in their order:
    then nothing else in it has parameters.
    """
    statement = level.statements.get(key)
    if statement is not None:
        return statement, params
    statement = compiled(level, queryset, connection)
    if statement is None:
        return None
    if statement.params == params:
        level.statements.keep(key, statement)
    return statement, statement.params


def prepare_one(
    level: Level, manager: Manager[Any], named: Mapping[str, Any], connection: BaseDatabaseWrapper
) -> Prepared | None:
    """Return the statement that reads the object with these values, and its parameters.

    ``None`` stands for one that can find nothing.

    Args:
        level: the level.
        manager: returns all objects of the model.
        named: values by the names of fields, such as a URL's arguments.
        connection: the database.
    """
    key = ("named", *named)
    kept = level.statements.get(key)
    if kept is not None and None not in named.values():
        statement, comparisons = kept
        fresh = tuple(kind(column, named[name]) for name, kind, column in comparisons)
        try:
            return statement, Shape((), fresh).params(connection)
        except EmptyResultSet:
            return None
    queryset = manager.filter(**named).order_by()
    prepared, shape = prepare(level, queryset, connection), shape_of(queryset.query)
    if prepared is None or shape is None or shape.key not in level.statements:
        return prepared
    if len(shape.lookups) == len(named):
        by_name = zip(sorted(named), shape.lookups, strict=True)  # a filter sorts its names
        comparisons = tuple((name, type(lookup), lookup.lhs) for name, lookup in by_name)
        level.statements.keep(key, (prepared[0], comparisons))
    return prepared


def compiled(level: Level, queryset: QuerySet[Any], connection: BaseDatabaseWrapper) -> Statement | None:
    """Return what Django compiles for a level of a queryset, ``None`` if nothing can be found."""
    query = _selecting(level, queryset.query.chain())
    compiler: Any = query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    expressions = [each[0] for each in compiler.select]
    wanted = _converted(level)
    converters = compiler.get_converters(expressions).items()
    return Statement(
        sql,
        tuple(params),
        tuple((place, functions, expression) for place, (functions, expression) in converters if place in wanted),
        len(expressions) if compiler.has_extra_select else None,
    )


def _selecting(level: Level, query: Any) -> Any:
    """Have a query select a level's columns, and the annotations that go with them, instead of whole objects."""
    query.set_values(("pk", *level.annotations))
    key = [_column(query, (level.link.path,))] if level.link is not None else []
    query.set_select((*key, *(_expression(query, each) for each in level.selected)))
    query.selected = None  # the order is that of the columns, then of the annotations
    return query


def _expression(query: Any, selected: Selected) -> Any:
    """Return what to select for one column, with the joins that lead to it."""
    options, start = query.get_meta(), query.get_initial_alias()
    if selected.joined:
        table = query.setup_joins([*selected.path], options, start).joins[-1]
        return selected.field.get_col(table)
    column = _column(query, (*selected.path, selected.field.name))
    return Undeclared(column.alias, column.target, column.output_field) if selected.bare else column


def _column(query: Any, names: Sequence[str]) -> Any:
    """Return the column at the end of a path, from the nearest table that has its value, as ``values()`` does."""
    found = query.setup_joins([*names], query.get_meta(), query.get_initial_alias())
    targets, table, _ = query.trim_joins(found.targets, found.joins, found.path)
    return targets[0].get_col(table)


def _converted(level: Level) -> frozenset[int]:
    """Return the places of the values that Django's converters have to see: of some columns, and of annotations."""
    first = 0 if level.link is None else 1
    columns = {first + place for place, each in enumerate(level.selected) if each.converted}
    notes = first + len(level.selected)
    return frozenset(columns | {notes + place for place in range(len(level.annotations))})


# -- running ---------------------------------------------------------------------------------------


def bound(params: Sequence[Any], keys: list[Any], connection: BaseDatabaseWrapper) -> list[Any]:
    """Return parameters with a request's keys in the place of ``KEYS``."""
    return [array(keys, connection) if value is KEYS else value for value in params]


def found(statement: Statement, params: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
    """Return the rows that a statement finds, through Django's own cursor so that all that watches it sees it."""
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, params)
        return converted(statement, cursor.fetchall(), connection)


def found_in_chunks(
    statement: Statement, params: Sequence[Any], connection: BaseDatabaseWrapper, size: int
) -> Iterator[list[Any]]:
    """Yield the rows that a statement finds in chunks, from a cursor of the server's where the database has them."""
    server_side = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    with connection.chunked_cursor() if server_side else connection.cursor() as cursor:
        cursor.execute(statement.sql, params)
        while rows := cursor.fetchmany(size):
            yield converted(statement, rows, connection)


def converted(statement: Statement, rows: Iterable[Any], connection: BaseDatabaseWrapper) -> list[Any]:
    """Return rows after Django's converters, for the values that need them, and without columns for the order only."""
    if statement.width is not None:
        rows = [row[: statement.width] for row in rows]
    if not statement.converters:
        return list(rows)
    there = [list(row) for row in rows]
    for place, functions, expression in statement.converters:
        for convert in functions:
            for row in there:
                row[place] = convert(row[place], expression, connection)
    return there


# -- shapes ----------------------------------------------------------------------------------------

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
    marks = (query.low_mark, query.high_mark, query.distinct)
    return Shape((tables, condition[0], ordering, marks), tuple(condition[1]))


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
    if kind is lookups.IsNull:
        return (*place, lookup.rhs), []
    if kind not in _COMPARISONS or isinstance(lookup.rhs, bool) or hasattr(lookup.rhs, "resolve_expression"):
        return None
    return place, [lookup]
