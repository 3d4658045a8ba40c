"""What comes in as JSON:API: created, changed, refused with a pointer into the document."""

from __future__ import annotations

from typing import Any

import json_api_doc
import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from blog.models import Comment, Post, Tag
from piston_core import Aim, Api, BaseHandler, MalformedBody, Problem
from piston_core.testing.handlers import Receiving
from piston_hateoas import JSONAPIParser
from tests.piston_hateoas.jsonapi.asking import JSON, got, sent, site
from tests.piston_hateoas.jsonapi.judges import MEDIA_TYPE
from tests.shop.models import Country, Product
from tests.shop.serving import stock

pytestmark = pytest.mark.django_db

BODY = Draft202012Validator(JSONAPIParser().schema({}))


class Posts(BaseHandler):
    model = Post
    fields = ("title", "slug", "content", "author", "tags", "rating")


class Users(BaseHandler):
    model = User
    fields = ("username",)


class Tags(BaseHandler):
    model = Tag
    fields = ("name", "slug")


@pytest.fixture
def client(blog):
    api = Api()
    for pattern, handler in {"posts/": Posts, "users/": Users, "tags/": Tags}.items():
        api.route(pattern, handler)
        api.route(f"{pattern}<int:pk>/", handler)
    api.route("by-slug/<slug:slug>/", Posts)
    with site(api) as client:
        yield client


def document(kind: str = "posts", identity: str = "", **members: Any) -> dict[str, Any]:
    return {"data": {"type": kind, **({"id": identity} if identity else {}), **members}}


def to(kind: str, *keys: Any) -> dict[str, Any]:
    return {"data": [{"type": kind, "id": str(key)} for key in keys]}


def refusal(response: Any) -> tuple[int, str, str]:
    (error,) = response.json()["errors"]
    return response.status_code, error["code"], error["source"]["pointer"]


def test_an_object_is_created_with_its_relationships(client):
    author, tags = User.objects.get(username="bob"), list(Tag.objects.all()[:2])
    given = document(
        attributes={"title": "New", "slug": "new", "content": "words"},
        relationships={
            "author": {"data": {"type": "users", "id": str(author.pk)}},
            "tags": to("tags", *(tag.pk for tag in tags)),
        },
    )
    assert BODY.is_valid(given)
    response = sent(client, "POST", "/api/posts/", given)
    post = Post.objects.get(slug="new")

    assert response.status_code == 201
    assert response.headers["Content-Type"] == MEDIA_TYPE
    data = response.json()["data"]
    assert response.headers["Location"] == data["links"]["self"] == f"/api/posts/{post.pk}/"
    assert (post.title, post.author, set(post.tags.all())) == ("New", author, set(tags))
    assert got(client, response.headers["Location"])["data"] == data


def test_what_a_reader_from_pypi_writes_is_read(client):
    given = json_api_doc.serialize({"$type": "tags", "name": "Written", "slug": "written"})
    assert sent(client, "POST", "/api/tags/", given).status_code == 201
    assert Tag.objects.get(slug="written").name == "Written"


@pytest.mark.parametrize("at", ["posts/{0.pk}/", "by-slug/{0.slug}/"])
def test_a_change_leaves_the_rest_as_it_is(client, at):
    post = Post.objects.filter(tags__isnull=False).first()
    address = f"/api/{at.format(post)}"
    response = sent(client, "PATCH", address, document(identity=str(post.pk), attributes={"title": "Changed"}))
    assert response.status_code == 200
    after = Post.objects.get(pk=post.pk)
    assert (after.title, after.content, after.author) == ("Changed", post.content, post.author)
    assert set(after.tags.all()) == set(post.tags.all())


def test_relationships_are_replaced_and_emptied(client):
    post = Post.objects.filter(tags__isnull=False).first()
    for keys in ([Tag.objects.first().pk], []):
        given = document(identity=str(post.pk), relationships={"tags": to("tags", *keys)})
        assert sent(client, "PATCH", f"/api/posts/{post.pk}/", given).status_code == 200
        assert [tag.pk for tag in post.tags.all()] == keys


def test_a_relationship_to_one_is_emptied_by_null(client):
    comment = Comment.objects.filter(author__isnull=False).first()
    comments = type("Comments", (BaseHandler,), {"model": Comment, "fields": ("body", "author")})
    api = Api()
    api.route("comments/<int:pk>/", comments)
    with site(api) as other:
        given = document("comments", str(comment.pk), relationships={"author": {"data": None}})
        assert sent(other, "PATCH", f"/api/comments/{comment.pk}/", given).status_code == 200
    comment.refresh_from_db()
    assert comment.author is None


def test_an_object_is_deleted_without_an_answer(client):
    tag = Tag.objects.create(name="Gone", slug="gone")
    response = client.delete(f"/api/tags/{tag.pk}/")
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ([], ""),
        ({}, "/data"),
        ({"data": None}, "/data"),
        ({"data": [document()["data"]]}, "/data"),
        ({"data": {}}, "/data"),
        ({"data": {"type": 7}}, "/data"),
        (document(attributes=[]), "/data/attributes"),
        (document(attributes={"type": "x"}), "/data/attributes/type"),
        (document(attributes={"id": "x"}), "/data/attributes/id"),
        (document(relationships=[]), "/data/relationships"),
        (document(relationships={"author": 1}), "/data/relationships/author"),
        (document(relationships={"author": {}}), "/data/relationships/author"),
        (document(relationships={"author": {"data": 1}}), "/data/relationships/author/data"),
        (document(relationships={"author": {"data": {"type": "users", "id": 1}}}), "/data/relationships/author/data"),
        (document(relationships={"tags": {"data": [{"id": "1"}]}}), "/data/relationships/tags/data/0"),
        (document(relationships={"id": {"data": None}}), "/data/relationships/id"),
        (document(attributes={"tags": 1}, relationships={"tags": {"data": []}}), "/data/attributes/tags"),
        (document(relationships={"a/b~": {}}), "/data/relationships/a~1b~0"),
    ],
    ids=str,
)
def test_what_is_no_document_is_refused_with_its_place(client, given, pointer):
    response = sent(client, "POST", "/api/posts/", given)
    assert refusal(response) == (400, "malformed-body", pointer)


@pytest.mark.parametrize("given", [{}, {"data": None}, {"data": []}, {"data": {"id": "1"}}, {"data": {"type": 7}}])
def test_what_is_described_as_a_body_is_a_document(given):
    assert not BODY.is_valid(given)


def test_another_type_or_object_than_that_of_the_address_is_a_conflict(client):
    first, second = Post.objects.all()[:2]
    for address in (f"/api/posts/{first.pk}/", f"/api/by-slug/{first.slug}/"):
        given = document(identity=str(second.pk), attributes={"title": "x"})
        assert sent(client, "PATCH", address, given).json()["errors"][0]["source"]["pointer"] == "/data/id"
        assert sent(client, "PATCH", address, given).status_code == 409
        assert sent(client, "PATCH", address, document("tags", str(first.pk))).status_code == 409
    assert sent(client, "POST", "/api/posts/", document("tags")).status_code == 409
    linked = document(relationships={"author": {"data": {"type": "tags", "id": "1"}}})
    response = sent(client, "POST", "/api/posts/", linked)
    assert response.status_code == 409
    assert response.json()["errors"][0]["source"]["pointer"] == "/data/relationships/author/data/type"


def test_a_change_names_its_object(client):
    post = Post.objects.first()
    assert refusal(sent(client, "PATCH", f"/api/posts/{post.pk}/", document()))[0] == 400
    assert sent(client, "PATCH", "/api/by-slug/nobody/", document(identity="1")).status_code == 404


def test_an_id_is_the_clients_to_choose_only_where_the_form_asks_for_the_key(client):
    response = sent(client, "POST", "/api/tags/", document("tags", "77", attributes={"name": "a", "slug": "a"}))
    assert response.status_code == 403
    assert response.json()["errors"][0]["source"] == {"pointer": "/data/id"}
    countries = type("Countries", (BaseHandler,), {"model": Country, "fields": ("code", "name")})
    with site(countries) as other:
        given = document("countrys", "NZ", attributes={"name": "Aotearoa"})
        assert sent(other, "POST", "/", given).status_code == 201
    assert Country.objects.get(pk="NZ").name == "Aotearoa"


def test_refused_values_are_pointed_at_in_the_document(client):
    given = document(
        attributes={"title": "", "slug": "no slug", "nonsense": 1},
        relationships={
            "author": {"data": {"type": "users", "id": "999999"}},
            "tags": to("tags", Tag.objects.first().pk, 999999),
        },
    )
    response = sent(client, "POST", "/api/posts/", given)
    errors = {each["source"]["pointer"]: each for each in response.json()["errors"]}
    assert response.status_code == 422
    assert errors.keys() >= {
        "/data/attributes/title",
        "/data/attributes/slug",
        "/data/attributes/content",
        "/data/attributes/nonsense",
        "/data/relationships/author",
    }
    assert any(pointer.startswith("/data/relationships/tags") for pointer in errors)
    assert errors["/data/attributes/title"]["code"] == "required"
    assert len({each["id"] for each in errors.values()}) == len(errors)


def test_forms_in_other_formats_are_pointed_at_as_they_were_sent(client):
    response = sent(client, "POST", "/api/tags/", {"name": ""}, JSON)
    assert {each["source"]["pointer"] for each in response.json()["errors"]} == {"/name", "/slug"}


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ("", 201),
        (';profile="https://example.org/a"', 201),
        (";charset=utf-8", 415),
        (';ext="https://jsonapi.org/ext/atomic"', 415),
        (";profile=a;version=1", 415),
    ],
)
def test_only_known_parameters_of_the_media_type_are_read(client, parameters, status):
    given = document("tags", attributes={"name": "n", "slug": "n"})
    response = sent(client, "POST", "/api/tags/", given, MEDIA_TYPE + parameters)
    assert response.status_code == status
    if status == 415:
        assert response.json()["errors"][0]["source"] == {"header": "Content-Type"}
        assert not Tag.objects.filter(slug="n").exists()


def test_a_handler_without_a_model_gets_flat_data(client):
    handler = Receiving()
    with site(handler) as other:
        given = document("anything", attributes={"a": {"b": [1]}}, relationships={"c": to("things", 1, 2)})
        assert sent(other, "POST", "/", given).status_code == 204
    assert handler.received == [{"a": {"b": [1]}, "c": ["1", "2"]}]


def test_a_name_that_is_type_comes_in_by_its_other_name(db):
    handler = type("Received", (Receiving,), {"model": Tag, "fields": ("name", "type"), "resource_type": "words"})()
    with site(handler) as client:
        sent(client, "POST", "/", document("words", attributes={"tag_type": "x", "name": "n"}))
    assert handler.received == [{"type": "x", "name": "n"}]


def test_several_objects_are_not_changed_by_one_document(client):
    handler = type("Words", (BaseHandler,), {"model": Tag, "fields": ("name",), "bulk_limit": 5})
    with site(handler) as other:
        response = sent(other, "PATCH", "/", document("tags", str(Tag.objects.first().pk), attributes={"name": "x"}))
    assert response.status_code == 422
    assert not Tag.objects.filter(name="x").exists()


def test_a_refused_write_leaves_nothing(client):
    before = Post.objects.count()
    stock(1)
    assert sent(client, "POST", "/api/posts/", document(attributes={"title": "half"})).status_code == 422
    assert (Post.objects.count(), Product.objects.count()) == (before, 1)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["data", "type", "id", "attributes", "relationships", "a"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(ANY | st.fixed_dictionaries({"data": st.fixed_dictionaries({"type": st.just("x"), "relationships": ANY})}))
def test_whatever_is_sent_is_flat_data_or_refused(data):
    aim = Aim(HttpRequest(), Receiving(), "create", {}, False, lambda: None, frozenset)
    try:
        assert isinstance(JSONAPIParser().values(data, aim), dict)
    except MalformedBody as refusal:
        assert "pointer" in refusal.members  # noqa: PT017 - either will do
    except Problem as refusal:
        assert refusal.status == 403  # noqa: PT017
