"""Twelve clients that write at the same moment: one wins, the others are told so, and nothing is lost."""

from __future__ import annotations

import json
import socket
import sqlite3
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import path

from piston_core import BaseHandler, Resource
from tests.end_to_end.racing import CLIENTS, elsewhere, file_database, over_asgi, over_wsgi, postgres_database, race
from tests.settings import PISTON
from tests.shop.models import Label, Sample
from tests.shop.versions import Numbered
from tests.shop_postgres.service import ALIAS

COUNTING = 6  # clients that try again and again, which takes time
JSON = {"Content-Type": "application/json"}
PATCHES = {"Content-Type": "application/json-patch+json"}
QUIET = {"PISTON": {**PISTON, "PLUGINS": ["json"], "AUTHENTICATORS": []}}


class Samples(BaseHandler):
    """Leaves everything to the core."""

    model = Sample
    fields = (
        "pk",
        "char",
        "text",
        "slug",
        "email",
        "integer",
        "small",
        "big",
        "positive",
        "real",
        "flag",
        "size",
        "rank",
    )
    bulk_limit = 20


class Versioned(Samples):
    form = Numbered
    version_field = "small"


class Awaited(Samples):
    """Has methods of its own that are awaited."""

    fields = ("char", "integer")

    async def read(self, request, **kwargs):
        return await self.queryset(request).aget(**kwargs)

    async def update(self, request, **kwargs):
        return await self._changed(request, **kwargs)

    async def patch(self, request, **kwargs):
        return await self._changed(request, **kwargs)

    async def _changed(self, request, **kwargs):
        sample = await self.queryset(request).aget(**kwargs)
        for name in request.data:
            setattr(sample, name, request.data[name])
        await sample.asave()
        return sample


class Labels(BaseHandler):
    model = Label
    fields = ("word",)


class AwaitedLabels(Labels):
    async def create(self, request, **kwargs):
        return await Label.objects.acreate(word=request.data["word"])


def routes(name: str, handler: type[BaseHandler]) -> list[Any]:
    resource = Resource(handler, authentication=())
    return [path(f"{name}/", resource), path(f"{name}/<int:pk>/", resource)]


HANDLERS = {
    "samples": Samples,
    "versioned": Versioned,
    "awaited": Awaited,
    "labels": Labels,
    "awaited-labels": AwaitedLabels,
}


@contextmanager
def site() -> Any:
    """Serve all handlers; a resource that is awaited asks which databases there are when it is made."""
    patterns = tuple(route for name, handler in HANDLERS.items() for route in routes(name, handler))
    with override_settings(ROOT_URLCONF=patterns, **QUIET):
        yield


_ON_POSTGRES = (pytest.mark.django_db(databases=[ALIAS]), pytest.mark.postgres)
POSTGRES = pytest.param("postgres", marks=_ON_POSTGRES)
everywhere = pytest.mark.parametrize("alias", ["sqlite", POSTGRES], indirect=True)
on_sqlite = pytest.mark.parametrize("alias", ["sqlite"], indirect=True)
in_one_transaction = pytest.mark.parametrize("alias", ["sqlite in one transaction"], indirect=True)


@pytest.fixture
def alias(request, tmp_path, django_db_blocker):
    """Let a database that threads share hold the data."""
    kind = request.param
    settings = {"ATOMIC_REQUESTS": True} if kind == "sqlite in one transaction" else {}
    made = postgres_database() if kind == "postgres" else file_database(tmp_path / "db", **settings)
    with django_db_blocker.unblock(), made as alias, site():
        yield alias


@contextmanager
def serving(name: str) -> Any:
    """Serve over ASGI what is awaited, all else over WSGI."""
    with over_asgi() if name.startswith("awaited") else over_wsgi() as ask:
        yield ask


def made(alias: str, **values: Any) -> Sample:
    return elsewhere(lambda: Sample.objects.create(**values), alias)


def stored(alias: str, pk: int) -> Sample:
    return elsewhere(lambda: Sample.objects.get(pk=pk), alias)


def statuses(answers: list[Any]) -> dict[int, int]:
    """Return how many were told what; whoever is refused is told why."""
    for each in answers:
        if each.status >= 400:
            assert each.headers["Content-Type"] == "application/problem+json"
            assert json.loads(each.body)["status"] == each.status
    return {status: sum(each.status == status for each in answers) for status in {each.status for each in answers}}


# One tag


@everywhere
@pytest.mark.parametrize("name", ["samples", "versioned", "awaited"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_of_twelve_writers_that_name_one_state_one_wins(method, name, alias):
    at = f"/{name}/{made(alias, char='before', integer=0).pk}/"
    with serving(name) as ask:
        tag = ask("GET", at).headers["ETag"]
        answers = race(
            lambda number: ask(method, at, json.dumps({"char": f"of {number}"}).encode(), {**JSON, "If-Match": tag})
        )
        assert statuses(answers) == {200: 1, 412: CLIENTS - 1}
        [winner] = [number for number, answer in enumerate(answers) if answer.status == 200]
        assert json.loads(ask("GET", at).body)["char"] == f"of {winner}"


@in_one_transaction
@pytest.mark.parametrize("name", ["samples", "versioned", "awaited"])
def test_the_same_holds_where_django_opens_a_transaction_around_each_request(name, alias):
    """ATOMIC_REQUESTS, which Django has for methods that are not awaited only."""
    test_of_twelve_writers_that_name_one_state_one_wins("PATCH", name, alias)


@everywhere
@pytest.mark.parametrize("headers", [{}, {"If-Match": ...}], ids=["alone", "with If-Match"])
def test_of_twelve_patches_that_test_the_same_value_one_is_done(headers, alias):
    """RFC 6902, section 4.6: the test and the change are one step."""
    at = f"/samples/{made(alias, integer=0).pk}/"
    with serving("samples") as ask:
        told = {name: ask("GET", at).headers["ETag"] for name in headers}

        def attempt(number: int) -> Any:
            steps = [
                {"op": "test", "path": "/integer", "value": 0},
                {"op": "replace", "path": "/integer", "value": number + 1},
            ]
            return ask("PATCH", at, json.dumps(steps).encode(), {**PATCHES, **told})

        answers = race(attempt)
        assert statuses(answers) == {200: 1, 412 if headers else 409: CLIENTS - 1}
        [winner] = [number for number, answer in enumerate(answers) if answer.status == 200]
        assert json.loads(ask("GET", at).body)["integer"] == winner + 1


@everywhere
@pytest.mark.parametrize("name", ["samples", "versioned"])
def test_of_twelve_that_delete_one_state_one_does(name, alias):
    at = f"/{name}/{made(alias, small=1).pk}/"
    with serving(name) as ask:
        tag = ask("GET", at).headers["ETag"]
        told = statuses(race(lambda _: ask("DELETE", at, None, {"If-Match": tag})))

    assert told.pop(204) == 1
    assert {*told} <= {404, 412}
    assert sum(told.values()) == CLIENTS - 1


@everywhere
@pytest.mark.parametrize("name", ["versioned", "awaited"])
def test_clients_that_count_one_up_all_count(name, alias):
    """Each reads, adds one, writes if nothing has changed, and else begins again: no update is lost."""
    pk = made(alias, integer=0).pk
    with serving(name) as ask:

        def count(_: int) -> set[int]:
            told = set()
            for _ in range(10 * COUNTING):
                seen = ask("GET", f"/{name}/{pk}/")
                body = json.dumps({"integer": json.loads(seen.body)["integer"] + 1}).encode()
                status = ask("PATCH", f"/{name}/{pk}/", body, {**JSON, "If-Match": seen.headers["ETag"]}).status
                told.add(status)
                if status == 200:
                    break
            return told

        assert set().union(*race(count, COUNTING)) <= {200, 412}

    assert stored(alias, pk).integer == COUNTING


# Without a tag

VALUES = {
    "char": "a", "text": "b", "slug": "c", "email": "d@example.org", "integer": 1, "small": 2, "big": 3,
    "positive": 4, "real": 0.5, "flag": False, "size": "L", "rank": 1,
}  # fmt: skip


@everywhere
def test_twelve_patches_of_different_fields_lose_nothing(alias):
    at = f"/samples/{made(alias).pk}/"
    one_each = [*VALUES.items()]
    assert len(one_each) == CLIENTS
    with serving("samples") as ask:
        answers = race(lambda number: ask("PATCH", at, json.dumps(dict([one_each[number]])).encode(), JSON))
        assert statuses(answers) == {200: CLIENTS}

        shown = json.loads(ask("GET", at).body)
        assert {name: shown[name] for name in VALUES} == VALUES


@in_one_transaction
def test_nothing_is_lost_where_django_opens_a_transaction_around_each_request(alias):
    test_twelve_patches_of_different_fields_lose_nothing(alias)


@everywhere
@pytest.mark.parametrize("name", ["labels", "awaited-labels"])
def test_of_twelve_that_create_one_thing_one_does(name, alias):
    with serving(name) as ask:
        answers = race(lambda _: ask("POST", f"/{name}/", b'{"word": "tea"}', JSON))

    assert statuses(answers) == {201: 1, 409: CLIENTS - 1}
    assert elsewhere(Label.objects.count, alias) == 1


@everywhere
def test_patches_of_many_objects_in_different_orders_do_not_hold_each_other_up(alias):
    keys = [made(alias).pk for _ in range(8)]
    with serving("samples") as ask:

        def attempt(number: int) -> Any:
            order = keys if number % 2 else keys[::-1]
            return ask(
                "PATCH", "/samples/", json.dumps([{"pk": pk, "char": f"{number}"} for pk in order]).encode(), JSON
            )

        assert statuses(race(attempt, clients=6)) == {200: 6}
        assert len({each["char"] for each in json.loads(ask("GET", "/samples/").body)}) == 1


# Longer than anybody waits


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_sqlite_that_stays_locked_is_told_as_busy(method, tmp_path, django_db_blocker):
    """RFC 9110, section 15.6.4: it is nobody's fault, and over in a moment."""
    options = {"OPTIONS": {"timeout": 0.05}}
    with (
        django_db_blocker.unblock(),
        file_database(tmp_path / "db", **options) as alias,
        site(),
        over_wsgi() as ask,
    ):
        at = f"/samples/{made(alias).pk}/" if method != "POST" else "/samples/"
        body = None if method == "DELETE" else b'{"char": "b"}'
        holder = sqlite3.connect(tmp_path / "db", isolation_level=None)
        try:
            holder.execute("BEGIN IMMEDIATE")
            reading, writing = ask("GET", at), ask(method, at, body, JSON)
            holder.execute("ROLLBACK")
        finally:
            holder.close()
        again = ask(method, at, body, JSON)

    assert (reading.status, statuses([writing])) == (200, {503: 1})
    assert int(writing.headers["Retry-After"]) > 0
    assert again.status in (200, 201, 204)


@pytest.mark.parametrize("alias", [POSTGRES], indirect=True)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_row_of_postgresql_that_stays_locked_is_told_as_busy(method, alias, monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=50")
    pk = made(alias).pk
    body = None if method == "DELETE" else b'{"char": "b"}'
    with over_wsgi() as ask:

        def held() -> Any:
            with transaction.atomic(using=alias):
                Sample.objects.select_for_update().get(pk=pk)
                return ask(method, f"/samples/{pk}/", body, {**JSON, "If-Match": "*"})

        writing = elsewhere(held, alias)
        again = ask(method, f"/samples/{pk}/", body, {**JSON, "If-Match": "*"})

    assert statuses([writing]) == {503: 1}
    assert int(writing.headers["Retry-After"]) > 0
    assert again.status in (200, 204)


# What stands on the wire


@on_sqlite
def test_answers_without_a_body_end_with_their_header_fields(alias):
    """They have no length, which would be that of another answer or of nothing (RFC 9110, section 8.6)."""
    at = f"/samples/{made(alias, char='a').pk}/"
    with over_wsgi() as ask:
        for request, status in ((f"GET {at}", 304), (f"HEAD {at}", 304), (f"DELETE {at}", 204)):
            condition = "If-None-Match: *\r\n" if status == 304 else ""
            with socket.create_connection(ask.address, timeout=10) as raw:
                raw.sendall(f"{request} HTTP/1.1\r\nHost: localhost\r\n{condition}Connection: close\r\n\r\n".encode())
                head, _, body = b"".join(iter(lambda raw=raw: raw.recv(65536), b"")).partition(b"\r\n\r\n")

            lines = head.decode().split("\r\n")
            names = {line.partition(":")[0].lower() for line in lines[1:]}
            assert (lines[0][:12], body) == (f"HTTP/1.1 {status}", b"")
            assert not names & {"content-length", "content-type", "transfer-encoding"}
            assert {"cache-control"} | ({"etag", "vary"} if status == 304 else set()) <= names
