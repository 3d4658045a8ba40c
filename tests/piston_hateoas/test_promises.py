"""The link builders and the formats keep every promise of the conformance kit; the standard library reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import RequestFactory

from piston_core import BaseHandler, Document, Link, Subject
from piston_core.testing import EmitterContract, LinkBuilderContract
from piston_hateoas import (
    HALEmitter,
    HALLinkBuilder,
    HeaderLinkBuilder,
    PlainLinkBuilder,
    SirenEmitter,
    SirenLinkBuilder,
)
from tests.piston_hateoas import judging


class TestPlainLinkBuilder(LinkBuilderContract):
    builder = PlainLinkBuilder()


class TestHALLinkBuilder(LinkBuilderContract):
    builder = HALLinkBuilder()


class TestSirenLinkBuilder(LinkBuilderContract):
    builder = SirenLinkBuilder()


class TestHeaderLinkBuilder(LinkBuilderContract):
    builder = HeaderLinkBuilder()
    declared = (
        Link("/a/", "collection"),
        Link("/{b}/", "search", templated=True),
        Link("/c/", "author", {"title": "é"}),
    )
    subjects = (Subject(RequestFactory().get("/"), BaseHandler, None, declared),)


class TestHALEmitter(EmitterContract):
    """A value that stands alone cannot be told from an object with the one name ``value``: bare."""

    emitter = HALEmitter()
    lossy = frozenset({"bare"})

    def read(self, body: bytes) -> Any:
        document = json.loads(body)
        del document["_links"]
        return document["_embedded"]["items"] if "_embedded" in document else document

    def read_problem(self, body: bytes) -> Any:
        return json.loads(body)


class TestSirenEmitter(EmitterContract):
    emitter = SirenEmitter()
    lossy = frozenset({"bare"})

    def read(self, body: bytes) -> Any:
        document = json.loads(body)
        if "entities" in document:
            return [each["properties"] for each in document["entities"]]
        return document["properties"]

    def read_problem(self, body: bytes) -> Any:
        return json.loads(body)


@pytest.mark.parametrize(("emitter", "judge"), [(HALEmitter(), judging.hal), (SirenEmitter(), judging.siren)])
@pytest.mark.parametrize(
    "data", [{"a": 1}, [{"a": 1}, 2], [], None, "text", {"_links": "text"}, {"class": 1, "rel": 2}]
)
def test_data_that_no_plan_shows_is_a_document_of_the_format(emitter, judge, data):
    """What the readers above do not look at is as the format has it."""
    whole = emitter.emit(Document(data), RequestFactory().get("/there/?a=b"))

    judge(json.loads(whole))
    if isinstance(data, list):
        pieces = emitter.stream(Document(iter(data)), RequestFactory().get("/there/?a=b"))
        assert b"".join(pieces) == whole
