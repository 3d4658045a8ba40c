"""Documents: resource objects with full linkage, and everything that is in a document once."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest

from blog.models import Comment, Post, Tag
from piston_core import Api, BaseHandler, Document, Relation
from piston_hateoas import JSONAPIEmitter
from tests.piston_hateoas.jsonapi.asking import JSON, Posts, got, site
from tests.piston_hateoas.jsonapi.judges import MEDIA_TYPE, expect_linked, plain, primary
from tests.shop.models import Note, Product
from tests.shop.serving import stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(blog):
    with site() as client:
        yield client


def test_an_object_is_a_resource_object(client):
    post = Post.objects.get(slug="a-thousand-days-of-two-doors")
    document = got(client, f"/api/posts/{post.slug}/")

    data = document["data"]
    assert (data["type"], data["id"]) == ("posts", str(post.pk))
    assert data["attributes"] == {
        "title": post.title,
        "slug": post.slug,
        "content": post.content,
        "rating": post.rating,
    }
    assert data["links"] == {"self": f"/api/posts/{post.slug}/"}
    assert data["relationships"]["author"] == {"data": {"type": "users", "id": str(post.author_id)}}
    assert data["relationships"]["tags"]["data"] == [{"type": "tags", "id": str(tag.pk)} for tag in post.tags.all()]
    assert document["links"] == {"self": f"/api/posts/{post.slug}/"}


def test_a_declared_link_with_a_relations_name_is_its_related_link_and_a_template_is_none(client):
    data = primary(got(client, "/api/posts/"))[0]

    assert data["relationships"]["comments"]["links"] == {"related": f"{data['links']['self']}comments/"}
    assert "help" not in data["links"]


def test_related_objects_are_included_once_and_are_all_linked(client):
    for address in ("/api/posts/", "/api/posts/a-thousand-days-of-two-doors/"):
        document = got(client, address)
        expect_linked(document)
        assert {each["type"] for each in document["included"]} == {"users", "tags", "comments"}


def test_a_reader_puts_together_what_json_shows(client):
    """An independent reader resolves the linkage to the very data that JSON has nested."""
    shown = client.get("/api/posts/", headers={"Accept": JSON}).json()
    read = plain(got(client, "/api/posts/"))

    assert len(read) == len(shown) == 40
    for post, plain_post in zip(read, shown, strict=True):
        assert {name: post[name] for name in ("title", "slug", "rating")} == {
            name: plain_post[name] for name in ("title", "slug", "rating")
        }
        assert [tag["name"] for tag in post["tags"]] == [tag["name"] for tag in plain_post["tags"]]
        assert [each["body"] for each in post["comments"]] == [each["body"] for each in plain_post["comments"]]
        assert post["author"]["username"] == plain_post["author"]["username"]


def test_a_stream_is_the_same_document(client):
    streaming = type("PostHandler", (Posts,), {"stream": True, "links": ()})
    whole = type("PostHandler", (Posts,), {"links": ()})
    documents = []
    for handler in (streaming, whole):
        made = Api()
        made.route("posts/", handler)
        with site(made) as other:
            documents.append(got(other, "/api/posts/", include="tags,comments.author"))
    assert documents[0] == documents[1]


def test_nothing_is_null_and_an_empty_list_is_empty(client):
    post = Post.objects.create(title="Bare", slug="bare", content="-", author=User.objects.first())
    Comment.objects.create(post=post, body="by nobody")

    document = got(client, "/api/posts/bare/")
    assert document["data"]["relationships"]["tags"] == {"data": []}
    (comment,) = [each for each in document["included"] if each["type"] == "comments"]
    assert comment["relationships"]["author"] == {"data": None}


@pytest.mark.parametrize("data", [{"a": 1}, "text", 7, ["a", {"type": "b"}], [], [{"slug": "a"}]], ids=repr)
def test_what_no_plan_shows_is_in_meta(db, data):
    handler = type("It", (BaseHandler,), {"read": lambda self, request: data})
    with site(handler) as client:
        assert got(client, "/")["meta"] == {"items" if isinstance(data, list) else "value": data}


def test_nothing_is_null():
    document = json.loads(JSONAPIEmitter().emit(Document(None), HttpRequest()))
    assert document == {"jsonapi": {"version": "1.1"}, "data": None}


def test_rows_of_values_are_in_meta(client):
    handler = type("It", (BaseHandler,), {"model": Tag, "read": lambda self, request: Tag.objects.values("slug")[:1]})
    with site(handler) as client:
        assert got(client, "/")["meta"]["items"] == [{"slug": Tag.objects.first().slug}]


@pytest.mark.parametrize("make", [list, lambda tags: Tag.objects.raw("select * from blog_tag")], ids=["list", "raw"])
def test_objects_that_a_handler_has_read_are_resource_objects(client, make):
    handler = type("It", (BaseHandler,), {"fields": ("name",), "read": lambda self, request: make(Tag.objects.all())})
    with site(handler) as client:
        data = got(client, "/")["data"]
        assert {each["type"] for each in data} == {"tags"}
        assert len(data) == Tag.objects.count()


def test_dictionaries_of_a_handler_with_a_model_are_no_resource_objects(client):
    handler = type(
        "It", (BaseHandler,), {"model": Tag, "fields": ("name",), "read": lambda self, request: [{"id": 1}, {"id": 2}]}
    )
    with site(handler) as client:
        assert got(client, "/")["meta"]["items"] == [{"id": 1}, {"id": 2}]


def test_one_object_at_two_places_is_one_resource_object_with_all_that_is_shown(client):
    fields = ("title", ("author", ("username",)), ("comments", ("body", ("author", ("first_name",)))))
    handler = type("It", (BaseHandler,), {"model": Post, "fields": fields})
    author = User.objects.get(username="alice")
    post = Post.objects.create(title="Mine", slug="mine", content="-", author=author)
    Comment.objects.create(post=post, body="mine, too", author=author)
    with site(handler) as client:
        document = got(client, "/")
    (found,) = [each for each in document["included"] if (each["type"], each["id"]) == ("users", str(author.pk))]
    assert found["attributes"] == {"username": "alice", "first_name": author.first_name}


def test_what_is_primary_data_is_not_included_again(client):
    fields = ("title", ("author", ("username", ("posts", ("title",)))))
    handler = type("It", (BaseHandler,), {"model": Post, "fields": fields})
    with site(handler) as client:
        document = got(client, "/")
    shown = {each["id"] for each in document["data"]}
    assert {each["type"] for each in document["included"]} == {"users"}
    assert len(shown) == Post.objects.count()


def test_a_circle_ends_in_linkage(client):
    users = type("Users", (BaseHandler,), {"model": User, "fields": ("username", "posts")})
    posts = type("PostHandler", (BaseHandler,), {"model": Post, "fields": ("title", "author")})
    made = Api()
    made.route("posts/", posts)
    made.route("users/", users)
    with site(made) as client:
        document = got(client, "/api/posts/?page[limit]=1")
    (author,) = document["included"]
    assert author["relationships"]["posts"]["data"]
    assert len(document["data"]) == 1


def test_a_name_that_is_type_is_called_by_the_model_too(client):
    handler = type("It", (BaseHandler,), {"model": Tag, "fields": ("name", "type"), "type": lambda self, tag: "word"})
    with site(handler) as client:
        data = got(client, "/?fields[tags]=tag_type")["data"]
        assert data[0]["attributes"] == {"tag_type": "word"}


def test_links_of_other_relation_types_are_links_of_the_object(client):
    links = (
        Relation("author", "/authors/{author_id}"),
        Relation("https://example.org/rels/print-out", "/print/{slug}", title="Print", attributes={"media": "print"}),
        Relation("alternate", "/a/{slug}", attributes={"hreflang": "de"}),
        Relation("alternate", "/b/{slug}"),
    )
    handler = type("It", (BaseHandler,), {"model": Post, "fields": ("title",), "links": links})
    with site(handler) as client:
        data = got(client, "/?page[limit]=1")["data"][0]
    post = Post.objects.get(pk=data["id"])
    assert data["relationships"] == {"author": {"links": {"related": f"/authors/{post.author_id}"}}}
    assert data["links"] == {
        "print-out": {"href": f"/print/{post.slug}", "title": "Print", "rel": "https://example.org/rels/print-out"},
        "alternate": {"href": f"/a/{post.slug}", "hreflang": "de"},
        "alternate-2": {"href": f"/b/{post.slug}", "rel": "alternate"},
    }


def test_related_objects_of_any_model_are_attributes(db):
    stock(1)
    handler = type("It", (BaseHandler,), {"model": Note, "fields": ("text", "about")})
    with site(handler) as client:
        assert [each["type"] for each in got(client, "/")["data"]] == ["notes"] * Note.objects.count()


def test_what_may_be_done_is_in_meta(client):
    assert {each["name"] for each in got(client, "/api/posts/")["meta"]["actions"]} == {"create"}
    actions = got(client, "/api/posts/a-thousand-days-of-two-doors/")["meta"]["actions"]
    assert {each["name"] for each in actions} == {"update", "patch", "delete"}


def test_pages_are_linked_by_the_names_of_the_format(client):
    document = got(client, "/api/posts/?page[limit]=10&sort=title")
    titles = []
    while True:
        titles += [each["attributes"]["title"] for each in document["data"]]
        assert document["links"]["self"].startswith("/api/posts/?page%5Blimit%5D=10")
        if "next" not in document["links"]:
            break
        document = got(client, document["links"]["next"])
        assert "prev" in document["links"]
    assert titles == list(Post.objects.order_by("title").values_list("title", flat=True)[: len(titles)])
    assert len(titles) == Post.objects.count()


def test_a_number_of_objects_to_pass_over_is_linked_on(client):
    document = got(client, "/api/posts/?page[limit]=10&page[offset]=10")
    assert document["links"]["next"] == "/api/posts/?page%5Blimit%5D=10&page%5Boffset%5D=20"
    assert len(got(client, document["links"]["next"])["data"]) == 10


def test_the_whole_number_is_told_where_it_is_known(client):
    response = client.get("/api/posts/?page[limit]=1", headers={"Prefer": "count=exact"})
    assert response.json()["meta"]["total"] == Post.objects.count()


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (MEDIA_TYPE, 200),
        (f'{MEDIA_TYPE};profile="https://example.org/a https://example.org/b"', 200),
        (f"{MEDIA_TYPE};profile=a, text/html;q=0.5", 200),
        (f'{MEDIA_TYPE};ext="https://example.org/atomic"', 406),
        (f"{MEDIA_TYPE};version=2", 406),
        (f"{MEDIA_TYPE};version=2, {MEDIA_TYPE};version=3", 406),
        (f"{MEDIA_TYPE};version=2, {MEDIA_TYPE};q=0.1", 200),
    ],
)
def test_only_a_media_type_without_unknown_parameters_is_accepted(client, accept, status):
    response = client.get("/api/tags/", headers={"Accept": accept})
    assert response.status_code == status
    assert "Accept" in response.headers["Vary"]
    if status == 200:
        assert response.headers["Content-Type"] == MEDIA_TYPE


def test_a_million_rows_would_be_streamed(db):
    """The pieces of a stream are made as they are asked for; related objects come last."""
    stock(3)
    handler = type("It", (BaseHandler,), {"model": Product, "fields": ("name", ("labels", ("word",))), "stream": True})
    with site(handler) as client:
        response = client.get("/")
        document = json.loads(response.getvalue())
    assert response.streaming
    assert list(document) == ["jsonapi", "links", "data", "included", "meta"][: len(document)]
    expect_linked(document)
