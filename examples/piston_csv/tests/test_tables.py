"""What a table looks like, and what is refused instead of being lost."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.http import HttpRequest

from piston_core import BaseHandler, Document
from piston_core.testing import serving
from piston_csv import CSVEmitter, CSVLayout

EMITTER = CSVEmitter()


def table(data: Any, **layout: Any) -> str:
    return EMITTER.emit(Document(data, CSVLayout(**layout)), HttpRequest()).decode()


def pieces(rows: Iterator[Any], **layout: Any) -> Iterator[bytes]:
    return EMITTER.stream(Document(rows, CSVLayout(**layout)), HttpRequest())


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], "a,b\r\n1,x\r\n2,y\r\n"),
        ([{"a": 'one "two", three'}], 'a\r\n"one ""two"", three"\r\n'),
        ([{"a": "one\ntwo\r\n"}], 'a\r\n"one\ntwo\r\n"\r\n'),
        ([{"a": None, "b": ""}], "a,b\r\n,\r\n"),
        ([{"a": None}], 'a\r\n""\r\n'),
        ([{"a": True, "b": False}], "a,b\r\ntrue,false\r\n"),
        ([{"a": -5, "b": -0.5, "c": Decimal("-21.50")}], "a,b,c\r\n-5,-0.5,-21.50\r\n"),
        ([{"a": {"b": 1, "c": {"d": 2}}, "e": 3}], "a.b,a.c.d,e\r\n1,2,3\r\n"),
        ([{"a": [1, "é", {"b": None}]}], 'a\r\n"[1,""é"",{""b"":null}]"\r\n'),
        ([{"a": [Decimal("1.50")]}], 'a\r\n"[""1.50""]"\r\n'),
        ([{"a": [], "b": {}}], "a,b\r\n[],{}\r\n"),
        ({"a": 1}, "a\r\n1\r\n"),
        ("text", "value\r\ntext\r\n"),
        ([1, [2]], "value\r\n1\r\n[2]\r\n"),
        ([], ""),
        ([{}], "\r\n\r\n"),
        ([{"a": "nul \x00"}], "a\r\nnul \x00\r\n"),
    ],
)
def test_a_value_has_one_form(data, text):
    assert table(data) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+1",
        "-1",
        "@A1",
        "\t=1",
        "\r1",
        "\n1",
        "\0=1",
        "＝1",
        "＋1",
        "－1",
        "＠A1",
        "  =1",
        "\u00a0-1",
        "'=1",
        "-",
    ],
)
def test_no_text_is_left_for_a_spreadsheet_to_compute(text):
    [name], [cell] = csv.reader(StringIO(table([{text: text}]), newline=""))

    assert (name, cell) == ("'" + text, "'" + text)


@pytest.mark.parametrize("text", ["1-1", "a=b", "'tis", "", "'", " ", "(1)", "é", "´=1"])
def test_other_text_is_left_alone(text):
    assert list(csv.reader(StringIO(table([{"a": text}]), newline=""))) == [["a"], [text]]


def test_the_columns_of_a_list_are_those_of_all_rows():
    assert table([{"a": 1}, {"b": 2}, {"a": 3, "c": 4}]) == "a,b,c\r\n1,,\r\n,2,\r\n3,,4\r\n"


def test_a_missing_object_has_empty_cells_in_the_columns_of_the_others():
    rows = [{"id": 1, "author": None}, {"id": 2, "author": {"name": "A", "born": None}}, {"id": 3, "author": None}]

    assert table(rows) == "id,author.name,author.born\r\n1,,\r\n2,A,\r\n3,,\r\n"
    assert b"".join(pieces(iter(rows[1:]))).decode() == "id,author.name,author.born\r\n2,A,\r\n3,,\r\n"


def test_a_value_beside_objects_keeps_a_column_of_its_own():
    assert table([{"a": 1}, {"a": {"b": 2}}]) == "a,a.b\r\n1,\r\n,2\r\n"


def test_a_layout_says_the_columns_also_of_no_rows():
    assert table([{"b": 1}], columns=("a", "b")) == "a,b\r\n,1\r\n"
    assert table([], columns=("a", "b")) == "a,b\r\n"
    assert b"".join(pieces(iter([]), columns=("a", "b"))) == b"a,b\r\n"


def test_a_layout_says_the_delimiter():
    assert table([{"a": "x;y", "b": "x,y"}], delimiter=";") == 'a;b\r\n"x;y";x,y\r\n'


@pytest.mark.parametrize(
    ("layout", "reason"),
    [
        ({"columns": "title"}, "tuple of different names"),
        ({"columns": ("a", "a")}, "tuple of different names"),
        ({"delimiter": '"'}, "one of"),
        ({"delimiter": ""}, "one of"),
    ],
)
def test_a_layout_that_cannot_be_meant_is_refused(layout, reason):
    with pytest.raises(ValueError, match=reason):
        CSVLayout(**layout)


def test_a_row_that_has_no_place_for_a_value_breaks_a_stream_off():
    written = []

    with pytest.raises(ValueError, match=r"Row 2 has a value for 'b', .* CSVLayout\(columns"):
        written.extend(pieces(iter([{"a": 1}, {"a": 2, "b": 3}])))

    assert b"".join(written) == b"a\r\n"


@pytest.mark.parametrize("rows", [[{"b": None}], [{"a": 1, "a.b": 2}], ["text"]])
def test_nothing_is_lost_without_a_column(rows):
    with pytest.raises(ValueError, match="no such column"):
        table(rows, columns=("a",))


def test_two_values_for_one_column_are_refused():
    with pytest.raises(ValueError, match="two values for the column"):
        table([{"a": {"b": 1}, "a.b": 2}])


class BookHandler(BaseHandler):
    layouts = {"csv": CSVLayout(columns=("title", "author.name"))}

    def read(self, request: HttpRequest) -> Any:
        yield {"title": "Solaris", "author": {"name": "Stanisław Lem"}}
        yield {"title": "=1+1", "author": None}


def test_a_client_gets_the_table_that_the_handler_declares():
    with serving(BookHandler, plugins=["csv"]) as client:
        answer = client.get("/", headers={"Accept": "text/csv"})

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.getvalue().decode() == "title,author.name\r\nSolaris,Stanisław Lem\r\n'=1+1,\r\n"
