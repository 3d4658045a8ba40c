"""Measures one piece of work: every contestant in turn, round by round, in one process."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from time import perf_counter
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from benchmarks.equivalence import check
from benchmarks.records import Contestant, Figures, Work
from benchmarks.serving import application, ask, environ, send

# What opens and closes a transaction is counted as no query, since it asks for nothing.
_NO_QUERIES = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")

Servers = Mapping[str, WSGIHandler]


def servers(work: Work, contestants: list[Contestant]) -> dict[str, WSGIHandler]:
    """Return an application for each contestant that does this work."""
    return {each.name: application(each.urlconf) for each in contestants if work.name not in each.cannot}


def prove(work: Work, contestants: list[Contestant]) -> None:
    """Have everybody answer once and compare the answers.

    Raises:
        Different: somebody has answered something else.
    """
    expected = work.expected()
    serving = servers(work, contestants)
    for each in contestants:
        if each.name in serving:
            answer = ask(serving[each.name], request(work))
            put_back(work)
            check(work, each, answer, expected)


def measure(work: Work, contestants: list[Contestant], rounds: int) -> Figures:
    """Return the seconds of each round and the queries of one request, for each contestant.

    Each round has an order of its own, so that nobody always comes after the same one and pays for its
    garbage; a first round that warms up is not counted.
    """
    serving = servers(work, contestants)
    names = [*serving]
    seconds: dict[str, list[float]] = {name: [] for name in names}
    random = Random(rounds)
    for _ in range(rounds + 1):
        for name in random.sample(names, len(names)):
            seconds[name].append(timed(work, serving[name]))
    counted = {name: queries(work, serving[name]) for name in names}
    return Figures(work, {name: each[1:] for name, each in seconds.items()}, counted)


def timed(work: Work, serve: WSGIHandler) -> float:
    """Return the seconds that one request takes, on average of several."""
    total = 0.0
    for each in [request(work) for _ in range(work.repeat)]:
        start = perf_counter()
        send(serve, each)
        total += perf_counter() - start
        put_back(work)
    return total / work.repeat


def queries(work: Work, serve: WSGIHandler) -> int:
    """Return how many queries one request makes, whoever makes them."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        send(serve, request(work))
    put_back(work)
    return sum(not statement.startswith(_NO_QUERIES) for statement in statements)


def request(work: Work) -> dict[str, Any]:
    """Return the request of a piece of work, as the server hands it over."""
    return environ(work.path, work.method, work.body, work.accept)


def put_back(work: Work) -> None:
    """Undo what a request has changed."""
    if work.after is not None:
        work.after()
