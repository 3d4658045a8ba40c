"""One post with its author, by its key."""

from __future__ import annotations

from typing import Any

from benchmarks import reading
from benchmarks.contestants import CURSOR, DRF
from benchmarks.items import documents
from benchmarks.models import Post
from benchmarks.records import Work, at_most, times_as_fast

KEY = 77


def expected() -> dict[str, Any]:
    """Return the post."""
    return documents.with_author(Post.objects.get(pk=KEY))


def work() -> Work:
    """Return the work."""
    return Work(
        name="one",
        title="one post with author",
        path=f"/posts/{KEY}/",
        expected=expected,
        read=reading.json,
        repeat=50,
        marks=[at_most(1.5, CURSOR), times_as_fast(7, DRF)],
    )
