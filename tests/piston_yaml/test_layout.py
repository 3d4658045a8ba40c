"""What a person sees: block style, text as it is where that is safe, quotes where it is not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from tests.piston_yaml.asking import read, shown, written

POST = {
    "id": 1,
    "title": "Hello Piston",
    "author": {"username": "alice", "address": {}},
    "tags": [{"name": "Django", "slug": "django"}, {"name": "REST", "slug": "rest"}],
    "matrix": [[1, 2], [], [[3]]],
    "content": "First line.\n\n  Indented.\nLast line.",
    "notes": "One line, and its end.\n",
    "created": datetime(2026, 3, 1, 12, tzinfo=UTC),
    "day": date(2026, 3, 1),
    "uid": UUID("12345678-9abc-4def-8000-00000000ffff"),
    "price": Decimal("21.50"),
    "rating": 1e16,
    "published": True,
    "answer": "no",
    "url": "https://example.com/?a=b",
    "empty": "",
    "nothing": None,
    "none_of_them": [],
}
LINES = """\
- id: 1
  title: Hello Piston
  author:
    username: alice
    address: {}
  tags:
    - name: Django
      slug: django
    - name: REST
      slug: rest
  matrix:
    - - 1
      - 2
    - []
    - - - 3
  content: |-
    First line.

      Indented.
    Last line.
  notes: |
    One line, and its end.
  created: "2026-03-01T12:00:00+00:00"
  day: "2026-03-01"
  uid: "12345678-9abc-4def-8000-00000000ffff"
  price: "21.50"
  rating: 1.0e+16
  published: true
  answer: "no"
  url: "https://example.com/?a=b"
  empty: ""
  nothing: null
  none_of_them: []
...
"""


def test_a_row_is_as_a_person_would_write_it():
    assert shown([POST]).content.decode() == LINES


PLAIN = [
    "a",
    "Hello",
    "a b  c",
    "Grüße",
    "日本語",
    "Привет",
    "it's",
    "a-b",
    "a_b",
    "a.b/c",
    "half (off)!",
    "C++",
    "a, b & c",
]
QUOTED = {
    "3 apples": '"3 apples"',
    'say "hi"': r'"say \"hi\""',
    "C:\\temp": r'"C:\\temp"',
    "a: b": '"a: b"',
    "😀": '"😀"',
    "tab\there": r'"tab\there"',
    "\x00\x07\x1b": r'"\u0000\u0007\u001b"',
    "\x7f\x85\u2028\ufeff": r'"\u007f\u0085\u2028\ufeff"',
    "a\r\nb": r'"a\r\nb"',
    "\n": r'"\n"',
    " a\nb": r'" a\nb"',
    "a\n\n": r'"a\n\n"',
    "a\nb\x00": r'"a\nb\u0000"',
}


@pytest.mark.parametrize("text", PLAIN)
def test_words_stand_as_they_are(text):
    assert written({text: text}).decode() == f"{text}: {text}\n...\n"


@pytest.mark.parametrize(("text", "quoted"), QUOTED.items(), ids=map(ascii, QUOTED))
def test_what_could_be_misread_stands_in_quotes(text, quoted):
    assert written({text: text}).decode() == f"{quoted}: {quoted}\n...\n"


def test_a_long_line_stays_one_line():
    text = "word " * 1000 + "end"

    assert written([text]).decode() == f"- {text}\n...\n"


BLOCKS = {
    "a\nb": "|-\n  a\n  b",
    "a\nb\n": "|\n  a\n  b",
    "a\n\n\nb\n  \n\nc": "|-\n  a\n\n\n  b\n    \n\n  c",
    "# a\n- b\n---\n...\n: c": "|-\n  # a\n  - b\n  ---\n  ...\n  : c",
    "a\n  b\n\tc": "|-\n  a\n    b\n  \tc",
    "😀 \\ \"\n'\xa0": "|-\n  😀 \\ \"\n  '\xa0",
}


@pytest.mark.parametrize(("text", "block"), BLOCKS.items(), ids=map(ascii, BLOCKS))
def test_text_of_several_lines_is_a_block(text, block):
    assert written(text).decode() == f"{block}\n...\n"
    assert written([text]).decode() == f"- {block}\n...\n"
    assert written({"a": text}).decode() == f"a: {block}\n...\n"
    assert read(written([[{"a": [text]}]])) == [[{"a": [text]}]]
