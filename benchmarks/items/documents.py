"""What has to be answered, read from model instances one by one, without any contestant's code."""

from __future__ import annotations

from typing import Any

from benchmarks.models import Post


def flat(post: Post) -> dict[str, Any]:
    """Return a post's own columns as the answer shows them."""
    return {
        "id": post.pk,
        "title": post.title,
        "content": post.content,
        "created": post.created.isoformat(),
        "price": f"{post.price:.2f}",
        "is_published": post.is_published,
        "rating": post.rating,
        "uid": str(post.uid),
    }


def with_author(post: Post) -> dict[str, Any]:
    """Return a post with its author."""
    return {**flat(post), "author": {"username": post.author.username, "first_name": post.author.first_name}}


def nested(post: Post) -> dict[str, Any]:
    """Return a post with its author, tags and comments."""
    comments = post.comments.all()  # type: ignore[attr-defined]  # the stubs do not know this reverse relation
    return {
        **with_author(post),
        "tags": [{"name": tag.name} for tag in post.tags.all()],
        "comments": [{"body": each.body, "created": each.created.isoformat()} for each in comments],
    }
