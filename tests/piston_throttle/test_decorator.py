"""The decorator of a method: what the ancestor's did, and what is counted together."""

from __future__ import annotations

import http_sf
import pytest
from django.contrib.auth.models import Group
from django.urls import path

from piston_core import AnonymousBaseHandler, BaseHandler, Resource
from piston_throttle import throttle
from tests.piston_throttle.asking import Named, Open, serving, statuses


def test_five_pass_and_the_sixth_is_refused():
    class Handler(Open):
        @throttle(5, 10 * 60)
        def create(self, request):
            return {"ok": True}

    with serving(Handler) as client:
        assert statuses(client, 7, method="POST") == [201] * 5 + [429] * 2
        assert statuses(client, 1) == [200]  # another method


def test_a_refused_call_does_nothing_and_says_when_to_come_back():
    calls = []

    class Handler(Open):
        @throttle(1, 60, name="strict")
        def create(self, request):
            calls.append(request)
            return {"ok": True}

    with serving(Handler) as client:
        assert statuses(client, 1, method="POST") == [201]
        refused = client.post("/")

    assert len(calls) == 1
    assert refused.json()["violated-policies"] == ["strict"]
    assert refused.headers["Retry-After"] == "60"
    assert refused.headers["RateLimit"] == '"strict";r=0;t=60'


def test_each_method_handler_and_sender_is_counted_apart():
    class One(Open):
        @throttle(1, 60)
        def read(self, request):
            return {}

        @throttle(1, 60)
        def delete(self, request):
            return None

    class Two(One):
        pass

    with serving([path("one/", Resource(One)), path("two/", Resource(Two))]) as client:
        assert statuses(client, 2, "/one/") == [200, 429]
        assert statuses(client, 2, "/one/", "DELETE") == [204, 429]
        assert statuses(client, 2, "/two/") == [200, 429]
        assert statuses(client, 2, "/one/", at="192.0.2.2") == [200, 429]


def test_one_handler_at_two_addresses_has_one_quota():
    class Handler(Open):
        @throttle(2, 60)
        def read(self, request, number=0):
            return {}

    with serving([path("", Resource(Handler)), path("<int:number>/", Resource(Handler))]) as client:
        assert statuses(client, 1, "/") + statuses(client, 2, "/7/") == [200, 200, 429]


@pytest.mark.django_db
def test_put_and_patch_that_call_one_method_use_up_one_quota():
    class Handler(BaseHandler):
        model = Group
        fields = ("name",)
        allowed_methods = ("PUT", "PATCH")

        @throttle(2, 60)
        def update(self, request, **kwargs):
            return {"name": request.data["name"]}

    group = Group.objects.create(name="staff")
    body = {"name": "people"}
    with serving([path("<int:pk>/", Resource(Handler))]) as client:
        sent = [
            getattr(client, method)(f"/{group.pk}/", body, "application/json") for method in ("put", "patch", "put")
        ]

    assert [each.status_code for each in sent] == [200, 200, 429]


def test_a_group_is_counted_together():
    class One(Open):
        @throttle(2, 60, group="writing")
        def create(self, request):
            return {}

        @throttle(2, 60, group="writing")
        def delete(self, request):
            return None

    class Two(One):
        pass

    with serving([path("one/", Resource(One)), path("two/", Resource(Two))]) as client:
        assert statuses(client, 1, "/one/", "POST") == [201]
        assert statuses(client, 1, "/two/", "POST") == [201]
        assert statuses(client, 1, "/one/", "DELETE") == [429]
        assert client.delete("/one/").json()["violated-policies"] == ["writing"]


def test_several_stand_on_one_method_and_all_are_asked():
    class Handler(Open):
        @throttle(2, 60, name="burst")
        @throttle(3, 3600, name="daily", algorithm="fixed")
        def read(self, request):
            return {}

    with serving(Handler) as client:
        told = client.get("/").headers

    assert sorted(told["RateLimit-Policy"].split(", ")) == ['"burst";q=2;w=60', '"daily";q=3;w=3600']
    assert sorted(told["RateLimit"].split(", ")) == ['"burst";r=1;t=30', '"daily";r=2;t=3600']


def test_one_decorator_on_several_methods_counts_each():
    strict = throttle(1, 60)

    class Handler(Open):
        @strict
        def read(self, request):
            return {}

        @strict
        def create(self, request):
            return {}

    with serving(Handler) as client:
        assert statuses(client, 2) + statuses(client, 2, method="POST") == [200, 429, 201, 429]


def test_an_anonymous_handler_has_quotas_of_its_own():
    class Visitors(AnonymousBaseHandler):
        @throttle(1, 60)
        def read(self, request):
            return {}

    class Handler(BaseHandler):
        anonymous = Visitors

        @throttle(2, 60)
        def read(self, request):
            return {}

    with serving(Resource(Handler, authentication=[Named()])) as client:
        assert statuses(client, 2) == [200, 429]
        assert statuses(client, 3, X_User="1") == [200, 200, 429]


def test_an_asynchronous_method_is_throttled_alike():
    class Handler(BaseHandler):
        @throttle(1, 60)
        async def read(self, request):
            return {}

    with serving(Handler) as client:
        assert statuses(client, 2) == [200, 429]


def test_what_is_not_served_uses_nothing_up():
    class Handler(BaseHandler):
        @throttle(1, 60)
        def read(self, request):
            return {}

    with serving(Handler) as client:
        assert statuses(client, 2, method="POST") + statuses(client, 2, method="OPTIONS") == [405, 405, 204, 204]
        assert statuses(client, 2, method="HEAD") == [200, 429]


def test_what_cannot_be_meant_is_refused_where_it_is_written():
    with pytest.raises(ValueError, match="limit is 0; it has to be a whole number from 1"):
        throttle(0, 60)


@pytest.mark.parametrize("name", ["a", "A-B_c", "five per ten", '"quoted\\"'])
def test_a_name_may_be_any_printable_text(name):
    class Handler(Open):
        @throttle(5, 60, name=name)
        def read(self, request):
            return {}

    with serving(Handler) as client:
        [[told, parameters]] = http_sf.parse(client.get("/").headers["RateLimit"].encode(), tltype="list")

    assert (told, parameters["r"]) == (name, 4)
