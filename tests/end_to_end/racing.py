"""A site whose database many connections share at the same moment, over WSGI with real sockets and over ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Barrier, Thread
from typing import Any, NamedTuple

from django.core.asgi import get_asgi_application
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings
from django.utils.datastructures import CaseInsensitiveMapping

from tests.shop.models import Customer, Label, Parrot, Sample
from tests.shop_postgres.service import ALIAS

FILE = "file"
CLIENTS = 12
MODELS = (Parrot, Customer, Sample, Label)


class Answer(NamedTuple):
    """What a client is told."""

    status: int
    headers: CaseInsensitiveMapping
    body: bytes


Ask = Callable[..., Answer]


class To:
    """Sends everything to one database."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def db_for_read(self, model: type, **hints: Any) -> str:
        return self.alias

    db_for_write = db_for_read


@contextmanager
def file_database(path: Any, **settings: Any) -> Iterator[str]:
    """Make a database of a file with the tables of a few models, and let everything go to it."""
    connections.settings[FILE] = {**connections.settings["default"], "NAME": str(path), **settings}
    try:
        with connections[FILE].schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
        connections[FILE].close()
        with override_settings(DATABASE_ROUTERS=[To(FILE)]):
            yield FILE
    finally:
        connections[FILE].close()
        del connections[FILE], connections.settings[FILE]


@contextmanager
def postgres_database() -> Iterator[str]:
    """Let everything go to PostgreSQL, and delete afterwards what requests have left in the tables."""
    with override_settings(DATABASE_ROUTERS=[To(ALIAS)]):
        try:
            yield ALIAS
        finally:
            elsewhere(lambda: [model.objects.all().delete() for model in reversed(MODELS)], ALIAS)


def elsewhere(work: Callable[[], Any], alias: str) -> Any:
    """Do some work in a thread, whose connection is its own and no test's transaction."""

    def done() -> Any:
        try:
            return work()
        finally:
            connections[alias].close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(done).result()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def over_wsgi() -> Iterator[Ask]:
    """Serve over real sockets, each connection in a thread of its own; yield what asks at a new connection."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    def ask(method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        try:
            connection.request(method, address, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, CaseInsensitiveMapping(response.getheaders()), response.read())
        finally:
            connection.close()

    ask.address = server.server_address
    try:
        yield ask
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def over_asgi() -> Iterator[Ask]:
    """Serve in one event loop, where all requests that are asked at the same moment are at work at the same time."""
    application = get_asgi_application()

    async def answered(
        method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent: list[dict[str, Any]] = []
        messages = [{"type": "http.request", "body": body or b"", "more_body": False}]

        async def receive() -> Any:
            return messages.pop(0) if messages else await asyncio.Event().wait()  # nobody hangs up

        async def take(message: Any) -> None:
            sent.append(message)

        fields = {**(headers or {}), "Content-Length": str(len(body or b"")), "Host": "testserver"}
        scope = {"type": "http", "http_version": "1.1", "method": method, "path": address, "query_string": b""}
        scope["headers"] = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
        await application(scope, receive, take)
        told = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        return Answer(
            sent[0]["status"], CaseInsensitiveMapping(told), b"".join(message.get("body", b"") for message in sent[1:])
        )

    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    def ask(*request: Any) -> Answer:
        return asyncio.run_coroutine_threadsafe(answered(*request), loop).result(timeout=20)

    try:
        yield ask
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def race(attempt: Callable[[int], Any], clients: int = CLIENTS) -> list[Any]:
    """Return what comes of each attempt, if many clients make one at the same moment."""
    start = Barrier(clients)

    def client(number: int) -> Any:
        start.wait(20)
        return attempt(number)

    with ThreadPoolExecutor(clients) as threads:
        return [*threads.map(client, range(clients))]
