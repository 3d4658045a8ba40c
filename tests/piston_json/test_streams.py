"""Lists of any length: the same bytes as at once, early, and in memory that does not grow with them."""

from __future__ import annotations

import gc
import json
import tracemalloc

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.http import HttpRequest
from django.test import AsyncClient, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from blog.models import Post, Tag
from piston_core import BaseHandler, Document, Resource
from piston_json import JSONEmitter, JSONLinesEmitter
from tests.asking import asked, body_of, broken_off
from tests.piston_json.asking import data_in, lines_in, shown

EMITTERS = {"json": JSONEmitter(), "indented": JSONEmitter(indent=True), "lines": JSONLinesEmitter()}
TYPES = ["application/json", "application/jsonl"]

each_emitter = pytest.mark.parametrize("emitter", EMITTERS.values(), ids=EMITTERS)
each_type = pytest.mark.parametrize("accept", TYPES)


def row(number):
    return {"id": number, "name": f"n {number}\n", "large": 2**64 + number, "tags": [[], {}]}


def pieces_of(emitter, rows):
    return emitter.stream(Document(iter(rows)), HttpRequest())


@each_emitter
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 511, 512, 513, 1023, 1024, 2000])
def test_a_stream_has_the_bytes_of_the_whole(emitter, count):
    rows = [row(number) for number in range(count)]

    assert b"".join(pieces_of(emitter, rows)) == emitter.emit(Document(rows), HttpRequest())


@each_type
@pytest.mark.parametrize("count", [0, 1, 2, 3, 512, 513, 2000])
def test_a_generator_and_a_list_are_the_same_to_a_client(accept, count):
    whole = shown([row(number) for number in range(count)], accept)
    stream = shown((row(number) for number in range(count)), accept)

    assert stream.streaming
    assert stream.headers["Content-Type"] == whole.headers["Content-Type"] == accept
    assert body_of(stream) == body_of(whole)


@each_emitter
def test_the_first_piece_comes_after_the_first_row(emitter):
    taken = []
    pieces = pieces_of(emitter, (taken.append(number) or row(number) for number in range(100)))
    first = next(pieces)

    assert taken == [0]
    assert b'"n 0' in first.replace(b": ", b":")


@each_type
def test_nothing_is_read_ahead_of_the_client(accept):
    taken = []
    response = shown((taken.append(number) or number for number in range(10_000)), accept)
    received = iter(response.streaming_content)

    assert taken == [0]  # the first piece is made before the status is sent
    assert next(received).strip(b"[\n") == b"0"
    assert taken == [0]
    next(received)
    assert taken == [0, 1, 2]


@each_emitter
def test_no_piece_is_empty_or_long(emitter):
    sizes = [len(piece) for piece in pieces_of(emitter, (row(number) for number in range(20_000)))]

    assert min(sizes) > 0
    assert max(sizes) < 200_000


def peak_of(emitter, rows):
    """Return the most memory that writing rows took, and how many bytes came out."""
    gc.collect()
    tracemalloc.start()
    try:
        written = sum(map(len, pieces_of(emitter, rows)))
        return tracemalloc.get_traced_memory()[1], written
    finally:
        tracemalloc.stop()


@each_emitter
def test_memory_does_not_grow_with_the_number_of_rows(emitter):
    peak, written = peak_of(emitter, ({"id": number, "name": "n"} for number in range(200_000)))

    assert written > 4_000_000
    assert peak < 1_000_000


@each_emitter
def test_memory_does_not_grow_with_the_size_of_rows(emitter):
    peak, written = peak_of(emitter, ({"text": "x" * 500_000, "id": number} for number in range(200)))

    assert written > 100_000_000
    assert peak < 8_000_000


@each_emitter
def test_rows_that_become_large_are_soon_written_in_smaller_groups(emitter):
    sizes = [1] * 5000 + [100_000] * 1500
    pieces = [len(piece) for piece in pieces_of(emitter, ("x" * size for size in sizes))]

    assert pieces[-1] < 250_000
    assert len(pieces) > 500


@each_emitter
def test_an_exception_of_the_rows_goes_on_and_the_document_stays_open(emitter):
    written = broken_off(lambda rows: pieces_of(emitter, rows))

    assert b"5" in written
    assert not written.rstrip().endswith(b"]")


@each_type
def test_a_generator_that_fails_before_its_first_row_is_a_problem(accept):
    def rows():
        yield from [] * 1
        raise LookupError

    assert shown(rows(), accept).status_code == 500


class Rows(BaseHandler):
    def read(self, request):
        return (row(number) for number in range(600))


class AsyncRows(BaseHandler):
    async def read(self, request):
        for number in range(600):
            yield row(number)


@each_type
def test_an_asynchronous_generator_is_written_to_its_end_by_a_wsgi_server(accept):
    response = asked(AsyncRows(), accept)
    rows = data_in(response) if accept == "application/json" else lines_in(response)

    assert rows == [row(number) for number in range(600)]


@pytest.mark.parametrize("handler", [AsyncRows(), Rows()])
@each_type
def test_rows_are_written_to_their_end_and_one_by_one_by_an_asgi_server(accept, handler):
    async def receive():
        response = await AsyncClient().get("/", headers={"Accept": accept})
        return [piece async for piece in response.streaming_content]

    with override_settings(ROOT_URLCONF=(path("", Resource(handler, authentication=())),)):
        pieces = async_to_sync(receive)()

    assert b"".join(pieces) == body_of(shown([row(number) for number in range(600)], accept))
    assert b'"n 1' not in pieces[0]


class Streamed(BaseHandler):
    model = Post
    fields = ("slug", "created", ("tags", ("name",)))
    stream = True


class Whole(Streamed):
    stream = False


@each_type
def test_a_streamed_queryset_has_the_rows_of_a_whole_one(blog, accept):
    whole, streamed = asked(Whole(), accept), asked(Streamed(), accept)

    assert streamed.streaming
    assert body_of(streamed) == body_of(whole)


class Tags(BaseHandler):
    model = Tag
    fields = ("name",)


def test_json_lines_stream_a_queryset_without_being_told(db):
    Tag.objects.bulk_create(Tag(name=f"t{number}", slug=f"t{number}") for number in range(1200))
    with CaptureQueriesContext(connection) as queries:
        response = asked(Tags(), "application/jsonl")
        rows = lines_in(response)

    assert response.streaming
    assert len(rows) == 1200
    assert len(queries) == 1


def test_the_last_line_ends_like_all_others_so_that_a_broken_one_shows():
    body = shown(iter([1, 2, 3]), "application/jsonl")

    assert body_of(body) == b"1\n2\n3\n"


def test_a_list_in_a_row_is_not_taken_for_rows():
    assert lines_in(shown([[1, 2], [3]], "application/jsonl")) == [[1, 2], [3]]
    assert lines_in(shown({"rows": [1, 2]}, "application/jsonl")) == [{"rows": [1, 2]}]


def test_an_indented_stream_is_indented_like_the_whole():
    written = b"".join(pieces_of(EMITTERS["indented"], [{"a": [1, {}]}, [], 2]))

    assert written.decode() == json.dumps([{"a": [1, {}]}, [], 2], indent=2)
