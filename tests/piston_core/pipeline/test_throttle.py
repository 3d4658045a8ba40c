"""Throttles: asked before anything is done, told to the client in the RateLimit fields and with 429."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import include, path

from piston_core import Api, BaseHandler, Problem, Resource, Throttle, Verdict, hookimpl, throttled
from piston_core.checks import check_piston
from tests.piston_core.pipeline.asking import BAD, GOOD, Key, Recording, problem_of, serving


class Counting(Throttle):
    """Lets ``limit`` requests pass."""

    name = "counting"

    def __init__(self, limit: int = 2, policy: str = "burst", reset: float = 29.2) -> None:
        self.limit = limit
        self.policy = policy
        self.reset = reset
        self.asked: list[object] = []

    def check(self, request, identity, operation):
        self.asked.append(identity and identity.user)
        left = self.limit - len(self.asked)
        return Verdict(left >= 0, self.policy, self.limit, 60, max(left, 0), self.reset)


class Indifferent(Throttle):
    name = "indifferent"

    def check(self, request, identity, operation):
        return None


@hookimpl
def piston_throttles():
    return [Indifferent(), Counting()]


NAMED = {"PLUGINS": ["json", __name__]}


def served(*throttles, handler=Recording, **options):
    """Serve a handler behind these throttles for the length of a block."""
    api = Api(throttles=throttles)
    api.route("it/", handler, **{"authentication": (), **options})
    return serving(path("", include(api.urls)))


def test_what_is_left_is_told_with_every_answer():
    with served(Counting()) as client:
        first, second = client.get("/it/"), client.get("/it/")

    assert first.headers["RateLimit-Policy"] == second.headers["RateLimit-Policy"] == '"burst";q=2;w=60'
    assert [each.headers["RateLimit"] for each in (first, second)] == ['"burst";r=1;t=30', '"burst";r=0;t=30']


def test_one_too_many_is_refused_and_told_when_to_try_again():
    with served(Counting(limit=0)) as client:
        response = client.get("/it/")

    problem = problem_of(response)
    assert problem["status"] == 429
    assert problem["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert problem["violated-policies"] == ["burst"]
    assert response.headers["Retry-After"] == "30"
    assert response.headers["RateLimit"] == '"burst";r=0;t=30'


def test_who_is_refused_has_not_used_up_the_quotas_after_it():
    strict, generous = Counting(limit=0, policy="strict"), Counting(policy="generous")
    with served(strict, generous) as client:
        assert client.get("/it/").status_code == 429

    assert (len(strict.asked), len(generous.asked)) == (1, 0)


def test_several_quotas_are_one_list():
    with served(Counting(policy="a"), Indifferent(), Counting(limit=9, policy='b"\\')) as client:
        response = client.get("/it/")

    assert response.headers["RateLimit-Policy"] == '"a";q=2;w=60, "b\\"\\\\";q=9;w=60'


def test_nobody_is_told_of_quotas_that_do_not_concern_the_request():
    with served(Indifferent()) as client:
        response = client.get("/it/")

    assert response.status_code == 200
    assert "RateLimit" not in response.headers


def test_nothing_is_done_for_a_refused_request():
    handler = Recording()

    class Handler(BaseHandler):
        def create(self, request):
            return handler.create(request)

    with served(Counting(limit=0), handler=Handler) as client:
        response = client.post("/it/", b"not JSON", "application/json", headers={"Accept": "text/none"})

    assert response.status_code == 429  # and neither 400 nor 406
    assert handler.calls == []


def test_a_refusal_of_the_handler_tells_what_is_left_as_well():
    class Refusing(BaseHandler):
        def read(self, request):
            raise Problem(409)

    with served(Counting(), handler=Refusing) as client:
        response = client.get("/it/")

    assert (response.status_code, response.headers["RateLimit"]) == (409, '"burst";r=1;t=30')


def test_a_method_that_is_not_served_and_options_use_nothing_up():
    throttle = Counting()
    with served(throttle, handler=type("Reading", (BaseHandler,), {"read": lambda self, request: {}})) as client:
        assert client.delete("/it/").status_code == 405
        assert client.options("/it/").status_code == 204

    assert throttle.asked == []


def test_a_throttle_is_told_who_asks():
    throttle = Counting(limit=9)
    with served(throttle, authentication=[Key()]) as client:
        client.get("/it/", headers=GOOD)
        client.get("/it/", headers=BAD)
        client.get("/it/")

    assert throttle.asked == ["somebody"]  # who is not let in has used nothing up


def test_an_asynchronous_handler_is_throttled_alike():
    class Asynchronous(BaseHandler):
        async def read(self, request):
            return {"ok": True}

    with served(Counting(limit=1), handler=Asynchronous) as client:
        first, second = client.get("/it/"), client.get("/it/")

    assert (first.status_code, first.headers["RateLimit"]) == (200, '"burst";r=0;t=30')
    assert (second.status_code, second.headers["Retry-After"]) == (429, "30")


def test_a_policy_that_no_field_can_hold_is_a_defect():
    with served(Counting(policy="ü")) as client:
        assert problem_of(client.get("/it/"))["status"] == 500


def throttled_by(**options):
    """Return the ``RateLimit`` of three routes: with throttles of their own, of their API, of neither."""
    api = Api(**options)
    api.route("own/", Recording, throttles=["indifferent"])
    api.route("inherited/", Recording)
    with serving(path("", include(api.urls)), PISTON={**NAMED, "THROTTLES": ["counting"]}) as client:
        return ["RateLimit" in client.get(f"/{name}/").headers for name in ("own", "inherited")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, [False, True]), ({"throttles": []}, [False, False]), ({"throttles": ["counting"]}, [False, True])],
)
def test_a_route_names_its_throttles_else_its_api_else_the_settings(options, expected):
    assert throttled_by(authentication=(), **options) == expected


def test_a_name_that_nobody_offers_is_an_error_and_never_passes_for_none():
    api = Api(throttles=["countin"])
    api.route("it/", Recording)

    with serving(path("", include(api.urls)), PISTON=NAMED):
        [message] = check_piston()

    assert message.id == "piston.E003"
    assert "did you mean 'counting'" in message.msg


def test_an_unknown_name_in_the_settings_is_an_error():
    with serving(PISTON={**NAMED, "THROTTLES": ["burst"]}):
        [message] = check_piston()

    assert message.id == "piston.E002"
    assert "THROTTLES" in message.msg
    assert "unknown name 'burst'" in message.msg


def test_a_method_declares_throttles_of_its_own():
    first, second = Counting(2, "first"), Counting(1, "second")

    class Declaring(Recording):
        @throttled(first)
        @throttled(second)
        def create(self, request):
            return {}

    with served(Counting(9, "all"), handler=Declaring) as client:
        read, created, refused = client.get("/it/"), client.post("/it/"), client.post("/it/")

    assert read.headers["RateLimit-Policy"] == '"all";q=9;w=60'
    assert created.headers["RateLimit-Policy"] == '"all";q=9;w=60, "first";q=2;w=60, "second";q=1;w=60'
    assert (created.status_code, refused.status_code) == (201, 429)


@pytest.mark.django_db
def test_what_update_declares_holds_for_a_patch_that_runs_through_it():
    class Declaring(BaseHandler):
        model = User
        allowed_methods = ("PUT", "PATCH")

        @throttled(Counting(1))
        def update(self, request, pk):
            return {}

    with serving(path("<int:pk>/", Resource(Declaring, authentication=()))) as client:
        assert [client.patch("/7/").status_code, client.put("/7/").status_code] == [200, 429]


def test_an_inherited_method_keeps_its_throttles_and_another_one_has_none():
    class Declaring(Recording):
        @throttled(Counting(0))
        def read(self, request):
            return {}

    with served(handler=type("Heir", (Declaring,), {})) as client:
        assert client.get("/it/").status_code == 429
    with served(handler=type("Free", (Declaring,), {"read": Recording.read})) as client:
        assert client.get("/it/").status_code == 200


def test_a_throttle_knows_what_a_request_is_about_to_do():
    class Telling(Counting):
        def check(self, request, identity, operation):
            self.asked.append((type(operation.handler), operation.action))
            return

    telling = Telling()
    with served(telling) as client:
        client.head("/it/")
        client.delete("/it/")

    assert telling.asked == [(Recording, "read"), (Recording, "delete")]
