"""django-ninja with the renderer on orjson that its documentation shows."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from django.urls import path
from ninja.renderers import BaseRenderer

from benchmarks.contestants.ninja_plain import api


class ORJSONRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str)


urlpatterns = [path("", api(ORJSONRenderer(), "orjson").urls)]
