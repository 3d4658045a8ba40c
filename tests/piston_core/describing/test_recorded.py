"""Every test holds answers to their descriptions; these make sure that it would be seen if one were otherwise."""

from __future__ import annotations

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from piston_core import BaseHandler, Resource, rc
from tests.recorded import Recorder
from tests.shop.models import Label


class NumbersHandler(BaseHandler):
    def read(self, request) -> dict[str, int]:
        return {"one": 1}


class LabelHandler(BaseHandler):
    model = Label
    fields = ("word",)


class FreeHandler(BaseHandler):
    def read(self, request):
        return rc.ALL_OK


def seen(handler, response, method="GET", *names):
    """Return what is found to be wrong with an answer."""
    recorder = Recorder()
    request = RequestFactory().generic(method, "/it/")
    recorder.look(Resource(handler, authentication=()), request, frozenset(names), response)
    return recorder.failures


def answer(body=b'{"one": 1}', status=200, content_type="application/json", **headers):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(body, status=status, content_type=content_type, headers=fields)


PROBLEM = b'{"type": "about:blank", "title": "No", "status": 404, "instance": "urn:1"}'
NAMELESS = b'{"type": "about:blank", "title": "No", "status": 400}'
OF_PROBLEMS = "application/problem+json"


@pytest.mark.parametrize(
    ("handler", "response", "told"),
    [
        (NumbersHandler, answer(b'{"one": "1"}'), "is not of type"),
        (NumbersHandler, answer(b"[1]"), "is not of type"),
        (NumbersHandler, answer(content_type="text/html"), "media type 'text/html' is not described"),
        (NumbersHandler, answer(status=202), "status is not described"),
        (NumbersHandler, answer(status=301), "status is not described"),
        (NumbersHandler, answer(PROBLEM, 418, OF_PROBLEMS), "status is not described"),
        (NumbersHandler, answer(PROBLEM, 400), "media type 'application/json' is not described"),
        (NumbersHandler, answer(NAMELESS, 400, OF_PROBLEMS), "is a required property"),
        (NumbersHandler, answer(Location="/it/1/"), "Location is not described"),
        (LabelHandler, answer(b'[{"word": "a", "secret": 1}]'), "Additional properties are not allowed"),
        (LabelHandler, answer(b'{"word": "a"}'), "is not of type"),
        (LabelHandler, answer(b"[]", 206), "Content-Range is missing"),
        (LabelHandler, answer(b"[]", Total_Count="many"), "Total-Count is no integer"),
        (LabelHandler, answer(b"[]", 304), "there is a body"),
        (FreeHandler, answer(NAMELESS, 400, OF_PROBLEMS), "is a required property"),
    ],
    ids=str,
)
def test_an_answer_that_is_not_as_described_is_found(handler, response, told):
    found = seen(handler, response)

    assert len(found) == 1
    assert told in found[0]


@pytest.mark.parametrize(
    ("handler", "response"),
    [
        (NumbersHandler, answer()),
        (NumbersHandler, answer(ETag='"1"')),
        (NumbersHandler, answer(PROBLEM, 406, OF_PROBLEMS)),
        (LabelHandler, answer(b'[{"word": "a"}]', 206, Content_Range="items 0-0/1")),
        (LabelHandler, answer(b"[{}]")),
        (LabelHandler, answer(b"", 304)),
        (FreeHandler, answer(b"page", 200, "text/html", Location="/it/")),
        (FreeHandler, answer(b"", 204)),
        (FreeHandler, answer(b"no", 418, "text/plain")),
    ],
    ids=str,
)
def test_an_answer_that_is_as_described_is_not(handler, response):
    assert seen(handler, response) == []


@pytest.mark.parametrize(
    ("pieces", "content_type", "told"),
    [
        ([b'[{"word": ', b'"a"}]'], "application/json", 0),
        ([b'[{"word": ', b"1}]"], "application/json", 1),
        ([b'{"word": "a"}\n', b'{"word": "b"}\n'], "application/jsonl", 0),
        ([b'{"word": "a"}\n', b'{"words": "b"}\n'], "application/jsonl", 1),
        ([b"[", b"1" * 300_000, b"]"], "application/json", 0),  # too long to look at
    ],
)
def test_the_data_of_a_stream_is_looked_at_when_it_has_been_read(pieces, content_type, told):
    recorder, ends = Recorder(), []
    response = StreamingHttpResponse(_closing(pieces, ends), content_type=content_type)
    recorder.look(Resource(LabelHandler, authentication=()), RequestFactory().get("/it/"), frozenset(), response)

    read = iter(response)
    assert (next(read), recorder.failures) == (pieces[0], [])
    assert [*read] == pieces[1:]
    assert len(recorder.failures) == told
    assert ends == ["end"]


def _closing(pieces, ends):
    try:
        yield from pieces
    finally:
        ends.append("end")


def test_a_method_that_is_not_described_may_only_be_refused():
    assert seen(NumbersHandler, answer(), "DELETE") != []
    assert seen(NumbersHandler, answer(PROBLEM, 405, OF_PROBLEMS), "DELETE") == []
