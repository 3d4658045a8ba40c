"""What the system checks say of a handler's lists."""

from __future__ import annotations

import pytest

from piston_core import BaseHandler
from piston_core.lists.declared import misdeclared
from tests.shop.kinds import Loose
from tests.shop.models import Product


def told(**attributes) -> list[str]:
    """Return what is said of a handler of products with these attributes."""
    return list(misdeclared(type("It", (BaseHandler,), {"model": Product, **attributes})))


WRONG = {
    ("page_size", 0): "positive integer",
    ("page_size", -1): "positive integer",
    ("page_size", "20"): "positive integer",
    ("page_size", True): "positive integer",
    ("max_page_size", 2.5): "positive integer",
    ("sorting", "name"): "tuple of names",
    ("sorting", (1,)): "tuple of names",
    ("sorting", ("colour",)): "no such field",
    ("sorting", ("-name",)): "no such field",
    ("sorting", ("maker__colour",)): "no column",
    ("sorting", ("reviews__stars",)): "no column",
    ("sorting", ("labels",)): "no column",
    ("filters", "name"): "tuple of names",
    ("filters", ("colour__gte",)): "no such field",
    ("filters", ("name__like",)): "'like'",
    ("filters", ("name__regex",)): "'regex'",
    ("filters", ("maker__colour",)): "no field 'colour'",
    ("filters", ("specs__a",)): "'a'",
    ("filters", ("notes__about",)): "no model",
    ("filters", ("limit",)): "Piston's own",
    ("filters", ("fields",)): "Piston's own",
}


@pytest.mark.parametrize(("attribute", "value"), WRONG, ids=str)
def test_what_cannot_be_meant_is_told_with_the_handlers_and_the_attributes_name(attribute, value):
    (sentence,) = told(**{attribute: value})

    assert sentence.startswith(f"It.{attribute} ")
    assert WRONG[attribute, value] in sentence


def test_a_page_that_is_larger_than_the_largest_is_told():
    assert told(page_size=20, max_page_size=10) == [
        "It.page_size is more than its max_page_size, so no page is ever as large."
    ]


def test_what_is_right_is_not_told():
    assert told() == []
    assert told(page_size=20, max_page_size=20) == []
    assert told(sorting=("name", "maker__country__name", "pk", "detail__text", "maker_id", "category")) == []
    assert told(filters=["name__icontains", "labels__word", "reviews__isnull", "added__year__gte", "pk__in"]) == []
    assert list(misdeclared(type("It", (BaseHandler,), {"sorting": ("x",), "filters": ("y__gte",)}))) == []


@pytest.mark.parametrize("method", ["queryset", "read"])
def test_a_name_that_the_handler_may_annotate_is_not_told(method):
    own = {method: lambda self, request: Product.objects.all()}

    assert told(sorting=("times",), filters=("times__gte",), **own) == []
    assert len(told(sorting=("maker__times",), filters=("name__like",), **own)) == 2


def test_an_order_that_has_no_cursors_is_still_an_order():
    assert (
        list(misdeclared(type("It", (BaseHandler,), {"model": Loose, "sorting": ("data", "fine", "content")}))) == []
    )
