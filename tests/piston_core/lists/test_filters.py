"""What may stand in a filter, what it finds, and what is refused before a database sees it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from urllib.parse import quote

import pytest
from django.db.models import Count, Q
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from piston_core.lists.filters import Unusable, filter_of
from tests.piston_core.lists.asking import handler_of, page, problem_of, refused
from tests.piston_core.plans.fidelity.databases import everywhere, undone
from tests.piston_core.plans.fidelity.values import examples
from tests.shop.kinds import Cell, Custom, Loose
from tests.shop.models import Customer, Label, Maker, Order, Permit, Product, Restaurant, Review, Sample
from tests.shop.serving import stock

NAMES = (
    "name", "name__icontains", "name__in", "name__iexact", "name__startswith", "stock__gte", "stock__range", "maker",
    "maker__in", "maker__name", "maker__country", "maker__country__name", "maker__number__isnull", "category__isnull",
    "price__lt", "active", "added__date", "added__year", "added__lt", "code", "labels", "labels__word",
    "labels__isnull", "reviews__stars", "reviews__public", "reviews__customer__name", "detail__text", "pk",
    "pk__in", "size",
)  # fmt: skip
FOUND = {
    "name=Tea+1": [1],
    "name=Tea+1&name=Tea+3": [1, 3],
    "name=": [],
    "name__icontains=TEA": [1, 2, 3],
    "name__icontains=%25": [],
    "name__startswith=Tea": [1, 2, 3],
    "name__iexact=tea+2": [2],
    "name__in=Tea+1,Tea+2,x": [1, 2],
    "stock__gte=6": [2, 3],
    "stock__gte=-9223372036854775808": [1, 2, 3],
    "stock__gte=9223372036854775807": [],
    "stock__range=5,6": [1, 2],
    "maker__name=Maker+2": [2],
    "maker__country=03": [3],
    "maker__country__name=Country+3": [3],
    "maker__number__isnull=false": [1, 2, 3],
    "maker__number__isnull=1": [],
    "category__isnull=True": [3],
    "category__isnull=0": [1, 2],
    "price__lt=1.50": [1],
    "price__lt=1.5000": [1],
    "active=true": [2, 3],
    "active=0": [1],
    "added__date=2026-01-02": [2],
    "added__year=2026": [1, 2, 3],
    "added__lt=2026-01-02T00:00:00.000001Z": [1, 2],
    "added__lt=2026-01-02T02:00:00%2B02:00": [1],
    "added__lt=2026-01-02": [1],
    "added__lt=9999-12-31": [1, 2, 3],
    "labels__word=hot-1": [1],
    "labels__word=hot-1&labels__word=green-1&labels__word=hot-2": [1, 2],
    "labels__isnull=false": [1, 2, 3],
    "reviews__stars=1": [1, 2, 3],
    "reviews__stars=1&reviews__public=false": [],
    "reviews__stars=1&reviews__public=true&name=Tea+3": [3],
    "reviews__customer__name=Customer+2+1": [2],
    "detail__text=Detail+2": [2],
    "size=S": [1, 2, 3],
    "code=12345678123456781234567812345678": [],
    "colour=red": [1, 2, 3],
}
BIG = "9" * 19
WRONG = {
    "stock__gte": ["", "a", "1.0", BIG, "-" + BIG, "9" * 5000, "\u0663", "1_0", "0x1", " 1", "+1", "NaN", "\x00"],
    "stock__range": ["1", "1,2,3", "1,", ",", f"1,{BIG}", "a,b"],
    "maker": ["", "a", BIG, "1.5", "None", "null"],
    "maker__in": ["", "1,", "1,a", f"1,{BIG}", ",".join("1" * 101)],
    "pk": ["", "a", BIG],
    "pk__in": [",".join(map(str, range(101)))],
    "labels": ["a", BIG],
    "price__lt": [
        "NaN", "Infinity", "-inf", "1e999999", "1e2", "1234567", "1.001", "1.", ".5", "1" * 500, "sNaN", "\u0661",
    ],
    "active": ["", "yes", "2", "None", "t"],
    "category__isnull": ["", "yes", "null"],
    "added__date": [
        "", "2026", "2026-02-30", "2026-13-01", "10000-01-01", "0000-01-01", "\u0662\u0660\u0662\u0666-01-01",
    ],
    "added__year": ["", "0", "-1", "1", "9999", "10000", BIG, "x"],
    "added__lt": [
        "", "never", "2026-02-30T00:00", "2026-01-01T25:00", "0001-01-01T00:00:00%2B14:00", "0001-01-01",
        "9999-12-31T23:59:59-12:00", "2026-01-01T00:00:00 02:00", "2026-01-01T00:00\x00",
    ],
    "code": ["", "x", "1" * 31, "g" * 32, "\u0661" * 32, "{" * 5000],
    "name": ["\x00", "a\x00b"],
    "name__in": ["a,\x00"],
    "name__icontains": ["\x00", "x" * 1001],
    "name__startswith": ["\x00"],
    "labels__word": ["\x00"],
    "reviews__stars": ["a", BIG],
    "detail__text": ["\x00"],
}  # fmt: skip


def shop() -> None:
    """Make three products with numbers in their names."""
    for number, product in enumerate(stock(3), 1):
        product.stock, product.price, product.active = 4 + number, number, number > 1
        product.added = dt.datetime(2026, 1, number, tzinfo=dt.UTC)
        product.save()
    Product.objects.filter(name="Tea 3").update(category=None)


def ask(query: str, *names: str, make=Product.objects.all, model=Product):
    return page(make(), handler_of(model, filters=names or NAMES), query)


@pytest.mark.parametrize("query", FOUND, ids=str)
def test_a_filter_finds_what_djangos_lookup_finds(db, query):
    shop()

    assert [int(each.name.split()[1]) for each in ask(query).rows] == FOUND[query]


def test_a_filter_by_keys_finds_their_objects(db):
    shop()
    first, second, _ = Product.objects.all()

    assert ask(f"pk={first.pk}&pk={second.pk}").rows == [first, second]
    assert ask(f"pk__in={first.pk},{second.pk}&labels={second.labels.first().pk}").rows == [second]
    assert ask(f"maker={first.maker_id}&maker={second.maker_id}").rows == [first, second]
    assert ask(f"maker__in={second.maker_id}&code={second.code}").rows == [second]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_value_that_its_column_cannot_hold_is_refused_before_anything_is_done(name, text):
    text = text if "%2B" in text else quote(text)
    problem = refused(lambda: ask(f"{name}={text}"))

    assert (problem.status, problem.type) == (400, "invalid-parameter")
    assert problem.members == {"parameter": name}
    assert len(problem.detail) < 200


@pytest.mark.parametrize("name", ["stock__gte", "name__in", "category__isnull", "name__icontains", "labels__isnull"])
def test_a_comparison_is_said_once(name):
    assert "once" in refused(lambda: ask(f"{name}=1&{name}=0")).detail


def test_an_object_comes_once_however_many_related_ones_there_are(db):
    shop()
    for _ in range(3):
        Review.objects.create(product=Product.objects.get(name="Tea 1"), stars=5)
    counted = Product.objects.annotate(times=Count("reviews")).all

    assert [each.times for each in ask("reviews__stars=5&labels__word=hot-1", make=counted).rows] == [5]


def test_a_filter_costs_no_query_of_its_own(db, django_assert_num_queries):
    shop()
    with django_assert_num_queries(1):
        ask("labels__word=hot-1&reviews__stars=1&maker__name=Maker+1&name=Tea+1")


SORTS = {
    "char": "text", "text": "text", "slug": "x", "integer": "5", "small": "5", "big": "5", "positive": "5",
    "real": "1.5", "decimal": "1.5", "flag": "1", "maybe": "0", "date": "2026-01-02", "moment": "2026-01-02",
    "time": "10:00", "duration": "1 00:00:01", "uuid": "12345678-1234-5678-1234-567812345678", "ip": "::1",
    "size": "S", "rank": "1", "customer": "1", "email": "a@b.example", "born": "2026-01-02",
}  # fmt: skip
LOOKUPS = ["exact", "gt", "gte", "lt", "lte", "in", "icontains", "startswith", "iexact", "isnull"]
ODD = st.text(st.characters(), max_size=12) | st.sampled_from(
    [*SORTS.values(), BIG, "1e999", "inf", "nan", "0001-01-01", "9999-12-31T23:59:59", "P999999999D", "-1 00:00:00",
     "999999999 00:00:00", "fe80::1%eth0", "::ffff:1.2.3.4", "\ud800", "24:00", "10:00+01:00", "1" * 300, "(", "%_\\"]
)  # fmt: skip


@everywhere
@pytest.mark.parametrize("kind", SORTS)
@examples(6)
@given(data=st.data())
def test_any_text_is_either_refused_or_compared(alias, kind, data):
    lookup, text = data.draw(st.sampled_from(LOOKUPS)), data.draw(ODD | st.just(SORTS[kind]))
    name = f"{kind}__{lookup}"
    if kind == "customer" and lookup not in {"exact", "gt", "gte", "lt", "lte", "in", "isnull"}:
        name = f"{kind}__name__{lookup}"
    handler = handler_of(Sample, filters=(name,))
    query = f"{name}={quote(text, errors='surrogatepass')}"
    with undone(alias):
        problem = problem_of(lambda: page(Sample.objects.using(alias).all(), handler, query))

    assert problem is None or problem.members == {"parameter": name}


TRANSFORMS = (
    "moment__year", "moment__year__gte", "moment__year__in", "moment__iso_year", "moment__month", "moment__date__lte",
    "moment__date", "moment__time", "moment__hour__range", "date__week_day", "date__year__range", "time__minute",
)  # fmt: skip
PARTS = (
    "0", "1", "2", "9998", "9999", "10000", "-5", BIG, "9223372036854775807", "0001-01-01", "9999-12-31",
    "0002-01-01,9998-12-31", "1,2", "2,9998", "23:59:59.999999", "x",
)  # fmt: skip


@everywhere
@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_any_text_is_either_refused_or_compared_with_a_part_of_a_date(alias, name, zone):
    with timezone.override(zone):
        for text in PARTS:
            query, everything = f"{name}={text}", Sample.objects.using(alias).all()
            handler = handler_of(Sample, filters=(name,))
            problem = problem_of(partial(page, everything, handler, query))
            assert problem is None or problem.members == {"parameter": name}


@everywhere
@pytest.mark.parametrize("kind", SORTS)
def test_a_column_of_every_kind_can_be_asked_for_its_value(alias, kind):
    with undone(alias):
        text = SORTS[kind] if kind != "customer" else str(Customer.objects.using(alias).create(name="x").pk)
        made = Sample(**{"customer_id" if kind == "customer" else kind: text})
        if kind == "moment":
            made.moment = timezone.make_aware(dt.datetime(2026, 1, 2))  # noqa: DTZ001 - it is made aware
        made.clean_fields(exclude=["data", "customer"])
        made.save(using=alias)
        handler = handler_of(Sample, filters=(kind, f"{kind}__in"))
        everything = Sample.objects.using(alias).all

        assert page(everything(), handler, f"{kind}={quote(text)}").rows == [made]
        assert page(everything(), handler, f"{kind}__in={quote(text)}").rows == [made]


def test_moments_without_a_time_zone_are_those_of_the_current_one(db):
    Sample.objects.create(moment=dt.datetime(2026, 1, 1, 23, tzinfo=dt.UTC))
    handler = handler_of(Sample, filters=("moment",))
    with timezone.override("Europe/Berlin"):
        assert len(page(Sample.objects.all(), handler, "moment=2026-01-02T00:00").rows) == 1


@pytest.mark.parametrize("text", ["2026-01-01T10:00", "2026-01-01T10:00:00Z", "2026-01-01"])
def test_moments_are_naive_in_a_project_without_time_zones(db, text):
    with override_settings(USE_TZ=False):
        assert page(Sample.objects.all(), handler_of(Sample, filters=("moment",)), f"moment={text}").rows == []


# -- names -----------------------------------------------------------------------------------------


def test_annotations_are_filtered_by_what_they_are(db):
    shop()
    Review.objects.filter(product__name="Tea 2").delete()
    make = Product.objects.annotate(times=Count("reviews"), low=Q(stock__lt=6)).all
    names = ("times", "times__gte", "times__in", "nothing")

    assert len(ask("times__gte=1", *names, make=make).rows) == 2
    assert len(ask("times=0&times=2", *names, make=make).rows) == 3
    assert len(ask("times__in=0", *names, make=make).rows) == 1
    for query in ("times__gte=x", f"times={BIG}", "nothing=1"):
        assert refused(lambda query=query: ask(query, *names, make=make)).status == 400


def test_a_handler_without_a_model_filters_what_it_returns(db):
    shop()

    assert len(ask("stock__gte=6", model=None).rows) == 2
    assert refused(lambda: ask("stock__gte=x", model=None)).members == {"parameter": "stock__gte"}


def test_a_relation_by_another_column_than_the_key_is_filtered_by_that_column(db):
    maker = Maker.objects.create(name="M", number=7)
    permit = Permit.objects.create(maker=maker)

    assert ask("maker=7", "maker", make=Permit.objects.all, model=Permit).rows == [permit]


def test_a_model_that_inherits_and_one_with_a_composite_key_can_be_filtered(db):
    restaurant = Restaurant.objects.create(name="R", stars=2)
    cell = Cell.objects.create(row=1, chair="a", name="x")

    for query in (f"pk={restaurant.pk}", "name=R", "stars__gte=2", f"place_ptr={restaurant.pk}"):
        name = query.split("=")[0]
        assert ask(query, name, make=Restaurant.objects.all, model=Restaurant).rows == [restaurant]
    assert ask("chair=a&row__in=1", "chair", "row__in", make=Cell.objects.all, model=Cell).rows == [cell]


def test_a_column_of_a_projects_own_kind_reads_its_values_itself(db):
    found = Custom.objects.create(cents=Decimal(2))
    handler = handler_of(Custom, filters=("cents",))

    assert page(Custom.objects.all(), handler, "cents=2").rows == [found]
    for text in ("x", "", "%00", BIG, BIG * 20, "nan"):
        assert refused(lambda text=text: page(Custom.objects.all(), handler, f"cents={text}")).status == 400


UNUSABLE = {
    (Product, "colour"): "no field",
    (Product, "maker__colour"): "no field",
    (Product, "name__like"): "'like'",
    (Product, "name__regex"): "'regex'",
    (Product, "name__iregex"): "'iregex'",
    (Product, "maker__icontains"): "no field",
    (Product, "specs"): "too little",
    (Product, "specs__a"): "'a'",
    (Product, "specs__contains"): "'contains'",
    (Product, "specs__has_key"): "'has_key'",
    (Product, "name__icontains__exact"): "'icontains'",
    (Loose, "content"): "too little",
    (Cell, "pk"): "too little",
    (Label, "products__labels__nothing"): "no field",
}


def test_a_column_that_the_database_computes_is_filtered_by_what_it_holds(db):
    found = Order.objects.create(price=3, quantity=4)

    for query in ("total=12", "total__gte=12", "total__in=11,12"):
        assert ask(query, query.split("=")[0], make=Order.objects.all, model=Order).rows == [found]
    assert refused(lambda: ask("total=x", "total", make=Order.objects.all, model=Order)).status == 400


@pytest.mark.parametrize(("model", "name"), UNUSABLE)
def test_a_lookup_that_text_cannot_answer_is_no_filter(model, name):
    with pytest.raises(Unusable, match=UNUSABLE[model, name]):
        filter_of(model, name)

    problem = refused(lambda: ask(f"{name}=x", name, make=model.objects.all, model=model))
    assert problem.members == {"parameter": name}
