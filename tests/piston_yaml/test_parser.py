"""Bodies that are read: YAML 1.2 by its core schema, whatever a reader of YAML 1.1 would take it for."""

from __future__ import annotations

import json
import re
from math import isfinite

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from piston_yaml import YAMLParser
from tests.piston_yaml.asking import read, refusal, sent
from tests.piston_yaml.data import texts

SCALARS = dict.fromkeys(["null", "Null", "NULL", "~", ""])
SCALARS |= dict.fromkeys(["true", "True", "TRUE"], True)
SCALARS |= dict.fromkeys(["false", "False", "FALSE"], False)
SCALARS |= {
    "0": 0,
    "-1": -1,
    "+1": 1,
    "012": 12,
    "-0": 0,
    "0o17": 15,
    "0x1F": 31,
    "0xff": 255,
    "9" * 4300: 10**4300 - 1,
}
SCALARS |= {
    "1.0": 1.0,
    "1.": 1.0,
    ".5": 0.5,
    "-.5e1": -5.0,
    "1e3": 1000.0,
    "1E+3": 1000.0,
    "-0.0": -0.0,
    "012.5": 12.5,
}
SCALARS |= {"1e-999": 0.0, "0." + "1" * 5000: 1 / 9}
# Values of another type to readers of YAML 1.1, or nearly numbers.
TEXTS = """
y Y yes Yes YES n N no No NO on On ON off Off OFF tRUE nULL none None
1:30 190:20:30.15 1_000 0b11 0o8 0x 0xG -0x1F +0o7 1e 1e+ . .e1 +. 1.2.3 --1 1,000 .infinity nan inf ١٢
2026-03-01 2026-03-01T12:00:00Z = << a#b a:b http://a/?b=c#d 12345678-9abc
"""
PLACES = ["- {}", "a: {}", "- - b: {}\n    c: 1", "---\n{}\n...\n", "# a\n- {} # b"]


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=[repr(text)[:20] for text in SCALARS])
def test_a_plain_scalar_is_what_the_core_schema_says_wherever_it_stands(text, value):
    for place in PLACES:
        expected = repr(read(place.format("MARK"))).replace("'MARK'", repr(value))

        assert repr(read(place.format(text))) == expected


@pytest.mark.parametrize("text", TEXTS.split())
def test_what_is_something_else_only_to_yaml_1_1_is_text_wherever_it_stands(text):
    for place in PLACES:
        expected = repr(read(place.format("MARK"))).replace("'MARK'", repr(text))

        assert repr(read(place.format(text))) == expected


@pytest.mark.parametrize("text", [*SCALARS, *TEXTS.split()], ids=lambda text: repr(text)[:20])
def test_what_is_quoted_or_a_block_is_text(text):
    for body in (
        f'"{text}"',
        f"'{text}'",
        f"! {text}" if text else "''",
        f"!!str {text}",
        f"|-\n  {text}",
        f">-\n  {text}",
    ):
        assert read(body) == text


# Where ruamel.yaml does not go by the core schema: signs before 0x, and exponents without a sign behind ".5".
LENIENT = re.compile(r"[-+]0[ox]|[-+]?\.[0-9]+[eE][0-9]")


@settings(max_examples=70)
@given(st.text("+-0179.eEox", min_size=2, max_size=8).filter(lambda text: not LENIENT.match(text)))
def test_a_number_is_read_as_another_reader_of_yaml_1_2_reads_it(text):
    expected = YAML(typ="safe", pure=True).load(f"[{text}]")[0]
    if isinstance(expected, float) and not isfinite(expected):
        assert "is not a finite number" in refusal(text)
    else:
        assert repr(read(f"[{text}]")[0]) == repr(expected)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=30,
)


@given(plain, st.sampled_from([None, True, False]), st.integers(1, 200), st.integers(2, 9))
def test_what_another_writer_tags_and_quotes_is_read(data, flow, width, indent):
    style = {"default_style": '"', "default_flow_style": flow, "width": width, "indent": indent}
    body = yaml.safe_dump(copied(data), sort_keys=False, **style)

    assert repr(read(body)) == repr(data)


def copied(data):
    """Return data in which nothing is the same object twice, as of which PyYAML would make aliases."""
    if isinstance(data, list):
        return [copied(item) for item in data]
    return {key: copied(value) for key, value in data.items()} if isinstance(data, dict) else data


@given(plain, st.sampled_from([None, 1, "  "]))
def test_json_is_yaml(data, indent):
    body = json.dumps(data, ensure_ascii=False, indent=indent)
    for character in "\x7f\x80\x85\x9f\u2028\u2029\ufeff\ufffe\uffff":
        body = body.replace(character, f"\\u{ord(character):04x}")
    body = "".join(each if each.isprintable() or each == "\n" else escaped(each) for each in body)

    assert read(body) == data


def escaped(character):
    return f"\\u{ord(character):04x}" if character <= "\uffff" else character


BODIES = {
    "a list": ("- a\n- b", ["a", "b"]),
    "a list at the level of its key": ("a:\n- 1\n- 2\nb: 3", {"a": [1, 2], "b": 3}),
    "flow": ("{a: [1, {b: c}], 'd': , e}", {"a": [1, {"b": "c"}], "d": None, "e": None}),
    "folded text": ("a: >\n  one\n  two\n\n  three\nb: 1", {"a": "one two\nthree\n", "b": 1}),
    "a block": ("a: |\n  one\n\n    two\n", {"a": "one\n\n  two\n"}),
    "a block with its indentation": ("a: |2-\n    one\n", {"a": "  one"}),
    "a block that keeps its end": ("a: |+\n  one\n\n", {"a": "one\n\n"}),
    "text over lines": ("a: one\n  two\n\n  three", {"a": "one two\nthree"}),
    "quotes over lines": ('a: "one\n  two \\\n  three"', {"a": "one two three"}),
    "escapes": (r'"\x41\u00e9\U0001f600\t\n\0\e\N\L\_\/\""', '\x41\u00e9\U0001f600\t\n\0\x1b\x85\u2028\xa0/"'),
    "single quotes": ("'it''s \\n'", "it's \\n"),
    "comments": ("# first\na: 1 # second\n# third\nb: a#b", {"a": 1, "b": "a#b"}),
    "marks of a document": ("---\na\n...\n# end\n", "a"),
    "a directive": ("%YAML 1.2\n---\na: 1", {"a": 1}),
    "explicit keys": ("? a\n: 1\n? b", {"a": 1, "b": None}),
    "keys that are no text": (
        "~: 0\ntrue: 1\n1: 2\n0x10: 3\n1.50: 4\nno: 5\n2026-01-01: 6\n",
        {"null": 0, "true": 1, "1": 2, "16": 3, "1.5": 4, "no": 5, "2026-01-01": 6},
    ),
    "a merge key is a key": ("<<: {a: 1}\nb: 2", {"<<": {"a": 1}, "b": 2}),
    "line ends of DOS": ("a: 1\r\nb:\r\n  - |\r\n    x\r\n    y\r\n", {"a": 1, "b": ["x\ny\n"]}),
    "line ends of old Macs": ("a: 1\rb: 2\r", {"a": 1, "b": 2}),
    "tabs between": ("a:\t1\t# tab\nb: [\t1,\t2]", {"a": 1, "b": [1, 2]}),
    "tags of the core schema": (
        "!!map {a: !!seq [!!int 1, !!int '2', !!float 1.5, !!bool true, !!null ~, !!str 3], ! b: ! [! 4]}",
        {"a": [1, 2, 1.5, True, None, "3"], "b": ["4"]},
    ),
    "a document of nothing": ("---\n", None),
    "a byte order mark": ("\ufeffa: 1", {"a": 1}),
}  # fmt: skip


@pytest.mark.parametrize(("body", "data"), BODIES.values(), ids=BODIES)
def test_every_style_of_yaml_is_read(body, data):
    assert repr(read(body)) == repr(data)


@pytest.mark.parametrize("depth", [1, 63, 64])
def test_nesting_up_to_the_limit_is_read(depth):
    assert read("[" * depth + "]" * depth) is not None
    assert read("- " * depth + "a") is not None
    assert read("{a: " * depth + "}" * depth) is not None


@pytest.mark.parametrize("limit", [1, 2, 64, 200])
def test_max_depth_is_the_number_of_levels_that_pass(limit):
    fits, received = sent(b"- " * limit + b"a", max_depth=limit)
    deeper, _ = sent(b"- " * (limit + 1) + b"a", max_depth=limit)

    assert (fits.status_code, len(received)) == (204, 1)
    assert deeper.status_code == 400
    assert f"nested more than {limit} levels deep" in deeper.json()["detail"]


@pytest.mark.parametrize("content_type", [*YAMLParser.media_types, "Text/YAML", "application/yaml; charset=latin-1"])
def test_yaml_is_read_under_each_of_its_names(content_type):
    response, received = sent("a: é".encode(), content_type)

    assert response.status_code == 204, response.content
    assert received == [{"a": "é"}]


@pytest.mark.parametrize("content_type", ["application/yml", "application/problem+yaml", "yaml", "text/plain"])
def test_another_type_is_a_415_that_names_yaml(content_type):
    response, received = sent(b"a: 1", content_type)

    assert (response.status_code, received) == (415, [])
    assert "application/yaml" in response.headers["Accept"]
