"""A client may go away in the middle of a stream; what was reading for it ends then and there."""

from __future__ import annotations

import asyncio
import gc
import json

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.asgi import get_asgi_application
from django.core.signals import request_finished
from django.db import connections
from django.test import AsyncRequestFactory

from piston_core import BaseHandler, Resource
from piston_core.plans import plan
from tests.shop.models import Category, Label
from tests.shop.serving import serving
from tests.shop_postgres.service import ALIAS

COUNT = 3000

in_no_transaction = pytest.mark.parametrize(
    "alias",
    [
        pytest.param("default", marks=pytest.mark.django_db(transaction=True), id="sqlite"),
        pytest.param(
            ALIAS,
            marks=(pytest.mark.django_db(transaction=True, databases=["default", ALIAS]), pytest.mark.postgres),
            id="postgres",
        ),
    ],
)


def handler(alias) -> type[BaseHandler]:
    """Return a handler that streams many rows with a level below them."""
    objects = Category.objects.using(alias)
    return type(
        "Categories",
        (BaseHandler,),
        {
            "model": Category,
            "fields": ("name", ("children", ("name",))),
            "queryset": lambda self, request: objects.all(),
            "stream": True,
        },
    )


def fill(alias) -> None:
    Category.objects.using(alias).bulk_create(Category(name=f"{number:040}") for number in range(COUNT))


def is_idle(alias) -> bool:
    """Return whether the connection of this thread is in no transaction; these tests themselves run in none."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return not connection.in_atomic_block and connection.get_autocommit()


@in_no_transaction
def test_a_stream_that_is_closed_early_leaves_no_transaction_open(alias):
    fill(alias)
    with serving({"it/": handler(alias)}) as client:
        response = client.get("/api/it/")
        pieces = iter(response.streaming_content)
        assert next(pieces).startswith(b'[{"name"')
        response.close()
        del pieces
        gc.collect()

        assert is_idle(alias)
        assert len(json.loads(client.get("/api/it/").getvalue())) == COUNT
        assert is_idle(alias)


@in_no_transaction
def test_an_asynchronous_server_that_stops_reading_closes_in_the_right_thread(alias, monkeypatch):
    monkeypatch.setattr(plan, "CHUNK", 10)
    fill(alias)
    resource = Resource(handler(alias), authentication=())
    complaints = []
    monkeypatch.setattr("sys.unraisablehook", complaints.append)

    async def ask() -> bool:
        response = await sync_to_async(resource)(AsyncRequestFactory().get("/it/"))
        pieces = aiter(response)
        assert (await anext(pieces)).startswith(b'[{"name"')
        await pieces.aclose()
        await sync_to_async(response.close)()  # as Django's own handler does
        return await sync_to_async(is_idle)(alias)

    assert async_to_sync(ask)()
    gc.collect()
    assert complaints == []


@in_no_transaction
@pytest.mark.parametrize("sent", [1, 2])
def test_a_client_that_goes_away_leaves_no_transaction_open(alias, sent, monkeypatch):
    """Through Django's own handler for ASGI, in the thread of the request, whose connection we ask."""
    monkeypatch.setattr(plan, "CHUNK", 10)
    fill(alias)
    complaints, states = [], []
    monkeypatch.setattr("sys.unraisablehook", complaints.append)

    def note(**_: object) -> None:
        states.append(is_idle(alias))

    async def visit() -> None:
        gone = asyncio.Event()
        count = 0

        async def receive() -> dict:
            if not started.is_set():
                started.set()
                return {"type": "http.request", "body": b"", "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict) -> None:
            nonlocal count
            count += message["type"] == "http.response.body"
            if count == sent:
                gone.set()
                await asyncio.sleep(0.05)

        started = asyncio.Event()
        scope = {"type": "http", "method": "GET", "path": "/api/it/", "query_string": b"", "headers": []}
        await get_asgi_application()(scope, receive, send)
        await asyncio.sleep(0.1)

    with serving({"it/": handler(alias)}):
        request_finished.connect(note)
        try:
            async_to_sync(visit)()
        finally:
            request_finished.disconnect(note)
    gc.collect()

    assert complaints == []
    assert states in ([], [True])


def _written(word: str) -> int:
    """Write as a middleware would after the view, and return the number of what is written so."""
    Label.objects.using(ALIAS).create(word=word)
    return Label.objects.using(ALIAS).count()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=["default", ALIAS])
@pytest.mark.parametrize("fields", [("name",), ("name", "__str__")], ids=["columns", "objects"])
def test_what_others_write_while_a_stream_is_read_is_not_undone_with_it(fields):
    """A session is stored after the view, and so inside of the transaction that the reading has begun."""
    fill(ALIAS)
    kind = type("Categories", (handler(ALIAS),), {"fields": fields})
    with serving({"it/": kind}) as client:
        response = client.get("/api/it/")
        pieces = iter(response.streaming_content)
        next(pieces)
        assert _written("session") == 1
        response.close()
        del pieces
        gc.collect()

    assert is_idle(ALIAS)
    assert Label.objects.using(ALIAS).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=["default", ALIAS])
@pytest.mark.parametrize("fields", [("name",), ("name", "__str__")], ids=["columns", "objects"])
def test_a_stream_outlives_the_transaction_of_its_request(fields, monkeypatch):
    """``ATOMIC_REQUESTS`` ends it when the view has returned, with all cursors on the server."""
    fill(ALIAS)
    monkeypatch.setitem(connections[ALIAS].settings_dict, "ATOMIC_REQUESTS", True)
    kind = type("Categories", (handler(ALIAS),), {"fields": fields})

    with serving({"it/": kind}) as client:
        assert len(json.loads(client.get("/api/it/").getvalue())) == COUNT
    assert is_idle(ALIAS)
