"""An API in which every feature of HTTP is on, for those who judge its answers from outside."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import OperationalError
from django.db.models import Count, Max
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from blog.models import Comment, Post, Tag
from piston_core import Api, BaseHandler, Lifecycle, Problem, Resource, Throttle, Validators, Verdict, rc
from piston_core.idempotency.models import KeptAnswer
from tests.piston_core.pipeline.asking import Cookie, Key

WHEN = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
EVERY_FORMAT = {"PLUGINS": ["json", "xml", "yaml", "blog.api_hooks"]}
TABLES = (Tag, Post, Comment, User, KeptAnswer)


class TagHandler(BaseHandler):
    """Tags, read and written by everybody."""

    model = Tag
    fields = ("name", "slug", "resource_uri")
    page_size = 3
    max_page_size = 5
    sorting = ("name", "slug")
    filters = ("slug", "name__startswith")
    bulk_limit = 3
    idempotency = True


class CarefulHandler(BaseHandler):
    """Tags, changed only by those who know their state."""

    model = Tag
    fields = ("name", "slug")
    version_field = "name"
    require_precondition = True
    idempotency = "required"


class PostHandler(BaseHandler):
    """Posts, for those who are known; a shared cache could serve them to others, if it were allowed to."""

    model = Post
    fields = ("title", "slug", "created", ("tags", ("name",)))
    modified_field = "created"
    version_field = "created"
    cache_control = "public, max-age=60, s-maxage=120"
    filters = ("title",)
    page_size = 2


class FeedHandler(BaseHandler):
    """A list that says which state it has, for everybody's caches."""

    model = Post
    fields = ("title", "slug")
    allowed_methods = ("GET",)
    cache_control = "public, max-age=60"

    def validators(self, request):
        newest = Post.objects.aggregate(newest=Max("created"), size=Count("pk"))
        return Validators(f"{newest['newest']} {newest['size']}", newest["newest"])


class RowsHandler(BaseHandler):
    """A stream."""

    allowed_methods = ("GET",)

    def read(self, request):
        yield from ({"row": number} for number in range(20))


class LaterHandler(BaseHandler):
    """Awaits what it answers."""

    atomic = False

    async def read(self, request, number):
        if number > 5:
            raise Problem(404, "There are five of them.")
        return {"number": number}

    async def update(self, request, number):
        return {"number": number, "data": request.data}


class OwnHandler(BaseHandler):
    """Answers with a response of Django's own."""

    def read(self, request):
        return HttpResponse("<p>Grüße</p>", content_type="text/html; charset=utf-8", headers={"ETag": '"own"'})


class UploadHandler(BaseHandler):
    """Takes anything."""

    def create(self, request):
        return rc.ALL_OK({"kind": type(request.data).__name__})


class FailingHandler(BaseHandler):
    """Goes wrong in the way that the address names."""

    allowed_methods = ("GET",)

    def read(self, request, how):
        if how == "broken":
            raise RuntimeError("no client should read this")
        if how == "busy":
            raise OperationalError from locked()
        return getattr(rc, how.upper(), rc.NOT_HERE)(detail="As the address says.")


def locked() -> Exception:
    """Return what SQLite says where another writer has been in the way for too long."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


class Spending(Throttle):
    """Has nothing left for requests that say so."""

    name = "spending"

    def check(self, request, identity, operation):
        left = 0 if "spent" in request.META["QUERY_STRING"] else 3
        return Verdict(bool(left), "burst", 4, 60, left, 29.2)


def api() -> Api:
    """Return the API."""
    made = Api(title="Judged", authentication=())
    made.route("tags/", TagHandler)
    made.route("tags/<slug:slug>/", TagHandler)
    made.route("careful/<slug:slug>/", CarefulHandler, name="careful")
    made.route("posts/", PostHandler, authentication=(Key(), Cookie()))
    made.route("posts/<slug:slug>/", PostHandler, authentication=(Key(), Cookie()))
    made.route("feed/", FeedHandler)
    made.route("rows/", RowsHandler)
    made.route("later/<int:number>/", LaterHandler)
    made.route("own/", OwnHandler)
    made.route("uploads/", UploadHandler)
    made.route("failing/<slug:how>/", FailingHandler)
    made.route("limited/", RowsHandler, name="limited", throttles=(Spending(),))
    ended = Lifecycle(WHEN, WHEN + dt.timedelta(days=9000), "/api/tags/", "/about/tags/")
    made.route("old/", TagHandler, name="old", lifecycle=ended)
    return made


urlpatterns = [path("api/", include(api().urls)), path("bare/", Resource(RowsHandler, authentication=()))]


def fill() -> None:
    """Store nine tags and three posts."""
    for number in range(1, 10):
        Tag.objects.create(name=f"Tag {number}", slug=f"tag-{number}")
    author = User.objects.create(username="ann")
    for number in range(1, 4):
        made = Post.objects.create(title=f"Post {number}", slug=f"post-{number}", author=author, created=WHEN)
        made.tags.set(Tag.objects.all()[:2])


def rows() -> list[list[tuple[object, ...]]]:
    """Return what is stored."""
    return [list(table.objects.order_by("pk").values_list()) for table in TABLES]


@contextmanager
def judged() -> Iterator[Client]:
    """Serve the API, in every format, for the length of a block."""
    with override_settings(ROOT_URLCONF=urlconf(), PISTON=EVERY_FORMAT):
        yield Client(raise_request_exception=False)


def urlconf() -> str:
    """Return the module with the API's addresses, as a setting names it."""
    return __name__
