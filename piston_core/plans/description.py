"""What is said of a plan's levels, as records, with the columns, joins and SQL of a query that is not run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper

from piston_core.plans.plan import Column, Computed, FieldPlan, Perhaps

_BY_METHOD = "show columns instead, annotate the queryset, or name in needs the relations that it follows"
_BY_QUERYSET = "annotate it in the handler's queryset, or take it out of fields"
_BY_ADDRESS = "without a resource_uri or get_api_url of its own, the address is made of the route's columns"
_BY_KIND = "nothing: its objects take one query for each of their models"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level is read as objects.

    Attributes:
        name: the name that is to blame, with the relations that lead to it; ``""`` for the whole level.
        why: what it is.
        advice: what to do about it.
        runs: whether it is a method, which may run queries of its own.
    """

    name: str
    why: str
    advice: str = ""
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What one query reads.

    Attributes:
        columns: the columns with their tables, in their order.
        joins: the joins with their tables.
        sql: its text as Django compiles it; ``""`` if it can find nothing.
    """

    columns: tuple[str, ...]
    joins: tuple[str, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Description:
    """How one level of a plan is read.

    Attributes:
        name: the name that shows it, with the relations that lead to it; ``""`` for the first level.
        model: the model.
        database: the alias of the database.
        how: ``columns``, ``objects``, or ``given`` for objects that the handler has read itself.
        reasons: why it is not read as columns.
        link: how its objects refer to those of the level above.
        query: what its query reads.
        fetches: the relations that Django fetches for its objects, each with a query.
        code: the code that makes rows of what the query finds.
        levels: the levels below it.
    """

    name: str
    model: str
    database: str
    how: str
    reasons: tuple[Reason, ...]
    link: str
    query: Query | None
    fetches: tuple[str, ...]
    code: str
    levels: tuple[Description, ...]

    @property
    def queries(self) -> int:
        """The number of queries for this level and those below it, as far as the plan decides it."""
        own = 0 if self.query is None else 1
        return own + len(self.fetches) + sum(level.queries for level in self.levels)


# -- reasons and queries ---------------------------------------------------------------------------


def reasons_of(plan: FieldPlan, annotated: frozenset[str], prefix: str = "") -> tuple[Reason, ...]:
    """Return every name that only an object can tell: to change one of them alone would change nothing."""
    return tuple(_blamed(plan, annotated, prefix))


def _blamed(plan: FieldPlan, annotated: frozenset[str], prefix: str) -> Iterator[Reason]:
    for column in plan.columns:
        name, source = dotted(prefix, column.name), column.source
        if isinstance(source, Computed):
            yield Reason(name, source.why, *_advice(column))
        elif isinstance(source, Perhaps) and (prefix or source.name not in annotated):
            yield Reason(
                name, f"is no column of {plan.model.__name__}, nor does the queryset annotate it", _BY_QUERYSET
            )
        elif column.plan is not None and not column.many:
            yield from _blamed(column.plan, annotated, name)


def _advice(column: Column) -> tuple[str, bool]:
    """Return what to do about a name that is computed, and whether it may run queries of its own."""
    if column.name == "resource_uri":
        return _BY_ADDRESS, False
    return (_BY_KIND, False) if column.relation else (_BY_METHOD, True)


def query_of(query: Any, connection: BaseDatabaseWrapper) -> Query:
    """Return what a query reads, as Django compiles it."""
    compiler: Any = query.get_compiler(connection=connection)
    try:
        sql, _ = compiler.as_sql()
    except EmptyResultSet:
        return Query((), (), "")
    tables = (table for table in query.alias_map.values() if table.join_type)
    joins = (f"{each.join_type} {_table(each)}" for each in tables if each.as_sql(compiler, connection)[0] in sql)
    return Query(tuple(_column(each, query) for each in compiler.select), tuple(joins), sql)


def _column(selected: Any, query: Any) -> str:
    """Return a selected column with its table, or what an expression is called."""
    expression, _, alias = selected
    target = getattr(expression, "target", None)
    if target is None or not hasattr(expression, "alias"):
        return str(alias or expression)
    table = query.alias_map.get(expression.alias)
    return f"{_table(table) if table else expression.alias}.{target.column}"


def _table(table: Any) -> str:
    name, alias = table.table_name, table.table_alias
    return str(name) if alias in (None, name) else f"{name} {alias}"


def dotted(prefix: str, name: str) -> str:
    """Return a name behind the relations that lead to it."""
    return f"{prefix}.{name}" if prefix else name
