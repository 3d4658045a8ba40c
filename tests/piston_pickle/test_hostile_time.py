"""Hostile pickles take time in proportion to their length: measured as a ratio, never in seconds."""

from __future__ import annotations

import pytest
from django.http import HttpRequest

from tests.linear import expect_linear
from tests.piston_pickle.asking import parser, seal
from tests.piston_pickle.hostile import on_stack, value, whole

decimal = on_stack("decimal", "Decimal") + b"q\x00"
digits = value("9" * 300) + b"\x85q\x01"

# What makes a pickle of about n bytes.
HOSTILE = {
    "lists": lambda n: whole(b"](", b"]" * n, b"e"),
    "dictionaries": lambda n: whole(b"](", b"}" * n, b"e"),
    "marks": lambda n: whole(b"(" * n),
    "nested-lists": lambda n: whole(b"]" * (n // 2), b"a" * (n // 2 - 1)),
    "nested-tuples": lambda n: whole(b")", b"\x85" * n),
    "tuples-of-one": lambda n: whole(b"](", b"K\x01\x85" * (n // 3), b"e"),
    "numbers": lambda n: whole(b"](", b"K\x01" * (n // 2), b"e"),
    "appended-one-by-one": lambda n: whole(b"]", b"K\x01a" * (n // 3)),
    "one-long-text": lambda n: whole(value("x" * n)),
    "long-text-many-times": lambda n: whole(b"](", value("é" * (n // 4)), b"q\x01", b"h\x01" * (n // 4), b"e"),
    "long-text-as-a-key-many-times": lambda n: whole(
        b"}(", value("é" * (n // 4)), b"q\x01N", b"h\x01N" * (n // 6), b"u"
    ),
    "long-bytes-many-times": lambda n: whole(b"](", value(b"x" * (n // 2)), b"q\x01", b"h\x01" * (n // 4), b"e"),
    "one-list-many-times": lambda n: whole(b"](", b"](K\x01K\x02eq\x01", b"h\x01" * (n // 2), b"e"),
    "the-same-key": lambda n: whole(b"}(", (value("a") + b"N") * (n // 8), b"u"),
    "many-keys": lambda n: whole(b"}(", *(value(f"{number:06}") + b"N" for number in range(n // 12)), b"u"),
    "remembered": lambda n: whole(b"N", b"\x94" * n),
    "remembered-in-one-place": lambda n: whole(b"N", b"r\xff\xff\xff\xff" * (n // 5)),
    "types": lambda n: whole(b"](", b"cdatetime\ndate\n" * (n // 15), b"e"),
    "dates": lambda n: whole(
        b"](", on_stack("datetime", "date"), b"q\x00", (b"h\x00C\x04\x07\xea\x01\x01\x85R") * (n // 10), b"e"
    ),
    "long-decimals": lambda n: whole(b"](", decimal, digits, b"h\x00h\x01R" * (n // 5), b"e"),
    "long-integers": lambda n: whole(b"](", (b"\x8a\xff" + b"\x7f" * 255) * (n // 257), b"e"),
    "long-integer-for-a-decimal": lambda n: whole(decimal, b"\x8b", n.to_bytes(4, "little"), b"\x7f" * n, b"\x85R"),
    "names-without-an-end": lambda n: whole(b"c" + b"x" * n),
    "frames": lambda n: whole((b"\x95" + b"\xff" * 8) * (n // 9), b"N"),
    "no-pickle": lambda n: b"x" * n,
}


def parse(body: bytes) -> None:
    parser.parse(body, HttpRequest())


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_eight_times_the_pickle_does_not_take_much_more_than_eight_times_the_time(make):
    expect_linear(parse, lambda n: seal(make(n)), 5_000)
