"""Serve handlers behind quotas, as people of whom a test says who they are."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.test import Client

from piston_core import AnonymousBaseHandler, Authenticator, BaseHandler, Identity, Problem
from piston_core.testing import serving as serve


class Named(Authenticator):
    """Believes whoever says who they are, and which application acts for them."""

    name = "named"
    reads = ("X-User", "X-Client")

    def authenticate(self, request: HttpRequest) -> Identity | None:
        user, client = request.headers.get("X-User"), request.headers.get("X-Client")
        if user is None and client is None:
            return None
        return Identity(User(pk=int(user)) if user else AnonymousUser(), self.name, client=client)

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str | None:
        return None


class Open(BaseHandler):
    """Answers everything to everybody."""

    atomic = False  # there is nothing to undo, and no database is asked
    allowed_methods = ("GET", "POST", "PUT", "DELETE")

    def read(self, request: HttpRequest) -> dict[str, bool]:
        return {"ok": True}

    def create(self, request: HttpRequest) -> dict[str, bool]:
        return {"ok": True}

    def update(self, request: HttpRequest) -> dict[str, bool]:
        return {"ok": True}

    def delete(self, request: HttpRequest) -> None:
        return None


class Visitors(Open, AnonymousBaseHandler):
    """Answers everything to somebody unknown."""


class Known(Open):
    """Answers everything to everybody, and knows who is unknown."""

    anonymous = Visitors


def serving(served: Any, *, options: dict[str, Any] | None = None, **piston: Any) -> AbstractContextManager[Client]:
    """Serve something with the plugin and its options; people are known by ``Named``."""
    given = {**piston, "OPTIONS": {"throttle": options or {}}}
    return serve(served, plugins=["json", "throttle"], PISTON={"AUTHENTICATORS": [], **given})


def statuses(client: Client, count: int, address: str = "/", method: str = "GET", **headers: Any) -> list[int]:
    """Return the statuses of so many requests, one after the other."""
    extra = {"REMOTE_ADDR": headers.pop("at", "127.0.0.1")}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    body = (b"{}", "application/json") if method in {"POST", "PUT", "PATCH"} else ()
    return [client.generic(method, address, *body, headers=given, **extra).status_code for _ in range(count)]
