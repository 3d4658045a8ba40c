"""Documents: whatever is in them, every reader of YAML reads the very same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piston_yaml import YAMLEmitter
from tests.ids import stable
from tests.piston_yaml.asking import read, shown, written
from tests.piston_yaml.data import plain, texts, tricky
from tests.piston_yaml.judges import END, read_by_all


@given(plain)
def test_any_plain_data_is_read_back_the_same_by_every_reader(data):
    document = written(data)

    assert repr(read_by_all(document)) == repr(data)
    assert repr(read(document)) == repr(data)


@given(st.lists(tricky | texts, min_size=1), st.dictionaries(tricky | texts, st.just(1)))
def test_text_that_looks_like_yaml_stays_text_as_a_value_and_as_a_key(values, keys):
    for data in (values, keys, {"values": values, "keys": keys}, values[0]):
        assert repr(read_by_all(written(data))) == repr(data)


WORDS = """
null Null NULL ~ true True TRUE false False y Y yes Yes YES n N no No NO on On ON off Off OFF nan inf .inf -.Inf .NAN
0 1 -1 +1 00 012 0o7 0x1F 0b11 1_000 1, 1e3 1E+3 1.0 1. .5 -.5 1:30 12:30:45.6 190:20:30.15 12345678-9abc
2026-03-01 2026-3-1 2026-03-01T12:00:00Z = << - ? : # -a ?a :a #a a#b a: :: --- ... %a %YAML @a `a
! !a !!str & &a * *a | |- > >- ' " '' "" 'a' "a" {} [] {a} [a] , a, \\ \\n a\\nb // /* <a/> a&b a=b é ² Ⅷ ٣
"""
PHRASES = "a: b|- a|? a|a #b|# a|--- a| a|a |2026-03-01 12:00:00| ||a\tb|\ta|\t|a\xa0|\u3000|\x7f"
PHRASES += "|\ufeffa|\ufffe|\u2028|a\x00b"
LINES = [
    "\n",
    "a\n",
    "a\n\n",
    "\na",
    "a\nb",
    "a\n\nb",
    "a \nb",
    " a\nb",
    "a\n b",
    "\ta\nb",
    "a\n\tb",
    "a\n\t\nb",
    "a\n  ",
]
LINES += [
    "a\n   \nb",
    "a\r\nb",
    "a\rb",
    "# a\nb",
    "- a\n- b",
    "a: b\nc: d",
    "a\n---\nb",
    "a\n...\nb",
    "---\na",
    "a\nb\x85c",
]
LINES += ["a\nb\u2029", "a\ufeff\nb", "a\n\U0001f600\u200d", "a\n\U0001fffe", "a\n\xa0\n\u3000b"]


@pytest.mark.parametrize("text", [*WORDS.split(), *PHRASES.split("|"), *LINES], ids=ascii)
def test_text_that_looks_like_something_else_is_that_very_text(text):
    data = [text, {"value": text, text: [[text]]}]

    assert read_by_all(written(data)) == data
    assert read_by_all(written(text)) == text
    assert read(written(data)) == data


NUMBERS = [0, 1, -1, 8, 10**18, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**400, -(10**400)]
NUMBERS += [
    0.0,
    -0.0,
    0.1,
    1.0,
    100000.0,
    1e15,
    1e16,
    1.5e16,
    1e22,
    -1e300,
    1e-5,
    1e-7,
    1.5e-7,
    5e-324,
    1.7976931348623157e308,
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: repr(number)[:30])
def test_a_number_is_one_to_every_reader_with_all_its_digits(number):
    data = [number, {"a": number}]

    assert repr(read_by_all(written(data))) == repr(data)
    assert repr(read_by_all(written(number))) == repr(number)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(number):
    with pytest.raises(ValueError, match="is not a finite number"):
        written([number])
    assert shown([number]).status_code == 500


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "a\nb\ud83d"], ids=ascii)
def test_text_that_is_not_unicode_is_refused(text):
    for data in (text, [text], {text: 1}, {"a": [1, {"b": text}]}):
        with pytest.raises(UnicodeEncodeError):
            written(data)


@pytest.mark.parametrize("value", [object(), (1,), b"a", {1}], ids=stable)
def test_what_is_not_plain_is_refused_and_not_guessed(value):
    for data in (value, [value], [1, value], {"a": value}):
        with pytest.raises(TypeError, match="is not plain data"):
            written(data)


KEYS = [
    "a" * 999,
    "a" * 1000,
    "a" * 1023,
    "a" * 1024,
    "a" * 5000,
    "é" * 1024,
    "\n" * 600,
    '"' * 600,
    "%s",
    "%",
    "a b",
    "9" * 1100,
]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{len(key)}-{key[:2]!r}")
def test_a_key_of_any_length_is_read_wherever_it_stands(key):
    data = {key: 1, "b": {key: {key: [], "c": "a\nb"}}, "d": [{key: {}}, {key: [1, [{key: "a\nb"}]]}]}

    assert read_by_all(written(data)) == data
    assert read(written(data)) == data


EMPTY = [None, False, 0, "", [], {}, [[]], [{}], {"": ""}, {"a": []}, {"a": {}}, [None], [""], [[], {}, [[], {}]]]
RAGGED = [
    [{"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1}, {}, {"a": [1]}, {"a": {}}],
    [1, "a", None, [1], {"a": 1}, 1.5, True, [], {}, "b", 2],
    [{"a": None}, {"a": "text"}, {"a": 1}, {"a": {"b": None}}, {"a": {"b": "x\ny"}}, {"a": [[], {}]}],
    [[{"a": [{"b": [1, 2]}, {"b": []}]}], [{"a": []}], []],
]


@pytest.mark.parametrize("data", EMPTY + RAGGED, ids=stable)
def test_what_is_empty_or_mixed_stays_what_and_where_it_is(data):
    assert repr(read_by_all(written(data))) == repr(data)
    assert repr(read_by_all(written([data, data]))) == repr([data, data])


def nested(depth, *, as_list):
    data = 1
    for _ in range(depth):
        data = [data] if as_list else {"a": data}
    return data


@pytest.mark.parametrize("as_list", [True, False], ids=["lists", "mappings"])
def test_deep_data_is_written_whole_or_refused_and_never_cut(as_list):
    data = nested(60, as_list=as_list)

    assert read_by_all(written(data)) == data
    with pytest.raises(RecursionError):
        written(nested(100_000, as_list=as_list))
    with pytest.raises(RecursionError):
        written({"a": nested(100_000, as_list=as_list)})


@pytest.mark.parametrize("as_list", [True, False], ids=["lists", "mappings"])
def test_data_of_a_hundred_levels_passes_through_a_resource(as_list):
    data = nested(100, as_list=as_list)

    assert read_by_all(shown(data).content) == data


def test_every_document_ends_with_the_marker_of_its_end_and_no_line_within_looks_like_it():
    for data in (*EMPTY, "...", "a\n...\n", ["...", "\n...\n"], {"...": "a\n...\nb"}):
        lines = written(data).split(b"\n")

        assert lines[-2:] == [b"...", b""]
        assert lines.count(b"...") == 1


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        *((name, name) for name in YAMLEmitter.media_types),
        ("application/yaml; charset=utf-8", "application/yaml"),
        ("text/*;q=0.5, application/json;q=0.1", "text/yaml"),
        ("application/json;q=0.5, text/yaml", "text/yaml"),
    ],
)
def test_yaml_answers_under_each_of_its_names(accept, content_type):
    response = shown({"a": "é"}, accept)

    assert response.headers["Content-Type"] == content_type
    assert response.content == "a: é\n".encode() + END


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "application/json", "application/problem+yaml;q=0.9, */*;q=0.1"]
)
def test_yaml_is_not_forced_on_who_does_not_ask_for_it(accept):
    assert shown({"a": 1}, accept).headers["Content-Type"] == "application/json"


def test_a_problem_is_left_to_a_format_that_has_a_type_for_it():
    response = shown(object())

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
