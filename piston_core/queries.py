"""Queries on their way to the database: recorded, counted, and told in groups. Their values are never kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# What opens and ends transactions depends on the database, and on whether a test runs in one already.
_CONTROL = re.compile(
    r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET TRANSACTION|START TRANSACTION)\b", re.IGNORECASE
)

_VALUE = re.compile(r"'(?:[^']|'')*'|%s|(?<![\w.\"])\d+(?:\.\d+)?(?!\w)")
_VALUES = re.compile(r"\?(?:, \?)+")

_REPEATED = "the same but for its values, which looks like N+1: name the relation in fields or needs, or join it"


@dataclass(frozen=True, slots=True)
class Query:
    """One query that was run.

    Attributes:
        sql: its text, with places for the values.
        database: the alias of the database.
        seconds: how long the database took until the first row.
        rows: the number of rows, where the driver tells it at once.
    """

    sql: str
    database: str
    seconds: float
    rows: int | None


class TooManyQueries(AssertionError):
    """Something has run more queries than it may; the message lists them in groups.

    Attributes:
        queries: the queries.
    """

    def __init__(self, message: str, queries: Sequence[Query]) -> None:
        super().__init__(message)
        self.queries = tuple(queries)


class Recorder:
    """Records the queries that this thread runs while it is entered; what only opens or ends a transaction is none.

    Args:
        using: the aliases of the databases, ``None`` for all of the project, those included to
            which a connection is opened only later.
    """

    def __init__(self, using: Sequence[str] | None = None) -> None:
        self.using = using
        self.queries: list[Query] = []
        self._watched: Sequence[BaseDatabaseWrapper] = ()

    def __enter__(self) -> Self:
        self._watched = connections.all() if self.using is None else [connections[alias] for alias in self.using]
        for connection in self._watched:
            connection.execute_wrappers.append(self.record)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._watched:  # not the last one of the list: requests on one event loop may overlap
            connection.execute_wrappers.remove(self.record)

    def record(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Run a query for Django, and write it down."""
        text = str(sql)
        if _CONTROL.match(text):
            return execute(sql, params, many, context)
        rows, started = None, perf_counter()
        try:
            result = execute(sql, params, many, context)
            rows = context["cursor"].rowcount
        finally:
            taken, known = perf_counter() - started, rows is not None and rows >= 0
            self.queries.append(Query(text, context["connection"].alias, taken, rows if known else None))
        return result


def shape(sql: str) -> str:
    """Return a query's text without its values, so that queries which differ in nothing else are equal."""
    return _VALUES.sub("?, ...", _VALUE.sub("?", sql))


def counted(number: int) -> str:
    """Return a number of queries in words."""
    return "1 query" if number == 1 else f"{number} queries"


def told(queries: Sequence[Query]) -> str:
    """Return the queries for people: each text once, with how often it was run."""
    groups: dict[tuple[str, str], int] = {}
    for query in queries:
        group = (query.database, shape(query.sql))
        groups[group] = groups.get(group, 0) + 1
    several = len({database for database, _ in groups}) > 1
    lines = []
    for (database, text), count in groups.items():
        lines.append(f"    {count} x {f'on {database}: ' if several else ''}{text}")
        lines += [f"        {_REPEATED}"] if count > 1 else []
    return "\n".join(lines)
