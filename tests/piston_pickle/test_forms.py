"""What a pickle can hold and JSON cannot reaches a form as any other data: accepted or refused, never a 500."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client, override_settings
from django.urls import path

from blog.models import Post
from piston_core import BaseHandler, Resource
from piston_pickle import signed
from tests.piston_pickle.asking import KEY, SIGNED, piston
from tests.shop.models import Product


class Posts(BaseHandler):
    model = Post
    fields = ("title", "slug", "content", "author", "tags", "created", "is_published", "price", "rating", "attachment")


class Products(BaseHandler):
    model = Product
    fields = ("name", "slug", "labels", "stock", "active", "specs", "size", "rank", "added")


VALUES = [
    b"bytes",
    float("nan"),
    float("inf"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("1E+1000000"),
    10**600,
    UUID(int=1),
    date(1, 1, 1),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31),  # noqa: DTZ001
    time(1),
    timedelta.max,
    "\x00",
    [b"x"],
    {"a": float("nan")},
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
@pytest.mark.parametrize("handler", [Posts, Products])
def test_no_value_in_any_field_of_a_model_is_a_500(db, handler, value):
    resource = Resource(handler, authentication=())
    with override_settings(PISTON=piston(key=KEY), ROOT_URLCONF=(path("", resource),)):
        client = Client(raise_request_exception=False)
        bodies = [value, [value], *({name: value} for name in handler.fields), dict.fromkeys(handler.fields, value)]
        statuses = [client.post("/", signed(data, KEY), SIGNED).status_code for data in bodies]

    assert [status for status in statuses if not 200 <= status < 500] == []
