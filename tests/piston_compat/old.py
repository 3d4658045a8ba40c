"""Old resources, served for the length of a test."""

from __future__ import annotations

from base64 import b64encode
from contextlib import contextmanager
from typing import Any

from django.urls import re_path

from piston_compat.resources import Resource
from piston_core.testing import serving

PLUGINS = ("json", "auth", "compat")


def basic(username: str, password: str = "") -> dict[str, str]:
    """Return the header fields of somebody with a name and a password, which is the name if nothing else is said."""
    token = b64encode(f"{username}:{password or username}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


@contextmanager
def old(*handlers: Any, authentication: Any = None, options: Any = None, plugins: Any = PLUGINS, **settings: Any):
    """Serve handlers at ``/``, ``/1/``, ...; each also with an ``id`` behind, as ``/7`` or ``/1/7``."""
    resources = [each if isinstance(each, Resource) else Resource(each, authentication) for each in handlers]
    settings.setdefault("PISTON", {"OPTIONS": {"compat": options or {}}})
    routes = []
    for place, resource in enumerate(resources):
        prefix = f"{place}/" if place else ""
        routes += [re_path(rf"^{prefix}$", resource), re_path(rf"^{prefix}(?P<id>\w+)$", resource)]
    with serving(routes, plugins=plugins, **settings) as client:
        yield client


def returning(value: Any, **attributes: Any) -> type:
    """Return a handler whose every method returns a value, or what a function makes of the request."""
    from piston_compat.handlers import BaseHandler

    def answer(self, request, *args, **kwargs):
        return value(request) if callable(value) else value

    methods = dict.fromkeys(("read", "create", "update", "delete"), answer)
    return type("Returning", (BaseHandler,), {**methods, **attributes})
