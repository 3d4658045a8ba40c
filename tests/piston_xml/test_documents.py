"""What the emitter writes: one form for each value, read back the same by the parser and by the standard library."""

from __future__ import annotations

import logging
import string
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from django.http import HttpRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import Document
from piston_xml import XMLEmitter
from piston_xml.characters import is_name
from tests.ids import stable
from tests.piston_xml import judges
from tests.piston_xml.asking import DECLARATION, emitted, read, shown, written

# Characters that mean something somewhere in XML or in our escapes are not left to chance.
odd = st.sampled_from(
    [*"<>&\"'\\%{}: \t\n\r\x00\x0b\x1f\x7f\x85\u2028\ufffe\uffffu0aé你🎉", "]]>", "\\u0041", "&amp;"]
)
texts = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(odd, max_size=8).map("".join)
names = texts | st.sampled_from(["member", "type", "name", "escaped", "resource", "xml", "a:b", "a\\b", "1", "é"])
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
    max_leaves=30,
)


@given(plain)
def test_any_plain_data_is_read_back_the_same(data):
    body = emitted(data)

    assert repr(read(body)) == repr(data)
    assert repr(judges.read(body)) == repr(data)


@given(plain)
def test_what_another_writer_of_the_convention_writes_is_read_the_same(data):
    assert repr(read(judges.write(data))) == repr(data)


@settings(max_examples=50)
@given(st.lists(plain, max_size=5))
def test_a_stream_of_any_rows_joins_into_what_is_written_at_once(rows):
    pieces = XMLEmitter().stream(Document(iter(rows)), HttpRequest())

    assert b"".join(pieces) == emitted(rows)


FORMS = [
    (None, '<response type="null"/>'),
    (True, '<response type="boolean">true</response>'),
    (0, '<response type="integer">0</response>'),
    (2**70, f'<response type="integer">{2**70}</response>'),
    (-0.0, '<response type="number">-0.0</response>'),
    (1e-7, '<response type="number">1e-07</response>'),
    ("", "<response></response>"),
    ("a", "<response>a</response>"),
    (" a\n ", "<response> a\n </response>"),
    ([], '<response type="array"></response>'),
    ({}, '<response type="object"/>'),
    ({"a": ""}, "<response><a></a></response>"),
    ({"a": None, "b": 1}, '<response><a type="null"/><b type="integer">1</b></response>'),
    ([1, "a"], '<response type="array"><resource type="integer">1</resource><resource>a</resource></response>'),
    (
        {"a": [[], {}]},
        '<response><a type="array"><resource type="array"></resource><resource type="object"/></a></response>',
    ),
    ("<&>\"']]>", "<response>&lt;&amp;&gt;\"']]&gt;</response>"),
    ("a\r\n", "<response>a&#13;\n</response>"),
    ("a\\b", "<response>a\\b</response>"),
    ("a\\\0b\uffff", '<response escaped="true">a\\\\\\u0000b\\uffff</response>'),
    ({"größe": 1}, '<response><größe type="integer">1</größe></response>'),
    ({"名": "x"}, "<response><名>x</名></response>"),
    ({"": 1}, '<response><member name="" type="integer">1</member></response>'),
    ({"a b": ""}, '<response><member name="a b"></member></response>'),
    ({"a:b": ""}, '<response><member name="a:b"></member></response>'),
    ({"1": ""}, '<response><member name="1"></member></response>'),
    ({"Xmlns": ""}, '<response><member name="Xmlns"></member></response>'),
    ({'<"&\t\n': ""}, '<response><member name="&lt;&quot;&amp;&#9;&#10;"></member></response>'),
    ({"\0": "\\"}, '<response><member name="\\u0000" escaped="true">\\\\</member></response>'),
    ({"\0": 1}, '<response><member name="\\u0000" escaped="true" type="integer">1</member></response>'),
    ({"member": {"name": "a"}}, "<response><member><name>a</name></member></response>"),
]


@pytest.mark.parametrize(("data", "form"), FORMS, ids=stable)
def test_each_value_has_one_form(data, form):
    assert written(data) == form


def test_a_document_begins_with_its_declaration():
    assert emitted(1).decode().startswith(DECLARATION)


ARRIVING = [
    (Decimal("10.10"), "10.10"),
    (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00+00:00"),
    (date(2026, 3, 1), "2026-03-01"),
    (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (b"\x00", "AA=="),
]


@pytest.mark.parametrize(("value", "text"), ARRIVING, ids=stable)
def test_what_has_a_text_of_its_own_is_that_text(value, text):
    assert judges.read(shown([value, {"a": value}]).content) == [text, {"a": text}]


def test_every_name_that_is_written_as_an_element_is_one_to_every_parser():
    """The letters differ between the editions of XML; Python's parser has the fewest."""
    usable = [chr(code) for code in range(0x110000) if is_name(chr(code))]
    document = "<a>" + "".join(f"<{each}{each}0.-_/>" for each in usable) + "</a>"

    assert len(usable) > 30_000
    assert set(string.ascii_letters) < set(usable)
    assert len(ET.fromstring(document)) == len(usable)


@pytest.mark.parametrize("length", [1, 249, 250, 251, 5000])
def test_names_of_any_length_are_read_back(length):
    data = {"n" * length: {"é" * length: 1}}

    assert read(emitted(data)) == judges.read(emitted(data)) == data


def test_rows_of_many_shapes_stay_in_their_order():
    rows = [{"a": n, **({"b": [n]} if n % 3 else {})} if n % 5 else [n, None, "x"] for n in range(1500)]

    assert judges.read(emitted(rows)) == rows


@pytest.mark.parametrize("depth", [1, 100, 150])
def test_deep_data_is_written_whole(depth):
    data = 1
    for _ in range(depth):
        data = {"a": [data]}

    assert judges.read(emitted(data)) == data


def test_data_that_is_too_deep_is_refused_and_not_cut():
    data = []
    for _ in range(100_000):
        data = [data]

    with pytest.raises(RecursionError):
        emitted({"a": data})


@pytest.mark.parametrize("data", ["\ud800", ["a", {"b": "\udfff"}], {"\ud800": 1}, ["\ud800", "\udc00"]], ids=ascii)
def test_text_that_is_not_unicode_is_refused(data):
    with pytest.raises(ValueError, match="surrogates not allowed"):
        emitted(data)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", 1j, Decimal(1)], ids=lambda value: type(value).__name__)
def test_data_that_is_not_plain_is_refused(value):
    with pytest.raises(TypeError, match="is not plain data"):
        emitted([{"a": [value]}])


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "\ud800", object()], ids=lambda value: stable(ascii(value))
)
def test_what_has_no_form_is_a_logged_500(value, caplog):
    with caplog.at_level(logging.ERROR, "django.request"):
        response = shown([{"a": value}])

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+xml"
    assert [record.exc_info[0] for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
        ("text/*", "text/xml"),
        ("text/xml, */*;q=0.1", "text/xml"),
    ],
)
def test_xml_answers_who_asks_for_it(accept, media_type):
    response = shown({"a": 1}, accept)

    assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert judges.read(response.content) == {"a": 1}
