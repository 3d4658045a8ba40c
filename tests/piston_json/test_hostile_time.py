"""Hostile bodies take time in proportion to their length: measured as a ratio, never in seconds."""

from __future__ import annotations

import pytest
from django.http import HttpRequest

from piston_json import JSONParser
from tests.linear import expect_linear

parser = JSONParser()
HUGE = "9" * 400 + ","

# What makes a body of about n bytes.
HOSTILE = {
    "text-of-quotes": lambda n: '["' + '\\"' * (n // 2) + '"]',
    "text-of-backslashes": lambda n: '["' + "\\\\" * (n // 2) + '"]',
    "text-of-names": lambda n: '["' + '\\":' * (n // 3) + '"]',
    "text-of-escapes": lambda n: '["' + "\\u0022" * (n // 6) + '"]',
    "open-text": lambda n: '["' + "a" * n,
    "open-text-of-quotes": lambda n: '["' + '\\"' * (n // 2),
    "open-text-of-backslashes": lambda n: '["' + "\\" * n,
    "open-text-of-quotes-after-a-huge-integer": lambda n: "[" + HUGE + '"' + '\\"' * (n // 2),
    "open-text-of-backslashes-after-a-huge-integer": lambda n: "[" + HUGE + '"' + "\\" * n,
    "quotes-after-a-huge-integer": lambda n: "[" + HUGE + '""' * (n // 2),
    "empty-texts": lambda n: "[" + '"",' * (n // 3) + "1]",
    "empty-texts-beside-a-huge-integer": lambda n: "[" + HUGE + '"",' * (n // 3) + "1]",
    "one-long-name": lambda n: '{"' + "a" * n + '": 1}',
    "one-long-name-twice": lambda n: '{"' + "a" * (n // 2) + '": 1, "' + "a" * (n // 2) + '": 1}',
    "many-names": lambda n: "{" + ",".join(f'"{number}":1' for number in range(n // 10)) + "}",
    "many-names-and-one-twice": lambda n: (
        "{" + ",".join(f'"{number % (n // 10 - 1)}":1' for number in range(n // 10)) + "}"
    ),
    "many-objects": lambda n: "[" + '{"a":{}},' * (n // 9) + "1]",
    "many-lists": lambda n: "[" + "[]," * (n // 3) + "1]",
    "blanks-after-text": lambda n: '["a"' + " " * n + "]",
    "blanks-after-texts": lambda n: "[" + ('"a"' + " " * 500 + ",") * (n // 504) + "1]",
    "only-blanks": lambda n: " " * n,
    "line-ends": lambda n: "\n" * n + "x",
    "open-brackets": lambda n: "[" * n,
    "brackets-in-text": lambda n: '["' + "[" * n + '"]',
    "one-integer": lambda n: "9" * n,
    "integers-of-18-digits": lambda n: "[" + "123456789012345678," * (n // 19) + "1]",
    "integers-of-20-digits": lambda n: "[" + "12345678901234567890," * (n // 21) + "1]",
    "integers-of-4300-digits": lambda n: "[" + ("7" * 4300 + ",") * (n // 4301) + "1]",
    "digits-after-the-point": lambda n: "0." + "1" * n,
    "leading-zeros": lambda n: "0" * n,
    "exponent": lambda n: "1e" + "9" * n,
    "digits-in-text": lambda n: '["' + "9" * n + '"]',
    "a-huge-integer-and-an-exponent": lambda n: "9" * n + "e-" + "1" * 5,
    "wrong-at-the-end": lambda n: '["' + "é" * (n // 2) + '" x',
}


def parse(body: bytes) -> None:
    parser.parse(body, HttpRequest())


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_eight_times_the_body_does_not_take_much_more_than_eight_times_the_time(make):
    for size in (10_000, 60_000):
        expect_linear(parse, lambda n: make(n).encode(), size)
