"""Fields that convert, compute, rename or describe their values, and models that make instances in their own way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Count, F
from hypothesis import given
from hypothesis import strategies as st

from piston_core import BaseHandler
from tests.piston_core.plans.fidelity.asking import check, check_one
from tests.piston_core.plans.fidelity.databases import everywhere, undone
from tests.piston_core.plans.fidelity.values import examples, number, text
from tests.shop.custom import Suit
from tests.shop.kinds import Cell, Computed, Custom, Quoted, Starred, Titled, Trimmed
from tests.shop.serving import serving

CUSTOM = {
    "colour": st.binary(min_size=3, max_size=3).map(bytes.hex),
    "suit": st.sampled_from(Suit),
    "cents": number(-(10**9), 10**9).map(lambda value: Decimal(value).scaleb(-2)),
    "words": st.lists(st.sampled_from(["ab", "é", "茶"]), max_size=3),
    "fixed": text(12),
    "textual": number(-(10**20), 10**20),
    "shouted": text(),
    "mirrored": text(),
    "file": st.sampled_from(["", "x.txt", "a b.txt"]),
}
DEEP = ("pk", *CUSTOM, ("parent", tuple(CUSTOM)), ("children", (*CUSTOM, "parent_id")))


def family(alias, rows):
    """Store objects, each the parent of the next."""
    parent = None
    for values in rows:
        parent = Custom.objects.using(alias).create(parent=parent, **values)


@everywhere
@examples(25)
@given(
    rows=st.lists(st.fixed_dictionaries({name: st.none() | each for name, each in CUSTOM.items()}), max_size=3),
)
def test_fields_with_converters_descriptors_types_and_sql_of_their_own(alias, rows):
    with undone(alias):
        family(alias, rows)

        check(lambda: Custom.objects.using(alias), DEEP)


@everywhere
def test_what_fields_of_our_own_look_like(alias):
    values = {"colour": "ff0001", "suit": Suit.SPADES, "cents": Decimal("1.5"), "words": None, "textual": 7}
    Custom.objects.using(alias).create(shouted="quiet", file="x.txt", **values)
    Custom.objects.using(alias).update(mirrored="abc")

    got = check(lambda: Custom.objects.using(alias), (*values, "shouted", "mirrored", "file"))

    assert got == [
        {
            "colour": {"red": 255, "green": 0, "blue": 1, "code": "#ff0001"},
            "suit": 2,
            "cents": "1.50",
            "words": ["nothing"],
            "textual": 7,
            "shouted": "QUIET",
            "mirrored": "cba",
            "file": "https://mirror.example/x.txt?v=1",
        }
    ]


@everywhere
def test_a_converter_is_asked_about_an_annotation_of_its_field(alias):
    Custom.objects.using(alias).create(colour="0000ff", cents=Decimal(3), words=["a", "b"])

    check(
        lambda: Custom.objects.using(alias).annotate(shade=F("colour"), price=F("cents"), all_words=F("words")),
        ("shade", "price", "all_words"),
    )


@everywhere
def test_names_that_have_to_be_quoted(alias):
    objects = Quoted.objects.using(alias)
    first = objects.create(select="*", capital="b", spaced=1)
    second = objects.create(select="from", capital="A", spaced=2, script=3, parent=first)
    first.fellows.add(second)
    own = ("pk", "select", "capital", "spaced", "script")
    names = (*own, "parent_id", ("parent", own), ("children", (*own, ("fellows", own))), ("fellows", own))

    check(objects.all, names)
    check(
        lambda: objects.order_by("-script", "spaced").annotate(fellow_count=Count("fellows")), ("fellow_count", *own)
    )


@everywhere
def test_what_the_database_computes(alias):
    objects = Computed.objects.using(alias)
    objects.create(first="Ann", price=Decimal("1.25"), amount=4)
    objects.create(first="Bob", last="Ray", price=Decimal("-0.0001"), amount=0)
    objects.create(first="", last="", price=0)

    check(objects.all, ("first", "last", "full", "total", "known", "pk"))


@everywhere
def test_a_model_whose_from_db_changes_the_object(alias):
    titled = Titled.objects.using(alias).create(title="quiet")
    Cell.objects.using(alias).create(row=1, chair="a", name="x", neighbour=titled)

    check(lambda: Titled.objects.using(alias), ("title",))
    check(lambda: Cell.objects.using(alias), ("name", ("neighbour", ("title",))))


@everywhere
def test_a_property_in_the_place_of_a_columns_attribute(alias):
    Starred.objects.using(alias).create(title="**title*")

    assert check(lambda: Trimmed.objects.using(alias), ("title",)) == [{"title": "title"}]


def cells(alias):
    """Store objects with keys of two columns, and return how to read them."""
    titled = Titled.objects.using(alias).create(title="quiet")
    for row, chair in ((2, "a"), (1, "a"), (1, "b")):
        Cell.objects.using(alias).create(
            row=row, chair=chair, name=f"{row}{chair}", neighbour=titled if row == 1 else None
        )
    return Cell.objects.using(alias)


@everywhere
@pytest.mark.parametrize(
    "names",
    [
        ("pk", "name"),
        ("name",),
        ("row", "pk", ("neighbour", ("title", ("cells", ("pk", "chair"))))),
        ("neighbour", "pk"),
    ],
    ids=["with its key", "without it", "below", "reference"],
)
def test_a_key_of_two_columns(alias, names):
    objects = cells(alias)

    check(objects.all, names)


@everywhere
def test_references_to_a_key_of_two_columns(alias):
    cells(alias)

    got = check(lambda: Titled.objects.using(alias), ("title", "cells"))

    assert got == [{"title": "Quiet", "cells": [{"pk": [1, "b"]}, {"pk": [1, "a"]}]}]


@everywhere
def test_one_object_by_a_key_of_two_columns(alias):
    objects = cells(alias)
    names = ("pk", "name", "neighbour")
    handler = type(
        "It", (BaseHandler,), {"model": Cell, "fields": names, "queryset": lambda self, request: objects.all()}
    )

    with serving({"cells/<int:row>/<str:chair>/": handler}) as client:
        check_one(client, "/api/cells/1/b/", objects.get(row=1, chair="b"), names)
