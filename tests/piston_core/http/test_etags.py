"""Entity tags: one for each representation, and another one whenever that changes (RFC 9110, section 8.8.3)."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import path

from blog.models import Post, Tag
from piston_core import AnonymousBaseHandler, BaseHandler, Link, LinkBuilder, Resource, Validators, hookimpl, rc
from tests.piston_core.pipeline.asking import GOOD, JSON, Key, ask, data_of, send, serving
from tests.settings import PISTON
from tests.shop.models import Category, Place

STRONG = re.compile(r'"[\x21\x23-\x7e]+"')
MERGE, PATCHES = "application/merge-patch+json", "application/json-patch+json"
FORMATS = {"PISTON": {**PISTON, "PLUGINS": ["json", "xml", "yaml"], "AUTHENTICATORS": []}}


class Categories(BaseHandler):
    """Shows a category with the one above it."""

    model = Category
    fields = ("name", ("parent", ("name",)))


class Versioned(Categories):
    """Has its tags from a column; nothing keeps it up to date."""

    version_field = "name"


kinds = pytest.mark.parametrize("handler", [Categories, Versioned], ids=["by the answer", "by a column"])


@pytest.fixture
def category(db):
    return Category.objects.create(name="Black", parent=Category.objects.create(name="Tea"))


def site(handler: type[BaseHandler], **settings: Any) -> Any:
    """Serve a handler's list and its objects for the length of a block."""
    resource = Resource(handler, authentication=(), emitters=None)
    return serving(path("them/", resource), path("it/<int:pk>/", resource), **settings)


def tag_at(client: Any, address: str, method: str = "GET", **headers: str) -> str:
    """Return the tag of a good answer, once it is certain that it is a strong one."""
    response = send(client, method, address, headers=headers)
    assert response.status_code == 200, response.content
    assert STRONG.fullmatch(response.headers["ETag"])
    return response.headers["ETag"]


@kinds
def test_a_representation_has_one_tag_by_whatever_name_it_is_asked_for(handler, category):
    at = f"/it/{category.pk}/"
    with site(handler, **FORMATS) as client:
        tags = {
            tag_at(client, at),
            tag_at(client, at),
            tag_at(client, at, "HEAD"),
            tag_at(client, f"{at}?format=json"),
        }
        tags |= {tag_at(client, at, Accept="application/json;q=0.5, text/html")}

    assert len(tags) == 1


@kinds
def test_each_format_has_a_tag_of_its_own(handler, category):
    with site(handler, **FORMATS) as client:
        for address in (f"/it/{category.pk}/", "/them/"):
            tags = {tag_at(client, f"{address}?format={name}") for name in ("json", "xml", "yaml")}
            assert len(tags) == 3


@kinds
def test_each_choice_of_fields_has_a_tag_of_its_own(handler, category):
    choices = ("", "?fields=name", "?fields=parent", "?fields=parent(name)", "?fields=parent,name")
    with site(handler) as client:
        bodies = {send(client, "GET", f"/it/{category.pk}/{choice}").content for choice in choices}
        tags = {tag_at(client, f"/it/{category.pk}/{choice}") for choice in choices}

    assert len(tags) >= len(bodies)


@kinds
def test_a_tag_changes_with_the_object_and_comes_back_with_it(handler, category):
    with site(handler) as client:
        tags = []
        for name in ("Black", "Green", "Black"):
            Category.objects.filter(pk=category.pk).update(name=name)
            tags.append(tag_at(client, f"/it/{category.pk}/"))

    assert tags[0] == tags[2] != tags[1]


@pytest.mark.parametrize("address", ["/it/{}/", "/them/"])
def test_a_tag_changes_with_a_related_object_that_is_shown(address, category):
    address = address.format(category.pk)
    with site(Categories) as client:
        before = tag_at(client, address)
        Category.objects.filter(pk=category.parent_id).update(name="Teas")
        after = tag_at(client, address)

    assert before != after


def test_a_tag_does_not_change_with_what_is_not_shown(category):
    with site(type("Short", (Categories,), {"fields": ("name",)})) as client:
        before = tag_at(client, f"/it/{category.pk}/")
        Category.objects.filter(pk=category.parent_id).update(name="Teas")

        assert tag_at(client, f"/it/{category.pk}/") == before


def test_a_list_has_a_tag_that_changes_with_its_rows_and_their_order(category):
    paged = type("Paged", (Categories,), {"sorting": ("name",), "page_size": 5})
    with site(paged) as client:
        first = tag_at(client, "/them/")
        tags = {first, tag_at(client, "/them/?sort=name"), tag_at(client, "/them/?limit=1")}
        Category.objects.create(name="White")
        tags.add(tag_at(client, "/them/"))

    assert len(tags) == 4


def test_a_tag_of_a_page_changes_with_what_is_told_beside_the_rows(category):
    """The last page of a list becomes one of its pages: the rows are the same, the links are not."""
    with site(type("Paged", (Categories,), {"page_size": 2})) as client:
        before, after = client.get("/them/"), Category.objects.create(name="White") and client.get("/them/")

    assert before.content == after.content
    assert ("Link" in before.headers, "Link" in after.headers) == (False, True)
    assert before.headers["ETag"] != after.headers["ETag"]


def test_what_differs_by_who_shows_it_has_different_tags(category):
    class Public(AnonymousBaseHandler):
        model = Category
        fields = ("name",)
        version_field = "name"

    handler = type("Known", (Versioned,), {"anonymous": Public})
    with serving(path("it/<int:pk>/", Resource(handler, authentication=[Key()]))) as client:
        known, unknown = tag_at(client, f"/it/{category.pk}/", **GOOD), tag_at(client, f"/it/{category.pk}/")

    assert known != unknown


@pytest.mark.django_db
@pytest.mark.parametrize("declared", [{}, {"validators": lambda self, request, **kwargs: Validators(1)}])
def test_queries_with_different_answers_have_different_tags(declared, category):
    """A QUERY says in its body what a GET says in its address, so both are the same resource's (RFC 10008)."""
    handler = type("Queried", (Categories,), {"filters": ("name",), **declared})
    with site(handler) as client:
        tags = [send(client, "QUERY", "/them/", body, JSON).headers["ETag"] for body in ('{"name":"Tea"}', "{}", "{}")]

    assert tags[0] != tags[1] == tags[2]


# Without a tag


class Rows(BaseHandler):
    def read(self, request):
        yield from ({"row": number} for number in range(3))


def test_a_stream_has_no_tag():
    assert "ETag" not in ask(Rows).headers


def test_a_stream_of_a_declared_state_has_its_tag_and_is_not_begun_for_who_has_it():
    begun = []

    def rows():
        begun.append(True)
        yield {"row": 1}

    given = {"read": lambda self, request: rows(), "validators": lambda self, request: Validators(7)}
    handler = type("Stated", (BaseHandler,), given)
    first = ask(handler)
    assert STRONG.fullmatch(first.headers["ETag"])
    assert data_of(first) == [{"row": 1}]

    assert ask(handler, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert begun == [True]


def test_a_stream_without_a_tag_matches_none():
    assert ask(Rows, headers={"If-None-Match": '"x"'}).status_code == 200
    assert ask(Rows, headers={"If-Match": '"x"'}).status_code == 412
    assert ask(Rows, headers={"If-Match": ""}).status_code == 412
    assert ask(Rows, headers={"If-None-Match": '""'}).status_code == 200


def test_a_stream_that_is_refused_is_ended():
    ended = []

    def read(self, request):
        try:
            yield {"row": 1}
            yield {"row": 2}
        finally:
            ended.append(True)

    handler = type("Ending", (BaseHandler,), {"read": read})
    for condition in ({"If-Match": '"x"'}, {"If-None-Match": "*"}):
        kept = ask(handler, headers=condition)  # whose exception may hold the frames
        assert kept.status_code in (304, 412)

    assert ended == [True, True]


@pytest.mark.parametrize("status", [203, 404, 410, 500])
def test_no_other_answer_has_a_tag(status):
    handler = type("Odd", (BaseHandler,), {"read": lambda self, request: HttpResponse(b"odd", status=status)})
    response = ask(handler, headers={"If-None-Match": "*"})

    assert response.status_code == status
    assert "ETag" not in response.headers


def test_refusals_have_no_tag():
    for response in (ask(Rows, "PUT"), ask(Rows, headers={"Accept": "image/png"}), ask(Rows, "OPTIONS")):
        assert "ETag" not in response.headers


# Answers of the handler's own making


def own(make: Any) -> type[BaseHandler]:
    given = {"read": lambda self, request: make(), "update": lambda self, request: None, "atomic": False}
    return type("Own", (BaseHandler,), given)


def test_an_own_response_gets_a_tag():
    handler = own(lambda: HttpResponse(b"<p>", content_type="text/html"))
    tag = ask(handler).headers["ETag"]

    assert STRONG.fullmatch(tag)
    assert ask(handler, headers={"If-None-Match": tag}).status_code == 304
    assert ask(own(lambda: HttpResponse(b"<p>", content_type="text/plain"))).headers["ETag"] != tag


@pytest.mark.parametrize(
    "make",
    [
        lambda: HttpResponse(b"<p>", headers={"ETag": '"mine"'}),
        lambda: StreamingHttpResponse([b"<p>"], headers={"ETag": '"mine"'}),
        lambda: FileResponse(BytesIO(b"<p>"), headers={"ETag": '"mine"'}),
        lambda: rc.ALL_OK(data={"it": "is"}, headers={"ETag": '"mine"'}),
    ],
    ids=["whole", "streamed", "file", "reply"],
)
def test_an_own_tag_is_left_and_counts(make):
    handler = own(make)

    assert ask(handler).headers["ETag"] == '"mine"'
    assert ask(handler, "HEAD").headers["ETag"] == '"mine"'
    kept = ask(handler, headers={"If-None-Match": '"yours", "mine"'})
    assert (kept.status_code, kept.headers["ETag"]) == (304, '"mine"')
    assert ask(handler, headers={"If-Match": '"yours"'}).status_code == 412
    how = {"body": b"{}", "content_type": JSON}
    statuses = [ask(handler, "PUT", headers={"If-Match": tag}, **how).status_code for tag in ('"mine"', '"yours"')]
    assert statuses == [204, 412]


def test_an_own_weak_tag_is_good_for_reading_and_not_for_writing():
    """RFC 9110, section 8.8.3.2."""
    handler = own(lambda: HttpResponse(b"<p>", headers={"ETag": 'W/"mine"'}))

    for tag in ('W/"mine"', '"mine"'):
        assert ask(handler, headers={"If-None-Match": tag}).status_code == 304
        assert ask(handler, headers={"If-Match": tag}).status_code == 412
        assert ask(handler, "PUT", body=b"{}", content_type=JSON, headers={"If-Match": tag}).status_code == 412
    assert ask(handler, headers={"If-None-Match": '"yours"'}).status_code == 200


def test_an_own_date_counts():
    date, later = "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:38 GMT"
    handler = own(lambda: HttpResponse(b"<p>", headers={"Last-Modified": later}))

    assert ask(handler).headers["Last-Modified"] == later
    statuses = [ask(handler, headers={"If-Modified-Since": each}).status_code for each in (date, later)]
    assert statuses == [200, 304]
    assert ask(handler, headers={"If-Unmodified-Since": date}).status_code == 412


# After a write


@pytest.fixture
def place(db):
    return Place.objects.create(name="Inn", street="High Street")


class Places(BaseHandler):
    model = Place
    fields = ("name", "street")


class Dated(Places):
    version_field = "name"


class Stated(Places):
    def validators(self, request, **kwargs):
        return Validators(self.get(request, **kwargs).name)


class Chosen(Places):
    fields = ("street", "shout")

    def shout(self, obj):
        return obj.name.upper()


class Resourceful(Places):
    fields = ("resource_uri", "name", "street")


class Neighbours(LinkBuilder):
    """Links to whatever is shown."""

    name = "neighbours"

    def links(self, subject):
        return [Link("/next/", "next")]


@hookimpl
def piston_link_builders():
    return [Neighbours()]


LINKED = {"PISTON": {**PISTON, "PLUGINS": ["json", __name__], "AUTHENTICATORS": []}}
CHANGES = {
    MERGE: '{"name": "Inn %s", "street": null}',
    PATCHES: '[{"op": "replace", "path": "/name", "value": "Inn %s"}]',
    JSON: '{"name": "Inn %s"}',
}
written = pytest.mark.parametrize("handler", [Places, Dated, Stated, Resourceful])


@pytest.mark.parametrize("content_type", CHANGES)
@pytest.mark.parametrize("settings", [{}, LINKED], ids=["plain", "linked"])
def test_a_patch_tells_the_tag_of_the_next_read(content_type, settings, place):
    with site(Places, **settings) as client:
        for number in range(3):
            answer = send(client, "PATCH", f"/it/{place.pk}/", CHANGES[content_type] % number, content_type)
            assert answer.status_code == 200, answer.content
            assert answer.headers["ETag"] == tag_at(client, f"/it/{place.pk}/")


@pytest.mark.parametrize("choice", ["?fields=name", "?format=json", "?fields=street&format=json"])
def test_a_patch_at_a_longer_address_tells_the_tag_of_what_is_there(choice, place):
    with site(Places) as client:
        answer = send(client, "PATCH", f"/it/{place.pk}/{choice}", '{"name": "Pub"}', JSON)

        assert answer.headers["ETag"] == tag_at(client, f"/it/{place.pk}/{choice}")


@written
def test_a_patch_never_tells_another_tag_than_that_of_the_next_read(handler, place):
    with site(handler) as client:
        answer = send(client, "PATCH", f"/it/{place.pk}/", '{"name": "Pub"}', JSON)

        assert answer.status_code == 200
        assert answer.headers.get("ETag") in (None, tag_at(client, f"/it/{place.pk}/"))


def test_each_patch_may_name_the_tag_that_the_one_before_it_has_told(place):
    with site(Places) as client:
        tag = tag_at(client, f"/it/{place.pk}/")
        for number in range(3):
            answer = send(client, "PATCH", f"/it/{place.pk}/", f'{{"name": "{number}"}}', JSON, {"If-Match": tag})
            assert answer.status_code == 200, answer.content
            late = send(client, "PATCH", f"/it/{place.pk}/", '{"name": "late"}', JSON, {"If-Match": tag})
            assert late.status_code == 412
            tag = answer.headers["ETag"]

    assert Place.objects.get().name == "2"


@written
def test_a_put_tells_no_tag(handler, place):
    """It would say that what was sent is stored as it was sent (RFC 9110, section 9.3.4)."""
    with site(handler) as client:
        answer = send(client, "PUT", f"/it/{place.pk}/", '{"name": "Pub", "street": ""}', JSON)

    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers


@pytest.mark.django_db
def test_a_patch_that_changes_the_address_tells_nothing_of_the_old_one(client):
    tag = Tag.objects.create(name="Tea", slug="tea")
    handler = type("Tags", (BaseHandler,), {"model": Tag, "fields": ("name", "slug")})
    with serving(path("it/<slug:slug>/", Resource(handler, authentication=()))) as client:
        answer = send(client, "PATCH", "/it/tea/", '{"slug": "ice"}', JSON)

        assert answer.status_code == 200
        assert client.get("/it/tea/").status_code == 404
    tag.refresh_from_db()
    assert tag.slug == "ice"
    assert "ETag" not in answer.headers
    assert answer.headers.get("Content-Location") != "/it/tea/"


def test_a_patch_of_several_objects_tells_no_tag_of_the_list(place):
    other = Place.objects.create(name="Bar")
    handler = type("Bulk", (Places,), {"bulk_limit": 5, "fields": ("pk", "name")})
    with site(handler) as client:
        answer = send(client, "PATCH", "/them/", json.dumps([{"pk": other.pk, "name": "Pub"}]), JSON)

        assert answer.status_code == 200, answer.content
        assert answer.headers.get("ETag") in (None, tag_at(client, "/them/"))


@pytest.mark.django_db
def test_the_tag_of_a_patch_counts_what_the_database_has_made_of_it(django_user_model):
    author = django_user_model.objects.create_user("ann")
    post = Post.objects.create(title="t", slug="t", content="c", author=author)
    handler = type("Posts", (BaseHandler,), {"model": Post, "fields": ("title", "price", "rating")})
    with serving(path("it/<int:pk>/", Resource(handler, authentication=()))) as client:
        body = json.dumps({"price": "3", "rating": 1})
        answer = send(client, "PATCH", f"/it/{post.pk}/", body, JSON)

        assert answer.status_code == 200, answer.content
        assert answer.headers["ETag"] == tag_at(client, f"/it/{post.pk}/")
