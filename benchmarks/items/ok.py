"""``{"ok": true}``: what a request costs that does nothing."""

from __future__ import annotations

from benchmarks.contestants import DJANGO
from benchmarks.items import documents
from benchmarks.records import Work, at_most


def work() -> Work:
    """Return the work."""
    return Work(
        name="ok",
        title='`{"ok": true}`',
        path="/ok/",
        expected=lambda: {"ok": True},
        read=documents.json,
        repeat=300,
        marks=[at_most(1.1, DJANGO)],
    )
