"""What is measured: one module for each piece of work."""

from __future__ import annotations

from benchmarks.items import create, flat, flat_xml, flat_yaml, naive, nested, ok, one, refused, stream
from benchmarks.records import Work

_ONCE = (flat, nested, naive, one, create, refused, ok, flat_xml, flat_yaml)


def every() -> list[Work]:
    """Return the work in the order of the table."""
    return [*(module.work() for module in _ONCE), *stream.works()]
