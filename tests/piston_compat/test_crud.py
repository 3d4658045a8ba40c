"""The CRUD of ``BaseHandler``, parts of lists, and ``rc``."""

from __future__ import annotations

import pytest
from django.core.exceptions import MultipleObjectsReturned
from django.urls import re_path

from blog.models import Tag
from piston.handler import BaseHandler
from piston.resource import Resource
from piston.utils import rc
from piston_core.testing import serving
from tests.piston_compat.old import old, returning
from tests.shop.models import Customer, Maker, Product

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def tags():
    return [Tag.objects.create(name=name, slug=name) for name in "abcde"]


@pytest.fixture
def client(tags):
    handler = type("Tags", (BaseHandler,), {"model": Tag, "fields": ("name",)})
    with old(handler) as served:
        yield served


def test_read_is_one_by_its_key_or_all_that_have_these_values(client, tags):
    assert client.get(f"/{tags[0].pk}").json() == {"name": "a"}
    assert [each["name"] for each in client.get("/").json()] == [*"abcde"]


@pytest.mark.parametrize("key", ["999", "x", "9" * 30])
@pytest.mark.parametrize(("method", "status"), [("get", 404), ("put", 404), ("delete", 410)])
def test_a_key_that_nothing_has_is_no_failure(client, key, method, status):
    assert getattr(client, method)(f"/{key}").status_code == status


def test_other_arguments_filter(tags):
    handler = type("Tags", (BaseHandler,), {"model": Tag, "fields": ("name",)})
    with serving([re_path(r"^(?P<slug>\w+)$", Resource(handler))], plugins=["compat", "json"]) as client:
        assert client.get("/a").json() == [{"name": "a"}]
        assert client.get("/z").json() == []
        assert client.put("/a", "name=z", FORM).status_code == 400
        assert client.delete("/a").status_code == 204


def test_create_makes_what_is_not_there_yet(client):
    made = client.post("/", {"name": "new", "slug": "new"})
    again = client.post("/", {"name": "new", "slug": "new"})

    assert (made.status_code, made.json()) == (200, {"name": "new"})
    assert (again.status_code, again.content) == (409, b"Conflict/Duplicate")
    assert client.post("/", {"name": "other", "slug": "new"}).status_code == 409


@pytest.mark.parametrize(
    "data", [{"nonsense": 1}, {"name__startswith": "a"}, {"posts__author__password": "x"}, [1], "text", 5]
)
def test_create_takes_columns_and_nothing_else(client, data):
    assert client.post("/", data, "application/json").status_code == 400
    assert Tag.objects.count() == 5


@pytest.mark.parametrize(
    "data", [{"name": "x" * 10**6, "slug": "y", "id": []}, {"id": "x"}, {"id": 10**30}, {"name": None}]
)
def test_create_refuses_values_that_no_column_holds(client, data):
    assert client.post("/", data, "application/json").status_code in (400, 409)


def test_update_sets_what_was_sent_ignores_other_names_and_answers_ok(client, tags):
    response = client.put(f"/{tags[0].pk}", {"name": "z", "save": "x", "nonsense": 1}, "application/json")

    assert (response.status_code, response.content) == (200, b"OK")
    assert Tag.objects.get(pk=tags[0].pk).name == "z"


@pytest.mark.parametrize("data", [{"id": "x"}, {"name": {"a": []}, "slug": None}, {"slug": "b"}])
def test_update_refuses_values_that_no_column_holds(client, tags, data):
    assert client.put(f"/{tags[0].pk}", data, "application/json").status_code in (400, 409)


def test_update_needs_a_key_and_names(client, tags):
    assert client.put("/", "name=z", FORM).status_code == 400
    assert client.put(f"/{tags[0].pk}", [1], "application/json").status_code == 400


def test_delete_needs_just_one(client, tags):
    assert client.delete("/").status_code == 409
    deleted = client.delete(f"/{tags[0].pk}")

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert client.delete(f"/{tags[0].pk}").status_code == 410


def test_delete_of_what_others_refer_to_is_no_failure():
    maker = Maker.objects.create(name="M")
    Product.objects.create(name="P", slug="p", maker=maker)

    with old(type("Makers", (BaseHandler,), {"model": Maker})) as client:
        assert client.delete(f"/{maker.pk}").status_code == 409


def test_queryset_is_asked_for_all_four():
    class Makers(BaseHandler):
        model = Maker

        def queryset(self, request):
            return Maker.objects.exclude(name="hidden")

    hidden = Maker.objects.create(name="hidden")
    with old(Makers) as client:
        assert client.get("/").json() == []
        assert client.get(f"/{hidden.pk}").status_code == 404
        assert client.put(f"/{hidden.pk}", "name=x", FORM).status_code == 404
        assert client.delete(f"/{hidden.pk}").status_code == 410


def test_exists_lets_several_through_and_flatten_takes_the_last_value(rf):
    handler = type("Customers", (BaseHandler,), {"model": Customer})()
    Customer.objects.create(name="a")

    assert (handler.exists(name="a"), handler.exists(name="b"), handler.has_model()) == (True, False, True)
    Customer.objects.create(name="a")
    with pytest.raises(MultipleObjectsReturned):
        handler.exists(name="a")
    assert handler.flatten_dict(rf.post("/", {"a": ["1", "2"]}).POST) == {"a": "2"}


# -- parts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "names", "told"),
    [
        ("items=1-2", "bc", "items 1-2/5"),
        ("items=3-", "de", "items 3-4/5"),
        ("items=-2", "de", "items 3-4/5"),
        ("items=-9", "abcde", "items 0-4/5"),
        ("items=4-99", "e", "items 4-4/5"),
    ],
)
def test_a_range_is_206_with_its_place(client, given, names, told):
    response = client.get("/", headers={"Range": given})

    assert (response.status_code, response.headers["Content-Range"]) == (206, told)
    assert [each["name"] for each in response.json()] == [*names]


@pytest.mark.parametrize("given", ["items=3-1", "items=5-", "items=-"])
def test_a_range_that_is_not_there_is_416(client, given):
    response = client.get("/", headers={"Range": given})

    assert (response.status_code, response.headers["Content-Range"]) == (416, "items */5")
    assert response.content.startswith(b"Unsatifiable Range\n")


@pytest.mark.parametrize("given", ["items=", "items=a-b", "items=1", "items=1-2,4-5", "items=" + "9" * 50 + "-"])
def test_a_range_that_cannot_be_read_is_400(client, given):
    response = client.get("/", headers={"Range": given})

    assert (response.status_code, response.content) == (400, b"Bad Request malformed range header")


@pytest.mark.parametrize("given", ["bytes=0-1", "nonsense", "bytes"])
def test_other_units_are_ignored_and_keep_the_parameters_from_being_looked_at(client, given):
    response = client.get("/?offset=0&limit=1", headers={"Range": given})

    assert (response.status_code, len(response.json())) == (200, 5)


@pytest.mark.parametrize(
    ("query", "status", "names"),
    [
        ("offset=1&limit=2", 206, "bc"),
        ("offset=3&limit=", 206, "de"),
        ("offset=&limit=2", 206, "de"),
        ("offset=3&limit=9", 206, "de"),
        ("offset=&limit=", 200, "abcde"),
        ("offset=x&limit=y", 200, "abcde"),
        ("offset=1&limit=y", 200, "abcde"),
        ("offset=1", 200, "abcde"),
        ("limit=1", 200, "abcde"),
        ("offset=0&limit=0", 200, ""),
        ("offset=&limit=0", 200, ""),
    ],
)
def test_offset_and_limit(client, query, status, names):
    response = client.get(f"/?{query}")

    assert (response.status_code, [each["name"] for each in response.json()]) == (status, [*names])


@pytest.mark.parametrize("query", ["offset=-1&limit=2", "offset=1&limit=-2", "offset=5&limit=1"])
def test_offset_and_limit_that_are_not_there_are_416(client, query):
    assert client.get(f"/?{query}").status_code == 416


def test_offset_and_limit_may_have_other_names(client, settings):
    settings.PISTON_PAGINATION_PARAMS = ("start", "size")

    assert client.get("/?start=0&size=1").status_code == 206
    assert client.get("/?offset=0&limit=1").status_code == 200


def test_lists_have_no_parts():
    with old(returning([1, 2, 3])) as client:
        assert client.get("/", headers={"Range": "items=0-0"}).json() == [1, 2, 3]


# -- rc ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("ALL_OK", 200, "OK"),
        ("CREATED", 201, "Created"),
        ("DELETED", 204, ""),
        ("BAD_REQUEST", 400, "Bad Request"),
        ("FORBIDDEN", 401, "Forbidden"),
        ("NOT_FOUND", 404, "Not Found"),
        ("DUPLICATE_ENTRY", 409, "Conflict/Duplicate"),
        ("NOT_HERE", 410, "Gone"),
        ("BAD_RANGE", 416, "Unsatifiable Range"),
        ("INTERNAL_ERROR", 500, "Internal Error"),
        ("NOT_IMPLEMENTED", 501, "Not Implemented"),
        ("THROTTLED", 503, "Throttled"),
    ],
)
def test_an_rc_is_a_new_response_in_text_at_each_access(name, status, text):
    first, second = getattr(rc, name), getattr(rc, name)
    first.write("more")

    assert (second.status_code, second.content.decode(), second.headers["Content-Type"]) == (
        status,
        text,
        "text/plain",
    )
    assert first.content.decode() == text + "more"


def test_an_unknown_rc_is_an_attribute_error():
    with pytest.raises(AttributeError):
        _ = rc.NONSENSE


@pytest.mark.parametrize("content", ["text", b"bytes"])
def test_an_rc_with_text_stays_text(content):
    def answer(request):
        response = rc.CREATED
        response.content = content
        return response

    with old(returning(answer)) as client:
        response = client.get("/?format=xml")

    assert (response.status_code, response.headers["Content-Type"]) == (201, "text/plain")
    assert response.content in (b"text", b"bytes")


@pytest.mark.parametrize("content", [{"a": 1}, [1], Tag.objects.none(), ("x",)])
@pytest.mark.parametrize("name", ["CREATED", "BAD_REQUEST", "FORBIDDEN"])
def test_an_rc_with_data_is_emitted_with_its_status(content, name):
    def answer(request):
        response = getattr(rc, name)
        response.content = content
        return response

    with old(returning(answer)) as client:
        response = client.post("/")

    assert response.status_code == getattr(rc, name).status_code
    assert response.json() == (content if isinstance(content, dict) else list(content))
