"""A small API of the blog's models, for tests to ask in JSON:API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import include, path

from blog.models import Comment, Post, Tag
from piston_core import Api, BaseHandler, Relation
from piston_core.testing import serving
from tests.piston_hateoas.jsonapi.judges import MEDIA_TYPE, expect_valid

JSON = "application/json"


class Authors(BaseHandler):
    model = User
    fields = ("username", "first_name", "date_joined")
    sorting = ("username",)


class Tags(BaseHandler):
    model = Tag
    fields = ("name", "slug")
    sorting = ("name",)


class Comments(BaseHandler):
    model = Comment
    fields = ("body", "name", "author")


class Posts(BaseHandler):
    """Shows related objects in each way: by their handlers, and by tuples."""

    model = Post
    fields = (
        "id",
        "title",
        "slug",
        "content",
        "rating",
        "author",
        ("tags", ("name",)),
        ("comments", ("body", ("author", ("username",)))),
    )
    links = (Relation("comments", "post-comments", {"slug": "slug"}), Relation("help", "/help/{slug}{?page}"))
    sorting = ("title", "created", "author__username")
    filters = ("author__username", "title__icontains", "slug")


class CommentsOfPost(BaseHandler):
    model = Comment
    fields = ("body",)

    def read(self, request: Any, slug: str) -> Any:
        return Comment.objects.filter(post__slug=slug)


def api() -> Api:
    """Return the API."""
    made = Api()
    made.route("posts/", Posts)
    made.route("posts/<slug:slug>/", Posts)
    made.route("posts/<slug:slug>/comments/", CommentsOfPost, name="post-comments")
    made.route("authors/<int:pk>/", Authors)
    made.route("tags/", Tags)
    made.route("tags/<int:pk>/", Tags)
    return made


@contextmanager
def site(served: Any = None, **settings: Any) -> Iterator[Client]:
    """Serve the API, or something else, in JSON and JSON:API."""
    patterns = [path("api/", include((served or api()).urls))] if served is None or isinstance(served, Api) else served
    with serving(patterns, plugins=["json", "hateoas"], **settings) as client:
        client.defaults["HTTP_ACCEPT"] = MEDIA_TYPE
        yield client


def got(client: Client, address: str, status: int = 200, **parameters: str) -> dict[str, Any]:
    """Return the document at an address, which is a valid one."""
    response = client.get(address, parameters or None)
    assert response.status_code == status, response.getvalue()
    assert response.headers["Content-Type"] == MEDIA_TYPE
    document: dict[str, Any] = json.loads(response.getvalue())
    expect_valid(document)
    return document


def error_of(client: Client, address: str, status: int = 400, **parameters: str) -> dict[str, Any]:
    """Return the one error of a refusal."""
    (error,) = got(client, address, status, **parameters)["errors"]
    assert error["status"] == str(status)
    return dict(error)


def sent(client: Client, method: str, address: str, document: Any, content_type: str = MEDIA_TYPE) -> Any:
    """Return the response to a body; it is a valid document, if there is any."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    response = client.generic(method, address, body, content_type)
    if response.content:
        expect_valid(response.json())
    return response
