"""Plain data without a resource, and what a scope says of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import CharField, F, Value

from piston_core import Api, BaseHandler, Scope, plain_data
from tests.shop.models import Category, Country, Maker, Product

pytestmark = pytest.mark.django_db


class MakerHandler(BaseHandler):
    model = Maker
    fields = ("name", ("country", ("code",)))


class Sparse(Scope):
    leaves_out = True

    def unnamed(self, model):
        return ["name"] if model is Country else []


@pytest.fixture
def maker():
    return Maker.objects.create(name="Acme", country=Country.objects.create(code="DE", name="Germany"))


def test_a_queryset_an_object_and_data_are_shown_as_a_resource_would(maker, django_assert_num_queries):
    shown = {"name": "Acme", "country": {"code": "DE"}}

    with django_assert_num_queries(1):
        assert plain_data(Maker.objects.all(), MakerHandler) == [shown]
    assert plain_data(Maker.objects, MakerHandler) == [shown]
    assert plain_data([maker], MakerHandler) == [shown]
    assert plain_data({"maker": maker, "day": date(2020, 1, 2)}, MakerHandler) == {"maker": shown, "day": "2020-01-02"}


def test_types_that_are_native_stay_what_they_are():
    assert plain_data({"day": date(2020, 1, 2)}, native=frozenset({date})) == {"day": date(2020, 1, 2)}


def test_without_a_handler_an_object_is_shown_by_its_key_and_by_what_the_scope_says(maker):
    assert plain_data(maker.country) == {"code": "DE"}
    assert plain_data(maker.country, scope=Sparse()) == {"name": "Germany"}


@pytest.mark.parametrize(("scope", "shown"), [(Scope, {"name": "None", "country": None}), (Sparse, {"name": "None"})])
def test_a_relation_by_a_tuple_that_leads_nowhere_is_null_or_left_out(scope, shown):
    made = Maker.objects.create(name="None")

    assert plain_data(Maker.objects.filter(pk=made.pk), MakerHandler, scope=scope()) == [shown]
    assert plain_data(made, MakerHandler, scope=scope()) == shown


def test_what_leads_somewhere_is_never_left_out(maker):
    assert plain_data(Maker.objects.all(), MakerHandler, scope=Sparse()) == [
        {"name": "Acme", "country": {"code": "DE"}}
    ]


@pytest.mark.parametrize(
    ("scope", "shown"), [(Scope, {"name": "A", "up": None, "nothing": None}), (Sparse, {"name": "A"})]
)
def test_an_annotation_or_an_attribute_that_is_none_is_null_or_left_out(scope, shown):
    handler = type("Categories", (BaseHandler,), {"model": Category, "fields": ("name", "up", "nothing")})
    Category.objects.create(name="A")
    found = Category.objects.annotate(up=F("parent__name"), nothing=Value(None, output_field=CharField()))

    assert plain_data(found, handler, scope=scope()) == [shown]


@pytest.mark.parametrize("scope", [Scope, Sparse])
def test_a_column_that_is_null_is_null_for_every_scope(scope, maker):
    handler = type("Makers", (BaseHandler,), {"model": Maker, "fields": ("name", "number")})

    assert plain_data(Maker.objects.all(), handler, scope=scope()) == [{"name": "Acme", "number": None}]


@pytest.mark.parametrize("scope", [Scope, Sparse])
def test_what_a_resource_method_returns_is_shown_even_if_it_is_none(scope, maker):
    def verdict(self, obj):
        return None

    handler = type("Makers", (BaseHandler,), {"model": Maker, "fields": ("name", "verdict"), "verdict": verdict})

    assert plain_data(Maker.objects.all(), handler, scope=scope()) == [{"name": "Acme", "verdict": None}]


def test_columns_of_a_model_that_no_handler_names_are_shown_in_relations_as_well(maker):
    handler = type("Makers", (BaseHandler,), {"model": Maker, "fields": ("name", "country")})
    Product.objects.create(name="Thing", slug="thing", maker=maker)

    assert plain_data(Maker.objects.all(), handler, scope=Sparse()) == [
        {"name": "Acme", "country": {"name": "Germany"}}
    ]


class Lending(Scope):
    lends_methods = True


@pytest.mark.parametrize(("scope", "shown"), [(Scope, {"code": "DE"}), (Lending, {"code": "DE", "shout": "GERMANY"})])
def test_the_answering_handler_may_compute_names_of_related_objects(scope, shown, maker):
    handler = type(
        "Makers",
        (BaseHandler,),
        {
            "model": Maker,
            "fields": ("name", ("country", ("code", "shout"))),
            "shout": lambda self, obj: obj.name.upper(),
            "code": lambda self, obj: "never, for the country has one itself",
        },
    )

    assert plain_data(Maker.objects.all(), handler, scope=scope()) == [{"name": "Acme", "country": shown}]


def test_the_scope_of_an_api_stays_as_it_is(maker):
    api = Api()
    assert plain_data(maker, MakerHandler, scope=api.scope)
    assert api.scope.handlers == []
