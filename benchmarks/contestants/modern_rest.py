"""django-modern-rest: msgspec for what is read, which it calls its fastest, and pydantic for what is created.

msgspec stops at the first fault of a body; every other contestant names all of them, and so does pydantic.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
import pydantic
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from dmr import APIError, Body, Controller, ResponseSpec, modify
from dmr.errors import ErrorType
from dmr.plugins.msgspec import MsgspecSerializer
from dmr.plugins.pydantic import PydanticFastSerializer
from dmr.streaming.jsonl import JsonLinesController

from benchmarks.models import Post


class Author(msgspec.Struct):
    username: str
    first_name: str


class Tag(msgspec.Struct):
    name: str


class Comment(msgspec.Struct):
    body: str
    created: datetime


class Flat(msgspec.Struct):
    id: int
    title: str
    content: str
    created: datetime
    price: Decimal
    is_published: bool
    rating: float
    uid: UUID


class WithAuthor(Flat):
    author: Author


class Nested(WithAuthor):
    tags: list[Tag]
    comments: list[Comment]


class PostIn(pydantic.BaseModel):
    title: str = pydantic.Field(min_length=1, max_length=120)
    content: str = pydantic.Field(min_length=1)
    created: datetime
    price: Decimal = pydantic.Field(max_digits=8, decimal_places=2)
    is_published: bool = True
    rating: float
    uid: UUID


class PostOut(PostIn):
    model_config = pydantic.ConfigDict(from_attributes=True)

    id: int


def columns(post: Post) -> tuple[Any, ...]:
    return (
        post.pk,
        post.title,
        post.content,
        post.created,
        post.price,
        post.is_published,
        post.rating,
        post.uid,
    )


def author(post: Post) -> Author:
    return Author(post.author.username, post.author.first_name)


def nested(posts: QuerySet[Post]) -> list[Nested]:
    return [
        Nested(
            *columns(post),
            author(post),
            [Tag(tag.name) for tag in post.tags.all()],
            [Comment(comment.body, comment.created) for comment in post.comments.all()],  # type: ignore[attr-defined]  # reverse
        )
        for post in posts
    ]


class FlatController(Controller[MsgspecSerializer]):
    def get(self) -> list[Flat]:
        return [Flat(*columns(post)) for post in Post.objects.order_by("pk")[:1000]]


class NestedController(Controller[MsgspecSerializer]):
    def get(self) -> list[Nested]:
        posts = Post.objects.order_by("pk").select_related("author").prefetch_related("tags", "comments")
        return nested(posts[:1000])


class NaiveController(Controller[MsgspecSerializer]):
    def get(self) -> list[Nested]:
        return nested(Post.objects.order_by("pk")[:1000])


class PostController(Controller[MsgspecSerializer]):
    def get(self) -> WithAuthor:
        post = get_object_or_404(Post.objects.select_related("author"), pk=self.kwargs["pk"])
        return WithAuthor(*columns(post), author(post))


class NewPostController(Controller[PydanticFastSerializer]):
    @modify(extra_responses=[ResponseSpec(Controller.error_model, status_code=HTTPStatus.CONFLICT)])
    def post(self, parsed_body: Body[PostIn]) -> PostOut:
        if Post.objects.filter(uid=parsed_body.uid).exists():
            refusal = self.format_error("There is a post with this uid.", error_type=ErrorType.user_msg)
            raise APIError(refusal, status_code=HTTPStatus.CONFLICT)
        made: PostOut = PostOut.model_validate(Post.objects.create(author_id=1, **dict(parsed_body)))
        return made


class StreamController(JsonLinesController[MsgspecSerializer]):
    async def get(self) -> AsyncIterator[Flat]:
        return self.rows()

    async def rows(self) -> AsyncIterator[Flat]:
        async for post in Post.objects.order_by("pk").aiterator():
            yield Flat(*columns(post))


class OkController(Controller[MsgspecSerializer]):
    def get(self) -> dict[str, bool]:
        return {"ok": True}


urlpatterns = [
    path("ok/", OkController.as_view()),
    path("posts/", NewPostController.as_view()),
    path("flat/", FlatController.as_view()),
    path("nested/", NestedController.as_view()),
    path("naive/", NaiveController.as_view()),
    path("posts/<int:pk>/", PostController.as_view()),
    path("stream/jsonl/", StreamController.as_view()),
]
