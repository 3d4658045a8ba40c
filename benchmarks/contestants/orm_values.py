"""The first baseline: ``values()`` and orjson in a plain view, joins and queries by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import starmap
from typing import Any
from uuid import UUID

import orjson
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from benchmarks.contestants import formats
from benchmarks.contestants.by_hand import answer, checked
from benchmarks.models import Comment, Post

FLAT = formats.FLAT
AUTHOR = ("author__username", "author__first_name")


def flat(request: HttpRequest) -> HttpResponse:
    return answer(list(Post.objects.order_by("pk").values(*FLAT)[:1000]))


def flat_xml(request: HttpRequest) -> HttpResponse:
    rows = [*starmap(as_row, Post.objects.order_by("pk").values_list(*FLAT)[:1000])]
    return HttpResponse(formats.elements([rows]), content_type="application/xml")


def as_row(
    key: int, title: str, content: str, created: datetime, price: Decimal, published: bool, rating: float, uid: UUID
) -> formats.Row:
    return key, title, content, created.isoformat(), price, published, rating, uid


def flat_yaml(request: HttpRequest) -> HttpResponse:
    posts = [*map(with_texts, Post.objects.order_by("pk").values(*FLAT)[:1000])]
    return HttpResponse(formats.sequence([posts]), content_type="application/yaml")


def with_texts(post: dict[str, Any]) -> dict[str, Any]:
    """Return a post whose values PyYAML's safe writer knows, and reads back as what JSON has."""
    return post | {"created": post["created"].isoformat(), "price": str(post["price"]), "uid": str(post["uid"])}


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
    return StreamingHttpResponse(formats.array(formats.groups(every())), content_type="application/json")


def stream_lines(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(formats.lines(formats.groups(every())), content_type="application/jsonl")


def stream_xml(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(formats.elements(formats.groups(every_row())), content_type="application/xml")


def stream_yaml(request: HttpRequest) -> StreamingHttpResponse:
    posts = formats.groups(map(with_texts, every()))
    return StreamingHttpResponse(formats.sequence(posts), content_type="application/yaml")


def stream_csv(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(formats.table(formats.groups(every_row())), content_type="text/csv")


def every() -> Iterator[dict[str, Any]]:
    """Return all posts, one by one."""
    return Post.objects.order_by("pk").values(*FLAT).iterator(chunk_size=formats.ROWS_AT_ONCE)


def every_row() -> Iterator[formats.Row]:
    """Return all posts as rows, one by one."""
    posts = Post.objects.order_by("pk").values_list(*FLAT)
    return starmap(as_row, posts.iterator(chunk_size=formats.ROWS_AT_ONCE))


urlpatterns = [
    path("posts/", create),
    path("flat/", flat),
    path("flat/xml/", flat_xml),
    path("flat/yaml/", flat_yaml),
    path("nested/", nested),
    path("naive/", nested),
    path("posts/<int:pk>/", one),
    path("stream/", stream),
    path("stream/jsonl/", stream_lines),
    path("stream/xml/", stream_xml),
    path("stream/yaml/", stream_yaml),
    path("stream/csv/", stream_csv),
]
