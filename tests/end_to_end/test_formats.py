"""One document in every format: whichever a client asks for, however it asks, it reads the same data."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from django.http import HttpRequest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.models import Post, Tag
from piston_core import BaseHandler
from piston_core.testing import serving
from piston_pickle import signed
from piston_xml import XMLEmitter, XMLParser
from piston_yaml import YAMLEmitter

KEY = "a key that only the clients of this test know"
PLUGINS = ["json", "xml", "yaml", "pickle"]
PISTON = {"OPTIONS": {"pickle": {"key": KEY}}}


def lines(body: bytes) -> Any:
    return [json.loads(line) for line in body.splitlines()]


def xml(body: bytes) -> Any:
    return XMLParser().parse(body, HttpRequest())


# How a client reads each format: with another library than the emitter's, where there is one.
READERS: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "json": ("application/json", json.loads),
    "jsonl": ("application/jsonl", lines),
    "xml": ("application/xml", xml),
    "yaml": ("application/yaml", yaml.safe_load),
    "pickle": ("application/python-pickle", pickle.loads),
}
# How a client writes each format that bodies are read in.
WRITERS: dict[str, Callable[[Any], bytes]] = {
    "application/json": lambda data: json.dumps(data).encode(),
    "application/xml": lambda data: written(XMLEmitter(), data),
    "text/xml": lambda data: written(XMLEmitter(), data),
    "application/yaml": lambda data: written(YAMLEmitter(), data),
    "text/yaml": lambda data: json.dumps(data).encode(),  # JSON is YAML, as long as it has no surrogates
    "application/vnd.piston.signed-pickle": lambda data: signed(data, KEY),
}


def written(emitter: Any, data: Any) -> bytes:
    from piston_core import Document

    return emitter.emit(Document(data), HttpRequest())


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
looks = st.sampled_from(
    ["no", "1:30", "0o7", "null", "~", "2026-01-01", "<a>", "&amp;", "]]>", "- a", "a: b", " ", "\n"]
)
plain = st.recursive(
    st.none() | st.booleans() | numbers | texts | looks,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | looks, inner, max_size=4),
    max_leaves=20,
)
rows = st.lists(plain, max_size=5)


class Showing(BaseHandler):
    def __init__(self) -> None:
        self.data: Any = None

    def read(self, request: HttpRequest) -> Any:
        return self.data


class Streaming(Showing):
    def read(self, request: HttpRequest) -> Any:
        return iter(self.data)


class Receiving(Showing):
    atomic = False

    def create(self, request: HttpRequest) -> None:
        self.data = request.data


def asked(client: Client, name: str) -> Any:
    """Return what a client reads that asks for one format."""
    media_type, read = READERS[name]
    response = client.get("/", headers={"Accept": media_type})
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    return read(response.getvalue())


@settings(max_examples=60)
@given(rows)
@pytest.mark.parametrize("kind", [Showing, Streaming])
def test_the_same_rows_are_read_in_every_format(kind, data):
    handler = kind()
    handler.data = data
    with serving(handler, plugins=PLUGINS, PISTON=PISTON) as client:
        for name in READERS:
            assert repr(asked(client, name)) == repr(data), name


@settings(max_examples=60)
@given(plain)
def test_the_same_data_is_read_in_every_format(data):
    handler = Showing()
    handler.data = data
    with serving(handler, plugins=PLUGINS, PISTON=PISTON) as client:
        for name in READERS.keys() - {"jsonl"}:
            assert repr(asked(client, name)) == repr(data), name


@settings(max_examples=60)
@given(plain)
def test_the_same_data_is_received_in_every_format(data):
    handler = Receiving()
    with serving(handler, plugins=PLUGINS, PISTON=PISTON) as client:
        for media_type, write in WRITERS.items():
            handler.data = "nothing"
            body = write(data)
            if media_type == "text/yaml" and re.search(rb"\\ud[89ab]", body):
                continue
            response = client.post("/", body, content_type=media_type)

            assert response.status_code < 300, (media_type, response.content)
            assert repr(handler.data) == repr(data), media_type


class PostHandler(BaseHandler):
    model = Post
    fields = (
        "id",
        "title",
        "content",
        "created",
        "price",
        "rating",
        "uid",
        "is_published",
        "attachment",
        ("author", ("username",)),
        ("tags", ("name",)),
        ("comments", ("body", "created")),
    )


def as_text(data: Any) -> Any:
    """Return data with the values of types that Pickle keeps as the text that other formats have."""
    if isinstance(data, dict):
        return {name: as_text(value) for name, value in data.items()}
    if isinstance(data, list):
        return [as_text(value) for value in data]
    if hasattr(data, "isoformat"):
        return data.isoformat()
    return data if data is None or isinstance(data, bool | int | float | str) else str(data)


def test_objects_of_a_model_are_the_same_in_every_format(blog):
    with serving(PostHandler, plugins=PLUGINS, PISTON=PISTON) as client:
        expected = asked(client, "json")

        assert len(expected) == 40
        for name in READERS:
            assert as_text(asked(client, name)) == expected, name


def test_a_format_is_asked_for_by_suffix_by_parameter_and_by_weight(blog, settings):
    settings.PISTON = {**settings.PISTON, "PLUGINS": [*PLUGINS, "auth", "blog.api_hooks"]}
    client = Client()
    for name, (media_type, read) in READERS.items():
        ways = [
            client.get(f"/api/tags.{name}"),
            client.get(f"/api/tags/?format={name}"),
            client.get("/api/tags/", headers={"Accept": f"text/html, {media_type};q=0.9, application/*;q=0.8"}),
        ]

        (body,) = {way.getvalue() for way in ways}

        assert {way.headers["Content-Type"].partition(";")[0] for way in ways} == {media_type}
        assert [tag["name"] for tag in read(body)] == [tag.name for tag in Tag.objects.all()]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/xml", "application/problem+xml"),
        ("text/xml", "application/problem+xml"),
        ("application/json", "application/problem+json"),
        ("application/yaml", "application/problem+json"),
        ("application/xml;q=0.1, application/yaml", "application/problem+xml"),
        ("application/json;q=0.1, application/xml;q=0.2", "application/problem+xml"),
    ],
)
def test_a_problem_comes_in_the_best_format_that_has_problems(blog, settings, accept, content_type):
    settings.PISTON = {**settings.PISTON, "PLUGINS": [*PLUGINS, "auth", "blog.api_hooks"]}
    response = Client().get("/api/posts/nowhere/", headers={"Accept": accept})

    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (404, content_type)
