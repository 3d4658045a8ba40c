"""Status, header fields and body: HEAD equal to GET, ``Vary`` on every answer, empty answers without a type."""

from __future__ import annotations

import pytest
from django.http import FileResponse, HttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from django.urls import path

from blog.models import Tag
from piston_core import BaseHandler, Problem, Resource, rc
from tests.piston_core.pipeline.asking import (
    BAD,
    GOOD,
    JSON,
    Key,
    Recording,
    ask,
    data_of,
    problem_of,
    serving,
    text_of,
)


def raising(error):
    raise error


def page(text="own"):
    return SimpleTemplateResponse(engines["django"].from_string(text))


ANSWERS = {
    "data": lambda: {"text": "Grüße"},
    "nothing": lambda: None,
    "rows": lambda: ({"row": number} for number in range(3)),
    "reply": lambda: rc.ALL_OK({"a": 1}, headers={"X-Own": "yes"}),
    "empty": lambda: rc.ALL_OK,
    "refusal": lambda: rc.NOT_FOUND(detail="Not here."),
    "problem": lambda: raising(Problem(410, "Gone.", headers={"X-Own": "yes"})),
    "defect": lambda: raising(ValueError("a defect")),
    "late defect": lambda: iter([object()]),
    "own": lambda: HttpResponse("own", headers={"Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}),
    "page": page,
    "broken page": lambda: page("{% include 'none.html' %}"),
    "unknown format": lambda: None,
}


def answering(make):
    return type("Answering", (BaseHandler,), {"read": lambda self, request: make()})


@pytest.mark.parametrize("name", ANSWERS)
def test_head_has_the_header_fields_of_get_and_no_body(name):
    """Django's test client takes a body away, so the view is called without it."""
    resource = Resource(answering(ANSWERS[name]), authentication=(), emitters=["json"])
    address = "/it/?format=nope" if name == "unknown format" else "/it/"
    got, head = (resource(make(address)) for make in (RequestFactory().get, RequestFactory().head))

    assert head.status_code == got.status_code
    fields = [{**each.headers, "Server-Timing": ""} for each in (head, got)]
    if name in (
        "own",
        "page",
    ):  # Django's own responses get their length from its middleware, which would tell that of nothing
        fields[1]["Content-Length"] = "3"
    assert fields[0] == fields[1]
    assert head.getvalue() == b""
    assert got.streaming or int(got.headers.get("Content-Length", len(got.content))) == len(got.content)


@pytest.mark.parametrize("headers", [{"Accept": "application/jsonl"}, {}])
def test_head_of_a_stream_reads_no_more_than_its_beginning(db, django_assert_num_queries, headers):
    taken = []

    def rows():
        for number in range(1000):
            taken.append(number)
            yield number

    response = ask(answering(rows), "HEAD", headers=headers)

    assert response.getvalue() == b""
    assert len(taken) == 1


def test_the_length_is_that_of_the_body_in_bytes():
    response = ask(answering(lambda: {"text": "Grüße 茶"}))

    assert response.headers["Content-Length"] == str(len(response.content))


def test_a_stream_has_no_length():
    assert "Content-Length" not in ask(answering(lambda: iter([1, 2]))).headers


@pytest.mark.parametrize(
    "make", [lambda: rc.ALL_OK, lambda: rc.CREATED, lambda: rc.DELETED, lambda: rc.DELETED({"a": 1})]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_empty_answer_has_no_type(db, make, method):
    handler = type("Empty", (BaseHandler,), dict.fromkeys(("read", "create", "delete"), lambda self, request: make()))
    response = ask(handler, method)

    assert response.content == b""
    assert "Content-Type" not in response.headers


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_every_answer_says_what_its_choice_depended_on(name, method):
    """A shared cache must not serve one user's answer, or one format, to another (RFC 9111, section 4.1)."""
    for headers in ({}, GOOD, BAD):
        response = ask(answering(ANSWERS[name]), method, headers=headers, authentication=[Key()])

        assert response.headers["Vary"] == "Accept, X-Key"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("Cookie", "Cookie, Accept"),
        ("accept", "accept"),
        ("Accept-Language, Accept", "Accept-Language, Accept"),
        ("*", "*"),
    ],
)
def test_what_a_response_varies_on_by_itself_is_kept(own, expected):
    response = ask(answering(lambda: HttpResponse("own", headers={"Vary": own})))

    assert response.headers["Vary"] == expected


def test_a_file_is_sent_as_it_is(tmp_path):
    there = tmp_path / "tea.txt"
    there.write_bytes(b"Earl Grey")
    response = ask(answering(lambda: FileResponse(there.open("rb"), as_attachment=True, filename="tea.txt")))

    assert response.getvalue() == b"Earl Grey"
    assert response.headers["Content-Disposition"] == 'attachment; filename="tea.txt"'
    assert response.headers["Content-Length"] == "9"


def test_header_fields_of_a_reply_are_sent_with_every_kind_of_answer():
    for make in (
        lambda: rc.ALL_OK(headers={"X-Own": "yes"}),
        lambda: rc.ALL_OK([1], headers={"X-Own": "yes"}),
        lambda: rc.ALL_OK(iter([1]), headers={"X-Own": "yes"}),
        lambda: rc.BAD_REQUEST(headers={"X-Own": "yes"}),
    ):
        assert ask(answering(make)).headers["X-Own"] == "yes"


def test_a_header_field_cannot_be_split_in_two():
    """What a client sends may end up in a header field of the answer; a line end there is a defect, not a header."""
    response = ask(answering(lambda: rc.ALL_OK({}, headers={"X-Own": "a\r\nSet-Cookie: b=c"})))

    assert problem_of(response)["status"] == 500
    assert "Set-Cookie" not in response.headers


def test_an_own_location_comes_before_the_derived_one(db):
    class TagHandler(BaseHandler):
        model = Tag
        fields = ("name", "slug", "resource_uri")

        def create(self, request):
            tag = Tag.objects.create(name="Tea", slug="tea")
            return rc.CREATED(tag, headers={"location": "/elsewhere/"})

        @classmethod
        def resource_uri(cls, obj=None):
            return ("tag", [obj.slug])

    resource = Resource(TagHandler, authentication=())
    with serving(path("it/", resource), path("tags/<slug:slug>/", resource, name="tag")) as client:
        response = client.post("/it/")

    assert response.status_code == 201
    assert response.headers["Location"] == "/elsewhere/"
    assert response.json()["resource_uri"] == "/tags/tea/"


@pytest.mark.parametrize(
    ("status", "phrase"), [(413, "Content Too Large"), (422, "Unprocessable Content"), (404, "Not Found")]
)
def test_a_refusals_phrase_is_that_of_the_current_rfc(status, phrase):
    response = ask(answering(lambda: raising(Problem(status, "No."))))

    assert response.reason_phrase == phrase
    assert problem_of(response)["title"] == phrase


def test_text_in_every_script_arrives():
    assert data_of(ask(Recording)) == {"read": {}}
    text = "Grüße 茶 чай चाय 🍵 \u2028 \u0000 \x7f"
    assert data_of(ask(answering(lambda: {text: text}))) == {text: text}
    assert text_of(ask(answering(lambda: "茶"))) == '"茶"'


@pytest.mark.django_db
def test_a_page_of_a_template_is_rendered_while_the_write_can_be_undone():
    """Django renders when the view is over; what fails then would leave the write done, and tell nobody."""

    def create(self, request):
        Tag.objects.create(name="new")
        return page(self.text)

    for text, status, stored in (("{% include 'none.html' %}", 500, 0), ("own", 200, 1)):
        handler = type("Rendering", (BaseHandler,), {"model": Tag, "create": create, "text": text})
        answer = ask(handler, "POST", body=b'{"name": "new"}', content_type=JSON)
        assert (answer.status_code, Tag.objects.count()) == (status, stored)
    assert answer.content == b"own"
