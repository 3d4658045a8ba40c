"""The first baseline: ``values()`` and orjson in a plain view, joins and queries by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from benchmarks.contestants.by_hand import answer, checked
from benchmarks.models import Comment, Post

FLAT = ("id", "title", "content", "created", "price", "is_published", "rating", "uid")
AUTHOR = ("author__username", "author__first_name")


def flat(request: HttpRequest) -> HttpResponse:
    return answer(list(Post.objects.order_by("pk").values(*FLAT)[:1000]))


def nested(request: HttpRequest) -> HttpResponse:
    posts = [with_author(post) for post in Post.objects.order_by("pk").values(*FLAT, *AUTHOR)[:1000]]
    keys = [post["id"] for post in posts]
    tags, comments = tags_of(keys), comments_of(keys)
    for post in posts:
        post["tags"] = tags[post["id"]]
        post["comments"] = comments[post["id"]]
    return answer(posts)


def with_author(post: dict[str, Any]) -> dict[str, Any]:
    post["author"] = {"username": post.pop("author__username"), "first_name": post.pop("author__first_name")}
    return post


def tags_of(posts: list[int]) -> dict[int, list[dict[str, Any]]]:
    found = defaultdict(list)
    links = Post.tags.through._default_manager.filter(post_id__in=posts).order_by("tag__name")
    for post, name in links.values_list("post_id", "tag__name"):
        found[post].append({"name": name})
    return found


def comments_of(posts: list[int]) -> dict[int, list[dict[str, Any]]]:
    found = defaultdict(list)
    for post, body, created in Comment.objects.filter(post_id__in=posts).values_list("post_id", "body", "created"):
        found[post].append({"body": body, "created": created})
    return found


def one(request: HttpRequest, pk: int) -> HttpResponse:
    post = Post.objects.filter(pk=pk).values(*FLAT, *AUTHOR).first()
    if post is None:
        raise Http404
    return answer(with_author(post))


def create(request: HttpRequest) -> HttpResponse:
    values, faults = checked(orjson.loads(request.body))
    if not faults and Post.objects.filter(uid=values["uid"]).exists():
        faults = {"uid": "There is a post with this uid."}
    if faults:
        return answer(faults, 422)
    post = Post(author_id=1, **values)
    post.save()
    return answer({"id": post.pk, **values}, 201)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(pieces(), content_type="application/json")


def pieces() -> Iterator[bytes]:
    """Yield an array, 500 rows at a time."""
    rows = Post.objects.order_by("pk").values(*FLAT).iterator(chunk_size=500)
    before = b"["
    while some := list(islice(rows, 500)):
        yield before + orjson.dumps(some, default=str)[1:-1]
        before = b","
    yield b"]" if before == b"," else b"[]"


urlpatterns = [
    path("posts/", create),
    path("flat/", flat),
    path("nested/", nested),
    path("naive/", nested),
    path("posts/<int:pk>/", one),
    path("stream/", stream),
]
