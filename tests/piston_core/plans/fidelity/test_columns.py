"""Every kind of column is shown as the instance has it, to the last digit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Value
from hypothesis import given
from hypothesis import strategies as st

from tests.piston_core.plans.fidelity import oracle
from tests.piston_core.plans.fidelity.asking import as_whole_and_as_stream, check, handler_of
from tests.piston_core.plans.fidelity.databases import everywhere, undone
from tests.piston_core.plans.fidelity.values import BASE, examples, row
from tests.shop.kinds import Firm, Loose
from tests.shop.serving import serving

NAMES = ("pk", *BASE)


def stored(model: Any, alias: str, rows: list[dict[str, Any]]) -> None:
    """Store objects."""
    model.objects.using(alias).bulk_create(model(**values) for values in rows)


@everywhere
@examples(12)
@given(rows=st.lists(row(null=True), max_size=4))
def test_columns_with_null(alias, rows):
    with undone(alias):
        stored(Loose, alias, rows)

        assert len(check(lambda: Loose.objects.using(alias), NAMES)) == len(rows)


@everywhere
@examples(12)
@given(rows=st.lists(row(null=False), min_size=1, max_size=4))
def test_columns_without_null(alias, rows):
    with undone(alias):
        stored(Firm, alias, rows)

        check(lambda: Firm.objects.using(alias), NAMES)


@everywhere
@pytest.mark.parametrize("name", BASE)
@examples(10)
@given(data=st.data())
def test_each_column_by_itself(alias, name, data):
    found = data.draw(st.lists(st.none() | BASE[name], max_size=20))
    with undone(alias):
        stored(Loose, alias, [{name: value} for value in found])

        check(lambda: Loose.objects.using(alias), [name])


@everywhere
@pytest.mark.parametrize("name", BASE)
def test_a_column_of_nothing_but_null(alias, name):
    stored(Loose, alias, [{}, {}])

    assert check(lambda: Loose.objects.using(alias), [name]) == [{name: None}] * 2


# What each value has to look like, word by word, so that a rule that is wrong twice is found as well.
SPELT = {
    "zero with places": ("fine", Decimal(0), "0E-12"),
    "a negative number with places": ("fine", Decimal("-0.5"), "-0.500000000000"),
    "a price": ("price", Decimal("12.5"), "12.50"),
    "a whole decimal": ("whole", Decimal(100), "100"),
    "a large integer": ("big", 2**63 - 1, 2**63 - 1),
    "a small number": ("real", 5e-324, 5e-324),
    "the first date": ("date", dt.date.min, "0001-01-01"),
    "the first moment": ("moment", dt.datetime.min.replace(tzinfo=dt.UTC), "0001-01-01T00:00:00+00:00"),
    "the last moment": ("moment", dt.datetime.max.replace(tzinfo=dt.UTC), "9999-12-31T23:59:59.999999+00:00"),
    "ten microseconds": ("time", dt.time(1, 2, 3, 10), "01:02:03.000010"),
    "a full second": ("time", dt.time(1, 2, 3), "01:02:03"),
    "a negative duration": ("duration", dt.timedelta(days=-1, seconds=1), "-P0DT23H59M59S"),
    "a duration": ("duration", dt.timedelta(days=400, microseconds=5), "P400DT00H00M00.000005S"),
    "bytes": ("content", b"\x00\xff", "AP8="),
    "no bytes": ("content", b"", ""),
    "no file": ("file", "", None),
    "a file": ("file", "a b.txt", "/media/a%20b.txt"),
    "text that looks like JSON": ("text", '{"a": 1}', '{"a": 1}'),
    "a document with null": ("data", {"a": None, "é": [1.5, 2]}, {"a": None, "é": [1.5, 2]}),
    "a document that is text": ("data", "text", "text"),
    "a document that is null": ("data", Value(None, Loose._meta.get_field("data")), None),
    "a document that is false": ("data", False, False),
    "an address": ("ip", "2001:DB8:0:0::1", "2001:db8::1"),
    "a choice": ("colour", "r", "r"),
}


@everywhere
@pytest.mark.parametrize("case", SPELT)
def test_how_a_value_is_spelt(alias, case):
    name, value, spelt = SPELT[case]
    Loose.objects.using(alias).create(**{name: value})

    got = check(lambda: Loose.objects.using(alias), [name])

    assert oracle.same(got, [{name: spelt}])


@everywhere
@as_whole_and_as_stream
@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_a_number_without_a_form_in_json_is_refused_and_not_shown_as_null(alias, stream, value):
    Loose.objects.using(alias).create(real=value)

    with serving({"it/": handler_of(lambda: Loose.objects.using(alias), ["real"], stream=stream)}) as client:
        client.raise_request_exception = False
        response = client.get("/api/it/")

    assert response.status_code == 500
