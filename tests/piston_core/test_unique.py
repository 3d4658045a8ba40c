"""Values that have to be unique are asked for by SQL that is the same for each of them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from piston_core.unique import may_clash
from tests.shop.models import Country, Label, Maker
from tests.shop.serving import stock


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
