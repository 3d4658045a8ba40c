"""Piston's lists with links: the same posts, and where each of them leads to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, include, path

from benchmarks.contestants.piston import FLAT, NestedHandler
from benchmarks.models import Comment, Post
from piston_core import Api, BaseHandler, Relation, Request


class PlainHandler(BaseHandler):
    """A list of posts that leads nowhere."""

    model = Post
    fields: ClassVar[tuple[str, ...]] = FLAT
    allowed_methods = ("GET",)

    def read(self, request: Request) -> QuerySet[Post]:
        """Return the first thousand."""
        return Post.objects.order_by("pk")[:1000]


class AddressHandler(PlainHandler):
    """The list with each post's address."""

    fields = (*FLAT, "resource_uri")


class SelfHandler(PlainHandler):
    """The list with each post's address as its only link."""

    links = (Relation("search", "post-list", of_list=True),)


class LinkedHandler(PlainHandler):
    """The list with each post's address and that of its author."""

    links = ("author",)


class ManyLinksHandler(PlainHandler):
    """The list with four links of each post beside its own address."""

    links = (
        "author",
        Relation("replies", "comment-list"),
        Relation("up", "post-list"),
        Relation("search", "/posts/{pk}/similar/{?words}"),
    )


class LinkedNestedHandler(NestedHandler):
    """The list with its related objects, and the links of each post."""

    links = ("author",)


class PostHandler(BaseHandler):
    """One post."""

    model = Post
    fields = FLAT
    allowed_methods = ("GET",)


class AuthorHandler(BaseHandler):
    """One author."""

    model = User
    fields = ("username", "first_name")
    allowed_methods = ("GET",)


class CommentHandler(BaseHandler):
    """What readers say about one post."""

    model = Comment
    fields = ("body", "created")
    allowed_methods = ("GET",)

    def read(self, request: Request, post: int) -> QuerySet[Comment]:
        """Return the comments on a post."""
        return Comment.objects.filter(post=post)


def listed(handler: type[BaseHandler]) -> list[URLPattern | URLResolver]:
    """Return an API whose list a handler serves."""
    api = Api(title="Posts")
    api.route("list/", handler, name="post-list")
    api.route("posts/<int:pk>/", PostHandler)
    api.route("posts/<int:pk>/comments/", CommentHandler, name="comment-list")
    api.route("authors/<int:pk>/", AuthorHandler)
    return [path("", include(api.urls))]
