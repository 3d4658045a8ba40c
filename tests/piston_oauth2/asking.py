"""A site with tokens: an API that asks for them, django-oauth-toolkit that issues them, and a page to log in."""

from __future__ import annotations

from typing import Any
from urllib.request import parse_http_list, parse_keqv_list

from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import include, path
from oauth2_provider.urls import metadata_urlpatterns

from piston_core import AnonymousBaseHandler, Api, BaseHandler, Request, Scopes


def told_of(request: Request) -> dict[str, Any]:
    identity = request.identity
    return {
        "user": request.user.get_username(),
        "by": identity.authenticator,
        "client": identity.client and identity.client.name,
        "scopes": sorted(identity.scopes),
    }


class Who(BaseHandler):
    def read(self, request: Request):
        return told_of(request)


class AsyncWho(BaseHandler):
    async def read(self, request: Request):
        return told_of(request)


class Nobody(AnonymousBaseHandler):
    def read(self, request: Request):
        return {"user": None}


class WhoOrNobody(Who):
    anonymous = Nobody


class Notes(BaseHandler):
    """Reading takes one scope, everything else another."""

    permissions = {"read": [Scopes("read")], "*": [Scopes("write")]}
    written: list[Any] = []

    def read(self, request: Request):
        return {"notes": 3}

    def create(self, request: Request):
        self.written.append(request.data)
        return {"notes": 4}


api = Api()
api.route("who/", Who)
api.route("who-or-nobody/", WhoOrNobody)
api.route("async-who/", AsyncWho)
api.route("notes/", Notes)


class LogIn(LoginView):
    """Django's own page, with a form that needs no template."""

    def render_to_response(self, context, **_given):
        token = get_token(self.request)
        return HttpResponse(f'<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{token}">')


metadata = path("", include((metadata_urlpatterns, "oauth2_provider"), namespace="oauth2_metadata"))
urlpatterns = [
    metadata,
    path("o/", include("oauth2_provider.urls")),
    path("login/", LogIn.as_view()),
    path("api/", include(api.urls)),
]


def bearer(token: str) -> dict[str, str]:
    """Return the header field that a client sends (RFC 6750, section 2.1)."""
    return {"Authorization": f"Bearer {token}"}


def challenge_in(field: str) -> dict[str, str]:
    """Return the parameters of a Bearer challenge, as Python's own reader of such fields takes them apart."""
    scheme, _, parameters = field.partition(" ")
    assert scheme == "Bearer"
    return {name: value.replace("\\", "") for name, value in parse_keqv_list(parse_http_list(parameters)).items()}
