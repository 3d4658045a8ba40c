"""``python -m benchmarks.links``: what links cost in each format, beside the same list as JSON without links."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import process_time

from benchmarks.database import database
from benchmarks.paired import in_turn, lines
from benchmarks.serving import ask, environ, serving, setup, timed

ROUNDS = 40
REPEAT = 5

JSON = "application/json"
HAL = "application/hal+json"
SIREN = "application/vnd.siren+json"
JSONAPI = "application/vnd.api+json"


@dataclass(frozen=True, slots=True)
class Way:
    """A list in one format.

    Attributes:
        name: what it is called.
        handler: the name of the handler in ``contestants/linked.py``.
        media_type: what is asked for.
    """

    name: str
    handler: str
    media_type: str


LISTS: Mapping[str, Sequence[Way]] = {
    "1000 flat posts": [
        Way("JSON", "PlainHandler", JSON),
        Way("resource_uri", "AddressHandler", JSON),
        Way("_links with self", "SelfHandler", JSON),
        Way("_links with author", "LinkedHandler", JSON),
        Way("_links with four", "ManyLinksHandler", JSON),
        Way("HAL with self", "PlainHandler", HAL),
        Way("HAL with author", "LinkedHandler", HAL),
        Way("HAL with four", "ManyLinksHandler", HAL),
        Way("Siren with author", "LinkedHandler", SIREN),
        Way("JSON:API with self", "PlainHandler", JSONAPI),
        Way("JSON:API with author", "LinkedHandler", JSONAPI),
        Way("JSON:API with four", "ManyLinksHandler", JSONAPI),
    ],
    "1000 nested posts": [
        Way("JSON", "NestedHandler", JSON),
        Way("_links with author", "LinkedNestedHandler", JSON),
        Way("HAL with author", "LinkedNestedHandler", HAL),
        Way("Siren with author", "LinkedNestedHandler", SIREN),
        Way("JSON:API with author", "LinkedNestedHandler", JSONAPI),
    ],
}


def main(given: Sequence[str]) -> None:
    """Measure, and print a line for each format; ``--quick`` for a few rounds of it."""
    quick = "--quick" in given
    with database("sqlite") as address:
        os.environ |= {"BENCHMARK_DATABASE": address, "BENCHMARK_LINKS": "yes"}
        setup()
        from django.db import connections

        from benchmarks import data

        data.load(200 if quick else 1000)
        try:
            for what, ways in LISTS.items():
                for line in measured(what, ways, quick=quick):
                    print(line)
        finally:
            connections.close_all()


def measured(what: str, ways: Sequence[Way], *, quick: bool) -> Iterator[str]:
    """Return the lines of one list."""
    timers = {way.name: timer(way, 1 if quick else REPEAT) for way in ways}
    return lines(what, in_turn(timers, 2 if quick else ROUNDS))


def timer(way: Way, repeat: int) -> Callable[[], float]:
    """Return what takes a measurement: the seconds of processor time for one request, on average of several.

    Raises:
        SystemExit: the answer is not in this format.
    """
    from benchmarks.contestants import linked

    request = partial(environ, "/list/", accept=way.media_type)
    serve = serving(f"links_{way.handler}", linked.listed(getattr(linked, way.handler)))
    answer = ask(serve, request())
    if answer.status != 200 or not answer.content_type.startswith(way.media_type):
        raise SystemExit(f"{way.name} is answered with {answer.status} {answer.content_type}")
    return partial(timed, serve, request, repeat, process_time)


if __name__ == "__main__":
    main(sys.argv[1:])
