"""A site with a provider, and addresses that tell who asks and what they have sent."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from blog.models import Post
from piston_core import BaseHandler, Resource
from piston_oauth import OAuthAuthenticator, Options
from piston_throttle import throttle

LOOSE = {"insecure_transport": True, "any_callback": True}  # live servers of tests have no TLS


def piston(**options) -> dict:
    """Return settings that enable the provider with these options."""
    oauth = {**LOOSE, **options}
    return {"PLUGINS": ["json", "auth", "oauth"], "AUTHENTICATORS": ["oauth"], "OPTIONS": {"oauth": oauth}}


class Who(BaseHandler):
    allowed_methods = ("GET", "POST", "PUT", "PATCH", "DELETE")

    def read(self, request: HttpRequest):
        client = request.identity.client
        return {"user": request.user.get_username(), "consumer": client.name, "query": request.GET.dict()}

    def create(self, request: HttpRequest):
        return {**self.read(request), "data": _plain(request.data), "post": request.POST.dict()}

    update = patch = create

    def delete(self, request: HttpRequest):
        return self.read(request)


class Posted(BaseHandler):
    def create(self, request: HttpRequest):
        return _plain(request.data)


class Limited(BaseHandler):
    @throttle(2, 600, key="client", store="memory")
    def read(self, request: HttpRequest):
        return {}


class AsyncWho(BaseHandler):
    async def read(self, request: HttpRequest):
        return {"user": request.user.get_username(), "consumer": request.identity.client.name}


class Posts(BaseHandler):
    model = Post
    fields = ("title",)
    filters = ("slug",)
    allowed_methods = ("GET",)
    page_size = 2


def _plain(data):
    return {name: data.getlist(name) for name in data} if hasattr(data, "getlist") else data


def callback(request: HttpRequest) -> HttpResponse:
    """Stand for an application to which a user comes back."""
    return HttpResponse(f"<title>Back</title>{sorted(request.GET)}")


urlpatterns = [
    path("who/", Resource(Who)),
    path("café/<path:rest>", Resource(type("Anywhere", (Who,), {"read": lambda self, request, rest: {"rest": rest}}))),
    path("basic/", Resource(Who, authentication=["basic"])),
    path("both/", Resource(Who, authentication=["basic", "oauth"])),
    path("posted/", Resource(Posted, authentication=["oauth", "basic"])),
    path("limited/", Resource(Limited)),
    path("async-who/", Resource(AsyncWho)),
    path("posts/", Resource(Posts)),
    path("two-legged/", Resource(Who, authentication=[OAuthAuthenticator(Options(two_legged=True))])),
    path("callback/", callback),
    path("oauth/", include("piston_oauth.urls")),
    path("admin/", admin.site.urls),
]
