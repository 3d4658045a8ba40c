"""Whatever an emitter writes itself, columns that are read as such are what the objects' attributes are.

The oracle of the other modules says what JSON shows; here the attributes themselves are the judge, for
emitters that take Python's types and for such that take nothing but text.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory
from hypothesis import given

from piston_core import BaseHandler
from piston_core.plans import reading
from piston_core.plans.choosing import level_of
from piston_core.plans.compiler import Compiler
from piston_core.plans.levels import Level
from piston_core.plans.values import Values
from piston_core.scope import Scope
from tests.piston_core.plans.fidelity.databases import everywhere, undone
from tests.piston_core.plans.fidelity.values import examples, row
from tests.shop.kinds import Firm, Loose

ALL_TYPES = frozenset({dt.datetime, dt.date, dt.time, dt.timedelta, Decimal, UUID, float, bytes})

STYLES = {
    "text only": (frozenset(), False),
    "text as JSON": (frozenset({dt.datetime, dt.date, UUID}), True),
    "all of Python's types": (ALL_TYPES, False),
    "moments alone": (frozenset({dt.datetime}), False),
    "decimals and floats": (frozenset({Decimal, float}), False),
}


def both_ways(model: Any, alias: str, style: str) -> tuple[list[Any], list[Any]]:
    """Return all rows of a model as they are read by columns, and as they are read from objects."""
    native, textual = STYLES[style]
    names = tuple(field.name for field in model._meta.concrete_fields)
    handler = type("It", (BaseHandler,), {"model": model, "fields": names})
    compiler = Compiler(Scope(), handler())
    values = Values(compiler, handler, native, RequestFactory().get("/"), textual=textual)
    plan, queryset = compiler.plan(handler, model), model._base_manager.using(alias).order_by("pk")
    assert isinstance(level_of(plan, queryset, values), Level)
    return reading.fetch(plan, queryset, values), reading.rows(plan, list(queryset), values)


def typed(rows: list[Any]) -> list[Any]:
    return [{name: (type(value), value) for name, value in each.items()} for each in rows]


def spelt(rows: list[Any]) -> list[Any]:
    """Return rows with the types that JSON writes as text, as that text."""
    kinds = (dt.date, UUID)
    return [
        {
            name: value.isoformat()
            if isinstance(value, dt.date)
            else str(value)
            if isinstance(value, kinds)
            else value
            for name, value in each.items()
        }
        for each in rows
    ]


@everywhere
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("model", [Loose, Firm], ids=lambda model: model.__name__)
def test_columns_are_what_the_attributes_of_objects_are(alias, style, model):
    @examples(8)
    @given(row(null=model is Loose))
    def run(values: dict[str, Any]) -> None:
        with undone(alias):
            model._base_manager.using(alias).bulk_create([model(**values)])
            columns, objects = both_ways(model, alias, style)

        textual = STYLES[style][1]
        assert typed(spelt(columns) if textual else columns) == typed(spelt(objects) if textual else objects)

    run()
