"""``python -m benchmarks.guards``: what a token and a quota cost, beside the same requests of somebody unknown."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from benchmarks.database import database
from benchmarks.paired import in_turn, lines
from benchmarks.serving import environ, serving, setup, timed

PATHS = {"/ok/": 300, "/posts/77/": 100, "/details/77/": 50, "/nested/": 1}  # requests in one measurement
ROUNDS = 40
NAMES = ("anonymous", "known", "reading")


def main(given: Sequence[str]) -> None:
    """Measure, and print lines for each path; ``--quick`` for a few rounds of it."""
    quick = "--quick" in given
    with database("sqlite") as address:
        os.environ["BENCHMARK_DATABASE"] = address
        setup()
        from django.db import connections

        from benchmarks import data

        data.load(200 if quick else 1000)
        credentials = issued()
        try:
            for path, repeat in PATHS.items():
                seconds = measured(path, 1 if quick else repeat, 2 if quick else ROUNDS, credentials)
                for line in lines(path, seconds):
                    print(line)
        finally:
            connections.close_all()


def issued() -> str:
    """Return the field with a token of somebody's."""
    from django.contrib.auth.models import User

    from piston_auth.tokens.models import Token

    _, token = Token.objects.issue(User.objects.all()[0], "benchmark")
    return f"Bearer {token}"


def measured(path: str, repeat: int, rounds: int, credentials: str) -> Mapping[str, list[float]]:
    """Return the seconds of one request in each round, for somebody unknown or known, or with a token that is read."""

    def request(name: str) -> dict[str, Any]:
        return environ(path) | ({"HTTP_AUTHORIZATION": credentials} if name != "anonymous" else {})

    ways = {name: partial(timed, serve(name), partial(request, name), repeat, perf_counter) for name in NAMES}
    return in_turn(ways, rounds)


def serve(name: str) -> WSGIHandler:
    """Return an application with the resources behind these guards."""
    from benchmarks.contestants import guarded

    return serving(f"guards_{name}", getattr(guarded, name))


if __name__ == "__main__":
    main(sys.argv[1:])
