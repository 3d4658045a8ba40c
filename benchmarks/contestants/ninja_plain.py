"""django-ninja: schemas read from model instances, written by its own JSON renderer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path
from ninja import JSONL, Field, NinjaAPI, Schema, Status
from ninja.errors import HttpError
from ninja.renderers import BaseRenderer

from benchmarks.models import Post


class AuthorOut(Schema):
    username: str
    first_name: str


class TagOut(Schema):
    name: str


class CommentOut(Schema):
    body: str
    created: datetime


class FlatOut(Schema):
    id: int
    title: str
    content: str
    created: datetime
    price: Decimal
    is_published: bool
    rating: float
    uid: UUID


class PostOut(FlatOut):
    author: AuthorOut


class NestedOut(PostOut):
    tags: list[TagOut]
    comments: list[CommentOut]


class PostIn(Schema):
    title: str = Field(min_length=1, max_length=120)
    content: str = Field(min_length=1)
    created: datetime
    price: Decimal = Field(max_digits=8, decimal_places=2)
    is_published: bool = True
    rating: float
    uid: UUID


def flat(request: HttpRequest) -> QuerySet[Post]:
    return Post.objects.order_by("pk")[:1000]


def nested(request: HttpRequest) -> QuerySet[Post]:
    return Post.objects.order_by("pk").select_related("author").prefetch_related("tags", "comments")[:1000]


def one(request: HttpRequest, pk: int) -> Post:
    return get_object_or_404(Post.objects.select_related("author"), pk=pk)


def create(request: HttpRequest, payload: PostIn) -> Any:
    if Post.objects.filter(uid=payload.uid).exists():
        raise HttpError(422, "There is a post with this uid.")
    return Status(201, Post.objects.create(author_id=1, **payload.dict()))


def stream(request: HttpRequest) -> Iterator[Post]:
    yield from Post.objects.order_by("pk").iterator()


def ok(request: HttpRequest) -> dict[str, bool]:
    return {"ok": True}


def api(renderer: BaseRenderer | None, namespace: str) -> NinjaAPI:
    """Return the API with a renderer; without documentation, so that the URLs are those of the others."""
    made = NinjaAPI(renderer=renderer, urls_namespace=namespace, docs_url=None, openapi_url=None)
    made.get("ok/")(ok)
    made.post("posts/", response={201: FlatOut})(create)
    made.get("flat/", response=list[FlatOut])(flat)
    made.get("nested/", response=list[NestedOut])(nested)
    made.get("naive/", response=list[NestedOut])(flat)
    made.get("posts/{int:pk}/", response=PostOut)(one)
    made.get("stream/jsonl/", response=JSONL[FlatOut])(stream)
    return made


urlpatterns = [path("", api(None, "plain").urls)]
