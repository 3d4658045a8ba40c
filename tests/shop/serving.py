"""Serve handlers that a test has just defined, and fill the shop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from piston_core import Api, BaseHandler
from tests.shop.models import Category, Country, Customer, Detail, Label, Maker, Note, Parrot, Product, Review

JSON = "application/json"


@contextmanager
def serving(routes: Mapping[str, type[BaseHandler]], **options: Any) -> Iterator[Client]:
    """Serve handlers at these patterns below ``/api/``, to everybody, for the length of a block."""
    api = Api()
    for pattern, handler in routes.items():
        api.route(pattern, handler, **{"authentication": (), **options})
    with override_settings(ROOT_URLCONF=(path("api/", include(api.urls)),)):
        yield Client()


def answer(handler: type[BaseHandler], *others: type[BaseHandler], at: str = "it/") -> Any:
    """Return what a handler answers to GET, read as JSON; the others are in the same API."""
    routes = {"it/": handler} if at == "it/" else {"it/<int:pk>/": handler}
    with serving(routes | {f"{other.__name__}/": other for other in others}) as client:
        response = client.get(f"/api/{at}", headers={"Accept": JSON})
        assert response.status_code == 200, response.content
        return json.loads(response.getvalue())


def returning(make: Callable[[], Any], **attributes: Any) -> type[BaseHandler]:
    """Return a handler whose ``read`` returns what ``make`` makes."""
    return type("It", (BaseHandler,), {"read": lambda self, request, **kwargs: make(), **attributes})


def queries(handler: type[BaseHandler], *others: type[BaseHandler], at: str = "it/") -> int:
    """Return how many queries a handler's answer costs."""
    ContentType.objects.get_for_models(Product, Label, Maker)  # Django keeps these for the whole process
    with CaptureQueriesContext(connection) as captured:
        answer(handler, *others, at=at)
    return len(captured)


def stock(count: int) -> list[Product]:
    """Fill the shop with products, each with relations of its own in every direction."""
    return [_product(number) for number in range(Product.objects.count() + 1, Product.objects.count() + count + 1)]


def _product(number: int) -> Product:
    country, _ = Country.objects.get_or_create(code=f"{number:02}", name=f"Country {number}")
    maker = Maker.objects.create(name=f"Maker {number}", number=number, country=country)
    parent = Category.objects.create(name=f"Parent {number}")
    category = Category.objects.create(name=f"Category {number}", parent=parent)
    product = Product.objects.create(name=f"Tea {number}", slug=f"tea-{number}", maker=maker, category=category)
    product.labels.set(Label.objects.create(word=f"{word}-{number}") for word in ("hot", "green"))
    Detail.objects.create(product=product, text=f"Detail {number}", country=country)
    for stars in (1, 2):
        parrot = Parrot.objects.create(name=f"Polly {number} {stars}")
        customer = Customer.objects.create(name=f"Customer {number} {stars}", parrot=parrot)
        Review.objects.create(product=product, customer=customer, stars=stars, public=stars == 1)
    Note.objects.create(about=product, text="on the product")
    Note.objects.create(about=maker, text="on the maker")
    return product
