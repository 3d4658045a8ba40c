"""PATCH (RFC 5789): merge patches and JSON patches change what a PUT could change, by the same form, or nothing."""

from __future__ import annotations

import json
from decimal import Decimal

import jsonpatch
import pytest
from asgiref.sync import sync_to_async
from django.forms import modelform_factory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_core import BaseHandler
from tests.piston_core.http.served import JSON_PATCH, MERGE, XML, YAML, api, each_server
from tests.piston_core.pipeline.asking import FORM, JSON, data_of, problem_of
from tests.shop.models import Category, Label, Maker, Product

ADDRESS = "/api/products/tea/"
FIELDS = ("name", "slug", "maker", "category", "labels", "price", "stock", "active", "specs", "size", "description")


class ProductHandler(BaseHandler):
    """Shows keys, so that what is shown can be sent back."""

    model = Product
    fields = FIELDS


class AsyncHandler(ProductHandler):
    form = modelform_factory(Product, fields=FIELDS)

    async def patch(self, request, slug):
        return await sync_to_async(super().update)(request, slug=slug)


def routes(handler=ProductHandler):
    return {"products/": handler, "products/<slug:slug>/": handler}


@pytest.fixture
def tea(db):
    makers = [Maker.objects.create(pk=pk, name=f"Maker {pk}") for pk in (1, 2)]
    category = Category.objects.create(pk=5, name="Drinks")
    for pk, word in ((11, "hot"), (12, "green"), (13, "black")):
        Label.objects.create(pk=pk, word=word)
    specs = {"leaf": {"size": 1, "colour": "green"}, "tags": ["a", "b"], "none": None}
    product = Product.objects.create(
        name="Tea",
        slug="tea",
        maker=makers[0],
        category=category,
        specs=specs,
        description="Hot.",
        private_note="mine",
    )
    product.labels.set([11, 12])
    Product.objects.create(name="Other", slug="other", maker=makers[0])
    return product


def stored():
    """Return every column of the product, and its labels."""
    return Product.objects.values().get(name__in=["Tea", "New"]) | {
        "labels": sorted(Product.objects.get(name__in=["Tea", "New"]).labels.values_list("pk", flat=True))
    }


def changed(before):
    """Return what is stored that was not, of other types as well: to Python, 1 and true are equal."""
    return {name: value for name, value in stored().items() if repr(value) != repr(before[name])}


each_way = pytest.mark.parametrize(("server", "handler"), [("wsgi", ProductHandler), ("asgi", AsyncHandler)])
LEAF = {"size": 1, "colour": "green"}


def specs(leaf=(), **other):
    """Return the specs of the product with these changes."""
    return {"specs": {"leaf": {**LEAF, **dict(leaf)}, "tags": ["a", "b"], "none": None, **other}}


MERGED = [
    ({}, {}),
    ({"name": "New"}, {"name": "New"}),
    ({"category": None}, {"category_id": None}),
    ({"maker": 2}, {"maker_id": 2}),
    ({"labels": [13, 11]}, {"labels": [11, 13]}),
    ({"labels": []}, {"labels": []}),
    ({"labels": None}, {"labels": []}),
    ({"description": None}, {"description": ""}),
    ({"description": ""}, {"description": ""}),
    ({"active": False}, {"active": False}),
    ({"specs": {"leaf": {"size": 2}}}, specs({"size": 2})),
    ({"specs": {"leaf": {"size": None}}}, {"specs": {"leaf": {"colour": "green"}, "tags": ["a", "b"], "none": None}}),
    ({"specs": {"leaf": None, "tags": None}}, {"specs": {"none": None}}),
    ({"specs": {"tags": ["c"], "none": 1}}, specs(tags=["c"], none=1)),
    ({"specs": {"leaf": {"size": True}}}, specs({"size": True})),
    ({"specs": {"deep": {"a": {"b": 1, "c": None}}}}, specs(deep={"a": {"b": 1}})),
    ({"specs": [1, {"a": None}]}, {"specs": [1, {"a": None}]}),
]


@each_way
@pytest.mark.parametrize(("patch", "changes"), MERGED)
def test_a_merge_patch_changes_what_is_in_it_and_leaves_the_rest(tea, server, handler, patch, changes):
    """RFC 7396, section 2: null removes, objects are merged, all else takes the place of what was there."""
    before = stored()
    with api(routes(handler), server) as ask:
        response = ask("PATCH", ADDRESS, patch, MERGE)

        assert data_of(response) == data_of(ask("GET", ADDRESS))
    assert changed(before) == changes
    assert _typed(stored()["specs"]) == _typed(changes.get("specs", before["specs"]))


def _typed(data):
    """Return JSON text, in which 1 and true differ."""
    return json.dumps(data, sort_keys=True)


OPERATED = [
    ([], {}),
    ([{"op": "replace", "path": "/name", "value": "New"}], {"name": "New"}),
    ([{"op": "test", "path": "/name", "value": "Tea"}, {"op": "replace", "path": "/stock", "value": 0}], {"stock": 0}),
    ([{"op": "remove", "path": "/category"}], {"category_id": None}),
    ([{"op": "replace", "path": "/category", "value": None}], {"category_id": None}),
    ([{"op": "test", "path": "/maker", "value": 1}, {"op": "replace", "path": "/maker", "value": 2}], {"maker_id": 2}),
    ([{"op": "add", "path": "/labels/-", "value": 13}], {"labels": [11, 12, 13]}),
    ([{"op": "remove", "path": "/labels/0"}], {"labels": [12]}),
    ([{"op": "replace", "path": "/labels", "value": []}], {"labels": []}),
    ([{"op": "add", "path": "/specs/leaf/size", "value": 9}], specs({"size": 9})),
    ([{"op": "replace", "path": "/specs/leaf/size", "value": True}], specs({"size": True})),
    ([{"op": "replace", "path": "/specs/leaf/size", "value": 1.5}], specs({"size": 1.5})),
    ([{"op": "add", "path": "/specs/tags/1", "value": "c"}], specs(tags=["a", "c", "b"])),
    (
        [{"op": "move", "from": "/specs/tags", "path": "/specs/leaf/tags"}],
        {"specs": {"leaf": {**LEAF, "tags": ["a", "b"]}, "none": None}},
    ),
    ([{"op": "copy", "from": "/name", "path": "/description"}], {"description": "Tea"}),
    (
        [{"op": "test", "path": "/specs/none", "value": None}, {"op": "remove", "path": "/specs/none"}],
        {"specs": {"leaf": LEAF, "tags": ["a", "b"]}},
    ),
    ([{"op": "replace", "path": "/price", "value": "2.50"}], {"price": Decimal("2.50")}),
]


@each_way
@pytest.mark.parametrize(("operations", "changes"), OPERATED)
def test_a_json_patch_does_its_operations_one_after_the_other(tea, server, handler, operations, changes):
    """RFC 6902, section 4; relations are the keys that a client sends, JSON columns are part of the document."""
    before = stored()
    with api(routes(handler), server) as ask:
        response = ask("PATCH", ADDRESS, operations, JSON_PATCH)

        assert data_of(response) == data_of(ask("GET", ADDRESS))
    assert changed(before) == changes
    if "specs" in changes:
        assert _typed(stored()["specs"]) == _typed(changes["specs"])


TO_NEW = {"op": "replace", "path": "/name", "value": "New"}
CONFLICTS = [
    ([TO_NEW, {"op": "test", "path": "/name", "value": "Tea"}], 1, "/name"),
    ([TO_NEW, {"op": "test", "path": "/specs/leaf/size", "value": True}], 1, "/specs/leaf/size"),
    ([TO_NEW, {"op": "test", "path": "/active", "value": 1}], 1, "/active"),
    ([TO_NEW, {"op": "test", "path": "/labels", "value": [12, 11]}], 1, "/labels"),
    ([TO_NEW, {"op": "remove", "path": "/nothing"}], 1, "/nothing"),
    ([{"op": "replace", "path": "/specs/a~1b", "value": 1}], 0, "/specs/a~1b"),
    ([TO_NEW, TO_NEW, {"op": "add", "path": "/labels/7", "value": 13}], 2, "/labels/7"),
    ([{"op": "add", "path": "/specs/tags/01", "value": 1}], 0, "/specs/tags/01"),
    ([{"op": "move", "from": "/nothing", "path": "/name"}], 0, "/nothing"),
    # What is not shown is not there, so that nobody can find out by trying.
    ([{"op": "test", "path": "/private_note", "value": "mine"}], 0, "/private_note"),
    ([{"op": "test", "path": "/id", "value": 1}], 0, "/id"),
    ([{"op": "copy", "from": "/private_note", "path": "/description"}], 0, "/private_note"),
    ([{"op": "test", "path": "/maker/name", "value": "Maker 1"}], 0, "/maker/name"),
]


@each_way
@pytest.mark.parametrize(("operations", "index", "pointer"), CONFLICTS)
def test_an_operation_that_does_not_fit_is_409_and_none_is_carried_out(
    tea, server, handler, operations, index, pointer
):
    """RFC 5789, section 2.2; RFC 6902, section 5."""
    before = stored()
    with api(routes(handler), server) as ask:
        problem = problem_of(ask("PATCH", ADDRESS, operations, JSON_PATCH))

        assert (problem["status"], problem["type"]) == (409, "/api/problems/patch-conflict")
        assert (problem["operation"], problem["pointer"]) == (index, pointer)
    assert changed(before) == {}


REFUSED = [
    ({"name": None}, [("/name", "required")]),
    ({"name": ""}, [("/name", "required")]),
    ({"maker": None}, [("/maker", "required")]),
    ({"maker": 99}, [("/maker", "invalid_choice")]),
    ({"labels": [99]}, [("/labels", "invalid_pk_value", "invalid_choice")]),
    ({"price": "dear"}, [("/price", "invalid")]),
    ({"stock": [1]}, [("/stock", "invalid")]),
    ({"name": {"a": 1}}, [("/name", "invalid")]),
    ({"active": "yes"}, [("/active", "invalid")]),
    ({"size": "XXL"}, [("/size", "invalid_choice")]),
    ({"private_note": "theirs"}, [("/private_note", "unknown")]),
    ({"nothing": 1}, [("/nothing", "unknown")]),
    ({"id": 7}, [("/id", "unknown")]),
]


@each_server
@pytest.mark.parametrize(("changes", "faults"), REFUSED)
@pytest.mark.parametrize("kind", [JSON, MERGE, JSON_PATCH, "PUT"])
def test_a_patch_passes_the_form_of_a_put(tea, server, changes, faults, kind):
    before = stored()
    with api(routes(), server) as ask:
        if kind == "PUT":
            response = ask("PUT", ADDRESS, data_of(ask("GET", ADDRESS)) | written(tea) | changes)
        elif kind == JSON_PATCH:
            operations = [{"op": "add", "path": f"/{name}", "value": value} for name, value in changes.items()]
            response = ask("PATCH", ADDRESS, operations, kind)
        else:
            response = ask("PATCH", ADDRESS, changes, kind)

        problem = problem_of(response)
        assert problem["status"] == 422
        found = [(each["pointer"], each["code"]) for each in problem["errors"]]
        assert [name for name, _ in found] == [name for name, *_ in faults]
        assert all(code in codes for (_, code), (_, *codes) in zip(found, faults, strict=True))
    assert changed(before) == {}


def written(product):
    """Return the relations of a product as a client writes them."""
    return {"maker": product.maker_id, "category": product.category_id, "labels": [11, 12]}


def test_a_value_that_is_taken_is_a_conflict_for_each_kind_of_patch(tea):
    with api(routes()) as ask:
        for data, kind in (
            ({"slug": "other"}, JSON),
            ({"slug": "other"}, MERGE),
            ([{"op": "replace", "path": "/slug", "value": "other"}], JSON_PATCH),
        ):
            problem = problem_of(ask("PATCH", ADDRESS, data, kind))
            assert (problem["status"], problem["errors"][0]["pointer"]) == (409, "/slug")


SPECS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "a", "~", "/"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab~/"), inner, max_size=3)),
    max_leaves=6,
)


def merged(target, patch):
    """Return what RFC 7396, section 2, says in ten lines."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.dictionaries(st.sampled_from("ab~/"), SPECS, max_size=3),
    patch=st.dictionaries(st.sampled_from("ab~/"), SPECS, max_size=3),
)
def test_a_json_column_is_merged_as_the_standard_says(tea, before, patch):
    Product.objects.filter(pk=tea.pk).update(specs=before)
    with api(routes()) as ask:
        response = ask("PATCH", ADDRESS, {"specs": patch}, MERGE)

    expected = merged(before, patch)
    refused = not expected and before != expected  # by the form, as it would be in a PUT
    assert response.status_code == (422 if refused else 200)
    assert _typed(stored()["specs"]) == _typed(before if refused else expected)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=SPECS.filter(lambda value: value not in (None, "", [], {})), after=SPECS)
def test_a_json_column_becomes_what_a_patch_by_another_library_makes_of_it(tea, before, after):
    operations = jsonpatch.make_patch({"specs": before}, {"specs": after}).patch
    Product.objects.filter(pk=tea.pk).update(specs=before)
    with api(routes()) as ask:
        response = ask("PATCH", ADDRESS, operations, JSON_PATCH)

    if response.status_code == 422:  # a column that is not blank=True
        assert after in (None, "", [], {})
    else:
        assert response.status_code == 200
        assert jsonpatch.make_patch(stored()["specs"], after).patch == []


TYPES = [
    ("PATCH", ADDRESS, 415, "text/plain"),
    ("PATCH", ADDRESS, 415, ""),
    ("PATCH", ADDRESS, 415, "application/json-patch"),
]


@each_server
@pytest.mark.parametrize(("method", "address", "status", "content_type"), TYPES)
def test_who_sends_another_type_is_told_which_patches_are_known(tea, server, method, address, status, content_type):
    """RFC 5789, section 2.2 and 3.1."""
    with api(routes(), server) as ask:
        response = ask(method, address, b'{"name": "New"}', content_type)
        options = ask("OPTIONS", address)

        assert problem_of(response)["status"] == status
        assert response.headers["Accept-Patch"] == options.headers["Accept-Patch"]
        assert {MERGE, JSON_PATCH, JSON, XML, YAML, FORM} <= set(options.headers["Accept-Patch"].split(", "))
        assert "Accept-Patch" not in ask("OPTIONS", "/api/products/").headers


@each_server
@pytest.mark.parametrize("content_type", [MERGE, JSON_PATCH])
@pytest.mark.parametrize(("method", "address"), [("POST", "/api/products/"), ("PUT", ADDRESS)])
def test_a_patch_is_for_patch_alone(tea, server, content_type, method, address):
    before = stored()
    with api(routes(), server) as ask:
        response = ask(method, address, {"name": "New"} if content_type == MERGE else [TO_NEW], content_type)

        assert problem_of(response)["status"] == 415
        assert "Accept-Patch" not in response.headers
        assert content_type not in response.headers["Accept"]
    assert changed(before) == {}


@each_server
def test_a_patch_of_ones_own_without_a_form_has_nothing_to_be_applied_to(tea, server):
    class Own(ProductHandler):
        def patch(self, request, slug):
            return {"data": request.data}

    with api(routes(Own), server) as ask:
        for content_type in (MERGE, JSON_PATCH):
            assert problem_of(ask("PATCH", ADDRESS, [], content_type))["status"] == 415
        assert data_of(ask("PATCH", ADDRESS, {"name": None})) == {"data": {"name": None}}
        assert MERGE not in ask("OPTIONS", ADDRESS).headers["Accept-Patch"]


@each_server
def test_a_patch_of_ones_own_with_a_form_gets_what_the_patch_makes(tea, server):
    class Own(ProductHandler):
        form = modelform_factory(Product, fields=("name", "stock", "category"))

        def patch(self, request, slug):
            return {"data": request.data, "clean": sorted(request.form.changed_data)}

    with api(routes(Own), server) as ask:
        assert data_of(ask("PATCH", ADDRESS, {"name": "New", "category": None}, MERGE)) == {
            "data": {"name": "New", "category": None},
            "clean": ["category", "name"],
        }
        assert data_of(ask("PATCH", ADDRESS, [TO_NEW], JSON_PATCH)) == {"data": {"name": "New"}, "clean": ["name"]}


@each_server
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<product><name>New</name></product>", XML),
        (b"name: New\n", YAML),
        (b"name=New", FORM),
        (b'{"name": "New"}', JSON),
    ],
)
def test_a_patch_in_any_other_format_is_what_is_to_be_changed(tea, server, body, content_type):
    before = stored()
    with api(routes(), server) as ask:
        assert ask("PATCH", ADDRESS, body, content_type).status_code == 200
    assert changed(before) == {"name": "New"}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", MERGE, 400),
        (b"", MERGE, 400),
        (b'"New"', MERGE, 422),
        (b"null", MERGE, 422),
        (b'["New"]', MERGE, 422),
        (b"{", JSON_PATCH, 400),
        (b"{}", JSON_PATCH, 400),
        (b'[{"op": "frob", "path": "/name"}]', JSON_PATCH, 400),
        (b'[{"op": "replace", "path": "name", "value": 1}]', JSON_PATCH, 400),
        (b'[{"op": "replace", "path": "/name"}]', JSON_PATCH, 400),
        (b'[{"op": "replace", "path": "", "value": "New"}]', JSON_PATCH, 422),
        (b'[{"op": "replace", "path": "", "value": [1]}]', JSON_PATCH, 422),
    ],
)
def test_what_is_no_patch_is_refused_and_nothing_is_changed(tea, body, content_type, status):
    before = stored()
    with api(routes()) as ask:
        response = ask("PATCH", ADDRESS, body, content_type, Content_Type=content_type)

        assert problem_of(response)["status"] == status
    assert changed(before) == {}


def test_a_patch_of_the_whole_document_is_the_new_document(tea):
    """What it leaves out is removed, and what cannot be removed is asked for."""
    with api(routes()) as ask:
        document = {
            "name": "New",
            "slug": "tea",
            "maker": 2,
            "price": "1.00",
            "stock": 5,
            "specs": {"a": 1},
            "size": "S",
        }
        response = ask("PATCH", ADDRESS, [{"op": "replace", "path": "", "value": document}], JSON_PATCH)
        assert response.status_code == 200, response.content
        short = ask("PATCH", ADDRESS, [{"op": "replace", "path": "", "value": {"name": "New"}}], JSON_PATCH)
        missing = {each["pointer"] for each in problem_of(short)["errors"]}

    assert {"/slug", "/maker"} <= missing
    found = stored()
    assert (found["maker_id"], found["category_id"], found["labels"], found["description"]) == (2, None, [], "")


@each_server
def test_a_patch_with_a_test_is_a_precondition_of_the_values(tea, server):
    """Of two clients that have read the same stock, one counts it down."""
    patch = [{"op": "test", "path": "/stock", "value": 5}, {"op": "replace", "path": "/stock", "value": 4}]
    with api(routes(), server) as ask:
        assert ask("PATCH", ADDRESS, patch, JSON_PATCH).status_code == 200
        assert problem_of(ask("PATCH", ADDRESS, patch, JSON_PATCH))["status"] == 409
    assert stored()["stock"] == 4
