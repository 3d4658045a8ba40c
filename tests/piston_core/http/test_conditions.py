"""Conditional requests: all combinations of their fields, held to the steps of RFC 9110, section 13.2.2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import path

from piston_core import BaseHandler, Resource, Validators
from tests.piston_core.http.judging import READS, members, status_for
from tests.piston_core.pipeline.asking import BAD, JSON, Key, ask, problem_of, send, serving
from tests.shop.models import Label

MODIFIED = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
GOOD = {"GET": 200, "HEAD": 200, "QUERY": 200, "POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204}
FIELDS = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")

SAME = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE, AFTER = "Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:38 GMT"
OBSOLETE = {
    "Saturday, 05-Nov-94 08:49:37 GMT": BEFORE,
    "Sunday, 06-Nov-94 08:49:37 GMT": SAME,
    "Monday, 07-Nov-94 08:49:37 GMT": AFTER,
    "Sat Nov  5 08:49:37 1994": BEFORE,
    "Sun Nov  6 08:49:37 1994": SAME,
    "Mon Nov  7 08:49:37 1994": AFTER,
}
NO_DATES = [
    f"{SAME}, {SAME}",
    f"{AFTER}, {BEFORE}",
    "784111777",
    "yesterday",
    "",
    "*",
    '"etag"',
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:61:37 GMT",
]


def state(version: Any, modified: datetime | None) -> dict[str, Any]:
    """Return the part of a handler that declares validators."""
    return {"validators": lambda self, request, **kwargs: Validators(version, modified)}


class Thing(BaseHandler):
    """Serves every method but QUERY, of something that never changes."""

    atomic = False

    def read(self, request):
        return {"it": "is"}

    def create(self, request):
        return {"it": "is new"}

    def update(self, request):
        return {"it": "is"}

    def patch(self, request):
        return {"it": "is"}

    def delete(self, request):
        return None


class AsyncThing(Thing):
    async def read(self, request):
        return {"it": "is"}

    async def update(self, request):
        return {"it": "is"}


class Listed(BaseHandler):
    """Serves QUERY."""

    model = Label
    fields = ("word",)


def told(resource: Resource, method: str, fields: dict[str, str]) -> Any:
    """Return the resource's response to a request with these conditional fields."""
    typed = {"QUERY_STRING": ""}
    request = RequestFactory().generic(method, "/it/", b"{}", JSON, headers=fields, **typed)
    response = resource(request)
    return async_to_sync(_awaited)(response) if resource.is_async else response


async def _awaited(response: Any) -> Any:
    return await response


def combined(etag: str, *, all_of_them: bool) -> Iterator[dict[str, str]]:
    """Yield every combination of the four fields, each absent, true and false in every way that matters."""
    tags = [None, "*", etag, '"other"', f"W/{etag}"]
    dates = [None, SAME, BEFORE, AFTER]
    if all_of_them:
        tags += [f'"a,b", {etag}', "rubbish"]
        dates += ["Monday, 07-Nov-94 08:49:37 GMT", "Sat Nov  5 08:49:37 1994", f"{SAME}, {SAME}"]
    for values in product(tags, tags, dates, dates):
        yield {name: value for name, value in zip(FIELDS, values, strict=True) if value is not None}


def disagreements(handler: type[BaseHandler], method: str, modified: datetime | None, *, all_of_them: bool) -> Any:
    """Return the combinations that are answered otherwise than the RFC says, with both status codes."""
    resource = Resource(handler, authentication=())
    etag = told(resource, "GET" if method != "QUERY" else method, {}).headers["ETag"]
    found = {}
    for fields in combined(etag, all_of_them=all_of_them):
        right = status_for(method, fields, etag, modified, GOOD[method])
        status = told(resource, method, fields).status_code
        if status != right:
            found[tuple(fields.items())] = (status, right)
    return found


def served(base: type[BaseHandler], version: Any, modified: datetime | None) -> type[BaseHandler]:
    return type("Declaring", (base,), state(version, modified))


@pytest.mark.parametrize("method", [method for method in GOOD if method != "QUERY"])
def test_every_combination_is_answered_as_the_rfc_says(method):
    in_full = method in ("GET", "PUT")  # a read and a write; the others differ from them in nothing but the method
    assert disagreements(served(Thing, 1, MODIFIED), method, MODIFIED, all_of_them=in_full) == {}


@pytest.mark.django_db
def test_a_query_is_answered_as_a_get():
    assert disagreements(served(Listed, 1, MODIFIED), "QUERY", MODIFIED, all_of_them=False) == {}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(("version", "modified"), [(None, None), (1, None), (None, MODIFIED)])
def test_the_same_holds_where_less_is_declared(method, version, modified):
    assert disagreements(served(Thing, version, modified), method, modified, all_of_them=False) == {}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_same_holds_for_methods_that_are_awaited(method):
    assert disagreements(served(AsyncThing, None, MODIFIED), method, MODIFIED, all_of_them=False) == {}


def test_a_fraction_of_a_second_is_nothing():
    """Dates have whole seconds (RFC 9110, section 5.6.7): what a client was told is what it asks about."""
    resource = Resource(served(Thing, None, MODIFIED.replace(microsecond=999_999)), authentication=())

    assert told(resource, "GET", {}).headers["Last-Modified"] == SAME
    assert told(resource, "GET", {"If-Modified-Since": SAME}).status_code == 304
    assert told(resource, "PUT", {"If-Unmodified-Since": SAME}).status_code == 200


@pytest.mark.parametrize("date", OBSOLETE)
def test_obsolete_forms_of_dates_are_read(date):
    resource = Resource(served(Thing, None, MODIFIED), authentication=())
    plain = OBSOLETE[date]
    for method, name in (("GET", "If-Modified-Since"), ("PUT", "If-Unmodified-Since")):
        statuses = {told(resource, method, {name: each}).status_code for each in (date, plain)}
        assert statuses == {status_for(method, {name: date}, "", MODIFIED, 200)}


@pytest.mark.parametrize("field", NO_DATES)
def test_what_is_no_single_date_is_no_condition(field):
    """RFC 9110, sections 13.1.3 and 13.1.4."""
    resource = Resource(served(Thing, None, MODIFIED), authentication=())

    for method, name in (("GET", "If-Modified-Since"), ("GET", "If-Unmodified-Since"), ("PUT", "If-Unmodified-Since")):
        assert told(resource, method, {name: field}).status_code == 200


@pytest.mark.parametrize(
    "field",
    [
        "",
        ",",
        "nothing",
        "W/",
        '"',
        '"open',
        "{etag:.20}",
        "{bare}",
        "'{bare}'",
        '"{bare},"',
        '"x,{bare}"',
        'w/"{bare}"',
        '"{bare} "',
        '"other", "{bare}x"',
        '"*"',
        "**",
    ],
)
def test_a_field_without_the_entity_tag_matches_nothing(field):
    resource = Resource(Thing, authentication=())
    etag = told(resource, "GET", {}).headers["ETag"]
    field = field.format(etag=etag, bare=etag.strip('"'))

    assert etag not in {*members(field)}  # the judge's reading
    assert told(resource, "GET", {"If-None-Match": field}).status_code == 200
    assert told(resource, "PUT", {"If-Match": field}).status_code == 412


@pytest.mark.parametrize(
    "field",
    [
        "{etag}",
        " {etag} ",
        ",{etag}",
        "{etag},",
        ",, {etag} ,,",
        '"a","b",{etag}',
        '"a,b"\t,\t{etag}',
        'W/"a,b", {etag}, W/"c"',
        '"", {etag}',
        '"\x80\xff", {etag}',
        '"it\'s!#$%&()*+-./:;<=>?@[\\]^_`{{|}}~", {etag}',
    ],
)
def test_the_entity_tag_is_found_in_a_list(field):
    resource = Resource(Thing, authentication=())
    etag = told(resource, "GET", {}).headers["ETag"]
    field = field.format(etag=etag)

    assert told(resource, "GET", {"If-None-Match": field}).status_code == 304
    assert told(resource, "PUT", {"If-Match": field}).status_code == 200


def test_a_long_list_is_read_and_one_that_is_too_long_refused():
    resource = Resource(Thing, authentication=())
    etag = told(resource, "GET", {}).headers["ETag"]

    assert told(resource, "PUT", {"If-Match": '"x", ' * 1000 + etag}).status_code == 200
    assert told(resource, "PUT", {"If-Match": '"x", ' * 2000 + etag}).status_code == 431


def test_a_failed_condition_is_told_with_what_to_do():
    for method in ("GET", "PUT", "PATCH", "DELETE", "POST"):
        problem = problem_of(ask(Thing, method, body=b"{}", content_type=JSON, headers={"If-Match": '"old"'}))
        assert (problem["status"], "If-Match" in problem["detail"]) == (412, True)


def test_options_has_nothing_to_hold_a_condition_to():
    """RFC 9110, section 13.2.1."""
    assert ask(Thing, "OPTIONS", headers={"If-Match": '"old"', "If-None-Match": "*"}).status_code == 204


# What would be refused anyway is refused for that (RFC 9110, section 13.2.1).

CONDITIONS = [{"If-Match": '"old"'}, {"If-Match": "*"}, {"If-None-Match": "*"}, {"If-Unmodified-Since": BEFORE}]


class Absent(Thing):
    """Serves nothing that is there."""

    def read(self, request):
        raise Http404


class Hidden(Thing):
    def read(self, request):
        raise PermissionDenied


class Few(BaseHandler):
    def read(self, request):
        return {}


def unconditional(method: str, served: Any, **how: Any) -> Any:
    """Return the response to a request without conditions, and those with one each."""
    headers = how.pop("headers", {})
    body = {} if method in READS else {"body": b"{}", "content_type": JSON}
    how = {**body, **how}
    return [ask(served, method, headers={**headers, **condition}, **how) for condition in ({}, *CONDITIONS)]


@pytest.mark.parametrize(
    ("status", "method", "handler", "how"),
    [
        (404, "GET", Absent, {}),
        (404, "HEAD", Absent, {}),
        (404, "PUT", Absent, {}),
        (404, "DELETE", Absent, {}),
        (403, "GET", Hidden, {}),
        (405, "PUT", Few, {}),
        (405, "DELETE", Few, {}),
        (405, "TRACE", Thing, {}),
        (501, "BREW", Thing, {}),
        (401, "GET", Thing, {"authentication": [Key()]}),
        (401, "PUT", Thing, {"authentication": [Key()], "headers": BAD}),
        (406, "GET", Thing, {"headers": {"Accept": "image/png"}}),
        (406, "PUT", Thing, {"headers": {"Accept": "image/png"}}),
        (415, "PUT", Thing, {"content_type": "image/png"}),
        (415, "PATCH", Thing, {"content_type": "image/png"}),
        (413, "PUT", Thing, {"body": b" " * 3000, "DATA_UPLOAD_MAX_MEMORY_SIZE": 2000}),
        (414, "GET", Thing, {"address": f"/it/?{'x' * 9000}"}),
    ],
)
def test_what_is_refused_without_a_condition_is_refused_alike_with_one(status, method, handler, how):
    if handler is Absent and method != "GET" and method != "HEAD":
        handler = type("Gone", (Absent,), {"update": Absent.read, "delete": Absent.read})

    assert [each.status_code for each in unconditional(method, handler, **how)] == [status] * (1 + len(CONDITIONS))


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("declared", [{}, {"version_field": "word"}], ids=["undeclared", "declared"])
def test_an_object_that_is_not_there_is_404_whatever_the_conditions_are(method, declared):
    handler = type("Labels", (BaseHandler,), {"model": Label, "fields": ("word",), **declared})
    how = {"address": "/it/none/", "route": "it/<slug:word>/"}
    if method in ("PUT", "PATCH"):
        how["body"] = b'{"word": "tea"}'

    assert {each.status_code for each in unconditional(method, handler, **how)} == {404}


@pytest.mark.django_db
@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("parameter", ["limit=x", "cursor=x", "sort=nothing", "offset=-1", "fields=nothing"])
def test_a_parameter_that_is_wrong_is_told_before_a_condition_is_looked_at(parameter, condition):
    handler = served(type("Sorted", (Listed,), {"page_size": 2}), 1, MODIFIED)
    [plain, conditional] = [ask(handler, "GET", f"/it/?{parameter}", headers=headers) for headers in ({}, condition)]

    assert (plain.status_code, conditional.status_code) == (400, 400) or plain.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b'{"word": "not a slug"}', b"{}", b'{"nothing": 1}', b"[]"])
def test_a_false_condition_is_told_before_the_data_is_judged(body):
    Label.objects.create(word="tea")
    how = {"body": body, "content_type": JSON, "address": "/it/tea/", "route": "it/<slug:word>/"}

    statuses = [ask(Listed, "PUT", headers=headers, **how).status_code for headers in ({}, {"If-Match": '"old"'})]
    assert statuses == [422, 412]


@pytest.mark.django_db
def test_data_that_is_refused_is_refused_where_the_condition_is_true():
    Label.objects.create(word="tea")
    with serving(path("it/<slug:word>/", Resource(Listed, authentication=()))) as client:
        etag = client.get("/it/tea/").headers["ETag"]
        response = send(client, "PUT", "/it/tea/", b'{"word": "not a slug"}', JSON, {"If-Match": etag})

    assert response.status_code == 422
    assert [each["pointer"] for each in problem_of(response)["errors"]] == ["/word"]


@pytest.mark.django_db
def test_what_a_false_condition_forbids_is_not_done():
    Label.objects.create(word="tea")
    for method in ("PUT", "PATCH", "DELETE"):
        for condition in ({"If-Match": '"old"'}, {"If-None-Match": "*"}):
            how = {"body": json.dumps({"word": "ice"}), "content_type": JSON, "headers": condition}
            assert ask(Listed, method, "/it/tea/", route="it/<slug:word>/", **how).status_code == 412

    assert [*Label.objects.values_list("word", flat=True)] == ["tea"]


@pytest.mark.django_db
@pytest.mark.parametrize("paged", [{}, {"page_size": 1}, {"max_page_size": 1}], ids=["whole", "paged", "limited"])
def test_a_post_to_a_list_is_held_to_what_a_client_has_seen_of_it(paged):
    handler = type("Labels", (Listed,), paged)
    for word in ("tea", "ice"):
        Label.objects.create(word=word)
    with serving(path("it/", Resource(handler, authentication=()))) as client:
        etag = client.get("/it/").headers["ETag"]
        statuses = [
            send(client, "POST", "/it/", json.dumps({"word": word}), JSON, {"If-Match": tag}).status_code
            for word, tag in (("a", '"old"'), ("b", etag), ("c", "*"))
        ]

    assert statuses == [412, 201, 201]
