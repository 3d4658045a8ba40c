"""Two careful clients and a world that changes: neither overwrites what it has not seen, nor keeps what is old."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import path
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from piston_core import BaseHandler, Resource
from tests.piston_core.pipeline.asking import JSON, send, serving
from tests.shop.models import Sample
from tests.shop.versions import Numbered

WAYS = {"PUT": JSON, "PATCH": JSON, "merge": "application/merge-patch+json", "steps": "application/json-patch+json"}
values = st.fixed_dictionaries({"char": st.sampled_from(["", "a", "b"]), "integer": st.sampled_from([None, 0, 1])})
clients = objects = st.sampled_from([0, 1])  # few of both, so that they get in each other's way


class Samples(BaseHandler):
    model = Sample
    fields = ("char", "integer")


class Versioned(Samples):
    form = Numbered
    version_field = "small"


class Careful(Versioned):
    version_field = None
    require_precondition = True


class Known(NamedTuple):
    """What a client knows of an object, or what is true of it.

    Attributes:
        values: what is shown.
        changes: how often it has been written.
        tag: what the server calls this state; ``""`` if it has not said so.
    """

    values: dict[str, Any]
    changes: int
    tag: str = ""


class World(RuleBasedStateMachine):
    """Holds what each client knows beside what is true.

    The clients and the kind of handler are those of the test that runs it.
    """

    client: Client
    counted: bool  # whether a state is one version, and not all that look alike

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []
        self.truth: dict[int, Known | None] = {}
        self.known: list[dict[int, Known]] = [{}, {}]

    def teardown(self) -> None:
        Sample.objects.all().delete()

    def same(self, known: Known, present: Known) -> bool:
        """Return whether a client knows the present state."""
        return known.changes == present.changes if self.counted else known.values == present.values

    @initialize(one=values, other=values)
    def begin(self, one: dict[str, Any], other: dict[str, Any]) -> None:
        self.keys = [self._created(one), self._created(other)]

    def _created(self, sent: dict[str, Any]) -> int:
        assert send(self.client, "POST", "/it/", json.dumps(sent), JSON).status_code == 201
        pk = Sample.objects.latest("pk").pk
        self.truth[pk] = Known(sent, 1)
        return pk

    @rule(it=objects, sent=values)
    @precondition(lambda self: None in self.truth.values())
    def replace(self, it: int, sent: dict[str, Any]) -> None:
        if self.truth[self.keys[it]] is None:
            self.keys[it] = self._created(sent)

    @rule(who=clients, it=objects)
    def read(self, who: int, it: int) -> None:
        pk = self.keys[it]
        known, present = self.known[who].get(pk), self.truth[pk]
        headers = {"If-None-Match": known.tag} if known else {}
        answer = send(self.client, "GET", f"/it/{pk}/", headers=headers)
        if present is None:
            assert answer.status_code == 404
        elif known and self.same(known, present):
            assert answer.status_code == 304
            assert answer.headers["ETag"] == known.tag
        else:
            assert (answer.status_code, json.loads(answer.content)) == (200, present.values)
            assert not known or answer.headers["ETag"] != known.tag
            self.known[who][pk] = present._replace(tag=answer.headers["ETag"])

    @rule(who=clients, it=objects, way=st.sampled_from([*WAYS]), sent=values)
    def write(self, who: int, it: int, way: str, sent: dict[str, Any]) -> None:
        pk = self.keys[it]
        known, present = self.known[who].get(pk), self.truth[pk]
        if known is None:  # a careful client looks first
            return self.read(who, it)
        steps = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in sent.items()]
        method = "PUT" if way == "PUT" else "PATCH"
        body = json.dumps(steps if way == "steps" else sent)
        answer = send(self.client, method, f"/it/{pk}/", body, WAYS[way], {"If-Match": known.tag})
        if present is None:
            assert answer.status_code == 404
        elif not self.same(known, present):
            assert answer.status_code == 412
        else:
            assert (answer.status_code, json.loads(answer.content)) == (200, sent)
            self.truth[pk] = written = Known(sent, present.changes + 1)
            self.known[who].pop(pk)
            if "ETag" in answer.headers:
                self.known[who][pk] = written._replace(tag=answer.headers["ETag"])
        return None

    @rule(who=clients, it=objects)
    def delete(self, who: int, it: int) -> None:
        pk = self.keys[it]
        known, present = self.known[who].get(pk), self.truth[pk]
        if known is None:
            return
        status = send(self.client, "DELETE", f"/it/{pk}/", headers={"If-Match": known.tag}).status_code
        if present is None:
            assert status == 404
        elif self.same(known, present):
            assert status == 204
            self.truth[pk] = None
        else:
            assert status == 412

    @invariant()
    def nothing_else_is_stored(self) -> None:
        stored = {each["pk"]: each for each in Sample.objects.values("pk", "char", "integer")}
        assert stored == {pk: {"pk": pk, **known.values} for pk, known in self.truth.items() if known is not None}


@pytest.mark.django_db
@pytest.mark.parametrize("handler", [Samples, Versioned, Careful])
def test_no_update_is_lost_and_nothing_old_is_kept(handler):
    resource = Resource(handler, authentication=())
    with serving(path("it/", resource), path("it/<int:pk>/", resource)) as client:
        given = {"client": client, "counted": handler is Versioned}
        world = type("ThisWorld", (World,), given)
        checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
        how = settings(max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=checks)
        run_state_machine_as_test(world, settings=how)
