"""A list of 1000 posts with their own columns."""

from __future__ import annotations

from typing import Any

from benchmarks import reading
from benchmarks.contestants import CURSOR, DRF
from benchmarks.items import documents
from benchmarks.models import Post
from benchmarks.records import Work, at_most, times_as_fast


def expected() -> list[dict[str, Any]]:
    """Return the posts."""
    return [documents.flat(post) for post in Post.objects.order_by("pk")[:1000]]


def work() -> Work:
    """Return the work."""
    return Work(
        name="flat",
        title="1000 flat posts",
        path="/flat/",
        expected=expected,
        read=reading.json,
        marks=[at_most(1.15, CURSOR), times_as_fast(7, DRF)],
    )
