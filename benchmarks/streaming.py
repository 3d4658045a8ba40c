"""Measures a stream: ``python -m benchmarks.streaming URLCONF PATH ACCEPT`` is one contestant in a process of its own.

It prints the seconds until the first byte and until the last, and the megabytes that the process has
needed over what it held when it was ready to serve.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.records import Contestant, Figures, Work


class Stream(NamedTuple):
    """What one contestant needed for one stream."""

    first: float
    last: float
    megabytes: float


def measure(work: Work, contestants: list[Contestant], rounds: int) -> Figures:
    """Return the figures of the streams, each of which runs in a process of its own."""
    taking_part = [each for each in contestants if work.name not in each.cannot]
    streams: dict[str, list[Stream]] = {each.name: [] for each in taking_part}
    for _ in range(rounds):
        for each in taking_part:
            streams[each.name].append(_apart(work, each))
    seconds = {name: [stream.last for stream in several] for name, several in streams.items()}
    notes = {name: _note(several) for name, several in streams.items()}
    return Figures(work, seconds, notes=notes, facts=facts(work, streams[contestants[0].name]))


def _apart(work: Work, contestant: Contestant) -> Stream:
    command = [sys.executable, "-m", "benchmarks.streaming", contestant.urlconf, work.path, work.accept]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, check=True)
    return Stream(*json.loads(run.stdout))


def _note(streams: list[Stream]) -> str:
    megabytes, first = _middle(streams)
    return f"{megabytes:.0f} MB, first byte {first * 1000:.0f} ms"


def facts(work: Work, streams: list[Stream]) -> dict[str, tuple[str, bool]]:
    """Return what a stream has marks for besides its time, the median of all rounds, and whether it is reached."""
    megabytes, first = _middle(streams)
    return {
        f"<= {work.most_megabytes:g} MB over idle": (f"{megabytes:.1f}", megabytes <= work.most_megabytes),
        f"first byte <= {work.first_byte * 1000:g} ms": (f"{first * 1000:.1f}", first <= work.first_byte),
    }


def _middle(streams: list[Stream]) -> tuple[float, float]:
    return median(stream.megabytes for stream in streams), median(stream.first for stream in streams)


def stream(urlconf: str, path: str, accept: str) -> Stream:
    """Serve one post, so that the process is ready, and then the stream; throw away what comes."""
    from benchmarks.serving import application, environ, pieces, send, setup, start_response

    setup()
    serve = application(urlconf)
    send(serve, environ("/posts/1/"))
    idle = peak()
    start, first = perf_counter(), 0.0
    response: Any = serve(environ(path, accept=accept), start_response)
    for piece in pieces(response):
        first = first or (perf_counter() - start if piece else 0.0)
    response.close()
    return Stream(first, perf_counter() - start, peak() - idle)


def peak() -> float:
    """Return the most megabytes of memory that this process has held so far.

    Linux tells it of the process alone; what ``getrusage`` says includes the process that started it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    print(json.dumps(stream(*sys.argv[1:])))
