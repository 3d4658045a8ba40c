"""No header field and no parameter takes more time than its length: each reader, with what could lead it astray."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict

from blog.models import Tag
from piston_core import BaseHandler, Problem
from piston_core.idempotency.keys import read_key
from piston_core.lists.cursors import read_cursor
from piston_core.lists.ranges import read_range
from piston_core.lists.wish import wish_of
from piston_core.pipeline.conditions import Conditions, State, refuse_other_state, unmodified
from piston_core.pipeline.negotiate import parse_accept
from piston_core.pipeline.prefer import preferences
from piston_core.plans.wanted import NotShown, read_wanted
from piston_json.pointers import Pointer
from tests.linear import expect_linear

SIZE = 6_000  # characters; those eight times as many would keep a server busy for half a minute


class TagHandler(BaseHandler):
    model = Tag
    sorting = ("name",)
    filters = ("slug", "name__in")


def preferred(text: str) -> Any:
    return preferences(SimpleNamespace(META={"HTTP_PREFER": text}))  # which is all it reads


def wished(name: str) -> Any:
    def wish(text: str) -> Any:
        return wish_of(TagHandler(), QueryDict(f"{name}={text}"), strict=True)

    return wish


STATE = State('"a"', 0)
READERS = {
    "Accept": parse_accept,
    "Prefer": preferred,
    "Range": read_range,
    "Range of items": lambda text: read_range(f"items={text}"),
    "If-None-Match": lambda text: unmodified(Conditions(None, text, None, None, None), STATE),
    "If-Match": lambda text: refuse_other_state(Conditions(text, None, None, None, None), STATE),
    "If-Modified-Since": lambda text: unmodified(Conditions(None, None, text, None, None), STATE),
    "Idempotency-Key": read_key,
    "sort": wished("sort"),
    "limit": wished("limit"),
    "a filter": wished("slug"),
    "a filter of several": wished("name__in"),
    "cursor": read_cursor,
    "fields": read_wanted,
    "a pointer": Pointer.read,
}
SHAPES = {
    "letters": ("", "a", ""),
    "digits": ("", "1", ""),
    "blanks": ("", " ", ""),
    "blanks in the middle": ("a", " ", "b"),
    "blanks behind a sign": ("a=", " ", "b"),
    "blanks behind a semicolon": ("a/b;", " ", ","),
    "blanks behind a parameter": ("a/b;c", " ", ","),
    "tabs": ("a", "\t", "b"),
    "commas": ("", ",", ""),
    "blanks and commas": ("a", " ,", "b"),
    "quotes": ("", '"', ""),
    "a quote and letters": ('"', "a", ""),
    "a quote and backslashes": ('a="', "\\", ""),
    "escaped quotes": ('a="', '\\"', ""),
    "quotes in parameters": ("a/b;", 'c=";', ""),
    "weak tags": ("", 'W/"', ""),
    "tags": ("", '"b",', ""),
    "strong tags without an end": ("", '"b', "\\"),
    "semicolons": ("a/b", ";", ""),
    "parameters": ("a/b", ";q=1", ""),
    "weights": ("a/b;q=0.", "0", "x"),
    "media ranges": ("", "a/b,", ""),
    "signs": ("a", "=", ""),
    "slashes": ("", "/", ""),
    "tildes": ("/", "~", ""),
    "escapes": ("/", "~01", "~"),
    "parentheses": ("a", "(a", ""),
    "closed parentheses": ("a", ")", ""),
    "names": ("", "name,", "name"),
    "signed names": ("", "-name,", ""),
    "hyphens": ("", "-", ""),
    "ranges": ("", "1-2,", ""),
    "zeros": ("", "0", "1-2"),
    "lists": ("", "W1tb", ""),  # [[[ in base64
}


@pytest.mark.parametrize("reader", READERS)
def test_the_time_to_read_grows_with_the_length_and_not_faster(reader):
    read = READERS[reader]

    def act(text: str) -> None:
        with suppress(Problem, NotShown, ValueError):
            read(text)

    for first, middle, last in SHAPES.values():
        expect_linear(act, lambda size: f"{first}{middle * (size // len(middle))}{last}", SIZE)  # noqa: B023 - called at once
