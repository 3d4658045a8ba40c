"""The API's handlers: what is shown, who may change it."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from blog.api_hooks import Moderated
from blog.forms import CommentForm, PostForm
from blog.models import Comment, Post, Tag
from piston_auth import Owner
from piston_core import AnonymousBaseHandler, BaseHandler, Relation, Request, causes, validate
from piston_throttle import throttle

UNWANTED = {"casino", "lottery"}


class PostHandler(BaseHandler):
    """The blog's posts. Everybody reads them, their authors change them."""

    model = Post
    fields = (
        "title",
        "slug",
        "content",
        "content_size",
        ("author", ("username", "first_name")),
        ("tags", ("name", "slug")),
        ("comments", ("body", "name", ("author", ("username",)), "created")),
        "created",
        "is_published",
        "price",
        "rating",
        "uid",
        "attachment",
        "resource_uri",
    )
    list_fields = (
        "title",
        "slug",
        ("author", ("username", "first_name")),
        ("tags", ("name",)),
        "created",
        "resource_uri",
    )
    exclude = ("id", re.compile(r"^private_"))
    sorting = ("created", "title", "rating")
    filters = ("author__username", "tags__slug", "created__gte", "title__icontains")
    allowed_methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    anonymous = "AnonymousPostHandler"
    form = PostForm
    permissions: ClassVar = {"read": (), "create": ["authenticated"], "*": [Owner("author")]}
    links = ("author", Relation("comments", "comment-list", title="What readers say"))

    @classmethod
    def content_size(cls, post: Post) -> int:
        """Return the length of a post in characters."""
        return len(post.content)

    def queryset(self, request: Request) -> QuerySet[Post]:
        """Return what is published, and the author's own drafts."""
        mine = Q(author=request.user) if request.user.is_authenticated else Q()
        return Post.objects.filter(Q(is_published=True) | mine)

    def new(self, request: Request, **kwargs: Any) -> Post:
        """Return a post of whoever sends it."""
        return Post(author=request.user)


class AnonymousPostHandler(AnonymousBaseHandler):
    """The blog's posts, as everybody reads them."""

    model = Post
    fields = PostHandler.fields
    list_fields = PostHandler.list_fields
    sorting = PostHandler.sorting
    filters = PostHandler.filters
    links = PostHandler.links
    content_size = PostHandler.content_size

    def queryset(self, request: Request) -> QuerySet[Post]:
        """Return what is published."""
        return Post.objects.filter(is_published=True)


class CommentHandler(BaseHandler):
    """What readers say about one post."""

    model = Comment
    fields = ("body", "name", ("author", ("username",)), "created")
    links = (Relation("post", "post-item", of_list=True),)
    idempotency = True
    allowed_methods = ("GET", "POST")
    anonymous = "AnonymousCommentHandler"

    def new(self, request: Request, slug: str) -> Comment:
        """Return a comment on this post by whoever sends it."""
        return Comment(author=request.user, post=get_object_or_404(Post, slug=slug, is_published=True))

    def read(self, request: Request, slug: str) -> QuerySet[Comment]:
        """Return the comments on one post."""
        return get_object_or_404(Post, slug=slug, is_published=True).comments.all()

    @throttle(30, 60, algorithm="fixed", name="comments")
    @causes({422: "The editors do not want a word in it."})
    @validate(CommentForm)
    def create(self, request: Request, slug: str) -> Comment:
        """Save a comment that the moderation lets pass.

        Raises:
            Moderated: it holds a word from ``UNWANTED``.
        """
        if UNWANTED & set(request.form.cleaned_data["body"].lower().split()):
            raise Moderated
        comment: Comment = request.form.save()
        return comment


class AnonymousCommentHandler(AnonymousBaseHandler):
    """What readers say about one post, for everybody."""

    model = Comment
    fields = CommentHandler.fields
    links = CommentHandler.links
    read = CommentHandler.read


class AuthorHandler(BaseHandler):
    """Who writes here."""

    model = User
    fields = ("username", "first_name", "last_name", ("profile", ("bio",)), "post_count")
    list_fields = ("username", "first_name", "post_count")
    links = (Relation("posts", "post-list", {"author__username": "username"}),)
    allowed_methods = ("GET",)

    def queryset(self, request: Request) -> QuerySet[User]:
        """Return the users who have published something."""
        return (
            User.objects.annotate(post_count=Count("posts", filter=Q(posts__is_published=True)))
            .filter(post_count__gt=0)
            .order_by("username")
        )


class TagHandler(BaseHandler):
    """The words that posts are found by."""

    model = Tag
    fields = ("name", "slug")
    links = (Relation("posts", "post-list", {"tags__slug": "slug"}),)
    filters = ("name__icontains",)
    allowed_methods = ("GET",)


class ArbitraryDataHandler(BaseHandler):
    """Data without a model: a user, and the length of whatever stands in the address."""

    allowed_methods = ("GET",)

    def read(self, request: Request, username: str, data: str) -> dict[str, Any]:
        """Return the user as its own handler shows it."""
        user = User.objects.annotate(post_count=Count("posts")).get(username=username)
        return {"user": user, "data_length": len(data)}


class StatisticsHandler(BaseHandler):
    """How much there is to read, counted without blocking the server's event loop."""

    async def read(self, request: Request) -> dict[str, int]:
        """Return the counts."""
        return {
            "posts": await Post.objects.filter(is_published=True).acount(),
            "comments": await Comment.objects.acount(),
            "authors": await User.objects.filter(posts__isnull=False).distinct().acount(),
        }
