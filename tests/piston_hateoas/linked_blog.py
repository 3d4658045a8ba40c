"""The blog with links: what its handlers lead to, declared once, and sessions of ``requests`` that reach it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from django.test import Client, override_settings
from django.urls import include, path
from requests.structures import CaseInsensitiveDict

from blog import handlers
from piston_core import Action, Api, Relation

AT = "http://testserver"
ROOT = f"{AT}/api/"
LINKS = (
    "author",
    Relation("comments", "comment-list", title="What readers say — all of it"),
    Relation("blog:history", "/history/{slug}{?page,size}"),
    Relation("alternate", "/{slug}.html", attributes={"type": "text/html", "hreflang": "en"}),
    Relation("alternate", "/{slug}.txt", attributes={"type": "text/plain"}),
    Relation("blog:feed", "/feed.xml", of_list=True),
)
CURIES = {"blog": "https://blog.example/rels/{rel}"}


def is_author(request: Any, post: Any) -> bool:
    return post.author == request.user


def is_known(request: Any) -> bool:
    return request.user.is_authenticated


class PostHandler(handlers.PostHandler):
    links = LINKS
    curies = CURIES
    actions = (Action("comment", "comment-list", title="Say something"),)
    permissions = {"update": [is_author], "patch": [is_author], "delete": [is_author], "create": [is_known], "*": ()}
    page_size = 10


class AnonymousPostHandler(handlers.AnonymousPostHandler):
    links = LINKS
    curies = CURIES
    page_size = 10


class CommentHandler(handlers.CommentHandler):
    links = ("author",)


class AnonymousCommentHandler(handlers.AnonymousCommentHandler):
    links = ("author",)


api = Api(title="Blog")
api.route("posts/", PostHandler)
api.route("posts/<slug:slug>/", PostHandler)
api.route("posts/<slug:slug>/comments/", CommentHandler)
api.route("authors/", handlers.AuthorHandler, authentication=())
api.route("authors/<str:username>/", handlers.AuthorHandler, authentication=())
api.route("tags/", handlers.TagHandler, authentication=())
api.route("statistics/", handlers.StatisticsHandler, authentication=())
urlpatterns = [path("api/", include(api.urls))]


@contextmanager
def served(accept: str = "", auth: tuple[str, str] | None = None) -> Iterator[requests.Session]:
    """Serve the blog for the length of a block, and yield a session that asks for one format."""
    piston = {"PLUGINS": ["json", "auth", "hateoas"], "AUTHENTICATORS": ["basic"]}
    piston["OPTIONS"] = {"auth": {"realm": "Blog", "login_attempts": 0}}
    with override_settings(ROOT_URLCONF=__name__, PISTON=piston):
        yield session(accept, auth)


def session(accept: str = "", auth: tuple[str, str] | None = None) -> requests.Session:
    made = requests.Session()
    made.mount(AT, Site())
    made.auth = auth
    if accept:
        made.headers["Accept"] = accept
    return made


class Site(requests.adapters.BaseAdapter):
    """Hands the requests of a client's library to Django, without a socket between."""

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        address = urlsplit(request.url)
        fields = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        kind = fields.pop("Content-Type", "application/octet-stream")
        there = f"{address.path}?{address.query}" if address.query else address.path
        answer = Client(raise_request_exception=False).generic(request.method, there, body, kind, headers=fields)
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status_code, request.url, request
        response.headers = CaseInsensitiveDict(answer.headers)
        response._content = answer.getvalue()
        return response

    def close(self) -> None:
        pass
