"""Piston, as a newcomer writes it: one handler, whatever the format."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path

from benchmarks.models import Post
from piston_core import BaseHandler, Request, Resource

FLAT = ("id", "title", "content", "created", "price", "is_published", "rating", "uid")


class FlatHandler(BaseHandler):
    """A list of posts with their own columns."""

    model = Post
    fields = FLAT
    allowed_methods = ("GET",)

    def read(self, request: Request) -> QuerySet[Post]:
        """Return the first thousand."""
        return Post.objects.order_by("pk")[:1000]


class NestedHandler(BaseHandler):
    """A list of posts with author, tags and comments."""

    model = Post
    fields = (
        *FLAT,
        ("author", ("username", "first_name")),
        ("tags", ("name",)),
        ("comments", ("body", "created")),
    )
    allowed_methods = ("GET",)

    def read(self, request: Request) -> QuerySet[Post]:
        """Return the first thousand."""
        return Post.objects.order_by("pk")[:1000]


class PostHandler(BaseHandler):
    """One post with its author."""

    model = Post
    fields = (*FLAT, ("author", ("username", "first_name")))
    allowed_methods = ("GET",)


class NewPostHandler(BaseHandler):
    """Takes new posts."""

    model = Post
    fields = FLAT
    allowed_methods = ("POST",)

    def new(self, request: Request, **kwargs: Any) -> Post:
        """Return a post of the author who sends it."""
        return Post(author_id=1)


class StreamHandler(BaseHandler):
    """All posts, row by row."""

    model = Post
    fields = FLAT
    allowed_methods = ("GET",)
    stream = True

    def read(self, request: Request) -> QuerySet[Post]:
        """Return them in the order of their keys."""
        return Post.objects.order_by("pk")


class OkHandler(BaseHandler):
    """Answers that all is well."""

    allowed_methods = ("GET",)

    def read(self, request: Request) -> dict[str, Any]:
        """Return it."""
        return {"ok": True}


urlpatterns = [
    path("ok/", Resource(OkHandler)),
    path("posts/", Resource(NewPostHandler)),
    path("flat/", Resource(FlatHandler)),
    path("flat/xml/", Resource(FlatHandler)),
    path("flat/yaml/", Resource(FlatHandler)),
    path("nested/", Resource(NestedHandler)),
    path("naive/", Resource(NestedHandler)),
    path("posts/<int:pk>/", Resource(PostHandler)),
    path("stream/", Resource(StreamHandler)),
    path("stream/jsonl/", Resource(StreamHandler)),
    path("stream/xml/", Resource(StreamHandler)),
    path("stream/yaml/", Resource(StreamHandler)),
    path("stream/csv/", Resource(StreamHandler)),
]
