"""What a handler with a model does without a method of its own, and what it leaves to one."""

from __future__ import annotations

import pytest
from django import forms
from django.db import models
from django.urls import register_converter
from django.urls.converters import IntConverter

from piston_core import AnonymousBaseHandler, BaseHandler, rc, validate
from piston_core.arguments import identifies
from piston_core.handler import allowed_methods, implements, overrides
from tests.ids import stable
from tests.shop.models import Blob, Country, Diner, Label, Maker, Order, Permit, Place, Product, Review, Sample, Seat
from tests.shop.serving import JSON, answer, serving, stock


@pytest.fixture
def tea(db) -> Product:
    """Return the only product."""
    return stock(1)[0]


def handler(model, *fields, **attributes) -> type[BaseHandler]:
    """Return a handler of a model with these fields."""
    return type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, "fields": fields, **attributes})


def send(kind: type[BaseHandler], method: str, address: str, data=None, *, routes=("it/", "it/<int:pk>/")):
    """Return the response to a request with JSON to one of a handler's routes."""
    with serving(dict.fromkeys(routes, kind)) as client:
        return client.generic(method, f"/api/{address}", *([] if data is None else [_json(data), JSON]))


def _json(data) -> str:
    import json

    return json.dumps(data)


# -- what names one object -------------------------------------------------------------------------


class Halves(models.Model):
    """Has constraints on parts that can be missing."""

    first = models.IntegerField(null=True)
    second = models.IntegerField(null=True)

    class Meta:
        app_label = "shop"
        managed = False
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="both", nulls_distinct=True)]


@pytest.mark.parametrize(
    ("model", "names", "one"),
    [
        (Product, {"pk"}, True),
        (Product, {"id"}, True),
        (Product, {"slug"}, True),
        (Product, {"slug", "name"}, True),
        (Product, {"slug", "unheard_of"}, True),
        (Product, {"name"}, False),
        (Product, {"maker"}, False),
        (Product, {"maker_id"}, False),
        (Product, {"labels"}, False),
        (Product, set(), False),
        (Country, {"code"}, True),
        (Country, {"id"}, False),
        (Maker, {"number"}, True),
        (Permit, {"maker"}, False),
        (Diner, {"pk"}, True),
        (Diner, {"id"}, True),
        (Diner, {"restaurant_ptr"}, True),
        (Diner, {"restaurant_ptr_id"}, True),
        (Diner, {"name"}, False),
        (Seat, {"ticket"}, True),
        (Seat, {"ticket_id"}, True),
        (Seat, {"hall", "row"}, True),
        (Seat, {"hall_id", "row"}, True),
        (Seat, {"hall", "row", "email"}, True),
        (Seat, {"hall"}, False),
        (Seat, {"row"}, False),
        (Seat, {"row", "chair"}, True),
        (Seat, {"hall", "chair"}, False),
        (Seat, {"email"}, False),
        (Seat, {"email", "row"}, False),
        (Seat, {"badge"}, False),
        (Halves, {"first", "second"}, True),
        (Halves, {"first"}, False),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else stable(value),
)
def test_unique_columns_and_constraints_without_a_condition_name_one_object(model, names, one):
    assert identifies(model, frozenset(names)) is one


# -- which methods ---------------------------------------------------------------------------------


def methods_of(**attributes) -> tuple[str, ...]:
    """Return the methods of a handler with these attributes."""
    return allowed_methods(type("It", (BaseHandler,), attributes))


def own(self, request):
    """Stand for a handler's own method."""


EVERY = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize(
    ("attributes", "methods"),
    [
        ({}, ()),
        ({"model": Product}, EVERY),
        ({"read": own}, ("GET",)),
        ({"create": own, "delete": own}, ("POST", "DELETE")),
        ({"patch": own}, ("PATCH",)),
        ({"update": own}, ("PUT",)),
        ({"update": own, "patch": own}, ("PUT", "PATCH")),
        ({"model": Product, "update": own}, ("GET", "POST", "PUT", "DELETE")),
        ({"model": Product, "update": own, "patch": own}, EVERY),
        ({"model": Product, "update": own, "allowed_methods": ("PATCH",)}, ("PATCH",)),
        ({"model": Product, "patch": own}, EVERY),
        ({"model": Product, "allowed_methods": ()}, ()),
        ({"model": Product, "allowed_methods": ("get", "Delete")}, ("GET", "DELETE")),
        ({"allowed_methods": ("GET",)}, ("GET",)),
    ],
    ids=stable,
)
def test_a_handler_serves_what_it_declares_or_else_what_it_can(attributes, methods):
    assert methods_of(**attributes) == methods


def test_an_anonymous_handler_only_reads_unless_it_allows_more():
    class More(AnonymousBaseHandler):
        model = Product
        allowed_methods = ("GET", "POST")

    assert allowed_methods(AnonymousBaseHandler) == ("GET",)
    assert allowed_methods(More) == ("GET", "POST")
    assert (AnonymousBaseHandler.is_anonymous, BaseHandler.is_anonymous) == (True, False)


def test_a_handler_implements_what_it_overrides_and_with_a_model_everything():
    plain = type("Plain", (BaseHandler,), {"create": own})

    assert [action for action in ("read", "create", "update") if implements(plain, action)] == ["create"]
    assert [action for action in ("read", "create", "update") if overrides(plain(), action)] == ["create"]
    assert implements(handler(Product), "delete")
    assert not overrides(handler(Product), "delete")


def test_the_models_own_methods_say_what_is_missing_without_a_model():
    with pytest.raises(TypeError, match="Plain has no model; give it one, or define Plain's method yourself"):
        type("Plain", (BaseHandler,), {})().read(None)


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "address", "expected"),
    [
        ("it/", "it/", [{"name": "Tea 1"}, {"name": "Tea 2"}]),
        ("it/<int:pk>/", "it/2/", {"name": "Tea 2"}),
        ("it/<slug:slug>/", "it/tea-1/", {"name": "Tea 1"}),
        ("it/<slug:slug>/", "it/coffee/", 404),
        ("it/<int:pk>/", "it/99/", 404),
        ("it/<int:pk>/", f"it/{10**30}/", 404),
        ("it/<pk>/", "it/one/", 404),
        ("it/<pk>/", "it/1e0/", 404),
        ("it/<pk>/", "it/%00/", 404),
        ("it/<slug>/", "it/%00/", 404),
        ("it/<uuid:code>/<int:pk>/", "it/00000000-0000-0000-0000-000000000000/1/", 404),
        ("it/<code>/", "it/none/", 404),
        ("of/<int:maker>/", "of/2/", [{"name": "Tea 2"}]),
        ("of/<int:maker_id>/", "of/1/", [{"name": "Tea 1"}]),
        ("of/<int:maker__number>/", "of/1/", [{"name": "Tea 1"}]),
        ("of/<maker>/", "of/somebody/", 404),
        ("of/<int:maker>/", f"of/{10**30}/", []),
        ("of/<int:maker>/", "of/99/", []),
        ("is/<active>/", "is/maybe/", 404),
        ("is/<active>/", "is/True/", [{"name": "Tea 1"}, {"name": "Tea 2"}]),
        ("on/<added>/", "on/never/", 404),
        ("for/<price>/", "for/nothing/", 404),
    ],
)
def test_the_urls_arguments_name_one_object_or_choose_some(tea, route, address, expected):
    stock(1)
    response = send(handler(Product, "name"), "GET", address, routes=[route])

    assert response.status_code == (200 if isinstance(expected, list | dict) else expected)
    if response.status_code == 200:
        assert response.json() == expected


def test_the_handlers_queryset_bounds_what_is_read_changed_and_deleted(tea):
    stock(1)
    kind = handler(Product, "name", queryset=lambda self, request: Product.objects.filter(name="Tea 2"))

    assert send(kind, "GET", "it/").json() == [{"name": "Tea 2"}]
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert send(kind, method, "it/1/", {"name": "x"}).status_code == 404
        assert send(kind, method, "it/2/", {"name": "Tea 2"}).status_code in (200, 204)
    assert [product.name for product in Product.objects.all()] == ["Tea 1"]


def test_an_own_get_is_used_by_reading_changing_and_deleting(tea):
    kind = handler(Product, "name", get=lambda self, request, pk: Product.objects.get(pk=pk - 100))

    assert send(kind, "GET", "it/101/").json() == {"name": "Tea 1"}
    assert send(kind, "PATCH", "it/101/", {"name": "Coffee"}).json() == {"name": "Coffee"}
    assert send(kind, "GET", "it/1/").status_code == 404
    assert send(handler(Review, "stars", get=kind.get), "GET", "it/7/").status_code == 404


# -- writing ---------------------------------------------------------------------------------------


def test_an_object_is_created_changed_and_deleted(db):
    kind = handler(Place, "name", "street")
    created = send(kind, "POST", "it/", {"name": "Park"})
    replaced = send(kind, "PUT", "it/1/", {"name": "Garden"})
    patched = send(kind, "PATCH", "it/1/", {"street": "Elm Street"})
    deleted = send(kind, "DELETE", "it/1/")

    assert (created.status_code, created.json()) == (201, {"name": "Park", "street": ""})
    assert created.headers["Location"] == "/api/it/1/"
    assert (replaced.status_code, replaced.json()) == (200, {"name": "Garden", "street": ""})
    assert (patched.status_code, patched.json()) == (200, {"name": "Garden", "street": "Elm Street"})
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("method", "address"), [("POST", "it/1/"), ("PUT", "it/"), ("PATCH", "it/"), ("DELETE", "it/")]
)
def test_a_list_is_created_in_and_an_object_is_changed_and_nothing_else(tea, method, address):
    response = send(handler(Product, "name"), method, address, {"name": "x"})

    assert response.status_code == 405
    assert Product.objects.get().name == "Tea 1"


def test_what_others_refer_to_is_not_deleted(tea):
    response = send(handler(Maker, "name"), "DELETE", f"it/{tea.maker_id}/")

    assert (response.status_code, Maker.objects.count()) == (409, 1)
    assert "refer to this one" in response.json()["detail"]


def test_a_child_is_created_and_changed_with_its_parents_columns(db):
    kind = handler(Diner, "name", "stars", "counter")

    assert send(kind, "POST", "it/", {"name": "Joe's"}).json() == {"name": "Joe's", "stars": 0, "counter": True}
    assert send(kind, "PATCH", "it/1/", {"stars": 2}).json() == {"name": "Joe's", "stars": 2, "counter": True}
    assert send(kind, "DELETE", "it/1/").status_code == 204
    assert not Place.objects.exists()


def test_columns_that_the_database_fills_in_are_fresh_in_every_answer(db):
    kind = handler(Order, "price", "quantity", "total", "state", "priority")
    first = {"price": 2, "quantity": 1, "total": 2, "state": "new", "priority": 3}

    assert send(kind, "POST", "it/", {"price": 2}).json() == first
    assert send(kind, "POST", "it/", {"price": 2, "state": "old", "priority": 1}).json() == first | {
        "state": "old",
        "priority": 1,
    }
    assert send(kind, "PATCH", "it/2/", {"quantity": 5}).json() == {
        "price": 2, "quantity": 5, "total": 10, "state": "old", "priority": 1
    }  # fmt: skip
    assert send(kind, "PUT", "it/2/", {"price": 4}).json() == first | {"price": 4, "total": 4}
    assert send(kind, "PATCH", "it/2/", {"total": 7}).status_code == 422


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_key_that_people_give_cannot_be_changed_to_another_objects(db, method):
    kind = handler(Country, "code", "name")
    for code in ("de", "fr"):
        Country.objects.create(code=code, name=code)
    routes = ["it/", "it/<code>/"]
    refused = send(kind, method, "it/de/", {"code": "fr", "name": "x"}, routes=routes)
    moved = send(kind, method, "it/de/", {"code": "it", "name": "x"}, routes=routes)
    same = send(kind, method, "it/de/", {"code": "de", "name": "Germany"}, routes=routes)

    assert refused.json()["errors"] == moved.json()["errors"]
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [("/code", "fixed")]
    assert (same.status_code, same.json()) == (200, {"code": "de", "name": "Germany"})
    assert sorted(Country.objects.values_list("code", "name")) == [("de", "Germany"), ("fr", "fr")]
    assert send(kind, "POST", "it/", {"code": "fr", "name": "x"}, routes=routes).status_code == 409


@pytest.mark.parametrize(
    ("column", "value"),
    [("moment", "9999-12-31T23:59:59-14:00"), ("moment", "0001-01-01T00:00:00+14:00"), ("big", 2**63)],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_value_beyond_what_the_database_can_hold_is_refused(db, column, value, method):
    Sample.objects.create(pk=1)
    response = send(handler(Sample, column), method, "it/" if method == "POST" else "it/1/", {column: value})

    assert response.status_code == 422
    assert Sample.objects.filter(**{f"{column}__isnull": True}).count() == 1


# -- new -------------------------------------------------------------------------------------------


class MakerConverter(IntConverter):
    """Turns a URL's number into the maker."""

    def to_python(self, value):
        return Maker.objects.get(number=value)


register_converter(MakerConverter, "maker")


@pytest.mark.parametrize(
    ("route", "address", "status"),
    [
        ("of/<int:product>/reviews/", "of/1/reviews/", 201),
        ("of/<str:product>/reviews/", "of/1/reviews/", 201),
        ("of/<int:product_id>/reviews/", "of/1/reviews/", 201),
        ("of/<str:product>/reviews/", "of/tea/reviews/", 404),
        ("of/<str:product_id>/reviews/", "of/tea/reviews/", 404),
    ],
)
def test_a_new_object_has_the_urls_arguments_among_its_values(tea, route, address, status):
    Review.objects.all().delete()
    response = send(handler(Review, "stars"), "POST", address, {"stars": 4}, routes=[route])

    assert response.status_code == status
    assert list(Review.objects.values_list("product", "stars")) == ([(tea.pk, 4)] if status == 201 else [])


def test_a_urls_argument_may_be_the_object_itself(tea):
    response = send(handler(Permit, "text"), "POST", "by/1/", {"text": "x"}, routes=["by/<maker:maker>/"])

    assert response.status_code == 201
    assert Permit.objects.get().maker == tea.maker


@pytest.mark.django_db(transaction=True)
def test_a_new_object_of_an_unknown_parent_is_a_conflict():
    response = send(handler(Review, "stars"), "POST", "of/99/", {"stars": 4}, routes=["of/<int:product>/"])

    assert (response.status_code, Review.objects.count()) == (409, 0)


def test_what_a_column_cannot_hold_in_the_url_is_no_address_and_other_arguments_are_left_alone(tea):
    kind = handler(Review, "stars", new=lambda self, request, **kwargs: BaseHandler.new(self, request, product=1))

    assert send(kind, "POST", "in/7/", {"stars": 4}, routes=["in/<room>/"]).status_code == 201


def test_an_own_new_fills_in_what_the_client_does_not_send(tea):
    class Reviews(BaseHandler):
        model = Review
        fields = ("stars", ("product", ("name",)))
        form = forms.modelform_factory(Review, fields=["stars"])

        def new(self, request):
            return Review(product=tea, stars=3, public=False)

    given = send(Reviews, "POST", "it/", {"stars": 5})
    filled = send(Reviews, "POST", "it/", {})

    assert given.json() == {"stars": 5, "product": {"name": "Tea 1"}}
    assert filled.json() == {"stars": 3, "product": {"name": "Tea 1"}}
    assert Review.objects.last().public is False


# -- own methods and @validate ---------------------------------------------------------------------


class NameForm(forms.Form):
    name = forms.CharField(max_length=5)
    twice = forms.BooleanField(required=False)


class Validating(BaseHandler):
    """Validates in two ways, and not at all."""

    @validate(NameForm)
    def create(self, request):
        return {"form": request.form.cleaned_data}

    def update(self, request):
        return {"form": request.form, "data": request.data}


def test_validate_gives_the_method_a_valid_form_and_others_none(db):
    assert send(Validating, "POST", "it/", {"name": "a"}).json() == {"form": {"name": "a", "twice": False}}
    assert send(Validating, "PUT", "it/", {"name": "a" * 9}).json() == {"form": None, "data": {"name": "a" * 9}}


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({}, ["/name"]),
        ({"name": "too long"}, ["/name"]),
        ({"name": ""}, ["/name"]),
        ({"name": None}, ["/name"]),
        ({"name": "a", "more": 1}, ["/more"]),
        ({"name": "a", "a/b~c": 1}, ["/a~1b~0c"]),
        ({"more": 1, "twice": 7}, ["/more", "/twice", "/name"]),
        ([], [""]),
        ("text", [""]),
        (None, [""]),
        (5, [""]),
    ],
    ids=stable,
)
def test_what_a_form_refuses_is_told_with_a_pointer_for_each_field(db, data, pointers):
    with serving({"it/": Validating}) as client:
        response = client.post("/api/it/", _json(data), content_type=JSON)

    assert (response.status_code, response.headers["Content-Type"]) == (422, "application/problem+json")
    assert [fault["pointer"] for fault in response.json()["errors"]] == pointers


def test_validate_comes_before_the_handlers_form(tea):
    class Products(BaseHandler):
        model = Product
        fields = ("name", "slug")
        form = forms.modelform_factory(Product, fields=["name", "slug"])

        @validate(forms.modelform_factory(Product, fields=["slug"]))
        def update(self, request, pk):
            return request.form.save()

    assert send(Products, "PUT", "it/1/", {"slug": "new"}).json() == {"name": "Tea 1", "slug": "new"}
    assert send(Products, "PUT", "it/1/", {"name": "x", "slug": "new"}).status_code == 422


def test_a_model_form_gets_the_object_at_the_address_and_saves_nothing_by_itself(tea):
    class Products(BaseHandler):
        model = Product
        fields = ("name",)
        form = forms.modelform_factory(Product, fields=["name"])

        def update(self, request, pk):
            return {"instance": request.form.instance.pk, "cleaned": request.form.cleaned_data}

    assert send(Products, "PUT", "it/1/", {"name": "x"}).json() == {"instance": 1, "cleaned": {"name": "x"}}
    assert Product.objects.get().name == "Tea 1"


def test_patch_goes_to_update_and_an_own_patch_wins(tea):
    class Products(BaseHandler):
        model = Product
        fields = ("name", "slug")
        form = forms.modelform_factory(Product, fields=["name", "slug"])
        allowed_methods = ("PUT", "PATCH")

        def update(self, request, pk):
            return {"update": request.form.cleaned_data}

    class Patching(Products):
        def patch(self, request, pk):
            return {"patch": request.form.cleaned_data}

    merged = {"name": "x", "slug": "tea-1"}
    assert send(Products, "PATCH", "it/1/", {"name": "x"}).json() == {"update": merged}
    assert send(Patching, "PATCH", "it/1/", {"name": "x"}).json() == {"patch": merged}


def test_an_own_method_without_a_form_gets_the_data_as_it_is(tea):
    class Products(BaseHandler):
        model = Product

        def create(self, request):
            return rc.CREATED({"form": request.form, "data": request.data})

    response = send(Products, "POST", "it/", {"anything": [1, None]})
    assert (response.status_code, response.json()) == (201, {"form": None, "data": {"anything": [1, None]}})


def test_one_handler_instance_serves_all_requests(tea):
    class Counting(BaseHandler):
        made = 0

        def __init__(self):
            type(self).made += 1

        def read(self, request):
            return {"made": self.made}

    with serving({"it/": Counting}) as client:
        assert [client.get("/api/it/").json() for _ in range(3)] == [{"made": 1}] * 3


def test_bytes_are_written_as_the_text_that_they_are_shown_as(db):
    kind = handler(Blob, "name", "content")
    created = send(kind, "POST", "it/", {"name": "b", "content": "AP8="})
    kept = send(kind, "PATCH", "it/1/", {"name": "c"})

    assert created.json() == {"name": "b", "content": "AP8="}
    assert kept.json() == {"name": "c", "content": "AP8="}
    assert bytes(Blob.objects.get().content) == b"\x00\xff"
    for wrong in ("AP8", "ü", "!!!!", 5, ["AP8="], True, "A" * 5):
        assert send(kind, "PATCH", "it/1/", {"content": wrong}).status_code == 422, wrong
    assert answer(kind) == [{"name": "c", "content": "AP8="}]


def test_labels_are_found_by_their_unique_word(tea):
    kind = handler(Label, "word")

    assert send(kind, "GET", "it/hot-1/", routes=["it/<word>/"]).json() == {"word": "hot-1"}


@pytest.mark.django_db
def test_a_method_that_saves_by_the_models_crud_without_a_form_is_told_what_to_do():
    class Labels(BaseHandler):
        model, fields = Label, ("word",)

        def create(self, request):
            return super().create(request)

    with serving({"it/": Labels}) as client, pytest.raises(TypeError, match="@validate"):
        client.post("/api/it/", {"word": "new"}, content_type="application/json")
