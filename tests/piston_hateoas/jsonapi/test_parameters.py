"""What a request may choose: include, fields, sort, page and filter, in the words of JSON:API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from blog.models import Post
from piston_core import BaseHandler
from tests.piston_hateoas.jsonapi.asking import error_of, got, site
from tests.piston_hateoas.jsonapi.judges import MEDIA_TYPE, expect_linked, linkage, primary, resources

ITEM = "/api/posts/a-thousand-days-of-two-doors/"
PATHS = {"author": "users", "tags": "tags", "comments": "comments", "comments.author": "users"}
MEMBERS = {
    "posts": {"title", "slug", "content", "rating", "author", "tags", "comments"},
    "users": {"username", "first_name", "date_joined"},
    "tags": {"name"},
    "comments": {"body", "author"},
}


@pytest.fixture
def client(blog):
    with site() as client:
        yield client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        got(client, address)
    return len(captured)


def test_without_include_all_that_is_shown_is_included(client):
    assert {each["type"] for each in got(client, ITEM)["included"]} == {"users", "tags", "comments"}


def test_only_what_is_asked_for_is_included(client):
    document = got(client, f"{ITEM}?include=tags")
    assert {each["type"] for each in document["included"]} == {"tags"}
    assert document["data"]["relationships"].keys() == {"tags", "comments"}
    assert document["data"]["relationships"]["comments"] == {"links": {"related": f"{ITEM}comments/"}}


def test_an_empty_include_includes_nothing(client):
    document = got(client, f"{ITEM}?include=")
    assert document["included"] == []
    assert document["data"]["relationships"].keys() == {"comments"}


def test_a_path_includes_all_that_it_leads_through(client):
    document = got(client, f"{ITEM}?include=comments.author")
    expect_linked(document)
    assert {each["type"] for each in document["included"]} == {"comments", "users"}
    assert list(linkage(document["data"])) == [
        ("comments", each["id"]) for each in document["included"] if each["type"] == "comments"
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("?include=tags,comments", 3), ("?include=author", 1), ("?include=tags", 2), ("?include=", 1)],
)
def test_what_is_not_included_costs_no_query(client, query, count):
    got(client, f"/api/posts/{query}")
    assert queries(client, f"/api/posts/{query}") == count


def test_fields_leave_nothing_else(client):
    document = got(client, f"{ITEM}?fields[posts]=title,tags&fields[tags]=name")
    assert document["data"]["attributes"].keys() == {"title"}
    assert document["data"]["relationships"].keys() == {"tags"}
    assert {each["type"] for each in document["included"]} == {"tags"}


def test_fields_narrow_the_columns(client):
    with CaptureQueriesContext(connection) as captured:
        got(client, "/api/posts/?fields[posts]=title&include=")
    assert "content" not in captured[0]["sql"]


def test_no_fields_are_no_fields(client):
    document = got(client, "/api/posts/?fields[posts]=&include=tags")
    assert all(each.keys() == {"type", "id", "links"} for each in document["data"])
    assert {each["type"] for each in document["included"]} == {"tags"}


def test_what_is_included_but_not_among_the_fields_is_not_linked(client):
    """The one exception to full linkage: the client has asked for it."""
    document = got(client, f"{ITEM}?fields[posts]=title&include=tags")
    assert "relationships" not in document["data"]
    assert {each["type"] for each in document["included"]} == {"tags"}


def test_a_list_is_sorted_and_filtered(client):
    document = got(client, "/api/posts/?sort=-title&filter[author.username]=alice")
    posts = Post.objects.filter(author__username="alice").order_by("-title")
    assert [each["id"] for each in document["data"]] == [str(post.pk) for post in posts]
    by_author = got(client, "/api/posts/?sort=author.username,-title&filter[title][icontains]=the")["data"]
    wanted = Post.objects.filter(title__icontains="the").order_by("author__username", "-title")
    assert [each["id"] for each in by_author] == [str(post.pk) for post in wanted]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("include=nobody", "include"),
        ("include=title", "include"),
        ("include=comments.body", "include"),
        ("include=author.posts", "include"),
        ("include=tags.name", "include"),
        ("fields[posts]=nothing", "fields[posts]"),
        ("fields[posts]=id", "fields[posts]"),
        ("fields[tags]=slug", "fields[tags]"),
        ("fields[cars]=name", "fields[cars]"),
        ("fields=title", "fields"),
        ("fields[posts][x]=title", "fields[posts][x]"),
        ("sort=rating", "sort"),
        ("sort=title,title", "sort"),
        ("filter[rating]=1", "filter[rating]"),
        ("filter=1", "filter"),
        ("page[limit]=0", "page[limit]"),
        ("page[limit]=1&page[limit]=2", "page[limit]"),
        ("page[offset]=x", "page[offset]"),
        ("page[cursor]=x", "page[cursor]"),
        ("page[number]=1", "page[number]"),
        ("page=1", "page"),
        ("limit=1", "limit"),
        ("cursor=x", "cursor"),
        ("whatever=1", "whatever"),
        ("include[x]=1", "include[x]"),
        ("a]b=1", "a]b"),
        ("=1", ""),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_name(client, query, parameter):
    error = error_of(client, f"/api/posts/?{query}")
    assert error["source"] == {"parameter": parameter}
    assert error["code"] == "invalid-parameter"


def test_a_list_without_an_order_to_choose_refuses_sort(client):
    handler = type("It", (BaseHandler,), {"model": Post, "fields": ("title",)})
    with site(handler) as other:
        assert error_of(other, "/?sort=title")["source"] == {"parameter": "sort"}
        assert error_of(other, "/?filter[title]=x")["source"] == {"parameter": "filter[title]"}


def test_a_handlers_own_method_reads_parameters_by_their_own_names(db):
    def read(self: Any, request: Any) -> dict[str, Any]:
        return {name: request.GET.getlist(name) for name in request.GET}

    with site(type("It", (BaseHandler,), {"read": read})) as client:
        assert got(client, "/?filter[colour]=red&camelCase=1&a-b=2&sort=x&page[limit]=3")["meta"]["value"] == {
            "colour": ["red"],
            "camelCase": ["1"],
            "a-b": ["2"],
            "sort": ["x"],
            "limit": ["3"],
        }
        assert error_of(client, "/?include=author")["source"] == {"parameter": "include"}
        assert error_of(client, "/?fields[a]=b")["source"] == {"parameter": "fields[a]"}


def test_the_format_may_be_named_in_the_address(client):
    response = client.get("/api/tags/?format=jsonapi", headers={"Accept": "text/html"})
    assert response.headers["Content-Type"] == MEDIA_TYPE


def test_other_formats_keep_the_parameters_of_the_core(client):
    assert client.get("/api/posts/?limit=1&fields=title", headers={"Accept": "application/json"}).json() == [
        {"title": Post.objects.first().title}
    ]


def test_query_takes_the_parameters_in_its_body(client):
    response = client.generic(
        "QUERY", "/api/posts/", b'{"include": "tags", "fields[posts]": "title,tags", "page[limit]": 2}', MEDIA_TYPE
    )
    document = response.json()
    assert response.status_code == 200
    assert {each["type"] for each in document["included"]} == {"tags"}
    assert len(document["data"]) == 2
    assert "page%5Blimit%5D=2" in document["links"]["next"]


def test_a_created_object_is_answered_as_it_was_asked_for(client):
    """The parameters count for the answers to writes, too; nothing is done where they cannot be meant."""
    body = b'{"data": {"type": "tags", "attributes": {"name": "New", "slug": "new"}}}'
    assert client.generic("POST", "/api/tags/?fields[tags]=nothing", body, MEDIA_TYPE).status_code == 400
    response = client.generic("POST", "/api/tags/?fields[tags]=name", body, MEDIA_TYPE)
    assert response.status_code == 201
    assert response.json()["data"]["attributes"] == {"name": "New"}


class AnyChoice(TestCase):
    """Whatever is chosen: a valid document, no members but the wanted ones, no objects beside the paths."""

    @classmethod
    def setUpTestData(cls) -> None:
        call_command("load_blog", verbosity=0)

    @given(
        st.none() | st.lists(st.sampled_from(sorted(set(PATHS) - {"author"}))),
        st.dictionaries(st.sampled_from(["posts", "tags", "comments"]), st.sets(st.integers(0, 9))),
    )
    def test_any_choice(self, include: list[str] | None, chosen: dict[str, set[int]]) -> None:
        fields = {
            kind: {each for i, each in enumerate(sorted(MEMBERS[kind])) if i in at} for kind, at in chosen.items()
        }
        asked = {f"fields[{kind}]": ",".join(sorted(names)) for kind, names in fields.items()}
        asked |= {} if include is None else {"include": ",".join(include)}
        with site() as client:
            document = got(client, "/api/posts/", **asked)
        for each in resources(document):
            members = each.get("attributes", {}).keys() | each.get("relationships", {}).keys()
            assert members <= fields.get(each["type"], MEMBERS[each["type"]])
        if include is not None:
            kinds = {PATHS[step] for path in include for step in (path, path.partition(".")[0])}
            assert {each["type"] for each in document["included"]} <= kinds
            if not fields:
                expect_linked(document)
        assert len(primary(document)) == 40
