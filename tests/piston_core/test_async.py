"""Asynchronous handlers, and streams on asynchronous servers."""

from __future__ import annotations

import asyncio
import json
from contextvars import ContextVar

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.forms import modelform_factory
from django.http import Http404, HttpResponse
from django.test import AsyncClient, RequestFactory
from django.urls import path

from blog.models import Comment, Post, Tag
from piston_core import AnonymousBaseHandler, BaseHandler, Problem, Resource, rc, validate
from tests.piston_core.pipeline.asking import (
    BAD,
    GOOD,
    JSON,
    MULTIPART,
    Key,
    ask,
    data_of,
    over_asgi,
    problem_of,
    serving,
)

LINES = {"Accept": "application/jsonl"}


async def _asked(method, address, body, content_type, headers):
    client = AsyncClient(raise_request_exception=False)
    response = await client.generic(method, address, body, content_type, headers=headers)
    if response.streaming:
        response.read = b"".join([piece async for piece in response])
    return response


def ask_asgi(
    handler,
    method="GET",
    address="/it/",
    body="",
    content_type="",
    headers=None,
    authentication=(),
    route="it/",
):
    """Return the response of an asynchronous server, read to its end on the server's event loop."""
    resource = Resource(handler, authentication=authentication)
    with serving(path(route, resource)):
        return async_to_sync(_asked)(method, address, body, content_type, headers or {})


SERVERS = pytest.mark.parametrize("server", [ask, ask_asgi], ids=["wsgi", "asgi"])


def status_and_data(response):
    body = response.read if getattr(response, "is_async", False) else response.getvalue()
    return response.status_code, json.loads(body) if body else None


class Native(BaseHandler):
    async def read(self, request):
        await asyncio.sleep(0)
        return {"read": request.GET.dict()}

    async def create(self, request):
        await asyncio.sleep(0)
        return {"data": request.data}

    async def delete(self, request):
        await asyncio.sleep(0)

    def update(self, request):
        return {"sync": True}


class Sync(BaseHandler):
    def read(self, request):
        return {"read": request.GET.dict()}


def test_a_handler_with_an_asynchronous_method_makes_a_native_asynchronous_view():
    assert iscoroutinefunction(Resource(Native))
    assert not iscoroutinefunction(Resource(Sync))


@SERVERS
def test_an_asynchronous_handler_serves_on_both_kinds_of_server(db, server):
    assert status_and_data(server(Native, address="/it/?a=1")) == (200, {"read": {"a": "1"}})
    assert status_and_data(server(Native, "POST", "/it/", '{"b": 2}', JSON)) == (201, {"data": {"b": 2}})
    assert status_and_data(server(Native, "DELETE")) == (204, None)
    assert status_and_data(server(Native, "OPTIONS")) == (204, None)
    assert server(Native, "HEAD").status_code == 200
    assert server(Native, "PUT").status_code == 200


@SERVERS
def test_a_synchronous_handler_serves_on_both_kinds_of_server(server):
    assert status_and_data(server(Sync, address="/it/?a=1")) == (200, {"read": {"a": "1"}})


@SERVERS
@pytest.mark.parametrize(
    ("method", "headers", "address", "status"),
    [
        ("GET", BAD, "/it/", 401),
        ("GET", {}, "/it/", 401),
        ("PATCH", GOOD, "/it/", 405),
        ("GET", GOOD | {"Accept": "image/png"}, "/it/", 406),
        ("GET", GOOD, "/it/?format=nope", 406),
        ("POST", GOOD | {"Transfer-Encoding": "chunked", "Content-Type": MULTIPART}, "/it/", 411),
        ("GET", GOOD, "/it/", 200),
    ],
)
def test_the_steps_decide_as_for_a_synchronous_handler(db, server, method, headers, address, status):
    response = server(Native, method, address, headers=headers, authentication=[Key()])

    assert response.status_code == status
    assert response.headers["Vary"] == ("X-Key" if "format=" in address else "Accept, X-Key")
    if status >= 400:
        problem_of(response)


def raising(error):
    async def read(self, request):
        await asyncio.sleep(0)
        raise error

    return type("Raising", (BaseHandler,), {"read": read})


@SERVERS
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyError("secret"), 500),
        (TypeError("secret"), 500),
        (Http404("secret"), 404),
        (PermissionDenied("secret"), 403),
        (Problem(418, "Tea."), 418),
        (TimeoutError("secret"), 500),
    ],
)
def test_errors_mean_the_same(server, error, status, caplog):
    response = server(raising(error))

    assert problem_of(response)["status"] == status
    assert b"secret" not in response.content
    logged = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(logged) == (1 if status == 500 else 0)


@SERVERS
@pytest.mark.parametrize(
    ("result", "status", "data"),
    [
        (lambda: None, 200, None),
        (lambda: rc.ALL_OK([1]), 200, [1]),
        (lambda: rc.FORBIDDEN(detail="No."), 403, {"detail": "No."}),
        (lambda: HttpResponse('"own"'), 200, "own"),
        (object, 500, {}),
    ],
)
def test_results_mean_the_same(server, result, status, data):
    async def read(self, request):
        return result()

    got = status_and_data(server(type("Returning", (BaseHandler,), {"read": read})))
    if status >= 400:
        assert (got[0], got[1]["status"]) == (status, status)
        assert got[1].items() >= data.items()
    else:
        assert got == (status, data)


def test_a_misfit_of_arguments_is_400_and_nothing_is_left_unawaited():
    response = ask_asgi(Native, address="/tea/", route="<slug:slug>/")

    assert problem_of(response)["status"] == 400


class Queries(BaseHandler):
    """Uses the database as an asynchronous handler does; what it returns is read by the core."""

    model = Tag
    fields = ("slug", ("posts", ("slug",)))

    async def read(self, request):
        if "one" in request.GET:
            return await Tag.objects.aget(slug="hot")
        if "missing" in request.GET:
            return await Tag.objects.aget(slug="cold")
        if "listed" in request.GET:
            return [tag async for tag in Tag.objects.all()]
        return Tag.objects.all()

    async def create(self, request):
        return await Tag.objects.acreate(name="New", slug="new")


@pytest.fixture
def tag(db):
    made = Tag.objects.create(name="Hot", slug="hot")
    Post.objects.create(title="Tea", slug="tea", content="", author=User.objects.create_user("kim")).tags.add(made)
    return made


@SERVERS
def test_the_database_is_read_and_written_in_asynchronous_handlers(tag, server):
    shown = {"slug": "hot", "posts": [{"slug": "tea"}]}

    assert status_and_data(server(Queries)) == (200, [shown])
    assert status_and_data(server(Queries, address="/it/?one")) == (200, shown)
    assert status_and_data(server(Queries, address="/it/?listed")) == (200, [shown])
    assert server(Queries, address="/it/?missing").status_code == 404


@SERVERS
def test_an_asynchronous_create_is_created(tag, server):
    class Creating(Queries):
        fields = ("slug",)

        async def create(self, request):
            return await Tag.objects.acreate(name="New", slug="new")

    class Validated(Creating):
        @validate(modelform_factory(Tag, fields=["slug", "name"]))
        async def create(self, request):
            return {"slug": request.form.cleaned_data["slug"]}

    assert status_and_data(server(Creating, "POST")) == (201, {"slug": "new"})
    sent = server(Validated, "POST", "/it/", '{"slug": "x", "name": "X"}', JSON)
    refused = server(Validated, "POST", "/it/", '{"slug": "not a slug", "name": "X"}', JSON)

    assert status_and_data(sent) == (201, {"slug": "x"})
    assert problem_of(refused)["errors"][0]["pointer"] == "/slug"


class Stream(BaseHandler):
    """Writes down how far it has got."""

    made: list[int]

    def __init__(self):
        self.made = []

    async def read(self, request):
        for number in range(50):
            await asyncio.sleep(0)
            self.made.append(number)
            yield {"number": number}


class SyncStream(BaseHandler):
    def __init__(self):
        self.made = []

    def read(self, request):
        for number in range(50):
            self.made.append(number)
            yield {"number": number}


ROWS = [{"number": number} for number in range(50)]


@SERVERS
@pytest.mark.parametrize("handler", [Stream, SyncStream])
def test_a_stream_is_whole_on_both_kinds_of_server(server, handler):
    """The event loop of a WSGI server ends before the answer is sent; no row may be lost by that."""
    assert status_and_data(server(handler)) == (200, ROWS)


@SERVERS
def test_a_stream_of_database_rows_is_whole_on_both_kinds_of_server(tag, server):
    class Rows(BaseHandler):
        model = Tag
        fields = ("slug",)

        async def read(self, request):
            async for each in Tag.objects.order_by("pk").aiterator(chunk_size=3):
                yield each

    Tag.objects.bulk_create(Tag(name=f"{number}", slug=f"{number}") for number in range(20))
    status, rows = status_and_data(server(Rows))

    assert (status, rows) == (200, [{"slug": "hot"}, *({"slug": f"{number}"} for number in range(20))])


@pytest.mark.parametrize("handler", [Stream, SyncStream])
@pytest.mark.parametrize("headers", [{}, LINES], ids=["json", "lines"])
def test_a_stream_is_sent_as_it_is_made_on_an_asynchronous_server(handler, headers):
    instance = handler()
    seen = []

    async def read():
        response = await AsyncClient().get("/it/", headers=headers)
        seen.append(len(instance.made))
        seen.extend([len(instance.made) async for _piece in response.streaming_content])
        return response

    with serving(path("it/", Resource(instance, authentication=()))):
        response = async_to_sync(read)()

    assert response.is_async
    assert seen[0] == 1  # made for the status: it could still have been a refusal
    assert seen[1:4] == [1, 3, 7]  # pieces of 1, 2 and 4 rows
    assert seen[-1] == 50


@pytest.mark.parametrize("handler", [Stream, SyncStream])
def test_head_of_a_stream_has_no_body_on_an_asynchronous_server(db, handler):
    instance = handler()

    assert over_asgi(instance, "HEAD") == (200, b"")
    assert len(instance.made) == 1
    assert json.loads(over_asgi(instance, "GET")[1]) == ROWS


@SERVERS
def test_an_asynchronous_stream_that_fails_at_once_is_a_problem(server):
    class Failing(BaseHandler):
        async def read(self, request):
            raise KeyError("secret")
            yield

    assert problem_of(server(Failing))["status"] == 500


def test_an_asynchronous_stream_that_fails_later_breaks_off():
    """On a WSGI server it is read whole before the answer begins, so there it is still a problem."""

    class Failing(BaseHandler):
        async def read(self, request):
            yield {"number": 0}
            yield {"number": 1}
            raise KeyError("late")

    with pytest.raises(KeyError, match="late"):
        ask_asgi(Failing)
    assert problem_of(ask(Failing))["status"] == 500


def test_a_stream_without_rows_is_empty_and_ends():
    class Empty(BaseHandler):
        async def read(self, request):
            return
            yield

    assert status_and_data(ask_asgi(Empty)) == (200, [])
    assert status_and_data(ask(Empty)) == (200, [])


@SERVERS
def test_an_asynchronous_handler_may_return_a_stream_made_elsewhere(server):
    async def rows():
        for number in range(3):
            await asyncio.sleep(0)
            yield number

    class Returning(BaseHandler):
        async def read(self, request):
            return rows()

    assert status_and_data(server(Returning)) == (200, [0, 1, 2])


@SERVERS
def test_an_anonymous_handler_may_be_of_the_other_kind(server):
    class AsyncPublic(AnonymousBaseHandler):
        async def read(self, request):
            await asyncio.sleep(0)
            return {"public": "async"}

    class SyncPublic(AnonymousBaseHandler):
        def read(self, request):
            return {"public": "sync"}

    sync_with_async = type("A", (Sync,), {"anonymous": AsyncPublic})
    async_with_sync = type("B", (Native,), {"anonymous": SyncPublic})

    assert status_and_data(server(sync_with_async, authentication=[Key()])) == (200, {"public": "async"})
    assert status_and_data(server(async_with_sync, authentication=[Key()])) == (200, {"public": "sync"})


def test_a_synchronous_write_beside_asynchronous_reads_has_its_transaction(db):
    class Mixed(BaseHandler):
        async def read(self, request):
            return {"count": await Tag.objects.acount()}

        def create(self, request):
            Tag.objects.create(name="Tea", slug="tea")
            raise KeyError("after the fact")

    assert ask_asgi(Mixed, "POST").status_code == 500
    assert status_and_data(ask_asgi(Mixed)) == (200, {"count": 0})


def test_an_asynchronous_method_runs_on_the_servers_event_loop():
    loops = []
    variable = ContextVar("variable", default="unset")

    class Where(BaseHandler):
        async def read(self, request):
            loops.append(asyncio.get_running_loop())
            return {"variable": variable.get()}

    async def get():
        loops.append(asyncio.get_running_loop())
        variable.set("set by the server")
        return await AsyncClient().get("/it/")

    with serving(path("it/", Resource(Where, authentication=()))):
        response = async_to_sync(get)()

    assert response.json() == {"variable": "set by the server"}
    assert loops[0] is loops[1]


def test_asynchronous_requests_wait_at_the_same_time():
    """Three requests that each wait for all three to be there: one after the other they would wait for ever."""
    together = asyncio.Barrier(3)

    class Waiting(BaseHandler):
        async def read(self, request):
            await together.wait()
            return {"waited": True}

    async def get_three():
        async with asyncio.timeout(10):
            return await asyncio.gather(*(AsyncClient().get("/it/") for _ in range(3)))

    with serving(path("it/", Resource(Waiting, authentication=()))):
        responses = async_to_sync(get_three)()

    assert [response.json() for response in responses] == [{"waited": True}] * 3


def test_a_request_that_is_cancelled_is_not_answered():
    """The server gives up on a client that has gone; that is no defect of the handler."""
    begun, ended = asyncio.Event(), []

    class Slow(BaseHandler):
        async def read(self, request):
            begun.set()
            try:
                await asyncio.sleep(60)
            finally:
                ended.append(True)

    async def hang_up():
        task = asyncio.ensure_future(Resource(Slow, authentication=())(RequestFactory().get("/it/")))
        async with asyncio.timeout(10):
            await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async_to_sync(hang_up)()

    assert ended == [True]


@pytest.mark.django_db(transaction=True)
@SERVERS
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("error", [Problem(409), KeyError("a defect")], ids=["refused", "failed"])
@pytest.mark.parametrize("is_atomic", [True, False])
def test_what_an_asynchronous_method_wrote_is_taken_back_as_for_a_synchronous_one(server, method, error, is_atomic):
    """Its transaction is the request's thread's, to which all that it awaits of the database comes back."""

    async def write(self, request):
        await Tag.objects.acreate(name="Tea", slug="tea")
        await asyncio.sleep(0)
        await Tag.objects.acreate(name="Cups", slug="cups")
        raise error

    methods = dict.fromkeys(("create", "update", "patch", "delete"), write)
    response = server(type("Writing", (BaseHandler,), {"atomic": is_atomic, **methods}), method)

    assert response.status_code == (409 if isinstance(error, Problem) else 500)
    assert Tag.objects.count() == (0 if is_atomic else 2)


@pytest.mark.django_db(transaction=True)
@SERVERS
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_atomic_requests_leave_an_asynchronous_resource_to_itself(server, method):
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        assert server(Native, method, body="{}", content_type=JSON).status_code in (200, 201)
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False


def test_the_blogs_statistics_are_counted_asynchronously(blog):
    async def get():
        return await AsyncClient().get("/api/statistics/")

    counted = {"posts": Post.objects.filter(is_published=True).count(), "comments": Comment.objects.count()}

    assert data_of(async_to_sync(get)()).items() >= counted.items()
    assert counted["comments"] > 0
