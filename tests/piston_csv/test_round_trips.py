"""Whatever text is in a table: nothing of it is computed, and all of it comes back."""

from __future__ import annotations

import csv
from contextlib import suppress
from io import StringIO

from django.http import HttpRequest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from piston_core import Document, MalformedBody
from piston_csv import CSVEmitter, CSVLayout, CSVParser

COMPUTED = tuple("=+-@＝＋－＠")

texts = st.text(st.characters(exclude_categories=["Cs"])) | st.text("'=+-@ \t\r\n\0＝a,;\"|")
names = st.text("ab'=\" ,\n", min_size=1, max_size=4)
objects = st.recursive(texts, lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3), max_leaves=6)
rows = st.dictionaries(names, objects, min_size=1, max_size=4)


def table(data, delimiter: str = ",") -> bytes:
    return CSVEmitter().emit(Document(data, CSVLayout(delimiter=delimiter)), HttpRequest())


def parsed(body: bytes):
    return CSVParser().parse(body, HttpRequest())


@given(rows)
def test_objects_of_text_come_back(row):
    assert parsed(table([row, row])) == [row, row]


@given(st.lists(st.dictionaries(names, texts, min_size=1), min_size=1), st.sampled_from(",;\t|"))
def test_no_cell_begins_as_a_formula_does(data, delimiter):
    for line in csv.reader(StringIO(table(data, delimiter).decode(), newline=""), strict=True, delimiter=delimiter):
        for cell in line:
            assert not cell.lstrip().startswith(COMPUTED)
            assert cell[:1] not in tuple(map(chr, range(32)))


@settings(max_examples=70)
@given(st.binary() | texts.map(str.encode) | st.lists(st.lists(texts)).map(table))
@example(b'a\n"')
@example(b"\xef\xbb\xbf")
def test_any_bytes_are_read_as_objects_or_refused(body):
    with suppress(MalformedBody):
        assert all(isinstance(row, dict) for row in parsed(body))
