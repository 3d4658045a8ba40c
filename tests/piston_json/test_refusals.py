"""Bodies that are refused: always a 400 problem that says why and where, never a guess and never a 500."""

from __future__ import annotations

import json
import re

import pytest
from django.http import HttpRequest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from piston_core import MalformedBody
from piston_json import JSONParser
from tests.ids import stable
from tests.piston_json.asking import sent
from tests.piston_json.test_documents import plain
from tests.piston_json.test_parser import read, tricky, tricky_data

NOT_JSON = {
    "open-object": b"{",
    "open-list": b"[1,",
    "open-text": b'"abc',
    "open-escape": b'"abc\\',
    "open-name": b'{"a',
    "no-value": b'{"a":',
    "no-colon": b'{"a" 1}',
    "no-comma": b"[1 2]",
    "comma-at-the-end": b"[1,]",
    "comma-in-an-object": b'{"a":1,}',
    "closed-wrong": b"[1}",
    "closed-twice": b"[1]]",
    "only-closed": b"]",
    "more-after-it": b"{} {}",
    "two-lines": b'{"a":1}\n{"a":2}',
    "single-quotes": b"{'a': 1}",
    "bare-name": b"{a: 1}",
    "number-as-a-name": b"{1: 1}",
    "comment": b"// c\n1",
    "comment-inside": b"[1, /* c */ 2]",
    "word": b"hello",
    "half-a-word": b"tru",
    "capital": b"True",
    "undefined": b"undefined",
    "form": b"a=1&b=2",
    "xml": b"<a/>",
    "yaml": b"a: 1",
    "nan": b"NaN",
    "nan-inside": b'{"a": NaN}',
    "infinity": b"[Infinity]",
    "minus-infinity": b"-Infinity",
    "leading-zero": b"01",
    "leading-zeros": b"0" * 400,
    "negative-leading-zero": b"[-01]",
    "plus": b"+1",
    "dot-first": b".5",
    "dot-last": b"1.",
    "open-exponent": b"1e",
    "hexadecimal": b"0x1F",
    "underscore": b"1_000",
    "tab-in-text": b'"a\tb"',
    "line-end-in-text": b'"a\nb"',
    "nul-in-text": b'"a\x00b"',
    "nul-after-it": b"{}\x00",
    "nul-alone": b"\x00",
    "unknown-escape": b'"\\x41"',
    "short-escape": b'"\\u12"',
    "signed-escape": b'"\\u+041"',
    "vertical-tab": b"\x0b1",
    "no-break-space": b"\xc2\xa01",
    "record-separator": b"\x1e{}",
    "two-byte-order-marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "byte-order-mark-inside": b"[\xef\xbb\xbf1]",
    "utf-16-without-a-mark": '{"a":1}'.encode("utf-16-le"),
    "utf-32-without-a-mark": '{"a":1}'.encode("utf-32-be"),
    "high-surrogate": b'"\\ud800"',
    "low-surrogate": b'["\\udc00"]',
    "surrogates-in-reverse": b'{"a": "\\ude00\\ud83d"}',
    "surrogate-in-a-name": b'{"\\ud800": 1}',
    "surrogate-before-text": b'"\\ud800a"',
    "surrogate-before-another-escape": b'"\\ud800\\n"',
    "surrogate-beside-a-large-integer": b'["\\ud800", ' + b"9" * 400 + b"]",
}

TOO_LARGE = [
    "1e999",
    "-1e999",
    "1E400",
    "0.1e+400",
    "1e309",
    "1.8e308",
    "-1.8E+308",
    "9" * 309 + ".0",
    "9" * 310 + "e0",
]
TOO_LARGE += ["1" * 20 + "e300", "1e" + "9" * 400, "9" * 309 + "E5", "0." + "1" * 400 + "e999", "10e308"]

NOT_UTF_8 = [
    (b"\xff", 1, 1, 0),
    (b'"\xe9"', 1, 2, 1),
    (b'{"a": "ok",\n "b": "\xc3("}', 2, 8, 19),
    (b'["\xc3\xa9", "\xe9"]', 1, 9, 8),
    (b'"\xed\xa0\x80"', 1, 2, 1),  # a surrogate, encoded on its own
    (b'"\xc0\xaf"', 1, 2, 1),  # a slash, in more bytes than it needs
    (b'"\xf4\x90\x80\x80"', 1, 2, 1),  # beyond U+10FFFF
    (b'"ab\xe2\x82', 1, 4, 3),  # broken off
    (b"[1,\n2,\n\xfe]", 3, 1, 7),
    (b'\xef\xbb\xbf"\xff"', 1, 5, 4),
    ('"é"'.encode("utf-16"), 1, 1, 0),
    (b"1 \xff", 1, 3, 2),
]

PLACES = [
    (b"[1,]", 1, 3, 2),
    (b"\n\n  [1,\n 2,\n x]", 5, 2, 13),
    (b"\r\n[1 2]", 2, 4, 5),
    ('["é", x]'.encode(), 1, 8, 7),
    ('{"a": "\U0001f600",\n "ü": x}'.encode(), 2, 8, 21),
    (b"[1] x", 1, 5, 4),
    (b'{"a": 1', 1, 8, 7),
    (b"\xef\xbb\xbf[x]", 1, 5, 4),
    (b"nul", 1, 4, 3),
]


def refusal(body: bytes, limit: int = 64) -> MalformedBody:
    with pytest.raises(MalformedBody) as caught:
        JSONParser(max_depth=limit).parse(body, HttpRequest())
    return caught.value


def place(line: int, column: int, byte: int) -> str:
    return f"at line {line}, column {column} (byte {byte})."


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_json_is_a_400_problem_and_no_handler_sees_it(body):
    response, received = sent(body)

    assert (response.status_code, received) == (400, [])
    assert response.headers["Content-Type"] == "application/problem+json"
    assert re.search(r"^The body is not JSON: .+ at line \d+, column \d+ \(byte \d+\)\.$", response.json()["detail"])


@pytest.mark.parametrize("body", [b"", b" ", b"\n\t \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf  \n"])
def test_an_empty_body_is_told_from_a_wrong_one(body):
    response, received = sent(body)

    assert (response.status_code, received) == (400, [])
    assert response.json()["detail"] == "The body is empty; a JSON text is expected."


@pytest.mark.parametrize(("body", "line", "column", "byte"), NOT_UTF_8)
def test_invalid_utf_8_is_refused_with_its_position(body, line, column, byte):
    response, received = sent(body)

    assert (response.status_code, received) == (400, [])
    assert response.json()["detail"] == "The JSON text is not UTF-8 " + place(line, column, byte)


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "nonsense"])
def test_a_charset_does_not_make_other_bytes_json(charset):
    response, _ = sent('{"a": "é"}'.encode("latin-1"), f"application/json; charset={charset}")

    assert response.status_code == 400
    assert response.json()["detail"] == "The JSON text is not UTF-8 " + place(1, 8, 7)


@pytest.mark.parametrize(("body", "line", "column", "byte"), PLACES)
def test_a_fault_is_told_with_line_column_and_byte(body, line, column, byte):
    assert refusal(body).detail.endswith(place(line, column, byte))


@pytest.mark.parametrize("shape", ["{}", "[1, {}]", '{{"a": {{"b": {}}}}}'])
@pytest.mark.parametrize("number", TOO_LARGE, ids=lambda number: f"{number[:12]}-{len(number)}")
def test_a_number_beyond_a_double_is_refused_and_never_infinite(number, shape):
    response, received = sent(shape.format(number).encode())

    assert (response.status_code, received) == (400, [])
    assert len(response.json()["detail"]) < 200


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("digits", [4301, 5000, 100_000, 2_000_000])
def test_an_integer_of_too_many_digits_is_refused_in_words_for_a_client(digits, sign):
    response, received = sent(f'{{"a": [{sign}{"7" * digits}]}}'.encode())
    detail = response.json()["detail"]

    assert (response.status_code, received) == (400, [])
    assert f"has {digits} digits, and 4300 are read at most" in detail
    assert "sys." not in detail
    assert len(detail) < 200


BOMBS = {
    "lists": b"[" * 100_000,
    "closed-lists": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"a":' * 100_000,
    "closed-objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "mixed": b'[{"a":' * 50_000,
    "with-a-large-integer": b"9" * 400 + b"[" * 100_000,
    "in-a-row-of-large-integers": b"[" + b"9" * 400 + b"," + b"[" * 100_000,
    "1024-levels": b"[" * 1024 + b"]" * 1024,
    "1025-levels": b"[" * 1025 + b"]" * 1025,
    "65-levels": b"[" * 65 + b"]" * 65,
    "65-levels-of-objects": b'{"a":' * 65 + b"1" + b"}" * 65,
    "65-levels-late": b"[" + b"[]," * 1000 + b"[" * 64 + b"]" * 64 + b"]",
    "65-levels-at-a-large-integer": b"[" * 65 + b"9" * 400 + b"]" * 65,
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_deep_nesting_is_refused(body):
    response, received = sent(body)

    assert (response.status_code, received) == (400, [])
    assert "nested more than 64 levels deep" in response.json()["detail"] or body.startswith(b"9")


def outcome(body: bytes) -> str:
    """Return what the standard library, made strict, makes of a body: its data, or that it refuses it."""

    def pairs(items):
        if len(dict(items)) < len(items):
            raise ValueError
        return dict(items)

    def constant(_name):
        raise ValueError

    def number(text):
        if float(text) in (float("inf"), float("-inf")):
            raise ValueError
        return float(text)

    try:
        text = body.decode("utf-8-sig")
        data = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number)
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return "refused"
    return repr(data)


def ours(body: bytes) -> str:
    try:
        return repr(read(body))
    except MalformedBody:
        return "refused"


@settings(max_examples=140)
@given(st.binary(max_size=40))
@example(b"\xef\xbb\xbf")
@example(b'{"a":1,"\\u0061":2}')
def test_any_bytes_are_read_or_refused_as_the_standard_library_made_strict_would(body):
    assert ours(body) == outcome(body)


pieces = st.sampled_from(
    [
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"1",
        b"-",
        b"0",
        b".5",
        b"e3",
        b"E+99",
        b"9" * 25,
        b"9" * 310,
        b'"a"',
        b'"b":',
        b'"a":',
        b'"\\u0061":',
        b'"\\ud83d\\ude00"',
        b'"\\ud800"',
        b"null",
        b"true",
        b"NaN",
        b" ",
        b"\n",
        "é".encode(),
        b"\xff",
        b"\x00",
        b"\xef\xbb\xbf",
    ]
)


@settings(max_examples=180)
@given(st.lists(pieces, max_size=14).map(b"".join))
def test_any_tokens_are_read_or_refused_as_the_standard_library_made_strict_would(body):
    assert ours(body) == outcome(body)


@settings(max_examples=140)
@given(plain | tricky_data, st.data())
def test_json_with_one_wrong_byte_is_read_or_refused_as_the_standard_library_would(data, draw):
    body = bytearray(json.dumps(data, ensure_ascii=False).encode())
    body[draw.draw(st.integers(0, len(body) - 1))] = draw.draw(st.integers(0, 255))

    assert ours(bytes(body)) == outcome(bytes(body))


@given(st.binary(max_size=30) | st.lists(pieces, max_size=10).map(b"".join))
def test_no_bytes_are_ever_a_500(body):
    response, received = sent(body)

    assert response.status_code in (204, 400)
    assert len(received) == (response.status_code == 204)


DUPLICATES = [
    (b'{"a":1,"a":2}', "a", 1, 8, 7),
    (b'{"a":1,"a":1}', "a", 1, 8, 7),
    (b'{"a":1,\n  "b":2,\n  "a":3}', "a", 3, 3, 19),
    (b'{"a": {"x": 1, "y": 2, "x": 3}}', "x", 1, 24, 23),
    (b'[{"a":1}, {"a":1, "a":2}]', "a", 1, 19, 18),
    (b'{"b": [[{"c": {"d": 1, "d": 2}}]]}', "d", 1, 24, 23),
    (b'{"a":1,"\\u0061":2}', "a", 1, 8, 7),
    (b'{"\\u0061":1,"a":2}', "a", 1, 13, 12),
    (b'{"\\ud83d\\ude00":1,"\xf0\x9f\x98\x80":2}', "\U0001f600", 1, 19, 18),
    (b'{"/":1,"\\/":2}', "/", 1, 8, 7),
    (b'{"":1,"":2}', "", 1, 7, 6),
    (b'{"a" : 1, "a"\n\t: 2}', "a", 1, 11, 10),
    ('{"é": "é", "é": 1}'.encode(), "é", 1, 14, 13),
    (b'{"\\"":1,"\\"":2}', '"', 1, 9, 8),
    (b'{"a\\\\":1,"a\\\\":2}', "a\\", 1, 10, 9),
    (b'{"a":{"b":1,"b":2},"a":3}', "b", 1, 13, 12),
    (b'{"a":{"b":1},"a":{"b":1}}', "a", 1, 14, 13),
    (b'{"a":"{\\"a\\":1}","a":1}', "a", 1, 18, 17),
    (b'{"a":1,"a":2,"a":3}', "a", 1, 8, 7),
    (b'\xef\xbb\xbf{"a":1,"a":2}', "a", 1, 11, 10),
    (b'{"a":' + b"9" * 400 + b',"a":2}', "a", 1, 407, 406),
]


@pytest.mark.parametrize(("body", "name", "line", "column", "byte"), DUPLICATES)
def test_a_name_that_comes_twice_is_refused_where_it_comes_again(body, name, line, column, byte):
    response, received = sent(body)

    assert (response.status_code, received) == (400, [])
    assert response.json()["detail"] == f"The name {name!r} comes twice in one object, " + place(line, column, byte)


def test_a_long_name_is_not_sent_back_whole():
    name = "n" * 100_000
    detail = refusal(f'{{"{name}":1,"{name}":2}}'.encode()).detail

    assert len(detail) < 150
    assert detail.endswith(place(1, 100_007, 100_006))


ONLY_ALIKE = [
    {"a": {"a": {"a": 1}}},
    [{"a": 1}, {"a": 1}],
    {"a": 1, "A": 1, " a": 1, "a ": 1, "": 1},
    {"é": 1, "e\u0301": 1},
    {"a": "a", "b": '"a":', "c": ['"a": 1, "a": 2']},
    {"a": '{"a": 1, "a": 2}', '"a"': 1, "a\\": 1, '\\"a': 1},
    {"a": ["a", "a", ":", "a"], ":": ":"},
    {"a\\": "\\", "\\a": "a"},
]


@pytest.mark.parametrize("data", ONLY_ALIKE, ids=stable)
def test_names_that_are_only_alike_are_not_refused(data):
    assert read(json.dumps(data).encode()) == data
    assert read(json.dumps(data, ensure_ascii=False, separators=(" , ", "\n:\t")).encode()) == data


objects = st.recursive(
    st.integers().map(str) | tricky.map(json.dumps),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(tricky.map(json.dumps), inner), max_size=4).map(
            lambda pairs: "{" + ", ".join(f"{name} : {value}" for name, value in pairs) + "}"
        )
    ),
    max_leaves=20,
)


@settings(max_examples=140)
@given(objects)
def test_a_duplicate_is_refused_exactly_where_there_is_one(text):
    body = text.encode()

    assert ours(body) == outcome(body)
    if outcome(body) == "refused":
        byte = int(re.search(r"\(byte (\d+)\)\.$", refusal(body).detail)[1])
        name, end = json.decoder.scanstring(body[byte:].decode(), 1)

        assert body[byte : byte + 1] == b'"'
        assert f"The name {name[:40]!r} comes twice" in refusal(body).detail
        assert body[byte:].decode()[end:].startswith(" :")
