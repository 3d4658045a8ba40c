"""Bodies that are read: everything that is JSON, with every digit, and none of it twice understood."""

from __future__ import annotations

import json
import string

import pytest
from django.http import HttpRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import Document, MalformedBody
from piston_json import JSONEmitter, JSONParser
from tests.asking import nested
from tests.piston_json.asking import sent
from tests.piston_json.test_documents import plain

parser = JSONParser()


def read(body: bytes):
    return parser.parse(body, HttpRequest())


blanks = st.text(" \t\r\n", max_size=3)
# Text that looks like JSON from the inside, for whoever looks for names or numbers without reading strings.
tricky = st.lists(st.sampled_from([*'"\\:{}[],a1e\n é', "9" * 20, "9" * 310, '":', '\\"']), max_size=9).map("".join)
tricky_data = st.recursive(
    tricky | st.integers(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(tricky, inner, max_size=4)
)


@settings(max_examples=140)
@given(plain, blanks, blanks, blanks, blanks, st.booleans(), st.sampled_from([None, 0, 1, "\t"]))
def test_json_is_read_as_the_standard_library_reads_it(data, before, item, key, after, ascii_only, indent):
    text = json.dumps(data, ensure_ascii=ascii_only, indent=indent, separators=(item + ",", key + ":" + item))
    body = (before + text + after).encode()

    assert repr(read(body)) == repr(json.loads(body))


@settings(max_examples=100)
@given(tricky_data, st.booleans())
def test_text_that_looks_like_json_is_never_taken_for_it(data, ascii_only):
    body = json.dumps(data, ensure_ascii=ascii_only).encode()

    assert repr(read(body)) == repr(data)


def escaped(character: str, way: int) -> str:
    """Write one character in one of the ways that RFC 8259, section 7, gives."""
    short = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    if way == 0 and character in short:
        return short[character]
    if way == 1 and character not in '"\\' and character >= " ":
        return character
    units = character.encode("utf-16-be").hex()
    units = units.upper() if way == 2 else units
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


@settings(max_examples=100)
@given(st.lists(st.tuples(st.characters(exclude_categories=["Cs"]), st.integers(0, 3))))
def test_a_character_is_the_same_in_each_of_its_escapes(characters):
    literal = '"' + "".join(escaped(character, way) for character, way in characters) + '"'
    text = "".join(character for character, _ in characters)
    body = f"{{{literal}: [{literal}]}}".encode()

    assert read(body) == {text: [text]}


@settings(max_examples=100)
@given(plain, st.booleans())
def test_what_the_emitter_writes_the_parser_reads(data, indent):
    body = JSONEmitter(indent=indent).emit(Document(data), HttpRequest())

    assert repr(read(body)) == repr(data)


SCALARS = [
    (b"null", None),
    (b"true", True),
    (b"false", False),
    (b'""', ""),
    (b"0", 0),
    (b"-0", 0),
    (b"-0.0", -0.0),
    (b"1E5", 1e5),
    (b"1e-999", 0.0),
    (b"[]", []),
    (b"{}", {}),
    (b'"\\u0000"', "\x00"),
    (b'"\\ud83d\\ude00"', "\U0001f600"),
    ('"\U0001f600\u2028\x7f"'.encode(), "\U0001f600\u2028\x7f"),
    (b" \t\r\n1 \t\r\n", 1),
]


@pytest.mark.parametrize(("body", "data"), SCALARS, ids=[repr(body) for body, _ in SCALARS])
def test_any_json_value_may_be_a_body(body, data):
    assert repr(read(body)) == repr(data)


INTEGERS = [
    0,
    1,
    10**18,
    10**18 - 1,
    2**53 + 1,
    2**63 - 1,
    2**63,
    2**63 + 1,
    10**19 - 1,
    2**64 - 1,
    2**64,
    10**19,
    10**300,
    10**307,
]
INTEGERS += [10**308, 2 * 10**308, 10**309, 10**310, 10**400, 10**1000 + 7, 10**4299, 10**4300 - 1]


@pytest.mark.parametrize("place", ["{}", "[{}]", '{{"a": {}}}', '{{"a": [1, {{"b": {} }}]}}', " {}\n", "[{},1.5]"])
@pytest.mark.parametrize("number", INTEGERS + [-number for number in INTEGERS], ids=lambda n: f"{len(str(n))}-digits")
def test_an_integer_keeps_all_its_digits(number, place):
    body = place.format(number).encode()

    assert repr(read(body)) == repr(json.loads(body))
    assert str(number) in repr(read(body))


@settings(max_examples=70)
@given(st.lists(st.integers(-(10**500), 10**500) | st.floats(allow_nan=False, allow_infinity=False) | tricky))
def test_numbers_of_all_sizes_stand_beside_each_other(numbers):
    body = json.dumps(numbers).encode()

    assert repr(read(body)) == repr(numbers)


@pytest.mark.parametrize("digits", [1, 18, 19, 20, 308, 309, 310, 500, 5000])
def test_digits_in_text_are_no_number(digits):
    data = {"a": "9" * digits, "9" * digits: [f"{'9' * digits}e999", f'"{"9" * digits}', "\\" + "9" * digits], "b": 1}

    assert read(json.dumps(data).encode()) == data


@pytest.mark.parametrize(
    "text",
    [
        "0." + "1" * 5000,
        "123456789012345678.5",
        "1" * 18 + "e9",
        "0.1234567890123456789e-10",
        "1e308",
        "1e+22",
        "1" * 309 + ".0",
        "1" * 309 + "e-10",
        "1" * 400 + "e-399",
        "9007199254740993.0",
        "2.2250738585072011e-308",
        "-1.5E+005",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "0e999",
        "0.0e400",
        "4.9e-324",
        "1.0e-400",
    ],
)
def test_a_number_with_a_fraction_or_an_exponent_is_the_nearest_double(text):
    assert repr(read(text.encode())) == repr(float(text))
    assert repr(read(f'{{"a":[{text}, 18446744073709551616]}}'.encode())) == repr({"a": [float(text), 2**64]})


@settings(max_examples=100)
@given(st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
def test_a_number_is_read_as_the_standard_library_reads_it_or_is_too_large(text):
    expected = json.loads(text)
    if expected in (float("inf"), float("-inf")):
        with pytest.raises(MalformedBody):
            read(text.encode())
    else:
        assert repr(read(text.encode())) == repr(expected)


@pytest.mark.parametrize("body", ["{}", '{"a": "é"}', "[1, 2]", "18446744073709551616"])
def test_a_byte_order_mark_is_passed_over(body):
    assert read(b"\xef\xbb\xbf" + body.encode()) == json.loads(body)


@pytest.mark.parametrize("make", [nested, lambda n: nested(n, as_list=False)], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [1, 63, 64])
def test_nesting_up_to_the_limit_is_read(depth, make):
    assert read(json.dumps(make(depth)).encode()) == make(depth)


def test_brackets_in_text_and_beside_each_other_are_no_depth():
    data = [["[" * 1000], ["{[" * 1000], *([{"[": []}] * 1000)]

    assert read(json.dumps(data).encode()) == data


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        'application/json; charset="utf-8"',
        "application/json; profile=x",
        "application/json ; charset=latin-1",
    ],
)
def test_parameters_of_the_content_type_do_not_change_what_is_read(content_type):
    response, received = sent('{"a": "é"}'.encode(), content_type)

    assert response.status_code == 204, response.content
    assert received == [{"a": "é"}]


@pytest.mark.parametrize(
    "content_type", ["application/jsonl", "text/json", "application/json5", "application/json-seq", "json"]
)
def test_a_type_that_is_not_json_is_a_415_that_names_json(content_type):
    response, received = sent(b"{}", content_type)

    assert (response.status_code, received) == (415, [])
    assert "application/json" in response.headers["Accept"]


def test_a_handler_gets_the_data_itself():
    body = {"a": [1, 2.5, None, True, "é", {"large": 2**70}]}
    _, received = sent(json.dumps(body).encode())

    assert repr(received) == repr([body])


def test_all_of_ascii_is_read_in_text_and_names():
    text = string.printable + "\x00\x1b\x7f"

    assert read(json.dumps({text: text}).encode()) == {text: text}
