"""SQL, compiled by Django once for each level and shape of a queryset, and only bound afterwards.

A queryset whose shape is not known is compiled each time; see ``shapes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Manager, QuerySet

from piston_core.plans.cells import Bare
from piston_core.plans.levels import Level
from piston_core.plans.links import KEYS, array
from piston_core.plans.selected import Selected
from piston_core.plans.shapes import Shape, shape_of


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


Prepared = tuple[Statement, tuple[Any, ...]]


# -- compiling -------------------------------------------------------------------------------------


def prepare(level: Level, queryset: QuerySet[Any], connection: BaseDatabaseWrapper) -> Prepared | None:
    """Return the statement that reads a level of a queryset and its parameters; ``None`` if it can find nothing."""
    shape = shape_of(queryset.query)
    try:
        params = None if shape is None else shape.params(connection)
    except (EmptyResultSet, FullResultSet):  # said of one comparison, which may be negated or one of several
        params = None
    if shape is None or params is None:
        statement = compiled(level, queryset, connection)
        return None if statement is None else (statement, statement.params)
    return _known(level, queryset, connection, shape, params)


def _known(
    level: Level, queryset: QuerySet[Any], connection: BaseDatabaseWrapper, shape: Shape, params: tuple[Any, ...]
) -> Prepared | None:
    """Return the statement that is kept for a shape, or compile and keep it.

    It is kept only if the parameters that Django gives it are those of the lookups, in their order:
    then nothing else in it has parameters. The slice of a queryset is the end of its SQL; without it
    the statement serves all slices.
    """
    end = f" {connection.ops.limit_offset_sql(*shape.slice)}" if shape.slice else ""
    kept: Statement | None = level.statements.get(shape.key)
    if kept is not None:
        return (replace(kept, sql=kept.sql + end) if end else kept), params
    statement = compiled(level, queryset, connection)
    if statement is None:
        return None
    if statement.params == params and statement.sql.endswith(end):
        level.statements.keep(shape.key, replace(statement, sql=statement.sql.removesuffix(end)))
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
    query = selecting(level, queryset.query.chain())
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


def selecting(level: Level, query: Any) -> Any:
    """Have a query select a level's columns, and the annotations that go with them, instead of whole objects."""
    keep_rows(query)
    query.set_values(("pk", *level.annotations))
    key = [_column(query, (level.link.path,))] if level.link is not None else []
    query.set_select((*key, *(_expression(query, each) for each in level.selected)))
    query.selected = None  # the order is that of the columns, then of the annotations
    return query


def keep_rows(query: Any) -> None:
    """Let joins that a query has prepared but does not use keep objects without a related one.

    A filter by ``Q(stock=0) ^ Q(category=None)`` leaves such a join behind, as an inner one; Django
    would use it as it is for whatever is selected from that table afterwards.
    """
    query.promote_joins(alias for alias, count in query.alias_refcount.items() if not count)


def _expression(query: Any, selected: Selected) -> Any:
    """Return what to select for one column, with the joins that lead to it."""
    options, start = query.get_meta(), query.get_initial_alias()
    if selected.joined:
        table = query.setup_joins([*selected.path], options, start).joins[-1]
        return selected.field.get_col(table)
    column = _column(query, (*selected.path, selected.field.name))
    return Bare(column.alias, column.target, column.output_field) if selected.bare else column


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
    with connection.chunked_cursor() if has_cursors(connection) else connection.cursor() as cursor:
        cursor.execute(statement.sql, params)
        while rows := cursor.fetchmany(size):
            yield converted(statement, rows, connection)


def has_cursors(connection: BaseDatabaseWrapper) -> bool:
    """Return whether rows can be read in chunks from a cursor of the server's, if the database has them.

    PostgreSQL's ends with its transaction, and that of ``ATOMIC_REQUESTS`` ends before the answer is sent.
    """
    options = connection.settings_dict
    ends_early = options["ATOMIC_REQUESTS"] and connection.in_atomic_block and connection.vendor == "postgresql"
    return not (ends_early or options.get("DISABLE_SERVER_SIDE_CURSORS"))


@contextmanager
def cursor_kept(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Read in a transaction on PostgreSQL, whose cursor would otherwise copy all of its rows before the first one.

    However the reading ends, the transaction is not undone: what works on the answer meanwhile, such
    as the middleware of sessions, may have written in it.
    """
    if connection.vendor != "postgresql" or not connection.get_autocommit() or not has_cursors(connection):
        yield
        return
    failure: BaseException | None = None
    with transaction.atomic(using=connection.alias):
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - a client that has gone away is one, too
            failure = error
    if failure is not None:
        raise failure


def one_by_one(queryset: QuerySet[Any], size: int) -> Iterator[Any]:
    """Return what a queryset yields, in chunks where ``has_cursors`` says so."""
    return queryset.iterator(chunk_size=size) if has_cursors(connections[queryset.db]) else iter(queryset)


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
