"""Hostile bodies and odd documents take time in proportion to their length: measured as a ratio, never in seconds."""

from __future__ import annotations

import pytest

from tests.linear import expect_linear
from tests.piston_yaml.asking import read, written

# What makes a body of about n bytes.
BODIES = {
    "plain": lambda n: "a" * n,
    "plain-over-lines": lambda n: "a\n" * (n // 2),
    "plain-of-blanks": lambda n: "a" + " " * n + "b",
    "digits": lambda n: "1" * n + "x",
    "digits-and-points": lambda n: "1." * (n // 2),
    "points-and-digits": lambda n: "." + "1" * n + "e" + "1" * n,
    "quotes": lambda n: '"' + '\\"' * (n // 2) + '"',
    "open-quotes": lambda n: '"' + "a\n" * (n // 2),
    "escapes": lambda n: '"' + "\\U0001f600" * (n // 10) + '"',
    "single-quotes": lambda n: "'" * n,
    "block": lambda n: "|\n" + " a\n" * (n // 3),
    "block-of-blanks": lambda n: "|\n" + " " * n,
    "block-of-line-ends": lambda n: "|\n" + "\n" * n,
    "folded": lambda n: ">\n" + " a\n\n" * (n // 4),
    "comments": lambda n: "# a\n" * (n // 4) + "a",
    "one-comment": lambda n: "#" * n,
    "line-ends": lambda n: "\n" * n + "x: y: z",
    "carriage-returns": lambda n: "\r" * n + "\x00",
    "blanks": lambda n: " " * n,
    "tabs": lambda n: "a:" + "\t" * n + "b",
    "items": lambda n: "- a\n" * (n // 4),
    "items-beside-each-other": lambda n: "[" + "a," * (n // 2) + "]",
    "empty-items": lambda n: "-\n" * (n // 2),
    "lists": lambda n: "[" + "[]," * (n // 3) + "]",
    "mappings": lambda n: "- {a: 1}\n" * (n // 9),
    "keys": lambda n: "".join(f"{number}: 1\n" for number in range(n // 9)),
    "flow-keys": lambda n: "{" + "".join(f"{number}: 1," for number in range(n // 9)) + "}",
    "explicit-keys": lambda n: "".join(f"? {number}\n" for number in range(n // 9)),
    "implicit-pairs": lambda n: "[" + "a: b, " * (n // 6) + "]",
    "one-key": lambda n: "a" * n + ": 1",
    "one-long-key": lambda n: "? " + "a" * n + "\n: 1",
    "long-names-twice": lambda n: "? " + "a" * n + "\n: 1\n? " + "a" * n + "\n: 1",
    "tags": lambda n: "- !!str a\n" * (n // 10),
    "one-tag": lambda n: "!" + "a" * n + " b",
    "one-anchor": lambda n: "&" + "a" * n + " b",
    "directives": lambda n: "%TAG !a! b\n" * (n // 11) + "--- a",
    "percents": lambda n: "%" * n,
    "documents": lambda n: "---\n" * (n // 4),
    "ends": lambda n: "a\n" + "...\n" * (n // 4),
    "unclosed": lambda n: "[{" * (n // 2),
    "closed": lambda n: "]" * n,
    "wrong-at-the-end": lambda n: "- é\n" * (n // 5) + "\x00",
}

# What makes data of about n characters.
DATA = {
    "blanks": lambda n: " " * n + "\n",
    "words": lambda n: "a " * (n // 2),
    "colons": lambda n: ["a" * n + ":"],
    "line-ends": lambda n: "a" + "\n" * n,
    "lines": lambda n: "a\n" * (n // 2) + "\x00",
    "controls": lambda n: "\x00" * n,
    "marks": lambda n: "\ufeff" * n,
    "one-name": lambda n: {"a" * n: 1},
    "names": lambda n: {str(number): number for number in range(n // 6)},
    "rows-of-other-names": lambda n: [{str(number): 1} for number in range(n // 20)],
    "rows-of-two-shapes": lambda n: [{"a": 1} if number % 2 else {"b": 1} for number in range(n // 20)],
    "rows-of-all-types": lambda n: [[1, "a", None, [1], {"a": 1}, 1.5, True][number % 7] for number in range(n // 9)],
    "lists": lambda n: [[]] * (n // 3),
    "lists-of-one": lambda n: [[[1]]] * (n // 3),
}


@pytest.mark.parametrize("make", BODIES.values(), ids=BODIES)
def test_reading_takes_time_in_proportion_to_the_body(make):
    expect_linear(read, make, 4_000)


@pytest.mark.parametrize("make", DATA.values(), ids=DATA)
def test_writing_takes_time_in_proportion_to_the_data(make):
    expect_linear(written, make, 4_000)
