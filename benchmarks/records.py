"""What takes part and what is measured: contestants, pieces of work, marks, and the figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from statistics import median, quantiles
from typing import Any

from benchmarks.serving import Answer


@dataclass(frozen=True)
class Contestant:
    """Somebody who serves the data.

    Attributes:
        name: what the table calls it.
        urlconf: the module whose ``urlpatterns`` serve the paths of the work.
        needs: the modules without which it cannot take part.
        writes: how it writes a moment: ``exact`` as everybody does, ``zulu`` with ``Z`` for ``+00:00``, or
            ``milliseconds``, with ``Z`` and without the rest of the microseconds.
        cannot: the names of work that is not for it, or that it has no way to do.
    """

    name: str
    urlconf: str
    needs: Sequence[str] = ()
    writes: str = "exact"
    cannot: frozenset[str] = frozenset()

    @property
    def missing(self) -> list[str]:
        """Return the modules that are not installed."""
        return [module for module in self.needs if find_spec(module) is None]


@dataclass(frozen=True)
class Mark:
    """What Piston is to reach beside another: its time is at most ``limit`` times the other's."""

    limit: float
    other: str
    text: str


def at_most(limit: float, other: str) -> Mark:
    """Return the mark to need at most so many times another's time."""
    return Mark(limit, other, f"<= {limit:g} x {other}")


def times_as_fast(times: float, other: str) -> Mark:
    """Return the mark to be so many times as fast as another."""
    return Mark(1 / times, other, f">= {times:g} x as fast as {other}")


@dataclass(frozen=True)
class Work:
    """Something that every contestant does.

    Attributes:
        name: what the command line calls it.
        title: what the table calls it.
        path: where it is asked for.
        accept: the media type that is asked for.
        expected: returns what everybody has to answer, worked out without any contestant.
        read: returns what is compared of an answer; by default the JSON in it.
        status: the status that is expected, ``0`` for any of 400 to 499.
        method: the request's method.
        body: the request's body.
        repeat: how many requests make one measurement.
        rounds: how many rounds are usual.
        after: what puts the data back after each request, outside of the measured time.
        marks: what Piston is to reach.
        most_queries: how many queries Piston may make, if that is one of the marks.
        most_megabytes: how much memory over idle Piston may need, in megabytes, if this is a stream.
        first_byte: after how many seconds Piston's first byte has to be there, if this is a stream.
    """

    name: str
    title: str
    path: str
    expected: Callable[[], Any]
    read: Callable[[Answer], Any]
    accept: str = "*/*"
    status: int = 200
    method: str = "GET"
    body: bytes = b""
    repeat: int = 1
    rounds: int = 40
    after: Callable[[], None] | None = None
    marks: Sequence[Mark] = ()
    most_queries: int | None = None
    most_megabytes: float = 0.0
    first_byte: float = 0.0

    @property
    def is_stream(self) -> bool:
        """Whether each contestant does it in a process of its own, with many more posts."""
        return self.most_megabytes > 0


@dataclass(frozen=True)
class Ratio:
    """How two series of measurements compare, round by round."""

    middle: float
    low: float
    high: float


@dataclass
class Figures:
    """What was measured of one piece of work.

    Attributes:
        seconds: for each contestant, the seconds that one request took in each round.
        queries: for each contestant, the queries of one request.
        notes: for each contestant, what else there is to say, such as its memory.
        facts: further figures of Piston's that a mark is about, by that mark's text; whether it is reached.
    """

    work: Work
    seconds: Mapping[str, list[float]]
    queries: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, tuple[str, bool]] = field(default_factory=dict)

    def middle(self, name: str) -> float:
        """Return the median of a contestant's seconds."""
        return median(self.seconds[name])

    def ratio(self, name: str, other: str) -> Ratio:
        """Return a contestant's time as a multiple of another's: the rounds' median ratio with its quartiles."""
        ratios = [one / two for one, two in zip(self.seconds[name], self.seconds[other], strict=True)]
        if len(ratios) == 1:
            return Ratio(ratios[0], ratios[0], ratios[0])
        low, _, high = quantiles(ratios, n=4)
        return Ratio(median(ratios), low, high)
