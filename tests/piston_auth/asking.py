"""Addresses that tell who asks, and header fields to ask with."""

from __future__ import annotations

from base64 import b64encode

from django.http import HttpRequest
from django.urls import path

from piston_core import AnonymousBaseHandler, BaseHandler, Resource


class Who(BaseHandler):
    def read(self, request: HttpRequest):
        return {"user": request.user.get_username(), "by": request.identity.authenticator}


class Nobody(AnonymousBaseHandler):
    def read(self, request: HttpRequest):
        return {"user": None}


class WhoOrNobody(Who):
    anonymous = Nobody


class AsyncWho(BaseHandler):
    async def read(self, request: HttpRequest):
        return {"user": request.user.get_username(), "by": request.identity.authenticator}


urlpatterns = [
    path("who/", Resource(Who)),
    path("who-or-nobody/", Resource(WhoOrNobody)),
    path("async-who/", Resource(AsyncWho)),
    path("open/", Resource(Nobody, authentication=())),
]


def basic(username: str, password: str) -> dict[str, str]:
    """Return the header field that a client sends (RFC 7617, section 2)."""
    return credentials(f"{username}:{password}".encode())


def credentials(pair: bytes) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(pair).decode()}"}
