"""What documents of HAL and Siren hold, judged by the formats' rules and read by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest

from blog.models import Comment, Post
from piston_core import Action, Api, BaseHandler, Link, LinkBuilder, Relation
from piston_core.testing import serving
from piston_hateoas import HALEmitter, HALLinkBuilder, PlainLinkBuilder, SirenEmitter, SirenLinkBuilder
from tests.piston_hateoas import judging
from tests.piston_hateoas.linked_blog import ROOT, served
from tests.shop.models import Category, Maker, Product
from tests.shop.serving import stock

HAL, SIREN = "application/hal+json", "application/vnd.siren+json"
JUDGES = {HAL: judging.hal, "application/prs.hal-forms+json": judging.hal, SIREN: judging.siren}
ALICE = ("alice", "alice")
PLACES = [
    "",
    "posts/",
    "posts/?limit=3",
    "posts/?fields=title",
    "posts/?fields=author",
    "posts/?title__icontains=nothing-has-this-title",
    "posts/{slug}/",
    "posts/{slug}/?fields=title,comments",
    "posts/{slug}/comments/",
    "authors/",
    "authors/alice/",
    "tags/",
    "statistics/",
]


def both(served_api: Any, **settings: Any) -> Any:
    emitters, builders = [HALEmitter(), SirenEmitter()], [HALLinkBuilder(), SirenLinkBuilder(), PlainLinkBuilder()]
    return serving(served_api, plugins=["json"], emitters=emitters, link_builders=builders, **settings)


def shown(client: Any, address: str, accept: str) -> Any:
    """Return a document that its format's judge finds nothing wrong with."""
    answer = client.get(address, headers={"Accept": accept})
    assert answer.status_code == 200, answer.content
    return JUDGES[accept](answer.json())


# -- all of the blog -------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", JUDGES)
def test_every_document_of_the_blog_is_of_its_format(blog, accept):
    slug = Post.objects.filter(author__username="alice")[0].slug
    for who in (ALICE, None):
        with served(accept, who) as http:
            for place in PLACES:
                answer = http.get(ROOT + place.format(slug=slug))

                assert (place, answer.status_code) == (place, 200)
                assert answer.headers["Content-Type"] == accept
                JUDGES[accept](answer.json())


@pytest.mark.parametrize("accept", [HAL, SIREN])
def test_what_is_written_is_answered_in_the_format_and_so_are_refusals(blog, accept):
    with served(accept, ALICE) as http:
        post = {"title": "A", "slug": "a", "content": "c", "price": "1"}
        made = http.post(f"{ROOT}posts/", json=post)
        again = http.post(f"{ROOT}posts/", json=post)

    assert (made.status_code, again.status_code) == (201, 409)
    assert "/api/posts/a/" in str(JUDGES[accept](made.json()))
    assert again.headers["Content-Type"] == "application/problem+json"


# -- lists and relations ---------------------------------------------------------------------------


class MakerHandler(BaseHandler):
    model = Maker
    fields = ("name", "number")


class ProductHandler(BaseHandler):
    model = Product
    fields = ("name", ("category", ("name",)), ("maker", ("name",)), ("labels", ("word",)))
    links = ("maker", Relation("alternate", "/{slug}.html", title="A page"), Relation("alternate", "/{slug}.txt"))


api = Api()
api.route("products/", ProductHandler)
api.route("products/<slug:slug>/", ProductHandler)
api.route("makers/<int:pk>/", MakerHandler)


@pytest.fixture
def product(db) -> Product:
    [product] = stock(1)
    return product


def test_a_list_without_objects_is_embedded_all_the_same(db):
    with both(api) as client:
        assert shown(client, "/products/", HAL)["_embedded"] == {"products": []}
        assert shown(client, "/products/", SIREN)["entities"] == []


def test_related_objects_are_embedded(product):
    with both(api) as client:
        document = shown(client, "/products/tea-1/", HAL)

    maker = {"_links": {"self": {"href": f"/makers/{product.maker_id}/"}}, "name": "Maker 1"}
    labels = [{"word": "hot-1"}, {"word": "green-1"}]
    assert document["_embedded"] == {"category": {"name": "Category 1"}, "maker": maker, "labels": labels}
    assert document["name"] == "Tea 1"
    assert "maker" not in document


def test_related_objects_are_sub_entities_by_the_name_that_they_are_shown_by(product):
    with both(api) as client:
        entities = shown(client, "/products/tea-1/", SIREN)["entities"]

    assert [(each["class"], each["rel"], each["properties"]) for each in entities] == [
        (["categorys"], ["category"], {"name": "Category 1"}),
        (["makers"], ["maker"], {"name": "Maker 1"}),
        (["labels"], ["labels"], {"word": "hot-1"}),
        (["labels"], ["labels"], {"word": "green-1"}),
    ]


def test_an_object_that_is_not_there_is_left_out(product):
    Category.objects.all().delete()
    product.labels.clear()
    with both(api) as client:
        embedded = shown(client, "/products/tea-1/", HAL)["_embedded"]
        entities = shown(client, "/products/tea-1/", SIREN)["entities"]

    assert embedded == {"maker": embedded["maker"], "labels": []}
    assert [each["rel"] for each in entities] == [["maker"]]


def test_several_links_of_one_type_are_a_list(product):
    with both(api) as client:
        hal, siren = shown(client, "/products/tea-1/", HAL), shown(client, "/products/tea-1/", SIREN)
        plain = client.get("/products/tea-1/", headers={"Accept": "application/json"}).json()

    assert hal["_links"]["alternate"] == [{"href": "/tea-1.html", "title": "A page"}, {"href": "/tea-1.txt"}]
    assert {"rel": ["alternate"], "href": "/tea-1.html", "title": "A page"} in siren["links"]
    assert plain["_links"]["alternate"] == ["/tea-1.html", "/tea-1.txt"]


def test_links_of_another_builder_stand_beside_those_of_the_row(product):
    class Others(LinkBuilder):
        name = "others"

        def links(self, subject):
            return [Link("/tea-1.pdf", "alternate license"), Link("/tea-1.txt", "alternate")]

    formats = {"emitters": [HALEmitter(), SirenEmitter()], "plugins": ["json"]}
    with serving(api, link_builders=[HALLinkBuilder(), SirenLinkBuilder(), Others()], **formats) as client:
        hal, siren = shown(client, "/products/tea-1/", HAL), shown(client, "/products/tea-1/", SIREN)

    assert [each["href"] for each in hal["_links"]["alternate"]] == ["/tea-1.html", "/tea-1.txt", "/tea-1.pdf"]
    assert hal["_links"]["license"] == {"href": "/tea-1.pdf"}
    assert {"rel": ["alternate", "license"], "href": "/tea-1.pdf"} in siren["links"]
    assert len(siren["links"]) == 6  # self, maker, three kinds of pages, and the list


def test_the_total_is_told_where_it_was_counted(product):
    with both(api) as client:
        preferring = {"Prefer": "count=exact"}
        hal = client.get("/products/?limit=1", headers={"Accept": HAL, **preferring}).json()
        siren = client.get("/products/?limit=1", headers={"Accept": SIREN, **preferring}).json()

    assert hal["total"] == judging.siren(siren)["properties"]["total"] == 1


def test_a_stream_has_the_same_envelope(product):
    stock(5)
    streaming = Api()
    streaming.route("products/", type("ProductHandler", (ProductHandler,), {"stream": True}))
    streaming.route("products/<slug:slug>/", ProductHandler)
    streaming.route("makers/<int:pk>/", MakerHandler)
    for accept in (HAL, SIREN):
        with both(api) as client:
            whole = client.get("/products/", headers={"Accept": accept})
        with both(streaming) as client:
            stream = client.get("/products/", headers={"Accept": accept})
            assert (stream.streaming, whole.streaming) == (True, False)
            assert JUDGES[accept](json.loads(stream.getvalue())) == whole.json()


def test_rows_of_a_handler_that_returns_anything_are_objects_of_the_format(db):
    class Values(BaseHandler):
        model = Maker
        fields = ("name",)

        def read(self, request: HttpRequest) -> Any:
            Maker.objects.create(name="Ito")
            return Maker.objects.values("name")

    with both(Values) as client:
        assert shown(client, "/", HAL)["_embedded"] == {"items": [{"name": "Ito"}]}
        assert shown(client, "/", SIREN)["entities"][0]["properties"] == {"name": "Ito"}


# -- curies and templates --------------------------------------------------------------------------


def test_curies_are_abbreviated_where_the_format_knows_them_and_else_in_full(blog):
    with served(HAL) as http:
        hal = http.get(f"{ROOT}posts/").json()["_links"]
    with served(SIREN) as http:
        siren = http.get(f"{ROOT}posts/").json()["links"]

    assert hal["blog:feed"] == {"href": "/feed.xml"}
    assert hal["curies"] == [{"name": "blog", "href": "https://blog.example/rels/{rel}", "templated": True}]
    assert {"rel": ["https://blog.example/rels/feed"], "href": "/feed.xml"} in siren


def test_a_template_of_parameters_is_an_action_in_siren(db):
    class Searched(BaseHandler):
        def read(self, request: HttpRequest) -> Any:
            return {}

        def leads_to(self, request: HttpRequest, **kwargs: Any) -> Any:
            yield Link("/a/{?q,page}", "search", {"title": "Find"}, templated=True)
            yield Link("/a/?in=b%20c{&q}", "more", templated=True)
            yield Link("/a/{slug}/", "item", templated=True)
            yield Link("/b/{?q}", "search", templated=True)

    text = {"type": "text"}
    with both(Searched) as client:
        actions = shown(client, "/", SIREN)["actions"]
        hal = shown(client, "/", HAL)["_links"]

    more = [{"name": "in", "type": "hidden", "value": "b c"}, {"name": "q", **text}]
    assert actions == [
        {
            "name": "search",
            "title": "Find",
            "method": "GET",
            "href": "/a/",
            "fields": [{"name": "q", **text}, {"name": "page", **text}],
        },
        {"name": "more", "method": "GET", "href": "/a/", "fields": more},
    ]
    assert [each["href"] for each in hal["search"]] == ["/a/{?q,page}", "/b/{?q}"]


# -- forms -----------------------------------------------------------------------------------------


class OrderForm(forms.Form):
    count = forms.IntegerField(min_value=1, max_value=9, initial=2, help_text="How many")
    price = forms.DecimalField(decimal_places=2, max_digits=5, min_value=0.5, required=False)
    weight = forms.FloatField(required=False)
    code = forms.RegexField(r"\d{3}", min_length=3, max_length=3, widget=forms.TextInput({"pattern": "123"}))
    gift = forms.BooleanField(required=False, initial=True)
    day = forms.DateField(widget=forms.DateInput({"min": "2026-01-01"}), required=False)
    size = forms.ChoiceField(choices=[("", "---"), ("Sizes", [("s", "small"), ("l", "large")])], initial="s")
    ranks = forms.TypedMultipleChoiceField(choices=[(1, "one"), (2, "two")], required=False)
    note = forms.CharField(widget=forms.Textarea, required=False, label="A note")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    maker = forms.ModelChoiceField(Maker.objects.all(), required=False)


class OrderHandler(BaseHandler):
    form = OrderForm

    def read(self, request: HttpRequest) -> Any:
        return {}

    def create(self, request: HttpRequest) -> Any:
        """Order something."""
        return request.form.cleaned_data


def test_a_form_is_a_template_of_hal_forms(db):
    with both(OrderHandler) as client:
        templates = shown(client, "/", HAL)["_templates"]

    small, large = {"prompt": "small", "value": "s"}, {"prompt": "large", "value": "l"}
    one, two = {"prompt": "one", "value": "1"}, {"prompt": "two", "value": "2"}
    properties = {each.pop("name"): each for each in templates["create"]["properties"]}
    assert {name: each.pop("prompt") for name, each in properties.items()}["note"] == "A note"
    assert properties == {
        "count": {"required": True, "placeholder": "How many", "type": "number", "value": "2", "min": 1, "max": 9},
        "price": {"type": "number", "min": 0.5, "step": 0.01},
        "weight": {"type": "number"},
        "code": {"required": True, "type": "text", "regex": "123", "minLength": 3, "maxLength": 3},
        "gift": {"type": "checkbox", "value": "true"},
        "day": {"type": "date"},
        "size": {
            "required": True,
            "options": {"inline": [small, large], "selectedValues": ["s"], "minItems": 1, "maxItems": 1},
        },
        "ranks": {"options": {"inline": [one, two]}},
        "note": {"type": "textarea"},
        "secret": {"type": "hidden"},
        "maker": {"type": "text"},
    }
    assert templates["create"] | {"properties": []} == {
        "title": "Order something.",
        "method": "POST",
        "target": "/",
        "contentType": "application/json",
        "properties": [],
    }


def test_a_form_is_an_action_of_siren(db):
    with both(OrderHandler) as client:
        [action] = shown(client, "/", SIREN)["actions"]

    small, large = {"title": "small", "value": "s", "selected": True}, {"title": "large", "value": "l"}
    one, two = {"title": "one", "value": 1}, {"title": "two", "value": 2}
    fields = {each.pop("name"): each for each in action.pop("fields")}
    assert {name: each.pop("title") for name, each in fields.items()}["note"] == "A note"
    assert fields == {
        "count": {"class": ["required"], "type": "number", "value": 2},
        "price": {"type": "number"},
        "weight": {"type": "number"},
        "code": {"class": ["required"], "type": "text"},
        "gift": {"type": "checkbox", "value": "true"},
        "day": {"type": "date"},
        "size": {"class": ["required"], "type": "radio", "value": [small, large]},
        "ranks": {"type": "checkbox", "value": [one, two]},
        "note": {"type": "text"},
        "secret": {"type": "hidden"},
        "maker": {"type": "text"},
    }
    assert action == {
        "name": "create",
        "title": "Order something.",
        "method": "POST",
        "href": "/",
        "type": "application/json",
    }


def test_the_first_form_is_the_default_and_keeps_its_name(blog):
    post = Post.objects.filter(author__username="alice")[0]
    with served(HAL, ALICE) as http:
        templates = http.get(f"{ROOT}posts/{post.slug}/").json()["_templates"]

    assert [*templates] == ["default", "update", "patch", "delete", "comment"]
    assert templates["default"] == templates["update"]


def test_a_declared_action_stands_for_what_is_served_by_its_name(product):
    class Archived(ProductHandler):
        actions = (Action("delete", "product-archive", title="Put away"),)

    class ArchiveHandler(BaseHandler):
        def create(self, request: HttpRequest, slug: str) -> Any:
            return {}

    own = Api()
    own.route("products/<slug:slug>/", Archived, name="product-item")
    own.route("products/<slug:slug>/archive/", ArchiveHandler, name="product-archive")
    own.route("makers/<int:pk>/", MakerHandler)
    with both(own) as client:
        siren = shown(client, "/products/tea-1/", SIREN)["actions"]

    [delete] = [each for each in siren if each["name"] == "delete"]
    assert (delete["method"], delete["href"], delete["title"]) == ("POST", "/products/tea-1/archive/", "Put away")


def test_nobody_is_offered_what_is_refused(blog):
    slug = Comment.objects.all()[0].post.slug
    for accept in (HAL, SIREN):
        with served(accept) as http:
            for place in ("posts/", f"posts/{slug}/", f"posts/{slug}/comments/"):
                document = http.get(ROOT + place).json()
                methods = {each["method"] for each in document.get("actions", [])}
                assert "_templates" not in document
                assert methods <= {"GET"}
