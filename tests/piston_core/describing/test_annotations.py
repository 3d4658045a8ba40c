"""What a method says that it returns, as a schema."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict
from uuid import UUID

import pytest
from django.db.models import QuerySet
from django.http import HttpResponse

from piston_core import Reply
from piston_core.describing.annotations import Returned, returned
from tests.shop.models import Label, Product

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


class Colour(Enum):
    RED = "r"
    BLUE = "b"


class Mixed(Enum):
    ONE = (1, 2)


@dataclass
class Point:
    x: int
    label: str | None = None


@dataclass
class Tree:
    name: str
    below: list[Tree]


class Row(TypedDict, total=False):
    name: str


class Pair(NamedTuple):
    one: int
    two: int


class Money:
    def __emittable__(self) -> dict[str, int]:
        return {"cents": 1}


Name = NewType("Name", str)


def shown(model, many):
    return {"$shown": model.__name__ if model else None, "many": many}


def told(annotation):
    def method(self): ...

    method.__annotations__ = {"return": annotation}
    return returned(method, shown)


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (int, NUMBER),
        (bool, {"type": "boolean"}),
        (float, {"type": "number"}),
        ("str", TEXT),
        (Decimal, {"type": "string", "format": "decimal"}),
        (dt.date, {"type": "string", "format": "date"}),
        (dt.datetime, {"type": "string", "format": "date-time"}),
        (UUID, {"type": "string", "format": "uuid"}),
        (bytes, {"type": "string", "contentEncoding": "base64"}),
        (Name, TEXT),
        (Annotated[int, "cents"], NUMBER),
        (Colour, {"oneOf": [{"const": "r", "title": "RED"}, {"const": "b", "title": "BLUE"}]}),
        (Mixed, {}),
        (Literal["a", 1], {"enum": ["a", 1]}),
        (list[int], {"type": "array", "items": NUMBER}),
        (list, {"type": "array", "items": {}}),
        (set[str], {"type": "array", "items": TEXT}),
        (Sequence[int], {"type": "array", "items": NUMBER}),
        (Iterator[int], {"type": "array", "items": NUMBER}),
        (AsyncIterator[int], {"type": "array", "items": NUMBER}),
        (tuple[int, ...], {"type": "array", "items": NUMBER}),
        (tuple[int, str], {"type": "array", "prefixItems": [NUMBER, TEXT], "minItems": 2, "maxItems": 2}),
        (dict, {"type": "object"}),
        (dict[str, int], {"type": "object", "additionalProperties": NUMBER}),
        (Mapping[str, Any], {"type": "object", "additionalProperties": {}}),
        (Money, {"type": "object", "additionalProperties": NUMBER}),
        (Product, {"$shown": "Product", "many": False}),
        (list[Product], {"type": "array", "items": {"$shown": "Product", "many": False}}),
        (QuerySet, {"type": "array", "items": {"$shown": None, "many": True}}),
        (int | str, {"anyOf": [NUMBER, TEXT]}),
        (Product | Label, {"anyOf": [{"$shown": "Product", "many": False}, {"$shown": "Label", "many": False}]}),
        (dict[str, int | None], {"type": "object", "additionalProperties": {"anyOf": [NUMBER, {"type": "null"}]}}),
        (Any, {}),
        (object, {}),
        (type, {}),
        ("Context", {}),
        ("no such thing", {}),
        (int | Any, {}),
    ],
    ids=str,
)
def test_an_annotation_becomes_a_schema(annotation, schema):
    assert told(annotation).schema == schema


def test_a_dataclass_has_all_its_fields():
    assert told(Point).schema == {
        "type": "object",
        "title": "Point",
        "properties": {"x": NUMBER, "label": {"anyOf": [TEXT, {"type": "null"}]}},
        "required": ["x", "label"],
    }


def test_a_typed_dictionary_says_which_names_it_always_has():
    assert told(Row).schema == {"type": "object", "title": "Row", "properties": {"name": TEXT}, "required": []}


def test_what_is_within_itself_comes_to_an_end():
    assert told(Tree).schema["properties"]["below"] == {"type": "array", "items": {}}


def test_a_named_tuple_is_a_list_as_it_is_written():
    assert told(Pair).schema == {"type": "array", "prefixItems": [NUMBER, NUMBER], "minItems": 2, "maxItems": 2}


@pytest.mark.parametrize(
    ("annotation", "nothing", "replies", "responses", "data"),
    [
        (int, False, False, False, True),
        (int | None, True, False, False, True),
        (None, True, False, False, False),
        (int | Reply, False, True, False, True),
        (Reply, False, True, False, False),
        (HttpResponse, False, False, True, False),
        (int | HttpResponse | None, True, False, True, True),
        (Any, True, True, True, True),
    ],
    ids=str,
)
def test_what_is_no_data_is_told_apart(annotation, nothing, replies, responses, data):
    found = told(annotation)

    assert (found.nothing, found.replies, found.responses, found.data) == (nothing, replies, responses, data)


@pytest.mark.parametrize(
    ("annotation", "queries", "lists"), [(QuerySet, True, True), (list[int], False, True), (int, False, False)]
)
def test_lists_are_told_apart(annotation, queries, lists):
    assert (told(annotation).queries, told(annotation).lists) == (queries, lists)


def test_a_method_without_an_annotation_may_return_anything():
    assert returned(lambda self: 1, shown) == Returned()
