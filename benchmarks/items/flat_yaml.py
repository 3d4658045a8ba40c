"""The list of 1000 posts with their own columns, as YAML.

The raw cursor writes JSON, which is YAML, too, but not in the block style that people like to read.
"""

from __future__ import annotations

from benchmarks import reading
from benchmarks.contestants import DRF
from benchmarks.items import flat
from benchmarks.records import Work, times_as_fast


def work() -> Work:
    """Return the work."""
    return Work(
        name="yaml",
        title="1000 flat posts as YAML",
        path="/flat/yaml/",
        accept="application/yaml",
        expected=flat.expected,
        read=reading.yaml,
        rounds=20,
        marks=[times_as_fast(50, DRF)],
    )
