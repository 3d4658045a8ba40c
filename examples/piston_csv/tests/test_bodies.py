"""What a table in a body becomes, and what is refused with its place."""

from __future__ import annotations

from contextlib import suppress
from time import process_time
from typing import Any

import pytest
from django.http import HttpRequest

from piston_core import BaseHandler, Document, MalformedBody
from piston_core.testing import serving
from piston_csv import CSVEmitter, CSVParser


def parsed(body: bytes | str, **options: Any) -> Any:
    return CSVParser(**options).parse(body if isinstance(body, bytes) else body.encode(), HttpRequest())


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("a,b\r\n1,x\r\n2,\r\n", [{"a": "1", "b": "x"}, {"a": "2", "b": ""}]),
        ("a\n1\n", [{"a": "1"}]),
        ("a\r1", [{"a": "1"}]),
        ('a\n"x ""y"", z\n"\n', [{"a": 'x "y", z\n'}]),
        ("\ufeffa\n1\n", [{"a": "1"}]),
        ("a\n", []),
        ("a,b.c,b.d.e\n1,2,3\n", [{"a": "1", "b": {"c": "2", "d": {"e": "3"}}}]),
        ("'=a\n'=1\n''=1\n'tis\n'\n=1\n", [{"=a": text} for text in ("=1", "'=1", "'tis", "'", "=1")]),
        ('a\n"[1,2]"\n', [{"a": "[1,2]"}]),
    ],
)
def test_lines_become_objects_of_text(body, rows):
    assert parsed(body) == rows


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "The first line is empty"),
        ("\n1\n", "The first line is empty"),
        ("a,b\n1,2\n3\n", "values in line 3 is 1; the header has 2 names"),
        ("a\n1,2\n", "values in line 2 is 2; the header has 1 names"),
        ("a\n\n", "values in line 2 is 0"),
        ('a\n"1', "not CSV in line 2: unexpected end"),
        ('a\n"1"2\n', "not CSV in line 2: "),
        ("a,a\n", "'a' of column 2 is taken"),
        ("a,a.b\n", "'a' of column 1 is taken"),
        ("a.b,a\n", "'a' of column 2 is taken"),
        ("a,\n", "column 2 is empty"),
        ("a..b\n", "column 1 is empty, empty beside a dot"),
        (".".join("a" * 33), "column 1 is empty, empty beside a dot, or has too many dots"),
        (b"a\n\xff\n", "not in utf-8, at byte 2"),
        ("a\n" + "x" * 131_073, "line 2"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(body, reason):
    with pytest.raises(MalformedBody) as refusal:
        parsed(body)

    assert reason in refusal.value.detail


@pytest.mark.parametrize(("body", "cells"), [("a,b\n1,2\n3,4\n", 6), ("a.b.c\n1\n", 6), ("a,b\n", 2)])
def test_a_table_has_a_limit_in_which_nested_names_count_for_each_level(body, cells):
    parsed(body, max_cells=cells)

    with pytest.raises(MalformedBody, match="more than"):
        parsed(body, max_cells=cells - 1)


@pytest.mark.parametrize(
    ("content_type", "body", "answer"),
    [
        ("text/csv", "é€".encode(), 201),
        ("text/csv; charset=utf-8; header=present", "é€".encode(), 201),
        ("text/csv; charset=windows-1252", "é€".encode("cp1252"), 201),
        ("text/csv; charset=utf-16", "é".encode("utf-16"), 400),
        ("text/csv; charset=nonsense", b"e", 400),
        ("text/csv; header=absent", b"e", 400),
        ("text/csv", "é".encode("latin-1"), 400),
    ],
)
def test_the_parameters_of_the_type_count(content_type, body, answer):
    with serving(EchoHandler, plugins=["csv"]) as client:
        response = client.generic("POST", "/", b"name\r\n" + body, content_type)

    assert response.status_code == answer
    assert answer == 400 or response.content.decode() == "name\r\né€\r\n"


class EchoHandler(BaseHandler):
    atomic = False  # there is no database

    def create(self, request: Any) -> Any:
        return request.data


def test_what_the_emitter_writes_is_read_as_it_was_but_for_types_and_lists():
    rows = [{"id": "=1", "author": {"name": "'=2", "born": {"year": ""}}}, {"id": "-", "author": {"name": "\t'"}}]
    rows[1]["author"]["born"] = {"year": "1921"}

    assert parsed(CSVEmitter().emit(Document(rows), HttpRequest())) == rows


@pytest.mark.parametrize(
    "make",
    [
        lambda size: ".".join("a" * size),
        lambda size: ",".join(f"{'a' * (size // 1000)}.{number}" for number in range(1000)),
        lambda size: "a\n" + "'" * size,
        lambda size: "a\n'" + " " * size,
        lambda size: 'a\n"' + '""' * size,
        lambda size: "a\n" + '"\n' * size,
        lambda size: ",".join(f"a{number}" for number in range(size // 8)) + "\n" + "\n" * size,
        lambda size: "a,b\n" + ",\n" * size,
    ],
    ids=["dots", "long names", "apostrophes", "blanks", "quotes", "open quotes", "names", "rows"],
)
def test_hostile_bodies_take_time_in_proportion_to_their_length(make):
    def spent(size: int) -> float:
        body, before = make(size).encode(), process_time()
        with suppress(MalformedBody):
            parsed(body)
        return process_time() - before

    assert spent(800_000) < 40 * max(spent(100_000), 0.01)
