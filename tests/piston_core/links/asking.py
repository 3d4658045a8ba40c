"""Ask handlers of the shop for documents with links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from piston_core import BaseHandler
from tests.piston_core.links.building import PLUGINS, TYPE
from tests.shop.models import Country, Maker, Product
from tests.shop.serving import serving


class MakerHandler(BaseHandler):
    model = Maker
    fields = ("name",)


class CountryHandler(BaseHandler):
    model = Country
    fields = ("name",)


OTHERS: Mapping[str, type[BaseHandler]] = {
    "products/<slug:slug>/": type("ItemHandler", (BaseHandler,), {"model": Product, "fields": ("name",)}),
    "makers/<int:pk>/": MakerHandler,
    "countries/<code>/": CountryHandler,
}


def handler(*links: Any, fields: Any = ("name",), **attributes: Any) -> type[BaseHandler]:
    """Return a handler of products with these links."""
    return type("ProductHandler", (BaseHandler,), {"model": Product, "fields": fields, "links": links, **attributes})


def by_objects(kind: type[BaseHandler]) -> type[BaseHandler]:
    """Return a handler that shows the same, and a name that takes objects."""
    return type(kind.__name__, (kind,), {"fields": (*kind.fields, "shouted")})


def asked(kind: type[BaseHandler], at: str = "it/", accept: str = TYPE, others: Any = OTHERS, prefer: str = "") -> Any:
    """Return the response to GET."""
    with override_settings(PISTON=PLUGINS), serving({"it/": kind, **others}) as client:
        response = client.get(f"/api/{at}", headers={"Accept": accept, "Prefer": prefer})
        assert response.status_code == 200, response.content
        return response


def rows(kind: type[BaseHandler], **options: Any) -> Any:
    """Return the arranged rows of a list."""
    return asked(kind, **options).json()["data"]


def led(kind: type[BaseHandler], **options: Any) -> list[dict[str, str]]:
    """Return where each row of a list leads to, without itself."""
    return [
        {each["rel"]: each["href"] for each in row["links"] if each["rel"] != "self"} for row in rows(kind, **options)
    ]


def queries(kind: type[BaseHandler], **options: Any) -> int:
    """Return how many queries an answer costs."""
    with CaptureQueriesContext(connection) as captured:
        asked(kind, **options)
    return len(captured)
