"""The same list of 1000 nested posts where nobody has written a join or a prefetch.

The two baselines have nothing to leave out; they serve what they serve in ``nested``.
"""

from __future__ import annotations

from benchmarks import reading
from benchmarks.contestants import CURSOR, DRF
from benchmarks.items import nested
from benchmarks.records import Work, at_most, times_as_fast


def work() -> Work:
    """Return the work."""
    return Work(
        name="naive",
        title="1000 nested posts, nothing by hand",
        path="/naive/",
        expected=nested.expected,
        read=reading.json,
        rounds=10,
        marks=[at_most(1.1, CURSOR), times_as_fast(50, DRF)],
        most_queries=3,
    )
