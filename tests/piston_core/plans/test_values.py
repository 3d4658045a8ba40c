"""What a handler returns becomes plain data, or is refused with a reason."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_address
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core.plans.scalars import Unrepresentable
from tests.ids import stable
from tests.shop.models import Maker, Product, Rank, Size
from tests.shop.serving import answer, returning, serving, stock


class Point(NamedTuple):
    x: int
    y: int


class Colour(enum.Enum):
    RED = "red"
    TEN = 10
    DAY = dt.date(2026, 1, 2)


class Number(int):
    pass


class Day(dt.date):
    pass


class Word(str):
    __slots__ = ()


class Told:
    """Says itself what it looks like."""

    def __init__(self, value):
        self.value = value

    def __emittable__(self):
        return self.value


class ToldDictionary(dict):
    def __emittable__(self):
        return "not asked"


@dataclass
class Pair:
    left: object
    right: object = field(default=None, repr=False)


@dataclass
class ToldPair(Pair):
    def __emittable__(self):
        return [self.left, self.right]


AWARE = dt.datetime(2026, 3, 4, 5, 6, 7, 890000, tzinfo=ZoneInfo("Asia/Kolkata"))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (0, 0),
        ("", ""),
        (0.5, 0.5),
        (Number(7), 7),
        (Word("w"), "w"),
        (mark_safe("<b>"), "<b>"),
        (gettext_lazy("Yes"), "Yes"),
        (lazystr(5), "5"),
        (Decimal("1.500"), "1.500"),
        (Decimal("1E+2"), "1E+2"),
        (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (Day(2026, 1, 2), "2026-01-02"),
        (dt.time(1, 2, 3, 4), "01:02:03.000004"),
        (dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC), "2026-01-02T03:04:00+00:00"),
        (AWARE, "2026-03-04T05:06:07.890000+05:30"),
        (dt.timedelta(days=1, seconds=2, microseconds=3), "P1DT00H00M02.000003S"),
        (-dt.timedelta(minutes=1), "-P0DT00H01M00S"),
        (b"\x00\xff", "AP8="),
        (bytearray(b"a"), "YQ=="),
        (memoryview(b"a"), "YQ=="),
        (Colour.RED, "red"),
        (Colour.TEN, 10),
        (Colour.DAY, "2026-01-02"),
        (Size.LARGE, "L"),
        (Rank.HIGH, 2),
        (ip_address("::1"), "::1"),
        (PurePosixPath("a/b"), "a/b"),
        (ZoneInfo("Europe/Berlin"), "Europe/Berlin"),
        (ContentFile(b"x", name="x.txt"), "x.txt"),
        (ContentFile(b"x"), None),
        ([], []),
        ((), []),
        ({}, {}),
        ((1, [2, (3,)]), [1, [2, [3]]]),
        ({4}, [4]),
        (frozenset({4}), [4]),
        ({"a": 1}.keys(), ["a"]),
        (Point(1, 2), [1, 2]),
        (iter([1, 2]), [1, 2]),
        ((each * 2 for each in (1, 2)), [2, 4]),
        (map(str, [1]), ["1"]),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (MappingProxyType({"a": (1,)}), {"a": [1]}),
        (Pair(1, {"x": Pair(2)}), {"left": 1, "right": {"x": {"left": 2, "right": None}}}),
        (Told(5), 5),
        (Told({"a": Told([Decimal(1)])}), {"a": ["1"]}),
        (ToldPair(1, 2), [1, 2]),
        (ToldDictionary(a=1), {"a": 1}),
    ],
    ids=lambda value: f"{type(value).__name__} {stable(value)}"[:40],
)
def test_values_become_plain_at_any_depth(value, plain):
    assert answer(returning(lambda: {"it": value})) == {"it": plain}


@pytest.mark.parametrize(
    ("key", "text"),
    [(1, "1"), (True, "true"), (None, "null"), (1.5, "1.5"), (Size.SMALL, "S"), (Rank.LOW, "1"),
     (dt.date(2026, 1, 2), "2026-01-02"), (uuid.UUID(int=5), str(uuid.UUID(int=5))), (Word("w"), "w")],
    ids=stable,
)  # fmt: skip
def test_keys_become_text(key, text):
    assert answer(returning(lambda: {key: 1})) == {text: 1}
    assert answer(returning(lambda: [{"nested": {key: 1}}])) == [{"nested": {text: 1}}]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), Decimal("NaN"), Decimal("-Infinity")])
@pytest.mark.parametrize("where", [lambda each: each, lambda each: {"a": [each]}, lambda each: {each: 1}])
def test_numbers_that_are_not_finite_are_refused(value, where):
    with pytest.raises(ValueError, match="is not a finite number"):
        answer(returning(lambda: where(value)))


@pytest.mark.parametrize(
    "value",
    [object(), print, int, lambda: 5, 1j, ..., NotImplemented, range(3), Pair],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_plain_form_is_refused_with_what_to_do(value):
    with pytest.raises(
        Unrepresentable, match="has no plain form; return plain data instead, or give the class a method"
    ):
        answer(returning(lambda: [value]))


def test_a_refused_value_is_a_500_problem_without_its_name():
    with serving({"it/": returning(lambda: {"it": object()})}) as client:
        client.raise_request_exception = False
        response = client.get("/api/it/")

    assert (response.status_code, response.headers["Content-Type"]) == (500, "application/problem+json")
    assert b"plain form" not in response.content


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(PLAIN)
def test_plain_data_arrives_as_it_was_returned(data):
    with serving({"it/": returning(lambda: {"it": data})}) as client:
        assert client.get("/api/it/").json() == {"it": data}


@given(PLAIN)
def test_disguised_data_arrives_as_plain_as_undisguised(data):
    def disguised(value):
        if isinstance(value, list):
            return Told(tuple(disguised(each) for each in value))
        if isinstance(value, dict):
            return MappingProxyType({Word(key): disguised(each) for key, each in value.items()})
        return Word(value) if isinstance(value, str) else value

    with serving({"it/": returning(lambda: [disguised(data)])}) as client:
        assert client.get("/api/it/").json() == [data]


@pytest.mark.django_db
def test_objects_are_shown_wherever_they_stand():
    tea = stock(1)[0]
    show = type("Products", (returning(dict),), {"model": Product, "fields": ("name",)})
    row = {"name": "Tea 1"}

    for value, plain in [
        ([tea, {"it": tea}, (tea,), 5], [row, {"it": row}, [row], 5]),
        ({tea}, [row]),
        (Pair(tea, [tea]), {"left": row, "right": [row]}),
        (Told(tea), row),
        (Told(Product.objects.all()), [row]),
        (Product.objects, [row]),
        (Product.objects.none(), []),
        (Product.objects.raw("SELECT * FROM shop_product"), [row]),
        (Product.objects.iterator(), [row]),
        (tea.maker.products, [row]),
    ]:
        assert answer(returning(lambda value=value: {"value": value}), show) == {"value": plain}


@pytest.mark.django_db
def test_a_mixed_list_keeps_its_order():
    first, second = stock(2)
    products = type("Products", (returning(dict),), {"model": Product, "fields": ("name",)})
    makers = type("Makers", (returning(dict),), {"model": Maker, "fields": ("number",)})
    mixed = [second, first.maker, None, first, {"of": second.maker}, second.maker, "text"]

    assert answer(returning(lambda: mixed), products, makers) == [
        {"name": "Tea 2"},
        {"number": 1},
        None,
        {"name": "Tea 1"},
        {"of": {"number": 2}},
        {"number": 2},
        "text",
    ]


@pytest.mark.django_db
def test_a_file_is_its_address_and_no_file_is_null():
    tea = stock(1)[0]
    kind = returning(Product.objects.get, model=Product, fields=("photo",))

    assert answer(kind) == {"photo": None}
    tea.photo.save("Tea leaf.txt", ContentFile(b"leaf"))
    assert answer(kind) == {"photo": "/media/photos/Tea_leaf.txt"}


@pytest.mark.django_db
def test_columns_of_every_kind_have_the_form_of_their_values():
    from tests.shop.models import Blob, Order, Sample

    sample = Sample(
        char="ü", integer=-1, big=2**63 - 1, real=0.1, decimal=Decimal("1.5"), maybe=None, date=dt.date(1, 1, 1),
        moment=AWARE, time=dt.time(23, 59), duration=dt.timedelta(1), uuid=uuid.UUID(int=1), ip="::1",
        data={"a": [1, None, {"ü": 1.5}]}, size=Size.SMALL, rank=Rank.HIGH, born=dt.date(9999, 12, 31),
    )  # fmt: skip
    sample.save()
    Blob.objects.create(name="b", content=b"\x00\x01")
    Order.objects.create(price=3, quantity=2)

    shown = answer(returning(Sample.objects.get, model=Sample))
    assert shown == {
        "char": "ü", "text": "", "slug": "", "email": "", "integer": -1, "small": None, "big": 2**63 - 1,
        "positive": None, "real": 0.1, "decimal": "1.5000", "flag": True, "maybe": None, "date": "0001-01-01",
        "moment": "2026-03-03T23:36:07.890000+00:00", "time": "23:59:00", "duration": "P1DT00H00M00S",
        "uuid": "00000000-0000-0000-0000-000000000001", "ip": "::1", "data": {"a": [1, None, {"ü": 1.5}]},
        "size": "S", "rank": 2, "born": "9999-12-31", "customer": None,
    }  # fmt: skip
    assert answer(returning(Blob.objects.get, model=Blob)) == {"name": "b", "content": "AAE="}
    assert answer(returning(Order.objects.get, model=Order)) == {
        "price": 3, "quantity": 2, "total": 6, "state": "new", "priority": 3
    }  # fmt: skip


def test_json_lines_has_the_same_rows():
    with serving({"it/": returning(lambda: [{"a": Decimal(1)}, 2, None])}) as client:
        response = client.get("/api/it/?format=jsonl")

    assert response.getvalue() == b'{"a":"1"}\n2\nnull\n'
