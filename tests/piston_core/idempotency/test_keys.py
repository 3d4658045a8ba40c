"""The header field: a string in quotes, or the bare token of older clients; anything else is refused, and no more."""

from __future__ import annotations

import string

import http_sf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from piston_core import Problem
from piston_core.idempotency.keys import LONGEST, key_of, read_key
from tests.piston_core.idempotency.asking import Optional, Required, asking, refused

UUID = "8e03978e-40d5-43dd-bc93-6894a57f9324"
TOO_LONG = "k" * (LONGEST + 1)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (f'"{UUID}"', UUID),  # the draft's own example
        (UUID, UUID),  # as Stripe's clients send it
        ("clkyoesmbgybucifusbbtdsbohtyuuwz", "clkyoesmbgybucifusbbtdsbohtyuuwz"),
        (f'  "{UUID}" ', UUID),
        ('"a b"', "a b"),
        ('" "', " "),
        ('"a, b"', "a, b"),
        (r'"a\"b\\c"', r'a"b\c'),
        ("*a:b/c", "*a:b/c"),
        ("0", "0"),
        ("k" * LONGEST, "k" * LONGEST),
        ('"' + r"\"" * LONGEST + '"', '"' * LONGEST),
    ],
)
def test_a_key_is_a_string_or_a_bare_token(given, key):
    assert read_key(given) == key


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        '""',
        '"',
        '"a',
        'a"',
        '"a" "b"',
        f'"{UUID}","{UUID}"',  # a field that was sent twice
        f"{UUID}, {UUID}",
        f'"{UUID}";retry=1',
        "a;b",
        "a=b",
        "a b",
        r'"\a"',
        '"a\\"',
        "'a b'",
        '("a")',
        ":aGVsbG8=:",
        '"\t"',
        '"a\x00"',
        "a\x7f",
        '"grün"',
        "schlüssel",
        "\ud800",
        "ключ",
        TOO_LONG,
        f'"{TOO_LONG}"',
    ],
)
def test_anything_else_is_malformed(given):
    request = asking()
    request.META["HTTP_IDEMPOTENCY_KEY"] = given

    assert refused(request) == (400, "idempotency-key-malformed")
    assert refused(request, handler=Required) == (400, "idempotency-key-malformed")


def test_a_key_that_is_missing_is_refused_where_it_is_required():
    assert refused(asking(key=None), handler=Required) == (400, "idempotency-key-missing")
    assert key_of(asking(key=None), required=Optional.idempotency == "required") is None


_NEAR = st.text(alphabet='"\\ ,;=?:%a1é*', max_size=12)
_QUOTED = st.text(alphabet=string.printable, max_size=12).map(lambda text: f'"{text}"')


@given(_NEAR | _QUOTED | st.text(max_size=20))
@example('"' + "a" * LONGEST + '"')
def test_what_is_in_quotes_is_read_as_structured_fields_are(text):
    """Of all that has quotes, a key is what the judge reads as a String of that length without parameters."""
    try:
        judged, parameters = http_sf.parse(text.encode(), tltype="item")
    except (http_sf.StructuredFieldError, UnicodeError):
        judged, parameters = None, {}
    is_key = type(judged) is str and not parameters and 0 < len(judged) <= LONGEST

    if is_key or '"' in text:
        assert read_key(text) == (judged if is_key else None)


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda octets: octets.decode("latin-1")))
def test_no_value_raises_anything_but_a_problem(value):
    request = asking()
    request.META["HTTP_IDEMPOTENCY_KEY"] = value
    try:
        key = key_of(request, required=True)
    except Problem:  # the table above says which
        return

    assert key.isascii()
    assert 0 < len(key) <= LONGEST


@pytest.mark.parametrize(
    "value", ['"' + "\\" * 10_000_000, "a" * 10_000_000, '"' * 10_000_000, " " * 10_000_000 + "é"]
)
def test_a_long_value_is_refused_at_once(value):
    assert read_key(value) is None  # in more than linear time, this test does not end
