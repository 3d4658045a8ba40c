"""A post that is created: parsed, checked, saved with signals, and answered with its columns.

Each commits on its own; the new post is deleted again outside of the measured time.
"""

from __future__ import annotations

from typing import Any

import orjson

from benchmarks import reading
from benchmarks.contestants import VALUES
from benchmarks.data import SENTENCES, forget_created
from benchmarks.models import Post
from benchmarks.records import Work, at_most

VALID = {
    "title": SENTENCES[1][:60],
    "content": " ".join(SENTENCES[:5]),
    "created": "2024-05-06T07:08:09.101112+00:00",
    "price": "19.90",
    "is_published": True,
    "rating": 4.5,
    "uid": "0b3c4d5e-6f70-4812-93a4-b5c6d7e8f901",
}


def work() -> Work:
    """Return the work."""
    posts = Post.objects.count()

    def expected() -> dict[str, Any]:
        return {"id": posts + 1, **VALID}

    return Work(
        name="create",
        title="create, valid",
        path="/posts/",
        expected=expected,
        read=reading.json,
        status=201,
        method="POST",
        body=orjson.dumps(VALID),
        repeat=30,
        after=lambda: forget_created(posts),
        marks=[at_most(1.0, VALUES)],
    )
