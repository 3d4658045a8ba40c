"""Prefer (RFC 7240): what a client would rather have; what was done about it is told, the rest is passed over."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.forms import modelform_factory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_core import BaseHandler, rc
from tests.piston_core.http.served import JSON_PATCH, MERGE, api, each_server
from tests.piston_core.pipeline.asking import JSON, data_of, problem_of
from tests.shop.models import Label


class LabelHandler(BaseHandler):
    model = Label
    fields = ("word",)
    page_size = 2
    sorting = ("word",)
    filters = ("word",)


class AsyncHandler(LabelHandler):
    form = modelform_factory(Label, fields=("word",))

    async def create(self, request):
        return await sync_to_async(super().create)(request)

    async def update(self, request, word):
        return await sync_to_async(super().update)(request, word=word)

    async def patch(self, request, word):
        return await sync_to_async(super().update)(request, word=word)


def routes(handler):
    return {"labels/": handler, "labels/<slug:word>/": handler}


@pytest.fixture
def labels(db):
    return [Label.objects.create(word=word) for word in ("a", "b", "c")]


each_way = pytest.mark.parametrize(
    ("server", "handler"), [("wsgi", LabelHandler), ("asgi", AsyncHandler), ("wsgi", AsyncHandler)]
)
WRITES = [
    ("POST", "/api/labels/", {"word": "new"}, JSON, 201, 201),
    ("PUT", "/api/labels/a/", {"word": "new"}, JSON, 200, 204),
    ("PATCH", "/api/labels/a/", {"word": "new"}, JSON, 200, 204),
    ("PATCH", "/api/labels/a/", {"word": "new"}, MERGE, 200, 204),
    ("PATCH", "/api/labels/a/", [{"op": "replace", "path": "/word", "value": "new"}], JSON_PATCH, 200, 204),
]


@each_way
@pytest.mark.parametrize(("method", "address", "data", "content_type", "whole", "short"), WRITES)
def test_a_write_is_answered_as_briefly_as_the_client_prefers(
    labels, server, handler, method, address, data, content_type, whole, short
):
    """RFC 7240, section 4.2."""
    with api(routes(handler), server) as ask:
        response = ask(method, address, data, content_type, Prefer="return=minimal")

        assert (response.status_code, response.content) == (short, b"")
        assert response.headers["Preference-Applied"] == "return=minimal"
        assert "Content-Type" not in response.headers
        assert response.headers.get("Location") == ("/api/labels/new/" if method == "POST" else None)
        assert ("Content-Length" in response.headers) == (short == 201 and response.headers["Content-Length"] == "0")
        assert Label.objects.filter(word="new").exists()


@each_way
@pytest.mark.parametrize(("method", "address", "data", "content_type", "whole", "short"), WRITES)
@pytest.mark.parametrize("prefer", ["return=representation", "", "return=other", "return", "returns=minimal"])
def test_a_write_is_answered_with_what_was_stored_unless_the_client_prefers_otherwise(
    labels, server, handler, method, address, data, content_type, whole, short, prefer
):
    with api(routes(handler), server) as ask:
        response = ask(method, address, data, content_type, Prefer=prefer)

        assert (response.status_code, data_of(response)) == (whole, {"word": "new"})
        applied = "return=representation" if prefer == "return=representation" else None
        assert response.headers.get("Preference-Applied") == applied


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("return=minimal", "minimal"),
        ("Return=Minimal", "minimal"),
        ('return="minimal"', "minimal"),
        ("return = minimal", "minimal"),
        ("  return=minimal  ", "minimal"),
        ("return=minimal; foo=bar", "minimal"),
        ('return=minimal; foo="a, return=representation"', "minimal"),
        ("respond-async, wait=10, return=minimal", "minimal"),
        ('x="return=representation", return=minimal', "minimal"),
        ('x="\\", return=representation", return=minimal', "minimal"),
        (",,return=minimal,", "minimal"),
        ("return=minimal, return=representation", "minimal"),
        ("return=representation, return=minimal", "representation"),
        ("return=nonsense, return=minimal", None),
        ("return, return=minimal", None),
        ('return=""', None),
        ("return==minimal", None),
        ("minimal", None),
        ("return=minimalist", None),
        ('x="return=minimal"', None),
        ('x="open, return=minimal', None),
        ("foo; return=minimal", None),
        ("", None),
        ("=", None),
        (';,="', None),
    ],
)  # fmt: skip
def test_preferences_are_read_as_the_standard_writes_them(db, prefer, applied):
    """RFC 7240, section 2: names in any case, values as tokens or in quotes, of several the first counts."""
    with api(routes(LabelHandler)) as ask:
        response = ask("POST", "/api/labels/", {"word": "new"}, Prefer=prefer)

        assert response.status_code == 201
        assert response.headers.get("Preference-Applied") == (applied and f"return={applied}")
        assert bool(response.content) == (applied != "minimal")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prefer=st.text(' ",;=\\returnminmalhd-lgcouex', max_size=40))
def test_whatever_is_preferred_a_read_is_answered(labels, prefer):
    with api(routes(LabelHandler)) as ask:
        response = ask("GET", "/api/labels/", Prefer=prefer)

        assert [row["word"] for row in data_of(response)] == ["a", "b"]


@each_server
def test_nothing_is_left_out_of_a_read_or_a_refusal(labels, server):
    with api(routes(LabelHandler), server) as ask:
        read = ask("GET", "/api/labels/a/", Prefer="return=minimal")
        refused = ask("POST", "/api/labels/", {"word": "not a slug"}, Prefer="return=minimal")
        deleted = ask("DELETE", "/api/labels/a/", Prefer="return=representation")

        assert data_of(read) == {"word": "a"}
        assert problem_of(refused)["errors"]
        assert deleted.status_code == 204
        assert not any("Preference-Applied" in each.headers for each in (read, refused, deleted))


def test_a_reply_of_ones_own_stays_what_it_is(db):
    class Own(BaseHandler):
        def create(self, request):
            return rc.CREATED({"made": 1}, headers={"Location": "/elsewhere/"})

        def update(self, request):
            return rc.ALL_OK({"changed": 1})

        def delete(self, request):
            return {"deleted": 1}

    with api({"own/": Own}) as ask:
        made, changed, gone = (
            ask(each, "/api/own/", {}, Prefer="return=minimal") for each in ("POST", "PUT", "DELETE")
        )

        assert (made.status_code, made.content, made.headers["Location"]) == (201, b"", "/elsewhere/")
        assert (changed.status_code, changed.content, gone.status_code, gone.content) == (204, b"", 204, b"")


@each_server
@pytest.mark.parametrize(
    ("address", "prefer", "status", "total", "applied"),
    [
        ("/api/labels/", "count=exact", 200, "3", "count=exact"),
        ("/api/labels/?limit=1", 'Count="Exact"', 200, "3", "count=exact"),
        ("/api/labels/?word=a", "count=exact", 200, "1", "count=exact"),
        ("/api/labels/?word=none", "count=exact", 200, "0", "count=exact"),
        ("/api/labels/?offset=2", "count=exact", 200, "3", "count=exact"),
        ("/api/labels/", "count=none", 200, None, "count=none"),
        ("/api/labels/", "count=estimated", 200, None, None),
        ("/api/labels/", "count", 200, None, None),
        ("/api/labels/", "", 200, None, None),
        ("/api/labels/", "count=exact, handling=lenient", 200, "3", "count=exact, handling=lenient"),
    ],
)
def test_a_list_is_counted_if_the_client_prefers_it(labels, server, address, prefer, status, total, applied):
    with api(routes(LabelHandler), server) as ask:
        response = ask("GET", address, Prefer=prefer)

        assert response.status_code == status
        assert response.headers.get("Total-Count") == total
        assert response.headers.get("Preference-Applied") == applied
        assert "Prefer" in response.headers["Vary"].split(", ")


@pytest.mark.parametrize(
    ("prefer", "content_range"), [("count=exact", "items 0-0/3"), ("count=none", "items 0-0/*"), ("", "items 0-0/*")]
)
def test_a_range_tells_of_how_many_if_they_are_counted(labels, prefer, content_range):
    with api(routes(LabelHandler)) as ask:
        response = ask("GET", "/api/labels/", Range="items=0-0", Prefer=prefer)

        assert (response.status_code, response.headers["Content-Range"]) == (206, content_range)


@each_server
@pytest.mark.parametrize("method", ["GET", "HEAD", "QUERY"])
@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"colour": "red"}, 400),
        ({"limit": "1", "Sort": "word"}, 400),
        ({"word": "a", "sort": "word", "limit": "1", "fields": "word", "format": "json"}, 200),
        ({}, 200),
    ],
)
def test_who_prefers_strict_handling_is_told_of_what_means_nothing(labels, server, method, parameters, status):
    """RFC 7240, section 4.4."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    asked = ("/api/labels/", parameters) if method == "QUERY" else (f"/api/labels/?{query}",)
    with api(routes(LabelHandler), server) as ask:
        strict = ask(method, *asked, Prefer="handling=strict")

        assert strict.status_code == status
        assert ask(method, *asked, Prefer="handling=lenient").status_code == 200
        assert ask(method, *asked).status_code == 200
        if status == 400 and method != "HEAD":
            assert problem_of(strict)["parameter"] in {"colour", "Sort"}
        if status == 200:
            assert strict.headers["Preference-Applied"] == "handling=strict"
