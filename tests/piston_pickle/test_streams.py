"""Lists of any length: the same bytes as at once, early, and in memory that does not grow with them."""

from __future__ import annotations

import gc
import io
import pickle
import pickletools
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.http import HttpRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.models import Post
from piston_core import BaseHandler, Document
from piston_pickle import PickleEmitter
from tests.asking import body_of, broken_off
from tests.piston_pickle.asking import asked, data_in, loaded, read, shown
from tests.piston_pickle.test_parser import plain

emitter = PickleEmitter()


def row(number):
    """Return a row with everything that a pickle remembers: names, texts, types and lists."""
    return {
        "id": number,
        "name": f"n {number}",
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "price": Decimal(number),
        "key": UUID(int=number),
        "tags": [[], {}, "name", b"bytes"],
    }


def pieces_of(rows):
    return emitter.stream(Document(iter(rows)), HttpRequest())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 511, 512, 513, 1023, 1024, 3000])
def test_a_stream_is_read_as_the_whole_by_both_unpicklers_of_python(count):
    rows = [row(number) for number in range(count)]
    written = b"".join(pieces_of(rows))

    assert repr(loaded(written)) == repr(loaded(emitter.emit(Document(rows), HttpRequest()))) == repr(rows)
    assert pickle._Unpickler(io.BytesIO(written)).load() == rows  # which is written in Python


def test_a_stream_is_read_by_the_parser_too():
    rows = [row(number) for number in range(1200)]

    assert repr(read(b"".join(pieces_of(rows)))) == repr(rows)


@settings(max_examples=30)
@given(st.lists(plain, max_size=12))
def test_any_rows_are_read_as_they_were(rows):
    assert repr(loaded(b"".join(pieces_of(rows)))) == repr(rows)


def test_rows_that_are_one_object_are_read_as_rows_of_their_own_value():
    shared = ["x" * 300, {"a": Decimal(1)}]

    assert loaded(b"".join(pieces_of([shared] * 2000))) == [shared] * 2000


def test_what_the_reader_has_to_remember_does_not_grow_with_the_rows():
    def most_remembered(count):
        written = b"".join(pieces_of(row(number) for number in range(count)))
        return max(argument for instruction, argument, _ in pickletools.genops(written) if "PUT" in instruction.name)

    assert most_remembered(5000) == most_remembered(2000) < 10_000


def test_each_piece_of_a_stream_is_well_formed():
    pieces = list(pieces_of(row(number) for number in range(2000)))
    end = pieces.pop()
    begin = b"\x80\x03]q\x00"

    assert end == b"."
    assert pieces[0].startswith(begin)
    for piece in pieces:  # dis wants a number to be remembered once in a pickle, which no unpickler does
        pickletools.dis(begin + piece.removeprefix(begin) + end, out=io.StringIO())


def test_the_first_piece_comes_after_the_first_row():
    taken = []
    pieces = pieces_of(taken.append(number) or row(number) for number in range(100))
    first = next(pieces)

    assert taken == [0]
    assert b"n 0" in first


def test_nothing_is_read_ahead_of_the_client():
    taken = []
    response = shown(taken.append(number) or number for number in range(10_000))
    received = iter(response.streaming_content)

    assert response.streaming
    next(received)
    assert taken == [0]
    next(received)
    assert taken == [0, 1, 2]


def test_memory_grows_neither_with_the_number_of_rows_nor_with_their_size():
    def peak_of(rows):
        gc.collect()
        tracemalloc.start()
        try:
            written = sum(map(len, pieces_of(rows)))
            return tracemalloc.get_traced_memory()[1], written
        finally:
            tracemalloc.stop()

    peak, written = peak_of({"id": number, "name": f"n {number}"} for number in range(100_000))
    assert written > 2_000_000
    assert peak < 1_000_000

    peak, written = peak_of({"text": "x" * 500_000, "id": number} for number in range(200))
    assert written > 100_000_000
    assert peak < 8_000_000


def test_rows_that_become_large_are_soon_written_in_smaller_groups():
    pieces = [len(piece) for piece in pieces_of("x" * size for size in [1] * 5000 + [100_000] * 1500)]

    assert pieces[-2] < 250_000
    assert len(pieces) > 500


def test_an_exception_of_the_rows_goes_on_and_the_document_stays_open():
    written = broken_off(pieces_of)

    with pytest.raises(EOFError):
        loaded(written)


def test_a_generator_that_fails_before_its_first_row_is_a_problem():
    def rows():
        yield from [] * 1
        raise LookupError

    assert shown(rows()).status_code == 500


class Streamed(BaseHandler):
    model = Post
    fields = ("slug", "created", ("tags", ("name",)))
    stream = True


class Whole(Streamed):
    stream = False


def test_a_streamed_queryset_has_the_rows_of_a_whole_one(blog):
    whole, streamed = asked(Whole()), asked(Streamed())

    assert streamed.streaming
    assert not whole.streaming
    assert data_in(streamed) == loaded(body_of(whole))
