"""What a handler declares in ``links`` stands in its rows, read as columns or from objects, and costs nothing more."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from piston_core import BaseHandler, Relation, mounted
from piston_core.plans import addresses
from tests.piston_core.links.asking import OTHERS, asked, by_objects, handler, led, queries, rows
from tests.piston_core.links.building import Ready
from tests.shop.models import Category, Label, Maker, Product, Review
from tests.shop.serving import stock

pytestmark = pytest.mark.django_db

EITHER_WAY = pytest.mark.parametrize("kind_of", [lambda kind: kind, by_objects], ids=["columns", "objects"])


@EITHER_WAY
@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("maker", {"maker": "/api/makers/1/"}),
        (Relation("made-by", "maker-item", {"pk": "maker"}), {"made-by": "/api/makers/1/"}),
        (Relation("made-by", "maker-item", {"pk": "maker_id"}), {"made-by": "/api/makers/1/"}),
        (Relation("made-by", "maker-item", {"pk": "maker__number"}), {"made-by": "/api/makers/1/"}),
        (Relation("country", "country-item", {"code": "maker__country__code"}), {"country": "/api/countries/01/"}),
        (Relation("country", "country-item", {"code": "maker__country"}), {"country": "/api/countries/01/"}),
        (Relation("similar", "product-list", {"stock": "stock"}), {"similar": "/api/it/?stock=5"}),
        (
            Relation("similar", "product-list", {"stock": "stock", "of maker": "maker__name"}),
            {"similar": "/api/it/?stock=5&of%20maker=Maker%201"},
        ),
        (Relation("find", "product-list", query=("q", "page")), {"find": "/api/it/{?q,page}"}),
        (
            Relation("find", "product-list", {"stock": "stock"}, query=("q", "page")),
            {"find": "/api/it/?stock=5{&q,page}"},
        ),
        (Relation("page", "/shop/{slug}/"), {"page": "/shop/tea-1/"}),
        (Relation("page", "/shop/{slug}/{?page,size}"), {"page": "/shop/tea-1/{?page,size}"}),
        (
            Relation("page", "https://example.org/{maker__name}{#part}"),
            {"page": "https://example.org/Maker%201{#part}"},
        ),
        (Relation("page", "/shop/{name}", {"name": "slug"}), {"page": "/shop/tea-1"}),
        (Relation("on", "/shop/?active={active}"), {"on": "/shop/?active=true"}),
        (Relation("price", "/shop/?price={price}"), {"price": "/shop/?price=1.00"}),
        (Relation("all", "/shop/", of_list=True), {}),
    ],
)
def test_each_object_leads_where_its_handler_says(kind_of, link, expected):
    stock(1)

    assert led(kind_of(handler(link))) == [expected]


@EITHER_WAY
@pytest.mark.parametrize(
    "link",
    [
        Relation("category", "/categories/{category}/"),
        Relation("category", "/categories/{category__name}/"),
        Relation("category", "product-list", {"category": "category"}),
        Relation("category", "maker-item", {"pk": "category"}),
    ],
)
def test_an_object_without_what_a_link_is_made_of_does_not_have_it(kind_of, link):
    stock(2)
    Product.objects.filter(slug="tea-1").update(category=None)

    first, second = led(kind_of(handler(link)))

    assert (first, [*second]) == ({}, ["category"])


@EITHER_WAY
def test_a_relation_without_an_object_leads_nowhere(kind_of):
    stock(2)
    Product.objects.filter(slug="tea-1").update(category=None)
    others = {**OTHERS, "categories/<str:name>/": type("C", (BaseHandler,), {"model": Category, "fields": ("name",)})}
    others["categories/<int:pk>/"] = others.pop("categories/<str:name>/")

    first, second = led(kind_of(handler("category")), others=others)

    assert first == {}
    assert second == {"category": f"/api/categories/{Category.objects.get(name='Category 2').pk}/"}


@EITHER_WAY
def test_an_object_is_known_by_its_key_and_its_own_address(kind_of):
    stock(1)

    [row] = rows(kind_of(handler()))

    assert (row["kind"], row["key"]) == ("products", str(Product.objects.get().pk))
    assert row["links"] == [{"rel": "self", "href": "/api/products/tea-1/"}]
    assert row["shown"]["name"] == "Tea 1"


@EITHER_WAY
def test_related_objects_are_arranged_as_well(kind_of):
    stock(1)
    kind = kind_of(handler(fields=("name", ("maker", ("name",)), ("reviews", ("stars", ("customer", ("name",)))))))

    [row] = rows(kind)

    assert row["shown"]["maker"] == {
        "kind": "makers",
        "key": str(Maker.objects.get().pk),
        "links": [{"rel": "self", "href": f"/api/makers/{Maker.objects.get().pk}/"}],
        "shown": {"name": "Maker 1"},
    }
    reviews = row["shown"]["reviews"]
    assert [(each["key"], each["links"], each["shown"]["stars"]) for each in reviews] == [
        (str(each.pk), [], each.stars) for each in Review.objects.order_by("pk")
    ]
    assert reviews[0]["shown"]["customer"]["shown"] == {"name": "Customer 1 1"}


def test_links_of_related_objects_are_those_of_their_own_handler():
    stock(1)
    made = type("ShownMaker", (BaseHandler,), {"model": Maker, "fields": ("name",), "links": ("country",)})
    kind = handler(fields=("name", "maker"))

    [row] = rows(kind, others={**OTHERS, "makers/<int:pk>/": made})

    assert [each["rel"] for each in row["shown"]["maker"]["links"]] == ["self", "country"]
    assert row["shown"]["maker"]["links"][1]["href"] == "/api/countries/01/"


def test_an_object_that_is_only_referred_to_has_its_address():
    stock(1)
    labels = type("LabelHandler", (BaseHandler,), {"model": Label, "fields": ("word", "products")})

    [row, _] = rows(labels, others=OTHERS)

    assert row["shown"]["products"][0]["links"] == [{"rel": "self", "href": "/api/products/tea-1/"}]


# -- cost ------------------------------------------------------------------------------------------

EVERY_WAY = (
    "maker",
    Relation("country", "country-item", {"code": "maker__country__code"}),
    Relation("similar", "product-list", {"maker": "maker__name"}),
    Relation("page", "/shop/{slug}/{?q}"),
)


@pytest.mark.parametrize("count", [1, 7])
def test_links_cost_no_query(count):
    stock(count)
    fields = ("name", ("labels", ("word",)))

    assert queries(handler(*EVERY_WAY, fields=fields)) == queries(handler(fields=fields)) == 2


def test_links_of_a_list_are_ready_json_for_an_emitter_that_takes_it():
    stock(7)
    Ready.made = 0

    led(handler("maker", Relation("page", "/shop/{slug}/{?q}", title='The "{page}"')))
    assert Ready.made == 7

    asked(handler("maker"), at="products/tea-1/")  # an emitter joins the links of the one object with others
    led(by_objects(handler("maker")))
    led(handler(Relation("on", "/shop/?active={active}")))  # a value that has to be made text by a call
    assert Ready.made == 7


def test_an_object_without_a_link_has_the_others_where_most_are_ready_json():
    stock(2)
    Product.objects.filter(slug="tea-2").update(category=None)
    first = Product.objects.get(slug="tea-1")

    assert led(handler("maker", Relation("kind", "/kinds/{category}/"))) == [
        {"maker": f"/api/makers/{first.maker_id}/", "kind": f"/kinds/{first.category_id}/"},
        {"maker": "/api/makers/2/"},
    ]


@pytest.mark.parametrize("count", [1, 7])
def test_links_of_objects_cost_no_query_for_each_of_them(count):
    stock(count)
    kind = by_objects(handler(*EVERY_WAY, fields=("name", ("labels", ("word",)))))

    assert queries(kind) == 2


@pytest.mark.parametrize("count", [1, 30])
def test_no_address_is_reversed_for_an_object(monkeypatch, count):
    stock(count)
    calls: list[str] = []
    for module in (addresses, mounted):
        monkeypatch.setattr(
            module, "reverse", lambda *args, **kwargs: calls.append(args[0]) or reverse(*args, **kwargs)
        )

    assert len(led(handler("maker", Relation("similar", "product-list", {"stock": "stock"})))) == count

    assert sorted(calls) == ["api:item-item", "api:maker-item", "api:product-list"]


# -- values ----------------------------------------------------------------------------------------

ODD = ["a b", "ä", "a/b", "100%", "a?b", "..", "-", "{x}", "a&b=c", "'\"<>", "\u202e", "日本"]


@EITHER_WAY
@pytest.mark.parametrize("odd", ODD)
def test_what_an_address_would_have_to_quote_is_quoted(kind_of, odd):
    stock(3)
    Product.objects.filter(slug="tea-2").update(name=odd)
    links = (Relation("q", "product-list", {"name": "name"}), Relation("t", "/shop/{name}/x{?q}"))

    found = led(kind_of(handler(*links)))[1]

    assert found == {"q": f"/api/it/?name={quote(odd, safe='')}", "t": f"/shop/{quote(odd, safe='')}/x{{?q}}"}


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), max_size=3))
def test_any_text_leads_to_the_same_place_read_as_columns_or_from_objects(names):
    Product.objects.all().delete()
    maker, _ = Maker.objects.get_or_create(name="M")
    Product.objects.bulk_create(
        Product(name=name, slug=f"s{number}", maker=maker) for number, name in enumerate(names)
    )
    kind = handler(Relation("q", "product-list", {"name": "name"}), Relation("t", "/{name}/{slug}"))

    assert (
        led(kind)
        == led(by_objects(kind))
        == [
            {"q": f"/api/it/?name={quote(name, safe='')}", "t": f"/{quote(name, safe='')}/s{number}"}
            for number, name in enumerate(names)
        ]
    )


# -- mistakes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("stock", "'stock', which is no relation of Product to one object"),
        ("labels", "'labels', which is no relation of Product to one object"),
        ("nowhere", "'nowhere', which is no relation"),
        ("category", "no route of the API leads to one Category"),
        (Relation("x", "nowhere"), "leads to 'nowhere', which is no route of the API; its routes are: product-list"),
        (Relation("x", "maker-item"), ""),
        (Relation("x", "country-item"), ""),
        (Relation("x", "maker-item", {"pk": "maker__nothing"}), "Product would need 'maker__nothing'"),
        (Relation("x", "country-item", {"code": "labels__word"}), "Product would need 'labels__word'"),
        (Relation("x", "nowhere", of_list=True), "leads to 'nowhere'"),
    ],
)
def test_a_link_that_leads_nowhere_is_found_by_the_checks(link, said):
    from piston_core import Api
    from piston_core.handler_checks import check_handler

    api = Api()
    for pattern, kind in {"it/": handler(link), **OTHERS}.items():
        api.route(pattern, kind)

    messages = [each for each in check_handler(handler(link), api.scope) if each.id == "piston.E013"]

    if said:
        [message] = messages
        assert said in message.msg
    else:
        assert messages == []


@pytest.mark.parametrize("rel", ["", "Two Words", "UPPER", "ü", "a b"])
def test_what_is_no_relation_type_is_refused_at_once(rel):
    with pytest.raises(ValueError, match="no relation type"):
        Relation(rel, "product-list")


# -- choosing --------------------------------------------------------------------------------------

JSON = "application/json"


def shown(address, **options):
    return asked(handler("maker", fields=("name", "stock")), at=address, accept=JSON, **options).json()


def test_what_a_builder_adds_is_shown_unless_the_request_chooses_other_names():
    stock(1)
    links = {"self": "/api/products/tea-1/", "maker": "/api/makers/1/"}

    assert shown("it/") == [{"name": "Tea 1", "stock": 5, "_to": links}]
    assert shown("it/?fields=name") == [{"name": "Tea 1"}]
    assert shown("it/?fields=_to,name") == [{"name": "Tea 1", "_to": links}]


def test_the_rows_of_handlers_without_links_stay_as_they_are():
    stock(1)

    assert asked(handler(fields=("name",)), accept=JSON).json() == [{"name": "Tea 1"}]


def test_nothing_but_what_a_builder_adds_cannot_be_chosen():
    from django.test import override_settings

    from tests.piston_core.links.building import PLUGINS
    from tests.shop.serving import serving

    with override_settings(PISTON=PLUGINS), serving({"it/": handler("maker"), **OTHERS}) as client:
        response = client.get("/api/it/?fields=_to")

    assert response.status_code == 400
    assert "nothing but _to" in response.json()["detail"]


def test_a_list_that_streams_has_the_same_rows():
    stock(3)
    kind = handler("maker", fields=("name", ("labels", ("word",))))

    response = asked(type("ProductHandler", (kind,), {"stream": True}))

    assert response.streaming
    assert json.loads(response.getvalue())["data"] == rows(kind)
