"""One object by its key, and values that have to be unique, asked for by SQL that is compiled once."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection, models
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from piston_core.stored import may_clash, reread
from tests.shop.models import Country, Detail, Label, Maker, Product, Sample
from tests.shop.serving import stock

SAMPLE = {
    "char": "x",
    "real": -0.5,
    "decimal": "1.5",
    "moment": "2024-05-06T07:08:09.101112+02:00",
    "time": "07:08:09.5",
    "uuid": uuid.UUID(int=7),
    "data": {"a": [1, None]},
}


def held(obj: models.Model) -> dict:
    """Return what an object holds, with the types of its values."""
    return {name: (type(value), value) for name, value in vars(obj).items() if name != "_state"}


@pytest.mark.parametrize("zone", [True, False])
def test_an_object_is_read_as_the_models_own_queryset_reads_it(db, settings, zone):
    settings.USE_TZ = zone
    moment = SAMPLE["moment"] if zone else SAMPLE["moment"][:-6]
    stored = Sample.objects.create(**SAMPLE | {"moment": moment})

    found, expected = reread(Sample, stored.pk), Sample.objects.get(pk=stored.pk)

    assert held(found) == held(expected)
    assert (found._state.db, found._state.adding) == (expected._state.db, False)
    assert reread(Sample, stored.pk + 1) is None


@pytest.mark.parametrize("model", [Product, Maker, Country, Label])
def test_every_plain_model_can_be_read_by_its_key(db, model):
    stock(1)
    expected = model._default_manager.first()

    assert held(reread(model, expected.pk)) == held(expected)


def test_a_model_whose_key_is_a_relation_or_that_has_parents_is_left_to_django(db):
    stock(1)

    assert reread(Detail, Detail.objects.first().pk) is None or not Detail._meta.pk.is_relation


@pytest.mark.parametrize(
    ("obj", "names", "clash"),
    [
        (lambda: Label(word="green-1"), {"word"}, True),
        (lambda: Label(word="new"), {"word"}, False),
        (lambda: Label(word="green-1"), set(), False),
        (lambda: Maker(number=None), {"name", "number"}, False),
        (lambda: Maker(number=1), {"number"}, True),
        (lambda: Maker(number=2), {"number"}, False),
        (lambda: Maker(number=10**30), {"number"}, True),
        (lambda: Maker(number=F("id")), {"number"}, True),
        (lambda: Country(code="01"), {"code"}, True),
        (lambda: Country(code="99"), {"code"}, False),
    ],
)
def test_only_a_value_that_nobody_has_is_certain_not_to_clash(db, obj, names, clash):
    stock(1)

    assert may_clash(obj(), names) is clash


def test_a_unique_value_costs_one_query(db):
    with CaptureQueriesContext(connection) as captured:
        may_clash(Label(word="new"), {"word"})

    assert [each["sql"].split(" WHERE ")[0] for each in captured] == ['SELECT 1 FROM "shop_label"']
