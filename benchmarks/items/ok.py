"""``{"ok": true}``: what a request costs that does nothing."""

from __future__ import annotations

from benchmarks import reading
from benchmarks.contestants import DJANGO
from benchmarks.records import Work, at_most


def work() -> Work:
    """Return the work."""
    return Work(
        name="ok",
        title='`{"ok": true}`',
        path="/ok/",
        expected=lambda: {"ok": True},
        read=reading.json,
        repeat=300,
        marks=[at_most(1.1, DJANGO)],
    )
