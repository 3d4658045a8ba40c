"""Measurements in turn: how much longer each of several ways takes than the first one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from statistics import quantiles


def in_turn(ways: Mapping[str, Callable[[], float]], rounds: int) -> Mapping[str, list[float]]:
    """Return the seconds of each way in each round; a round has an order of its own, and the first is not counted.

    Args:
        ways: take a measurement each, by name.
        rounds: how many there are.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    random = Random(rounds)
    for _ in range(rounds + 1):
        for name in random.sample([*ways], len(ways)):
            seconds[name].append(ways[name]())
    return {name: each[1:] for name, each in seconds.items()}


def lines(what: str, seconds: Mapping[str, list[float]]) -> Iterator[str]:
    """Yield for each way but the first how much longer it takes.

    Args:
        what: what has been measured.
        seconds: those of each round, by the name of the way.
    """
    first, *others = seconds
    for name in others:
        pairs = zip(seconds[first], seconds[name], strict=True)
        low, middle, high = quantiles((two / one for one, two in pairs), n=4)
        times = f"{first} {_microseconds(seconds[first])}, {name} {_microseconds(seconds[name])}"
        yield f"{what}: {times}, {middle:.2f} ({low:.2f} to {high:.2f}) times as long"


def _microseconds(seconds: list[float]) -> str:
    return f"{min(seconds) * 1e6:.0f} us"
