"""Whole documents: every plain structure, deep and wide and empty, judged by the standard library."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from types import MappingProxyType

import pytest
from django.http import HttpRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import BaseHandler, Document, Problem
from piston_json import JSONEmitter, JSONLinesEmitter
from tests.asking import asked, nested
from tests.ids import stable
from tests.piston_json.asking import data_in, lines_in, shown

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=30,
)

EMPTY = [None, False, 0, "", [], {}, [[]], [{}], {"": ""}, {"a": []}, {"a": {}}, [None], [""], [[], {}, [[], {}]]]


@settings(max_examples=100)
@given(plain, st.booleans())
def test_any_plain_data_is_read_back_the_same(data, indent):
    written = JSONEmitter(indent=indent).emit(Document(data), HttpRequest())

    assert repr(json.loads(written)) == repr(data)


@given(plain)
def test_any_plain_data_passes_through_a_resource(data):
    assert repr(data_in(shown(data))) == repr(data)


@settings(max_examples=70)
@given(st.lists(plain, max_size=9), st.booleans())
def test_a_stream_of_any_rows_joins_into_what_is_written_at_once(rows, indent):
    for emitter in (JSONEmitter(indent=indent), JSONLinesEmitter()):
        pieces = list(emitter.stream(Document(iter(rows)), HttpRequest()))

        assert b"".join(pieces) == emitter.emit(Document(rows), HttpRequest())


@settings(max_examples=70)
@given(st.lists(plain, max_size=9))
def test_each_row_is_one_line_of_json_lines(rows):
    written = JSONLinesEmitter().emit(Document(rows), HttpRequest())

    assert written.count(b"\n") == len(rows)
    assert repr([json.loads(line) for line in written.split(b"\n")[:-1]]) == repr(rows)


@pytest.mark.parametrize("data", EMPTY, ids=stable)
def test_what_is_empty_stays_what_it_is(data):
    assert data_in(shown(data)) == data
    assert data_in(shown(iter([data]))) == [data]


@pytest.mark.parametrize("data", [d for d in EMPTY if not isinstance(d, list)], ids=stable)
def test_what_is_no_list_is_the_only_line(data):
    assert lines_in(shown(data, "application/jsonl")) == [data]


def test_an_empty_list_is_no_line_at_all():
    response = shown([], "application/jsonl")

    assert (response.status_code, response.getvalue()) == (200, b"")


@dataclass
class Place:
    name: str
    at: tuple[int, int]


class Emittable:
    def __emittable__(self):
        return {"large": 2**64}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (Place("Oslo", (60, 10)), {"name": "Oslo", "at": [60, 10]}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (frozenset({1}), [1]),
        ((1, (2, (3,))), [1, [2, [3]]]),
        (Emittable(), {"large": 2**64}),
        ({"a": iter([1, 2])}, {"a": [1, 2]}),
        ([map(str, [1, 2])], [["1", "2"]]),
    ],
)
def test_python_s_own_containers_are_lists_and_objects(data, expected):
    assert data_in(shown(data)) == expected


@pytest.mark.parametrize("as_list", [True, False], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [1, 100, 253, 254, 255, 256, 500])
def test_deep_data_is_written_also_below_the_levels_that_orjson_writes(depth, as_list):
    data = nested(depth, as_list=as_list)
    written = JSONEmitter().emit(Document(data), HttpRequest())

    assert written == json.dumps(data, separators=(",", ":")).encode()


@pytest.mark.parametrize("inner", [1, 2**64, 1.5, None], ids=stable)
def test_deep_data_is_written_whatever_is_at_its_bottom(inner):
    assert JSONEmitter().emit(Document(nested(300, inner)), HttpRequest()) == json.dumps(nested(300, inner)).encode()


@pytest.mark.parametrize("as_list", [True, False], ids=["lists", "objects"])
def test_data_of_hundreds_of_levels_passes_through_a_resource(as_list):
    data = nested(200, as_list=as_list)

    assert data_in(shown(data)) == data


@pytest.mark.parametrize("emitter", [JSONEmitter(), JSONEmitter(indent=True), JSONLinesEmitter()])
def test_data_that_is_too_deep_is_refused_and_not_cut(emitter):
    with pytest.raises(RecursionError):
        emitter.emit(Document({"a": nested(100_000)}), HttpRequest())


def test_data_in_a_circle_is_refused():
    circle = []
    circle.append({"a": circle})

    with pytest.raises((RecursionError, ValueError)):
        JSONEmitter().emit(Document(circle), HttpRequest())


@pytest.mark.parametrize("accept", ["application/json", "application/jsonl"])
@pytest.mark.parametrize("depth", [400, 1000, 3000, 100_000])
def test_too_deep_data_of_a_handler_is_a_500_and_never_a_part_of_it(depth, accept, caplog):
    caplog.set_level(logging.CRITICAL)  # a hundred kilobytes of traceback
    response = shown({"a": nested(depth)}, accept)

    assert response.status_code == 500 or data_in(response) == {"a": nested(depth)}
    assert "application/" in response.headers["Content-Type"]


def test_a_wide_list_is_written_whole():
    data = [{"id": number, "name": f"n{number}"} for number in range(100_000)]

    assert json.loads(JSONEmitter().emit(Document(data), HttpRequest())) == data


def test_a_long_text_is_written_whole():
    text = '\\"é\U0001f600\n' * 200_000

    assert data_in(shown({"text": text})) == {"text": text}


def test_a_large_integer_in_a_wide_list_changes_only_itself():
    data = list(range(100_000))
    data[77_777] = 10**30

    assert data_in(shown(data)) == data


@pytest.mark.parametrize("accept", ["application/json", "application/*", "*/*", "", "text/html;q=0.5, */*;q=0.1"])
def test_json_answers_whoever_takes_it(accept):
    response = shown({"a": 1}, accept)

    assert response.headers["Content-Type"] == "application/json"
    assert response.content == b'{"a":1}'


@pytest.mark.parametrize("accept", ["application/jsonl", "application/x-ndjson", "application/json-lines"])
def test_json_lines_answer_under_each_of_their_names(accept):
    response = shown([{"a": 1}, {"a": 2}], accept)

    assert response.headers["Content-Type"] == accept
    assert response.getvalue() == b'{"a":1}\n{"a":2}\n'


@pytest.mark.parametrize("accept", ["text/csv", "application/xml", "application/jso", "application/json;q=0"])
def test_json_is_not_forced_on_who_does_not_take_it(accept):
    response = shown({"a": 1}, accept)

    assert response.status_code == 406
    assert response.headers["Content-Type"] == "application/problem+json"
    assert {"format": "json", "media_type": "application/json"} in response.json()["alternatives"]


class Refusing(BaseHandler):
    def read(self, request):
        raise Problem(409, 'a "quoted"\n\u2028 détail', limit=2**64, levels=[{"at": 2**70}])


@pytest.mark.parametrize("accept", ["application/json", "application/jsonl", "text/csv", "application/problem+json"])
def test_a_problem_is_problem_json_whatever_format_was_asked_for(accept):
    response = asked(Refusing(), accept)

    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    if accept in ("application/json", "application/jsonl"):
        assert response.json() == {
            "type": "about:blank",
            "title": "Conflict",
            "status": 409,
            "detail": 'a "quoted"\n\u2028 détail',
            "limit": 2**64,
            "levels": [{"at": 2**70}],
            "instance": response.json()["instance"],
        }


def test_posts_are_the_same_rows_in_json_and_in_json_lines(blog, client):
    rows = client.get("/api/posts/").json()
    response = client.get("/api/posts/", headers={"Accept": "application/jsonl"})

    assert len(rows) == 37
    assert [json.loads(line) for line in response.getvalue().splitlines()] == rows


def test_a_post_has_each_column_in_the_form_that_its_type_has(blog, client):
    post = client.get("/api/posts/hello-piston/").json()

    assert isinstance(post["price"], str)
    assert post["created"].endswith("+00:00")
    assert len(post["uid"]) == 36
    assert post["attachment"] is None or post["attachment"].startswith("/media/")


@pytest.mark.parametrize(
    ("name", "media_type"), [("json", "application/json"), ("jsonl", "application/jsonl")], ids=["json", "jsonl"]
)
def test_a_format_is_asked_for_by_its_name_in_the_address(blog, client, name, media_type):
    response = client.get(f"/api/tags/?format={name}", headers={"Accept": "text/html"})

    assert response.headers["Content-Type"] == media_type
    assert b'"name":"Django"' in response.getvalue()
