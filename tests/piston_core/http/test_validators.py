"""What a handler declares of its state, and what is saved by it: 304 before anything is made, 428 and 412 in time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import connection
from django.http import JsonResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone
from django.utils.http import http_date, parse_http_date

from piston_core import BaseHandler, Identity, Lifecycle, Resource, Validators, rc
from tests.piston_core.pipeline.asking import GOOD, JSON, Key, ask, data_of, problem_of, send, serving
from tests.settings import MIDDLEWARE
from tests.shop.models import Product, Sample
from tests.shop.serving import stock

MOMENT = datetime(1994, 11, 6, 8, 49, 37, 500_000, tzinfo=UTC)
TOLD = "Sun, 06 Nov 1994 08:49:37 GMT"
KEPT = ["Cache-Control", "Content-Location", "ETag", "Expires", "Vary"]  # RFC 9110, section 15.4.5


class Products(BaseHandler):
    """Shows a product with a good deal around it."""

    model = Product
    fields = ("name", ("maker", ("name",)), ("labels", ("word",)), "stock")
    version_field = "stock"


class Samples(BaseHandler):
    model = Sample
    fields = ("char", "integer", "text")
    version_field = "integer"
    modified_field = "moment"


class Undeclared(Samples):
    version_field = modified_field = None


@pytest.fixture
def sample(db):
    return Sample.objects.create(char="a", integer=1, moment=MOMENT)


def site(handler: type[BaseHandler], authentication: Any = (), **settings: Any) -> Any:
    resource = Resource(handler, authentication=authentication)
    return serving(path("them/", resource), path("it/<int:pk>/", resource), **settings)


def count(work: Any) -> tuple[Any, int]:
    """Return what comes of some work, and how many queries it takes."""
    with CaptureQueriesContext(connection) as captured:
        return work(), len(captured)


# A version


@pytest.mark.django_db
def test_who_has_the_present_version_is_told_so_before_anything_else_is_read():
    [product] = stock(1)
    with site(Products) as client:
        first, cost = count(lambda: client.get(f"/it/{product.pk}/"))
        kept, cheaper = count(lambda: client.get(f"/it/{product.pk}/", headers={"If-None-Match": first["ETag"]}))
        head, same = count(lambda: client.head(f"/it/{product.pk}/", headers={"If-None-Match": first["ETag"]}))

    assert (first.status_code, kept.status_code, head.status_code) == (200, 304, 304)
    assert cost > cheaper == same == 1


@pytest.mark.django_db
def test_who_names_another_version_is_refused_before_anything_else_is_read():
    [product] = stock(1)
    body = json.dumps({"stock": 8})
    with site(Products) as client:
        for method in ("PUT", "PATCH"):
            with CaptureQueriesContext(connection) as captured:
                answer = send(client, method, f"/it/{product.pk}/", body, JSON, {"If-Match": '"x"'})
            assert answer.status_code == 412
            assert len([each for each in captured if each["sql"].startswith("SELECT")]) == 1


def test_the_tag_changes_with_the_column_and_with_nothing_else(sample):
    with site(Samples) as client:
        tags = []
        for change in ({}, {"char": "b"}, {"integer": 2}, {"integer": 1}, {"integer": None}):
            Sample.objects.update(**change) if change else None
            tags.append(client.get(f"/it/{sample.pk}/")["ETag"])

    assert tags[0] == tags[1] == tags[3]
    assert len({*tags}) == 3


def test_a_patch_tells_the_declared_state_that_the_next_read_has(sample):
    with site(Samples) as client:
        before = send(client, "GET", f"/it/{sample.pk}/").headers["ETag"]
        patched = send(client, "PATCH", f"/it/{sample.pk}/", '{"integer": 2}', JSON)
        after = send(client, "GET", f"/it/{sample.pk}/")

        assert patched.headers["ETag"] == after.headers["ETag"] != before
        assert patched.headers["Last-Modified"] == after.headers["Last-Modified"]


def test_what_is_shown_to_one_user_has_another_tag_than_what_is_shown_to_another(sample, django_user_model):
    """A handler may show each something else of the same version."""
    tags = []
    for name in ("alice", "bob"):
        user = django_user_model.objects.create(username=name)
        known = type("Known", (Key,), {"authenticate": lambda self, request, user=user: Identity(user, "key")})
        with site(Samples, [known()]) as client:
            tags.append(send(client, "GET", f"/it/{sample.pk}/").headers["ETag"])

    assert tags[0] != tags[1]


def test_without_a_version_the_answer_itself_tells(sample):
    """A column without a value says nothing about the state."""
    Sample.objects.update(integer=None)
    with site(Samples) as client:
        before = client.get(f"/it/{sample.pk}/")["ETag"]
        Sample.objects.update(char="b")

        assert client.get(f"/it/{sample.pk}/")["ETag"] != before


@pytest.mark.parametrize(
    "values", [(1, 2), ("1", "2"), (MOMENT, MOMENT + timedelta(microseconds=1)), (1.0, 1.5), (b"1", b"2"), (0, 1)]
)
def test_any_value_makes_a_version(values):
    tags = []
    for value in values:
        handler = type("Stated", (BaseHandler,), {"read": lambda self, request: {}})
        handler.validators = lambda self, request, value=value: Validators(value)
        tags.append(ask(handler)["ETag"])

    assert tags[0] != tags[1]


# A date


def test_the_moment_of_the_last_change_is_told_and_asked_about(sample):
    with site(Samples) as client:
        at = f"/it/{sample.pk}/"
        assert client.get(at)["Last-Modified"] == client.head(at)["Last-Modified"] == TOLD
        assert client.get(at, headers={"If-Modified-Since": TOLD}).status_code == 304
        Sample.objects.update(moment=MOMENT + timedelta(seconds=1))
        changed = client.get(at, headers={"If-Modified-Since": TOLD})

    assert (changed.status_code, changed["Last-Modified"]) == (200, "Sun, 06 Nov 1994 08:49:38 GMT")


def test_a_date_in_another_time_zone_is_told_in_that_of_http(sample):
    east = MOMENT.astimezone(timezone.get_fixed_timezone(90))
    handler = type("Stated", (BaseHandler,), {"read": lambda self, request: {}})
    handler.validators = lambda self, request: Validators(None, east)

    assert ask(handler)["Last-Modified"] == TOLD


def test_without_a_moment_there_is_no_date_and_no_condition_on_one(sample):
    Sample.objects.update(moment=None)
    with site(Samples) as client:
        answer = client.get(f"/it/{sample.pk}/", headers={"If-Modified-Since": TOLD})

    assert answer.status_code == 200
    assert "Last-Modified" not in answer


def test_nothing_is_told_to_have_changed_in_the_future(sample):
    """RFC 9110, section 8.8.2.1."""
    Sample.objects.update(moment=timezone.now() + timedelta(days=1))
    with site(Samples) as client:
        answer = client.get(f"/it/{sample.pk}/")

    assert parse_http_date(answer["Last-Modified"]) <= datetime.now(UTC).timestamp()


# Declared by a method


class Numbers(BaseHandler):
    """Says of data without a model what version it has."""

    state = 1
    atomic = False
    times = 0

    def validators(self, request, **kwargs):
        return Validators(type(self).state, MOMENT)

    def read(self, request):
        type(self).times += 1
        return [{"number": type(self).state}]

    def update(self, request):
        type(self).state += 1


def test_data_without_a_model_has_a_state_that_is_declared():
    handler = type("Mine", (Numbers,), {"times": 0})
    first = ask(handler)
    assert (first.status_code, first["Last-Modified"]) == (200, TOLD)
    assert ask(handler, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert handler.times == 1

    how = {"body": b"{}", "content_type": JSON, "headers": {"If-Match": first["ETag"]}}
    assert [ask(handler, "PUT", **how).status_code for _ in range(2)] == [204, 412]
    assert handler.state == 2
    assert ask(handler, headers={"If-None-Match": first["ETag"]}).status_code == 200


class Counted(Undeclared):
    """Says of a list which version it has."""

    def validators(self, request, **kwargs):
        latest = self.queryset(request).order_by("-integer").values_list("integer", "moment").first()
        return Validators(*latest) if latest else None


def test_a_list_has_a_state_that_is_declared(sample):
    with site(Counted) as client:
        first = client.get("/them/")
        kept, cost = count(lambda: client.get("/them/", headers={"If-None-Match": first["ETag"]}))
        assert (kept.status_code, cost) == (304, 1)
        assert first["Last-Modified"] == TOLD

        Sample.objects.create(char="b", integer=2)
        assert client.get("/them/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_own_response_is_of_the_declared_version(sample):
    """Whoever has read it may write it, and is told the state in time."""

    def read(self, request, pk):
        return JsonResponse({"char": self.get(request, pk=pk).char})

    with site(type("Own", (Samples,), {"read": read})) as client:
        at = f"/it/{sample.pk}/"
        first = client.get(at)["ETag"]
        Sample.objects.update(text="not shown")
        assert client.get(at)["ETag"] == first
        kept, cost = count(lambda: client.get(at, headers={"If-None-Match": first}))
        assert (kept.status_code, cost) == (304, 1)

        writes = [send(client, "PATCH", at, '{"integer": 2}', JSON, {"If-Match": first}) for _ in range(2)]
    assert [each.status_code for each in writes] == [200, 412]


def test_a_page_that_leads_to_another_one_by_now_is_another_answer(sample):
    """A date alone makes no tag: what is answered does, and the links to other pages belong to it."""
    dated = {"page_size": 1, "validators": lambda self, request, **kwargs: Validators(modified=MOMENT)}
    with site(type("Dated", (Undeclared,), dated)) as client:
        first = client.get("/them/")
        Sample.objects.create(char="b", integer=2)
        second = client.get("/them/", headers={"If-None-Match": first["ETag"]})

    assert "Link" not in first
    assert (second.status_code, 'rel="next"' in second["Link"]) == (200, True)


# What 304 tells, and what it leaves away


def with_own_fields(self: Any, request: Any, **kwargs: Any) -> Any:
    return rc.ALL_OK(data={"it": "is"}, headers={"Vary": "X-Mood", "Cache-Control": "max-age=5", "Expires": TOLD})


class Told(BaseHandler):
    read = with_own_fields


@pytest.mark.parametrize(
    ("handler", "address", "methods"),
    [
        (Samples, "/it/{}/", "GET HEAD"),
        (Samples, "/it/{}/?format=json", "GET HEAD"),
        (Samples, "/them/", "GET HEAD QUERY"),
        (Undeclared, "/it/{}/", "GET HEAD"),
        (Undeclared, "/them/?limit=1", "GET HEAD QUERY"),
        (Counted, "/them/", "GET HEAD QUERY"),
        (Counted, "/them/?format=json", "GET HEAD QUERY"),
        (Numbers, "/them/", "GET HEAD"),
        (Told, "/them/", "GET HEAD"),
    ],
)
@pytest.mark.parametrize("authentication", [(), [Key()]], ids=["open", "known"])
def test_304_has_the_fields_of_200_that_a_cache_needs(handler, address, methods, authentication, sample):
    """RFC 9110, section 15.4.5."""
    address = address.format(sample.pk)
    with site(handler, authentication) as client:
        for method in methods.split():
            how = ("{}", JSON) if method == "QUERY" else ("", "")
            first = send(client, method, address, *how, headers=GOOD)
            kept = send(client, method, address, *how, headers={**GOOD, "If-None-Match": first["ETag"]})

            assert (first.status_code, kept.status_code, kept.content) == (200, 304, b"")
            assert [kept.headers.get(name) for name in KEPT] == [first.headers.get(name) for name in KEPT]
            assert kept["Cache-Control"]
            assert not {"Content-Type", "Content-Length", "Content-Encoding", "Accept-Ranges"} & {*kept.headers}


@pytest.mark.parametrize("middleware", [[], MIDDLEWARE, ["django.middleware.http.ConditionalGetMiddleware"]])
def test_no_middleware_makes_a_body_of_nothing(middleware, sample):
    with site(Samples, MIDDLEWARE=middleware) as client:
        kept = client.get(f"/it/{sample.pk}/", headers={"If-None-Match": "*"})
        gone = client.delete(f"/it/{sample.pk}/")

    assert (kept.status_code, gone.status_code) == (304, 204)
    for answer in (kept, gone):
        assert not {"Content-Type", "Content-Length"} & {*answer.headers}


def test_304_still_says_what_becomes_of_the_address(sample):
    resource = Resource(Samples, authentication=(), lifecycle=Lifecycle(deprecated=MOMENT, successor="/v2/"))
    with serving(path("it/<int:pk>/", resource)) as client:
        kept = client.get(f"/it/{sample.pk}/", headers={"If-None-Match": "*"})

    assert kept.status_code == 304
    assert (kept["Deprecation"], kept["Link"]) == ("@784111777", '</v2/>; rel="successor-version"')


@pytest.mark.parametrize("handler", [Samples, Undeclared])
@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [("GET", {"If-None-Match": "*"}, 304), ("PUT", {"If-Match": "*"}, 200), ("DELETE", {"If-Match": '"x"'}, 412)],
)
def test_a_request_is_over_once(handler, method, headers, status, sample, monkeypatch):
    """What is read to know the state is no answer: Django would close the connections of what is still at work."""
    over = []

    def note(**kwargs: Any) -> None:
        over.append(True)

    request_finished.connect(note)
    try:
        with site(handler) as client:
            how = () if method == "GET" else (json.dumps({"char": "b"}), JSON)
            assert send(client, method, f"/it/{sample.pk}/", *how, headers=headers).status_code == status
    finally:
        request_finished.disconnect(note)

    assert over == [True]


# If-Range


def listed(client: Any, condition: str | None, address: str = "/them/") -> Any:
    headers = {"Range": "items=0-0"} if condition is None else {"Range": "items=0-0", "If-Range": condition}
    return client.get(address, headers=headers)


def test_a_part_is_sent_of_the_state_that_is_named_and_else_the_whole(sample):
    """RFC 9110, section 13.1.5: a strong tag that is the present one, or the list is another."""
    Sample.objects.create(char="b", integer=2)
    with site(Counted) as client:
        part = listed(client, None)
        tag = part["ETag"]
        assert (part.status_code, len(data_of(part))) == (206, 1)
        assert listed(client, tag).status_code == 206
        assert listed(client, f" {tag} ").status_code == 206
        for other in ('"x"', f"W/{tag}", TOLD, f"{tag}, {tag}", "*", "", tag.strip('"'), http_date()):
            whole = listed(client, other)
            assert (whole.status_code, len(data_of(whole)), whole["ETag"]) == (200, 2, tag)
            assert "Content-Range" not in whole


def test_a_part_of_a_list_of_unknown_state_is_sent_whole_to_who_has_conditions(sample):
    Sample.objects.create(char="b", integer=2)
    with site(Undeclared) as client:
        tag = client.get("/them/")["ETag"]
        assert "ETag" not in listed(client, None)
        assert [listed(client, each).status_code for each in (tag, '"x"')] == [200, 200]


def test_a_part_is_sent_to_who_names_the_state_of_the_whole(sample):
    """If-Match is about the list, of which the client asks for a part (RFC 9110, sections 13.1.1 and 13.2.2)."""
    Sample.objects.create(char="b", integer=2)
    with site(Undeclared) as client:
        tag = client.get("/them/")["ETag"]
        right, wrong = (
            client.get("/them/", headers={"Range": "items=0-0", "If-Match": each}) for each in (tag, '"x"')
        )
        kept = client.get("/them/", headers={"Range": "items=0-0", "If-None-Match": tag})

    assert right.status_code in (200, 206)
    assert wrong.status_code == 412
    assert kept.status_code == 304


def test_if_range_without_a_range_is_nothing(sample):
    with site(Counted) as client:
        assert client.get("/them/", headers={"If-Range": '"x"'}).status_code == 200


def test_a_range_that_is_not_there_is_not_told_to_who_has_another_list(sample):
    with site(Counted) as client:
        tag = client.get("/them/")["ETag"]
        statuses = [
            client.get("/them/", headers={"Range": "items=5-9", "If-Range": each}).status_code for each in (tag, '"x"')
        ]

    assert statuses == [416, 200]


# Preconditions that are asked for


class Careful(Samples):
    require_precondition = True


class CarefulUndated(Careful):
    modified_field = None


CHANGES = {"PUT": '{"char": "b"}', "PATCH": '{"char": "b"}', "DELETE": ""}


@pytest.mark.parametrize("method", CHANGES)
def test_a_change_without_a_precondition_is_refused(method, sample):
    """RFC 6585, section 3."""
    with site(Careful) as client:
        for headers in (
            {},
            {"If-None-Match": "*"},
            {"If-None-Match": '"x"'},
            {"If-Modified-Since": TOLD},
            {"If-Range": '"x"'},
            {"If-Unmodified-Since": "yesterday"},  # which says nothing (RFC 9110, section 13.1.4)
            {"If-Unmodified-Since": f"{TOLD}, {TOLD}"},
        ):
            answer = send(client, method, f"/it/{sample.pk}/", CHANGES[method], JSON, headers)
            assert problem_of(answer)["status"] == 428
            assert "If-Match" in problem_of(answer)["detail"]

    sample.refresh_from_db()
    assert sample.char == "a"


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize("condition", ["If-Match", "If-Unmodified-Since"])
def test_a_change_with_a_precondition_is_held_to_it(method, condition, sample):
    with site(Careful) as client:
        first = client.get(f"/it/{sample.pk}/")
        right, wrong = (
            (first["ETag"], '"x"')
            if condition == "If-Match"
            else (first["Last-Modified"], "Sun, 06 Nov 1994 08:49:36 GMT")
        )
        answers = [
            send(client, method, f"/it/{sample.pk}/", CHANGES[method], JSON, {condition: each})
            for each in (wrong, right)
        ]

    assert [each.status_code for each in answers] == [412, 204 if method == "DELETE" else 200]


def test_a_date_is_no_precondition_where_nothing_is_dated(sample):
    with site(CarefulUndated) as client:
        answer = send(client, "PUT", f"/it/{sample.pk}/", CHANGES["PUT"], JSON, {"If-Unmodified-Since": TOLD})

    assert answer.status_code == 428


def test_reading_and_creating_need_no_precondition(sample):
    with site(Careful) as client:
        statuses = [client.get("/them/").status_code, client.get(f"/it/{sample.pk}/").status_code]
        statuses += [send(client, "POST", "/them/", '{"char": "b"}', JSON).status_code]
        statuses += [client.options("/them/").status_code, send(client, "QUERY", "/them/", "{}", JSON).status_code]

    assert statuses == [200, 200, 201, 204, 200]


def test_who_may_not_change_it_is_told_that_first(sample):
    with site(Careful, [Key()]) as client:
        assert send(client, "PUT", f"/it/{sample.pk}/", CHANGES["PUT"], JSON).status_code == 401
        assert send(client, "PUT", "/them/", CHANGES["PUT"], JSON, GOOD).status_code == 405


# What is compressed on the way


@pytest.mark.parametrize("handler", [Samples, Undeclared])
def test_a_tag_that_compression_has_weakened_is_good_for_reading_and_is_explained_to_who_writes(handler, sample):
    """RFC 9110, section 8.8.3.3: what GZipMiddleware sends is not the same bytes any more."""
    Sample.objects.update(text="much " * 100)
    with site(handler, MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"]) as client:
        at = f"/it/{sample.pk}/"
        weak, strong = (client.get(at, headers={"Accept-Encoding": each})["ETag"] for each in ("gzip", "identity"))
        assert weak == f"W/{strong}"
        assert client.get(at, headers={"Accept-Encoding": "gzip", "If-None-Match": weak}).status_code == 304

        refused = send(client, "PATCH", at, '{"char": "b"}', JSON, {"If-Match": weak})
        assert problem_of(refused)["status"] == 412
        assert "Accept-Encoding: identity" in problem_of(refused)["detail"]
        assert send(client, "PATCH", at, '{"char": "b"}', JSON, {"If-Match": strong}).status_code == 200
