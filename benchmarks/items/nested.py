"""A list of 1000 posts with author, tags and comments; the others write their joins and prefetches by hand."""

from __future__ import annotations

from typing import Any

from benchmarks import reading
from benchmarks.contestants import CURSOR, DRF
from benchmarks.items import documents
from benchmarks.models import Post
from benchmarks.records import Work, at_most, times_as_fast


def expected() -> list[dict[str, Any]]:
    """Return the posts."""
    posts = Post.objects.order_by("pk").select_related("author").prefetch_related("tags", "comments")
    return [documents.nested(post) for post in posts[:1000]]


def work() -> Work:
    """Return the work."""
    return Work(
        name="nested",
        title="1000 nested posts, prefetch by hand",
        path="/nested/",
        expected=expected,
        read=reading.json,
        rounds=20,
        marks=[at_most(1.1, CURSOR), times_as_fast(14, DRF)],
        most_queries=3,
    )
