"""Lists of any length: the same bytes as at once, early, and in memory that does not grow with them."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from django.http import HttpRequest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import Document
from piston_yaml import YAMLEmitter
from tests.asking import broken_off
from tests.piston_yaml.asking import PISTON, shown, written
from tests.piston_yaml.data import plain
from tests.piston_yaml.judges import END, read_by_all


def row(number):
    return {"id": number, "name": f"n {number}\n", "large": 2**64 + number, "tags": [[], {}], "none": None}


def pieces_of(rows):
    return YAMLEmitter().stream(Document(iter(rows)), HttpRequest())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 511, 512, 513, 1023, 2000])
def test_a_stream_has_the_bytes_of_the_whole(count):
    rows = [row(number) for number in range(count)]

    assert b"".join(pieces_of(rows)) == written(rows)


@settings(max_examples=30)
@given(st.lists(plain, max_size=6))
def test_a_stream_of_any_rows_joins_into_what_is_written_at_once(rows):
    assert b"".join(pieces_of(rows)) == written(rows)


def test_a_generator_and_a_list_are_the_same_to_a_client():
    whole = shown([row(number) for number in range(700)])
    stream = shown(row(number) for number in range(700))

    assert stream.streaming
    assert stream.headers["Content-Type"] == whole.headers["Content-Type"] == "application/yaml"
    assert stream.getvalue() == whole.content


def test_nothing_is_read_ahead_of_the_client():
    taken = []
    pieces = pieces_of(taken.append(number) or row(number) for number in range(100))

    assert next(pieces).startswith(b"- id: 0\n")
    assert taken == [0]
    next(pieces)
    assert taken == [0, 1, 2]


def peak_of(rows):
    """Return the most memory that writing rows took, and the sizes of the pieces."""
    gc.collect()
    tracemalloc.start()
    try:
        sizes = [len(piece) for piece in pieces_of(rows)]
        return tracemalloc.get_traced_memory()[1], sizes
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_rows():
    peak, sizes = peak_of({"id": number, "name": "n"} for number in range(30_000))

    assert sum(sizes) > 500_000
    assert min(sizes) > 0
    assert peak < 1_000_000


def test_memory_does_not_grow_with_rows_of_ever_other_names():
    peak, sizes = peak_of({f"name{number}": 1, "x" * 1000 + str(number): 2} for number in range(4_000))

    assert sum(sizes) > 4_000_000
    assert peak < 2_000_000


def test_rows_that_become_large_are_soon_written_in_smaller_groups():
    sizes = [len(piece) for piece in pieces_of("x" * size for size in [1] * 200 + [100_000] * 300)]

    assert len(sizes) > 100
    assert sizes[-2] < 150_000


def test_an_exception_of_the_rows_goes_on_and_the_end_is_missing():
    written = broken_off(pieces_of)

    assert b"- 5\n" in written
    assert not written.endswith(END)


def test_a_generator_that_fails_before_its_first_row_is_a_problem():
    def rows():
        yield from [] * 1
        raise LookupError

    assert shown(rows()).status_code == 500


def test_a_queryset_is_written_with_the_text_that_the_database_has(blog, client):
    with override_settings(PISTON=PISTON | {"PLUGINS": ["json", "yaml", "auth", "blog.api_hooks"]}):
        for address in ("/api/posts/", "/api/posts/hello-piston/", "/api/tags/", "/api/authors/"):
            data = client.get(address).json()
            document = client.get(address, headers={"Accept": "application/yaml"}).getvalue()

            assert data
            assert read_by_all(document) == data
