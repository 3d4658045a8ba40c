"""The same answer from both sides."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path

from piston_core import BaseHandler, Resource


class OkHandler(BaseHandler):
    """Answers that all is well."""

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """Return it."""
        return {"ok": True}


def plain(request: HttpRequest) -> JsonResponse:
    """Return it, as Django does."""
    return JsonResponse({"ok": True})


# The resolver tries one after the other, so the plain view stands on both sides of the other.
urlpatterns = [path("plain/", plain), path("piston/", Resource(OkHandler)), path("plain-too/", plain)]
