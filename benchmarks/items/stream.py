"""All posts in one answer, each contestant in a process of its own: how long, how much memory, when the first byte."""

from __future__ import annotations

from typing import Any

from benchmarks.contestants import CURSOR
from benchmarks.items import documents
from benchmarks.models import Post
from benchmarks.records import Work, at_most

MOST_MEMORY = 12.0  # megabytes over idle
FIRST_BYTE = 0.020  # seconds


def expected() -> list[dict[str, Any]]:
    """Return the posts that there are before their number is raised."""
    return [documents.flat(post) for post in Post.objects.order_by("pk")]


def work() -> Work:
    """Return the work."""
    return Work(
        name="stream",
        title="all posts streamed",
        path="/stream/",
        expected=expected,
        read=documents.json,
        rounds=3,
        marks=[at_most(1.15, CURSOR)],
    )
