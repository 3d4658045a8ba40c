"""Whatever a handler declares: rows that are read as columns and as objects are the same, in each format."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from django.urls import include, path
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from piston_core import Api, BaseHandler, Relation
from piston_core.testing import serving
from tests.piston_hateoas import judging
from tests.piston_hateoas.jsonapi.judges import expect_valid
from tests.shop.models import Category, Label, Maker, Product

FORMATS = {
    "application/hal+json": judging.hal,
    "application/vnd.siren+json": judging.siren,
    "application/vnd.api+json": lambda document: expect_valid(document) or document,
    "application/json": lambda document: document,
}
NAMES = ("name", "price", "rank", ("category", ("name",)), ("maker", ("name",)), ("labels", ("word",)))
PLACES = (
    "maker",
    "slug",
    "category__name",
    "maker__number",
    "maker__country__name",
    "name",
    "price",
    "active",
    "code",
)

# Text that an address has to quote, and rows that lack what their links lead to.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
awkward = texts | st.sampled_from(["a/b", "?#&=", "%2F", "{slug}", "a b", "..", "é", "//host", "'\"", "\\n"])
names = st.lists(st.sampled_from(NAMES), min_size=1, unique_by=str)
things = st.tuples(awkward, awkward | st.none(), st.none() | st.integers(-5, 5))
relations = st.builds(
    lambda number, path, query, title: Relation(
        f"rel-{number % 3}", f"/{number}/{{it}}", {"it": path}, query=query, title=title
    ),
    st.integers(0, 9),
    st.sampled_from(PLACES),
    st.sampled_from([(), ("page",), ("page", "q")]),
    st.sampled_from(["", "A title"]),
)
declared = st.lists(st.sampled_from(["maker", "category"]) | relations, max_size=5)


def api_of(links: Any, fields: Any, name: str, *, computed: bool) -> Api:
    """Return an API of products; a method among their names has them read as objects instead of columns."""
    extra = {"shout": classmethod(lambda cls, product: product.name.upper())} if computed else {}
    fields = (*fields, "shout") if computed else fields
    handler = type("ProductHandler", (BaseHandler,), {"model": Product, "fields": fields, "links": links, **extra})
    api = Api(name=name)
    api.route("products/", handler)
    api.route("products/<int:pk>/", handler)
    for model in (Maker, Category):
        other = type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, "fields": ("name",)})
        api.route(f"{model.__name__.lower()}s/<int:pk>/", other)
    return api


def without_shout(row: Any, where: str) -> Any:
    """Return a document without what only objects have, and without where it is."""
    text = json.dumps(row).replace(f"/{where}/", "/")
    kept = json.loads(text, object_hook=lambda each: {name: each[name] for name in each if name != "shout"})
    return json.loads(json.dumps(kept).replace('"attributes": {}, ', ""))  # of JSON:API, without any there are none


def listed(links: Any, fields: Any) -> dict[str, list[Any]]:
    """Return the lists of each format, as columns and as objects."""
    apis = {name: api_of(links, fields, name, computed=name == "objects") for name in ("columns", "objects")}
    found: dict[str, list[Any]] = {}
    with serving(
        [path(f"{name}/", include(api.urls)) for name, api in apis.items()], plugins=["json", "hateoas"]
    ) as client:
        for accept, judge in FORMATS.items():
            for name in apis:
                answer = client.get(f"/{name}/products/", headers={"Accept": accept})
                assert answer.status_code == 200, answer.getvalue()
                found.setdefault(accept, []).append(without_shout(judge(json.loads(answer.getvalue())), name))
    return found


def filled(rows: Any) -> None:
    for number, (name, category, size) in enumerate(rows):
        maker = Maker.objects.create(name=name, number=None if size is None else number)
        held = None if category is None else Category.objects.create(name=category)
        product = Product.objects.create(name=name, slug=f"slug-{number}", maker=maker, category=held)
        if size:
            product.labels.set([Label.objects.create(word=f"word-{number}")])


class SameRows(TestCase):
    @settings(max_examples=30)
    @given(declared, names, st.lists(things, max_size=3))
    @example([Relation("rel-0", "/0/{it}", {"it": "category__name"})], [NAMES[3]], [("a", None, None), ("b", "?/", 1)])
    def test_rows_of_columns_are_those_of_objects(self, links, fields, rows):
        filled(rows)
        for columns, objects in listed(links, fields).values():
            assert columns == objects

    @settings(max_examples=30)
    @given(st.lists(things, min_size=1, max_size=5))
    def test_addresses_quote_whatever_they_hold(self, rows):
        filled(rows)
        link = Relation("describedby", "/about/{it}/page", {"it": "name"})
        document, _ = listed([link], ["name"])["application/hal+json"]

        for product, (name, _, _) in zip(document["_embedded"]["products"], rows, strict=True):
            href = product["_links"]["describedby"]["href"]
            assert unquote(href) == f"/about/{name}/page"
            assert href.count("/") == 3
            assert href.isascii()


def test_a_null_relation_has_no_link_and_no_object(db):
    filled([("a", None, None)])

    found = listed(["category"], [NAMES[3]])

    assert "category" not in str(found["application/hal+json"] + found["application/vnd.siren+json"])
    assert [row["relationships"] for each in found["application/vnd.api+json"] for row in each["data"]] == [
        {"category": {"data": None}}
    ] * 2
    assert [row["_links"] for each in found["application/json"] for row in each] == [
        {"self": f"/products/{Product.objects.get().pk}/"}
    ] * 2
