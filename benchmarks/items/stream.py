"""All posts in one answer, in each text format: how long it takes, how much memory, when the first byte comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import reading
from benchmarks.contestants import CURSOR
from benchmarks.items import documents
from benchmarks.models import Post
from benchmarks.records import Mark, Work, at_most
from benchmarks.serving import Answer


def works() -> list[Work]:
    """Return the work in each format."""
    return [
        _work("stream", "JSON", "application/json", reading.json, most_megabytes=12, marks=[at_most(1.15, CURSOR)]),
        _work("stream-jsonl", "JSON Lines", "application/jsonl", reading.lines),
        _work("stream-xml", "XML", "application/xml", reading.xml),
        _work("stream-yaml", "YAML", "application/yaml", reading.yaml),
        _work("stream-csv", "CSV", "text/csv", reading.csv),
    ]


def expected() -> list[dict[str, Any]]:
    """Return the posts that there are before their number is raised."""
    return [documents.flat(post) for post in Post.objects.order_by("pk")]


def _work(
    name: str,
    called: str,
    accept: str,
    read: Callable[[Answer], Any],
    most_megabytes: float = 16,
    marks: Sequence[Mark] = (),
) -> Work:
    return Work(
        name=name,
        title=f"posts streamed as {called}",
        path=f"/{name.replace('-', '/')}/",
        accept=accept,
        expected=expected,
        read=read,
        rounds=3,
        marks=marks,
        most_megabytes=most_megabytes,
        first_byte=0.020,
    )
