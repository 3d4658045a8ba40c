"""Idempotency-Key through HTTP: what was done is not done again, what was refused or has failed may be tried again."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.forms import modelform_factory
from django.template import engines
from django.template.response import SimpleTemplateResponse

from piston_core import BaseHandler, Problem
from piston_core.idempotency.models import KeptAnswer
from tests.piston_core.http.served import JSON_PATCH, MERGE, api
from tests.piston_core.pipeline.asking import FORM, JSON, MULTIPART, Key, data_of, problem_of
from tests.shop.models import Maker

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
OTHER = {"Idempotency-Key": '"another"'}
MakerForm = modelform_factory(Maker, fields=("name", "number"))


class MakerHandler(BaseHandler):
    model = Maker
    fields = ("id", "name", "number")
    idempotency = True
    bulk_limit = 5
    form = MakerForm

    def create(self, request):
        maker = super().create(request)
        calls.append(maker.name)
        if maker.name == "crash":
            raise KeyError
        if maker.name == "refuse":
            raise Problem(409, "Not now.")
        return maker

    def update(self, request, **kwargs):
        calls.append("update")
        return super().update(request, **kwargs)

    def patch(self, request, **kwargs):
        return self.update(request, **kwargs)

    def delete(self, request, **kwargs):
        calls.append("delete")
        return super().delete(request, **kwargs)


class AsyncHandler(MakerHandler):
    async def create(self, request):
        return await sync_to_async(super().create)(request)

    async def update(self, request, **kwargs):
        return await sync_to_async(super().update)(request, **kwargs)

    async def patch(self, request, **kwargs):
        return await sync_to_async(super().update)(request, **kwargs)

    async def delete(self, request, **kwargs):
        return await sync_to_async(super().delete)(request, **kwargs)


class PlainHandler(BaseHandler):
    """Leaves all to the core."""

    model = Maker
    fields = ("id", "name", "number")
    idempotency = True


calls: list[str] = []


@pytest.fixture(autouse=True)
def makers(db):
    calls.clear()
    return [Maker.objects.create(pk=pk, name=f"Maker {pk}", number=pk) for pk in (1, 2)]


def routes(handler):
    return {"makers/": handler, "makers/<int:id>/": handler}


each_way = pytest.mark.parametrize(
    ("server", "handler"),
    [("wsgi", MakerHandler), ("asgi", AsyncHandler), ("wsgi", AsyncHandler), ("asgi", PlainHandler)],
)
UPLOAD = b'--X\r\nContent-Disposition: form-data; name="name"\r\n\r\nNew\r\n--X--\r\n'
WRITES = [
    ("POST", "/api/makers/", {"name": "New", "number": 7}, JSON, {}, 201),
    ("POST", "/api/makers/", b"name=New&number=7", FORM, {}, 201),
    ("POST", "/api/makers/", UPLOAD, MULTIPART, {}, 201),
    ("POST", "/api/makers/", {"name": "New"}, JSON, {"Prefer": "return=minimal"}, 201),
    ("PUT", "/api/makers/1/", {"name": "New", "number": 7}, JSON, {}, 200),
    ("PATCH", "/api/makers/1/", {"name": "New"}, MERGE, {}, 200),
    ("PATCH", "/api/makers/1/", [{"op": "replace", "path": "/name", "value": "New"}], JSON_PATCH, {}, 200),
    ("DELETE", "/api/makers/1/", b"", "", {}, 204),
]


def same(one, other):
    """Return whether two answers are alike but for what says that one is a repetition, and when it was made."""
    but = {"Idempotency-Replayed", "Server-Timing", "Date"}
    fields = [{name: text for name, text in each.headers.items() if name not in but} for each in (one, other)]
    return (one.status_code, one.content, fields[0]) == (other.status_code, other.content, fields[1])


@each_way
@pytest.mark.parametrize(("method", "address", "data", "content_type", "fields", "status"), WRITES)
def test_what_is_sent_again_is_answered_again_and_done_once(
    server, handler, method, address, data, content_type, fields, status
):
    with api(routes(handler), server) as ask:
        first = ask(method, address, data, content_type, **KEY, **fields)
        stored, done = list(Maker.objects.values()), list(calls)
        again = [ask(method, address, data, content_type, **KEY, **fields) for _ in range(2)]

        assert first.status_code == status
        assert "Idempotency-Replayed" not in first.headers
        assert all(same(first, each) for each in again)
        assert {each.headers["Idempotency-Replayed"] for each in again} == {"?1"}
        assert {each.headers["Cache-Control"] for each in (first, *again)} == {"no-store"}
    assert (list(Maker.objects.values()), calls) == (stored, done)
    assert KeptAnswer.objects.count() == 1


@each_way
def test_a_page_of_a_template_is_kept_as_it_was_rendered(server, handler):
    def create(self, request):
        calls.append("create")
        return SimpleTemplateResponse(engines["django"].from_string("Hello {{ name }}"), {"name": "Ada"})

    with api(routes(type("Rendering", (handler,), {"create": create})), server) as ask:
        answers = [ask("POST", "/api/makers/", {"name": "New"}, **KEY) for _ in range(2)]

        assert [each.content for each in answers] == [b"Hello Ada", b"Hello Ada"]
    assert calls == ["create"]


@each_way
def test_without_a_key_or_with_another_it_is_done_again(server, handler):
    with api(routes(handler), server) as ask:
        answers = [ask("POST", "/api/makers/", {"name": "New"}, **key) for key in (KEY, OTHER, {}, {})]

        assert len({each.headers["Location"] for each in answers}) == 4
        assert not any("Idempotency-Replayed" in each.headers for each in answers)


@each_way
def test_what_was_refused_may_be_corrected_under_the_same_key(server, handler):
    with api(routes(handler), server) as ask:
        for data, status in (({"name": ""}, 422), ({"name": "A", "number": 1}, 409), (b"{", 400), ([], 422)):
            assert problem_of(ask("POST", "/api/makers/", data, **KEY))["status"] == status
        assert KeptAnswer.objects.count() == 0
        assert ask("POST", "/api/makers/", {"name": "New"}, **KEY).status_code == 201
        assert problem_of(ask("DELETE", "/api/makers/99/", **OTHER))["status"] == 404
        assert ask("DELETE", "/api/makers/1/", **OTHER).status_code == 204


@pytest.mark.parametrize(("server", "handler"), [("wsgi", MakerHandler), ("asgi", AsyncHandler)])
@pytest.mark.parametrize(("name", "status"), [("crash", 500), ("refuse", 409)])
def test_what_has_failed_is_done_anew(server, handler, name, status):
    with api(routes(handler), server) as ask:
        for _ in range(2):
            assert problem_of(ask("POST", "/api/makers/", {"name": name}, **KEY))["status"] == status
    assert calls == [name, name]
    assert Maker.objects.count() == 2
    assert KeptAnswer.objects.count() == 0


@each_way
@pytest.mark.parametrize(
    ("method", "address", "data"),
    [
        ("POST", "/api/makers/", {"name": "Another"}),
        ("POST", "/api/makers/", {"name": "New", "number": None}),
        ("POST", "/api/makers/", [{"name": "New"}]),
    ],
)
def test_another_request_under_the_same_key_is_refused(server, handler, method, address, data):
    with api(routes(handler), server) as ask:
        assert ask("POST", "/api/makers/", {"name": "New"}, **KEY).status_code == 201
        if handler is PlainHandler and isinstance(data, list):
            assert problem_of(ask(method, address, data, **KEY))["status"] == 422
            return
        problem = problem_of(ask(method, address, data, **KEY))

        assert (problem["status"], problem["type"]) == (422, "/api/problems/idempotency-key-reused")
    assert Maker.objects.count() == 3


@each_way
def test_a_key_is_of_one_address_and_one_method(server, handler):
    with api(routes(handler), server) as ask:
        for method, address in (("PATCH", "/api/makers/1/"), ("PATCH", "/api/makers/2/"), ("PUT", "/api/makers/1/")):
            response = ask(method, address, {"name": "New"}, **KEY)
            assert (response.status_code, "Idempotency-Replayed" in response.headers) == (200, False)


@each_way
def test_a_write_with_a_precondition_is_done_once_and_the_repetition_is_no_conflict(server, handler):
    """The tag that it names is not the present one any more, because of this very request."""
    with api(routes(handler), server) as ask:
        tag = {"If-Match": ask("GET", "/api/makers/1/").headers["ETag"]}
        first = ask("PATCH", "/api/makers/1/", {"name": "New"}, **KEY, **tag)
        again = ask("PATCH", "/api/makers/1/", {"name": "New"}, **KEY, **tag)

        assert (first.status_code, again.status_code) == (200, 200)
        assert same(first, again)
        assert problem_of(ask("PATCH", "/api/makers/1/", {"name": "New"}, **OTHER, **tag))["status"] == 412
        assert KeptAnswer.objects.count() == 1  # what was refused is not kept
        now = {"If-Match": ask("GET", "/api/makers/1/").headers["ETag"]}
        assert ask("PATCH", "/api/makers/1/", {"name": "Newer"}, **OTHER, **now).status_code == 200


@each_way
def test_a_bulk_is_done_once(server, handler):
    if handler is PlainHandler:
        handler = type("Bulk", (PlainHandler,), {"bulk_limit": 5})
    with api(routes(handler), server) as ask:
        sent = [{"name": "A"}, {"name": "B"}]
        first, again = (ask("POST", "/api/makers/", sent, **KEY) for _ in range(2))

        assert [row["name"] for row in data_of(first)] == ["A", "B"]
        assert same(first, again)
    assert Maker.objects.count() == 4


class TwoKeys(Key):
    """Knows two clients."""

    def authenticate(self, request):
        identity = super().authenticate(request)
        return identity and type(identity)(request.headers.get("X-Name", "somebody"), self.name)


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_a_key_is_of_whoever_has_sent_it(server):
    with api(routes(PlainHandler), server, {"authentication": TwoKeys()}) as ask:
        alice, bob = ({"X-Key": "good", "X-Name": name} for name in ("alice", "bob"))
        first = ask("POST", "/api/makers/", {"name": "New"}, **KEY, **alice)
        other = ask("POST", "/api/makers/", {"name": "Her secret?"}, **KEY, **bob)

        assert (first.status_code, other.status_code) == (201, 201)
        assert ask("POST", "/api/makers/", {"name": "New"}, **KEY, **alice).content == first.content
        assert problem_of(ask("POST", "/api/makers/", {"name": "New"}, **KEY))["status"] == 401
        assert problem_of(ask("POST", "/api/makers/", {"name": "New"}, **KEY, **{"X-Key": "bad"}))["status"] == 401


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "QUERY", "OPTIONS"])
def test_reading_takes_no_key(server, method):
    with api(routes(PlainHandler), server) as ask:
        data = {} if method == "QUERY" else b""
        for key in (KEY, {"Idempotency-Key": '"'}):
            response = ask(method, "/api/makers/", data, **key)
            assert response.status_code in {200, 204}
            assert "Idempotency-Replayed" not in response.headers
    assert KeptAnswer.objects.count() == 0


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_where_keys_are_required_a_write_without_one_is_refused(server, method):
    handler = type("Required", (PlainHandler,), {"idempotency": "required"})
    address = "/api/makers/" if method == "POST" else "/api/makers/1/"
    data = {"name": "New"} if method != "DELETE" else b""
    with api(routes(handler), server) as ask:
        before = list(Maker.objects.values())
        problem = problem_of(ask(method, address, data))

        assert (problem["status"], problem["type"]) == (400, "/api/problems/idempotency-key-missing")
        assert list(Maker.objects.values()) == before
        assert ask(method, address, data, **KEY).status_code in {200, 201, 204}


def test_where_nobody_asks_for_keys_they_are_passed_over():
    handler = type("Careless", (PlainHandler,), {"idempotency": False})
    with api(routes(handler)) as ask:
        for key in (KEY, KEY, {"Idempotency-Key": '"'}):
            assert ask("POST", "/api/makers/", {"name": "New"}, **key).status_code == 201
    assert (Maker.objects.count(), KeptAnswer.objects.count()) == (5, 0)


def test_nothing_is_claimed_by_a_request_that_is_refused_before():
    """Who may not, or in no format, or cannot be read, has not begun."""
    with api(routes(PlainHandler)) as ask:
        for method, address, data, fields in (
            ("POST", "/api/makers/", b"{", {}),
            ("POST", "/api/makers/", {}, {"Accept": "image/png"}),
            ("PUT", "/api/makers/", {}, {}),
            ("POST", "/api/nowhere/", {}, {}),
        ):
            assert ask(method, address, data, **KEY, **fields).status_code >= 400
        assert KeptAnswer.objects.count() == 0
        assert ask("POST", "/api/makers/", {"name": "New"}, **KEY).status_code == 201
