"""Piston's own resources behind a token and a quota: what it costs to know who asks, and how often."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import URLPattern, path

from benchmarks.contestants.piston import NestedHandler, OkHandler, PostHandler
from benchmarks.models import Post
from piston_auth import TokenAuthenticator
from piston_core import Authenticator, BaseHandler, Resource
from piston_throttle import Policy


class DetailHandler(BaseHandler):
    """One post with its author, tags and comments: three queries, as most resources have some."""

    model = Post
    fields = NestedHandler.fields
    allowed_methods = ("GET",)


def paths(authentication: Sequence[Authenticator], throttles: Sequence[Policy]) -> list[URLPattern]:
    """Return the same resources behind these guards."""

    def guarded(handler: type[BaseHandler]) -> Resource:
        return Resource(handler, authentication=authentication, throttles=throttles)

    return [
        path("ok/", guarded(OkHandler)),
        path("posts/<int:pk>/", guarded(PostHandler)),
        path("details/<int:pk>/", guarded(DetailHandler)),
        path("nested/", guarded(NestedHandler)),
    ]


_PLENTY = Policy(1_000_000, 60, name="plenty")

anonymous = paths([], [])
known = paths([TokenAuthenticator()], [_PLENTY])
reading = paths([TokenAuthenticator(cache_seconds=0)], [_PLENTY])
