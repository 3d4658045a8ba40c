"""One object that only the core reads: what a queryset of its own kind finds, and what nobody may see."""

from __future__ import annotations

import pytest
from django.db.models import Manager, QuerySet
from django.db.models.query import ModelIterable

from piston_core import BaseHandler, Resource
from tests.shop.models import Label, Product
from tests.shop.serving import answer, serving, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return stock(1)[0]


def among(objects, **attributes) -> type[BaseHandler]:
    """Return a handler of products that are among what this returns."""
    attributes = {"model": Product, "fields": ("name", "stock"), **attributes}
    return type("It", (BaseHandler,), {"queryset": lambda self, request: objects(), **attributes})


def status(handler: type[BaseHandler], pk: int) -> int:
    """Return the status of the answer about one object."""
    with serving(
        {"it/<int:pk>/": handler},
    ) as client:
        client.raise_request_exception = False
        return client.get(f"/api/it/{pk}/").status_code


class Sold(QuerySet):
    """Finds what is in stock only, but lists everything."""

    def get(self, *args, **kwargs):
        return QuerySet.get(self.filter(stock__gt=0), *args, **kwargs)


class SoldManager(Manager):
    def get(self, *args, **kwargs):
        return self.get_queryset().filter(stock__gt=0).get(*args, **kwargs)


class AsLabels(ModelIterable):
    """Yields objects of another model than the one that is asked."""

    def __iter__(self):
        return (Label(pk=each.pk, word=each.name) for each in super().__iter__())


def other_objects() -> QuerySet:
    queryset = Product.objects.all()
    queryset._iterable_class = AsLabels
    return queryset


def sold_manager() -> Manager:
    manager = SoldManager()
    manager.model = Product
    return manager


@pytest.mark.undescribed("a queryset cannot say that it yields something else than objects")
@pytest.mark.parametrize(
    ("objects", "shown"),
    [
        (lambda: Product.objects.values("name"), {"name": "Tea 1"}),
        (lambda: Product.objects.values_list("name", "stock"), ["Tea 1", 5]),
        (lambda: Product.objects.values_list("name", flat=True), "Tea 1"),
        (lambda: Product.objects, {"name": "Tea 1", "stock": 5}),
    ],
    ids=["values", "values_list", "flat", "manager"],
)
def test_what_a_handler_finds_need_not_be_an_object(product, objects, shown):
    assert answer(among(objects), at=f"it/{product.pk}/") == shown
    assert status(among(objects), product.pk + 1) == 404
    assert status(among(objects), 10**30) == 404


@pytest.mark.parametrize("objects", [lambda: Sold(Product), sold_manager], ids=["queryset", "manager"])
def test_a_queryset_with_a_get_of_its_own_decides_what_is_found(product, objects):
    assert status(among(objects), product.pk) == 200

    Product.objects.update(stock=0)

    assert status(among(objects), product.pk) == 404


def test_the_models_manager_with_a_get_of_its_own_decides_what_is_found(product, monkeypatch):
    handler = type("It", (BaseHandler,), {"model": Product, "fields": ("name",)})
    manager = Sold.as_manager()
    manager.model = Product
    monkeypatch.setattr(Product._meta, "default_manager", manager)
    assert status(handler, product.pk) == 200

    Product.objects.update(stock=0)

    assert status(handler, product.pk) == 404


@pytest.mark.undescribed("a queryset cannot say that it yields objects of another model")
def test_an_object_of_another_model_is_shown_as_what_it_is(product):
    handler = among(other_objects, fields=(), exclude=("id",))
    shown = type("Labels", (BaseHandler,), {"model": Label, "fields": ("word",)})

    assert answer(handler, shown, at=f"it/{product.pk}/") == {"word": "Tea 1"}


def test_a_queryset_that_is_forgotten_shows_nothing(product):
    """A method that returns only for some users ends with ``None`` for the others."""
    assert status(among(lambda: None), product.pk) == 500


class Products(BaseHandler):
    """Gets its methods when it is made, as a handler that a project configures."""

    model = Product
    fields = ("name",)

    def __init__(self, **methods) -> None:
        vars(self).update(methods)


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ({}, 200),
        ({"queryset": lambda request: Product.objects.filter(stock=0)}, 404),
        ({"get": lambda request, pk: Product.objects.get(pk=pk, stock=0)}, 404),
        ({"read": lambda request, pk: Product.objects.get(pk=pk, stock=0)}, 404),
    ],
    ids=["none", "queryset", "get", "read"],
)
def test_methods_that_an_instance_has_for_itself_count_as_those_of_its_class(product, rf, methods, expected):
    resource = Resource(Products(**methods), authentication=())

    assert resource(rf.get("/"), pk=product.pk).status_code == expected
