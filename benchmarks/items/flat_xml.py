"""The list of 1000 posts with their own columns, as XML."""

from __future__ import annotations

from benchmarks import reading
from benchmarks.contestants import CURSOR, DRF
from benchmarks.items import flat
from benchmarks.records import Work, at_most, times_as_fast


def work() -> Work:
    """Return the work."""
    return Work(
        name="xml",
        title="1000 flat posts as XML",
        path="/flat/xml/",
        accept="application/xml",
        expected=flat.expected,
        read=reading.xml,
        marks=[at_most(1.5, CURSOR), times_as_fast(7, DRF)],
    )
