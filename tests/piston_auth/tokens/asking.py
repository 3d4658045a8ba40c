"""Addresses that ask for tokens, and header fields to ask with."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import path

from piston_auth import BasicAuthenticator
from piston_auth.tokens import TokenAuthenticator
from piston_core import AnonymousBaseHandler, BaseHandler, Resource, Scopes


class Who(BaseHandler):
    def read(self, request: HttpRequest):
        identity = request.identity
        return {
            "user": request.user.get_username(),
            "by": identity.authenticator,
            "token": identity.client.name,
            "scopes": None if identity.scopes is None else sorted(identity.scopes),
        }


class Nobody(AnonymousBaseHandler):
    def read(self, request: HttpRequest):
        return {"user": None}


class WhoOrNobody(Who):
    anonymous = Nobody


class AsyncWho(BaseHandler):
    async def read(self, request: HttpRequest):
        return {"user": request.user.get_username(), "by": request.identity.authenticator}


class Books(BaseHandler):
    permissions = [Scopes("books:read", "books:list")]

    def read(self, request: HttpRequest):
        return {"user": request.user.get_username()}


tokens = TokenAuthenticator(realm='the "shelf"')
urlpatterns = [
    path("who/", Resource(Who, authentication=[tokens])),
    path("who-or-nobody/", Resource(WhoOrNobody, authentication=[tokens])),
    path("async-who/", Resource(AsyncWho, authentication=[tokens])),
    path("either/", Resource(Who, authentication=[BasicAuthenticator(), tokens])),
    path("books/", Resource(Books, authentication=[tokens])),
]


def bearer(text: str) -> dict[str, str]:
    """Return the header field that a client sends (RFC 6750, section 2.1)."""
    return {"Authorization": f"Bearer {text}"}
