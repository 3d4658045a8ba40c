"""From the method's result to a document: rows that come one by one, and where the database is asked."""

from __future__ import annotations

from datetime import date
from enum import Enum

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import include, path

from blog.models import Post, Tag
from piston_core import Api, BaseHandler, Emitter, Resource
from piston_core.testing import serving as serving_parts
from tests.piston_core.pipeline.asking import ask, data_of, problem_of, serving


def returning(make, **attributes):
    return type("Returning", (BaseHandler,), {"read": lambda self, request: make(), **attributes})


class Native(Emitter):
    """Writes what it is handed, as Python does."""

    name = "native"
    media_types = ("text/x-native",)
    native = frozenset({bytes, date})

    def emit(self, document, request):
        return repr(document.data).encode()

    def stream(self, document, request):
        yield self.emit(document, request)


class Holiday(Enum):
    NEW_YEAR = date(2026, 1, 1)


@pytest.mark.parametrize("value", [b"bytes", bytearray(b"bytes"), memoryview(b"bytes")], ids=["b", "array", "view"])
def test_bytes_of_every_kind_are_bytes_to_an_emitter_that_writes_them(value):
    with serving_parts(returning(lambda: [value]), emitters=[Native()]) as client:
        assert client.get("/").content == b"[b'bytes']"


def test_an_enumeration_is_its_value_of_whatever_type():
    with serving_parts(returning(lambda: [Holiday.NEW_YEAR]), emitters=[Native()]) as client:
        assert client.get("/").content == b"[datetime.date(2026, 1, 1)]"


@pytest.fixture
def tags(db):
    return [Tag.objects.create(name=f"Tag {number}", slug=f"tag-{number}") for number in range(3)]


def test_a_generator_is_passed_on_row_by_row():
    taken = []

    def rows():
        for number in range(5):
            taken.append(number)
            yield {"number": number}

    response = ask(returning(rows))

    assert response.streaming
    assert len(taken) == 1  # so that what fails at the start is still answered as a problem
    assert data_of(response) == [{"number": number} for number in range(5)]


@pytest.mark.parametrize("make", [lambda: iter([1, 2]), lambda: map(int, "12"), lambda: (n for n in (1, 2))])
def test_every_iterator_is_a_list_of_rows(make):
    response = ask(returning(make))

    assert response.streaming
    assert data_of(response) == [1, 2]


def test_an_iterator_without_rows_is_an_empty_list():
    assert data_of(ask(returning(lambda: iter(())))) == []


def test_rows_of_a_generator_are_represented_like_any_data(tags):
    response = ask(returning(lambda: ({"tag": tag} for tag in tags), model=Tag, fields=("slug",)))

    assert data_of(response) == [{"tag": {"slug": f"tag-{number}"}} for number in range(3)]


def test_a_queryset_is_read_whole_unless_the_handler_streams(tags, django_assert_num_queries):
    for stream in (False, True):
        handler = returning(lambda: Tag.objects.order_by("pk"), model=Tag, fields=("slug",), stream=stream)
        with django_assert_num_queries(1):
            response = ask(handler)
            data = data_of(response)

        assert response.streaming == stream
        assert data == [{"slug": "tag-0"}, {"slug": "tag-1"}, {"slug": "tag-2"}]


def test_the_emitter_never_touches_the_database(tags, django_assert_num_queries):
    """By the time a whole answer is there, all queries are done: reading it costs none."""
    response = ask(returning(Tag.objects.all, model=Tag, fields=("slug", "posts")))
    with django_assert_num_queries(0):
        assert len(data_of(response)) == 3


def test_lines_come_as_rows_whatever_the_handler_returns(tags):
    lines = {"Accept": "application/jsonl"}
    for make in (Tag.objects.all, lambda: list(Tag.objects.all()), lambda: [1, 2, 3], lambda: iter("abc")):
        response = ask(returning(make, model=Tag, fields=("slug",)), headers=lines)

        assert response.streaming
        assert response.getvalue().count(b"\n") == 3


@pytest.mark.parametrize("data", [None, True, 0, 1.5, "text", "", [], {}, [None], {"a": {"b": []}}])
def test_data_without_a_model_is_any_json_value(data):
    assert data_of(ask(returning(lambda: data))) == data


def test_what_cannot_be_represented_is_a_defect_and_says_where_to_look(caplog):
    problem = problem_of(ask(returning(lambda: {"a": [object()]})))

    assert problem["status"] == 500
    assert "object" not in problem["detail"]
    assert "builtins.object has no plain form" in caplog.text


def test_objects_know_their_address_in_the_api_that_answers(tags):
    class TagHandler(BaseHandler):
        model = Tag
        fields = ("slug", "resource_uri")

    def api(name):
        made = Api(name=name, authentication=())
        made.route("tags/", TagHandler)
        made.route("tags/<slug:slug>/", TagHandler)
        return made

    alone = Resource(TagHandler, authentication=())
    mounted = [path("v1/", include(api("one").urls)), path("v2/", include(api("two").urls))]
    with serving(*mounted, path("alone/", alone)) as client:
        first, second = (client.get(f"/{version}/tags/").json()[0] for version in ("v1", "v2"))

        assert (first["resource_uri"], second["resource_uri"]) == ("/v1/tags/tag-0/", "/v2/tags/tag-0/")
        assert client.get("/alone/").json()[0] == {"slug": "tag-0"}


def test_a_stream_reads_relations_in_chunks_not_row_by_row(db, django_assert_num_queries):
    author = User.objects.create_user("kim")
    for number in range(12):
        Post.objects.create(title=f"{number}", slug=f"{number}", content="", author=author).tags.add(
            Tag.objects.create(name=f"{number}", slug=f"{number}")
        )
    handler = returning(Post.objects.all, model=Post, fields=("slug", ("tags", ("slug",))), stream=True)
    with django_assert_num_queries(2):
        assert len(data_of(ask(handler))) == 12
    assert not connection.needs_rollback
