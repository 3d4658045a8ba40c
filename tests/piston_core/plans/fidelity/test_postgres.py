"""Columns that only PostgreSQL has: arrays and ranges, of values of every kind."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from piston_core import BaseHandler
from tests.piston_core.plans.fidelity.asking import check
from tests.piston_core.plans.fidelity.databases import on_postgres, undone
from tests.piston_core.plans.fidelity.values import BASE, decimal, documents, examples, moments, number, text
from tests.settings import POSTGRES_MISSING
from tests.shop.custom import Suit
from tests.shop.models import Maker
from tests.shop.serving import answer

if not POSTGRES_MISSING:  # these models need psycopg to be imported, and their app to be installed
    from tests.shop_postgres.models import Crate, Span

ARRAYS = {
    "words": st.lists(text(), max_size=3),
    "numbers": st.lists(st.none() | number(-(2**31), 2**31 - 1), max_size=3),
    "grid": st.integers(1, 2).flatmap(
        lambda wide: st.lists(st.lists(number(-9, 9), min_size=wide, max_size=wide), max_size=2)
    ),
    "prices": st.lists(decimal(20, 8), max_size=3),
    "days": st.lists(st.none() | BASE["date"], max_size=3),
    "moments": st.lists(moments(), max_size=3),
    "codes": st.lists(BASE["uuid"], max_size=3),
    "waits": st.lists(BASE["duration"], max_size=3),
    "cents": st.lists(number(-9999, 9999).map(lambda value: Decimal(value).scaleb(-2)), max_size=3),
    "suits": st.lists(st.sampled_from(Suit), max_size=3),
    "specs": st.lists(documents().filter(lambda value: value is not None), max_size=2),
}
BELOW = ("name", ("crates", (*ARRAYS, ("spans", ("pk",)))))


def rows() -> st.SearchStrategy[dict[str, Any]]:
    """Return the values of a crate; only the words must be there."""
    return st.fixed_dictionaries(
        {name: each if name == "words" else st.none() | each for name, each in ARRAYS.items()}
    )


@on_postgres
@examples(40)
@given(found=st.lists(rows(), max_size=3))
def test_arrays(alias, found):
    with undone(alias):
        maker = Maker.objects.using(alias).create(name="Maker")
        for values in found:
            Crate.objects.create(maker=maker, **values)

        check(lambda: Crate.objects.using(alias), (*ARRAYS, ("maker", ("name",))))
        check(lambda: Maker.objects.using(alias), BELOW)
        check(lambda: Crate.objects.annotate(first=F("words__0"), some=F("numbers__0_2")), ("first", "some"))


@on_postgres
def test_how_an_array_is_spelt(alias):
    Crate.objects.create(
        cents=[Decimal("1.5")], suits=[Suit.SPADES], grid=[[1, 2], [3, 4]], days=[dt.date(2026, 1, 2), None]
    )

    got = check(Crate.objects.all, ("words", "cents", "suits", "grid", "days", "waits"))

    spelt = {"cents": ["1.50"], "suits": [2], "grid": [[1, 2], [3, 4]], "days": ["2026-01-02", None], "waits": None}
    assert got == [{"words": [], **spelt}]


class SpanHandler(BaseHandler):
    """Shows what has no form in JSON by a method, one for each range."""

    fields = ("numbers", "prices", "days", "moments", ("crate", ("words",)))

    def numbers(self, span: Any) -> Any:
        """Return the ends of a range."""
        return _ends(span.numbers)

    def prices(self, span: Any) -> Any:
        """Return the ends of a range."""
        return _ends(span.prices)

    def days(self, span: Any) -> Any:
        """Return the ends of a range."""
        return _ends(span.days)

    def moments(self, span: Any) -> Any:
        """Return the ends of a range."""
        return _ends(span.moments)


def _ends(found: Any) -> Any:
    return None if found is None else [found.lower, found.upper, found.isempty]


@on_postgres
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_ranges_through_a_method(alias, stream):
    crate = Crate.objects.create(words=["a"])
    Span.objects.create(crate=crate, numbers=(1, 3), prices=(Decimal("0.10"), None), days=(dt.date(2026, 1, 2), None))
    Span.objects.create(crate=crate, numbers=(1, 1), moments=(None, dt.datetime(2026, 1, 2, tzinfo=dt.UTC)))

    got = answer(type("It", (SpanHandler,), {"model": Span, "stream": stream}))

    assert got == [
        {
            "numbers": [1, 3, False],
            "prices": ["0.10", None, False],
            "days": ["2026-01-02", None, False],
            "moments": None,
        }
        | {"crate": {"words": ["a"]}},
        {"numbers": [None, None, True], "prices": None, "days": None}
        | {"moments": [None, "2026-01-02T00:00:00+00:00", False], "crate": {"words": ["a"]}},
    ]


@on_postgres
def test_a_range_without_a_method_is_refused(alias):
    Span.objects.create(crate=Crate.objects.create(), numbers=(1, 3))
    handler = type("It", (BaseHandler,), {"model": Span, "fields": ("numbers",)})

    with pytest.raises(TypeError, match="Range has no plain form"):
        answer(handler)
