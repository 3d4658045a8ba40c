"""An API for the length of a block, asked as a WSGI server and as an ASGI server would ask it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import AsyncClient, Client, override_settings
from django.urls import include, path

from piston_core import Api, BaseHandler
from tests.piston_core.pipeline.asking import JSON

EVERY_FORMAT = {**settings.PISTON, "PLUGINS": ["json", "xml", "yaml", "auth"]}
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
YAML = "application/yaml"
XML = "application/xml"

Ask = Callable[..., Any]

each_server = pytest.mark.parametrize("server", ["wsgi", "asgi"])


@contextmanager
def api(
    routes: Mapping[str, type[BaseHandler]],
    server: str = "wsgi",
    options: Mapping[str, Any] | None = None,
    piston: Mapping[str, Any] | None = None,
    **changed: Any,
) -> Iterator[Ask]:
    """Serve handlers below ``/api/`` to everybody, and yield what asks them.

    Args:
        routes: a handler for each pattern.
        server: ``"wsgi"`` or ``"asgi"``.
        options: what each route declares besides.
        piston: keys of ``PISTON`` that differ; all formats are there.
        changed: other settings.
    """
    served = Api()
    for pattern, handler in routes.items():
        served.route(pattern, handler, **{"authentication": (), **(options or {})})
    changed["ROOT_URLCONF"] = (path("api/", include(served.urls)),)
    if piston:  # else it is set for the module, see conftest.py
        changed["PISTON"] = {**EVERY_FORMAT, **piston}
    with override_settings(**changed):
        yield asking(server)


def asking(server: str = "wsgi") -> Ask:
    """Return what asks the present site.

    It takes a method, an address, data (which is sent as JSON, unless it is bytes), and header fields,
    whose names may have underscores.
    """

    def ask(method: str, address: str, data: Any = b"", content_type: str = JSON, /, **headers: str) -> Any:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if server == "asgi":
            return async_to_sync(_asked)(method, address, body, content_type, fields)
        client = Client(raise_request_exception=False)
        return client.generic(method, address, body, content_type if body else "", headers=fields)

    return ask


async def _asked(method: str, address: str, body: bytes, content_type: str, fields: Mapping[str, str]) -> Any:
    client = AsyncClient(raise_request_exception=False)
    return await client.generic(method, address, body, content_type if body else "", headers=fields)
