"""What is measured: one module for each piece of work."""

from __future__ import annotations

from benchmarks.items import create, flat, naive, nested, ok, one, refused, stream
from benchmarks.records import Work


def every() -> list[Work]:
    """Return the work in the order of the table."""
    return [module.work() for module in (flat, nested, naive, one, create, refused, ok, stream)]
