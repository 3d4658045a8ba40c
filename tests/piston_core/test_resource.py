"""A resource as a Django view: the order of its steps, its place in a URL configuration, its threads."""

from __future__ import annotations

from itertools import combinations
from threading import Barrier, Thread

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, re_path, reverse
from django.views.decorators.cache import never_cache

from blog.models import Post
from piston_core import BaseHandler, Resource, SettingsError
from piston_core.registry import forget_registry
from tests.piston_core.pipeline.asking import BAD, GOOD, JSON, Key, Recording, ask, data_of, problem_of, send, serving

# What may be wrong with a request, in the order in which it is found out, and what is answered.
FAULTS = {
    "credentials": (401, {"headers": BAD}),
    "method": (405, {"method": "POST"}),
    "format": (406, {"headers": {"Accept": "image/png"}}),
    "length": (411, {"headers": {"Transfer-Encoding": "chunked", "Content-Length": ""}}),
    "type": (415, {"content_type": "application/xml"}),
    "size": (413, {"body": b'{"a": "%s"}' % (b"x" * 500)}),
    "body": (400, {"body": b"{"}),
}


class Putting(Recording):
    allowed_methods = ("GET", "PUT")


def asked_wrongly(handler, faults):
    """Return the response to a PUT with these faults."""
    request = {"method": "PUT", "body": b"{}", "content_type": JSON, "headers": {}}
    for fault in faults:
        changes = FAULTS[fault][1]
        headers = request["headers"] | changes.get("headers", {})
        request |= changes | {"headers": headers}
    request["headers"] = GOOD | request["headers"]
    return ask(handler, authentication=[Key()], DATA_UPLOAD_MAX_MEMORY_SIZE=400, **request)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_alone_has_its_status_and_no_side_effect(fault):
    handler = Putting()

    assert problem_of(asked_wrongly(handler, [fault]))["status"] == FAULTS[fault][0]
    assert handler.calls == []


PAIRS = [pair for pair in combinations(FAULTS, 2) if pair != ("size", "body")]  # which are one body


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_of_two_faults_the_one_that_comes_first_on_the_way_is_answered(first, second):
    handler = Putting()

    assert problem_of(asked_wrongly(handler, [first, second]))["status"] == FAULTS[first][0]
    assert handler.calls == []


def test_an_unknown_client_learns_nothing_but_that_it_is_unknown():
    """Not whether its method is served, nor its format, nor that its body is malformed."""
    assert problem_of(asked_wrongly(Putting(), FAULTS))["status"] == 401


def test_without_any_fault_the_method_is_called_once():
    handler = Putting()

    assert asked_wrongly(handler, []).status_code == 200
    assert handler.calls == ["update"]


def test_data_is_validated_before_the_method_and_after_everything_else(alice):
    assert alice.post("/api/posts/", {"nonsense": 1}, content_type=JSON).status_code == 422
    assert alice.post("/api/posts/?format=nope", {"nonsense": 1}, content_type=JSON).status_code == 406
    assert Client().post("/api/posts/", {"nonsense": 1}, content_type=JSON).status_code == 401


class Echo(BaseHandler):
    def read(self, request, **kwargs):
        return {name: str(value) for name, value in kwargs.items()}


@pytest.mark.parametrize(
    ("route", "address", "arguments"),
    [
        (path("it/", Resource(Echo, authentication=())), "/it/", {}),
        (
            path("it/<slug:slug>/<int:page>/", Resource(Echo, authentication=())),
            "/it/tea/7/",
            {"slug": "tea", "page": "7"},
        ),
        (path("it/<path:rest>", Resource(Echo, authentication=())), "/it/a/b//c", {"rest": "a/b//c"}),
        (re_path(r"^it/(?P<year>[0-9]{4})/$", Resource(Echo, authentication=())), "/it/2026/", {"year": "2026"}),
        (re_path(r"^it(?:/(?P<page>\d+))?/$", Resource(Echo, authentication=())), "/it/", {}),
        (re_path(r"^it(?:/(?P<page>\d+))?/$", Resource(Echo, authentication=())), "/it/3/", {"page": "3"}),
        (path("it/", Resource(Echo, authentication=()), {"extra": 1}), "/it/", {"extra": "1"}),
        (
            path("<name>/", include([path("<int:n>/", Resource(Echo, authentication=()))])),
            "/é/5/",
            {"name": "é", "n": "5"},
        ),
        (path("it/", never_cache(Resource(Echo, authentication=()))), "/it/", {}),
    ],
)
def test_a_resource_stands_anywhere_in_a_url_configuration(route, address, arguments):
    with serving(route) as client:
        assert data_of(client.get(address)) == arguments


def test_a_resource_is_a_plain_view():
    resource = Resource(Echo, authentication=())

    assert resource(RequestFactory().get("/"), a="b").content == b'{"a":"b"}'
    with serving(path("posts/<slug:slug>/", resource, name="post")):
        assert reverse("post", args=["tea"]) == "/posts/tea/"


def test_a_resource_needs_no_csrf_token_since_it_takes_no_cookie():
    resource = Resource(Recording, authentication=())
    with serving(path("it/", resource)):
        response = Client(enforce_csrf_checks=True).post("/it/", {"a": 1}, content_type=JSON)

    assert response.status_code == 201


def test_a_resource_takes_a_handler_or_its_class():
    handler = Recording()
    ask(handler)
    ask(handler)

    assert handler.calls == ["read", "read"]
    assert Resource(Recording).handler is not Resource(Recording).handler


def test_resources_of_one_handler_are_told_apart_by_what_they_declare():
    guarded, open_to_all = Resource(Echo, authentication=[Key()]), Resource(Echo, authentication=())
    lines = Resource(Echo, authentication=(), emitters=["jsonl"])
    with serving(path("a/", guarded), path("b/", open_to_all), path("c/", lines)) as client:
        assert client.get("/a/").status_code == 401
        assert client.get("/b/").headers["Content-Type"] == JSON
        assert client.get("/c/").headers["Content-Type"] == "application/jsonl"


def test_the_settings_name_the_authenticators_of_a_resource_that_names_none():
    with serving(path("it/", Resource(Echo))) as client:
        assert client.get("/it/").headers["WWW-Authenticate"].startswith("Basic")
        with override_settings(PISTON={"PLUGINS": ["json"]}):
            assert client.get("/it/").status_code == 200


def test_a_resource_follows_the_settings_as_they_change():
    """Also one that has served requests before; afterwards all is as it was."""
    resource = Resource(Recording, authentication=())
    with serving(path("it/", resource)) as client:
        assert client.get("/it/").headers["Content-Type"] == JSON
        with override_settings(PISTON={"PLUGINS": ["json"], "DEFAULT_EMITTER": "jsonl"}):
            assert client.get("/it/").headers["Content-Type"] == "application/jsonl"
            with override_settings(PISTON={"PLUGINS": []}):
                assert client.get("/it/").status_code == 406
            assert client.get("/it/").headers["Content-Type"] == "application/jsonl"
        assert client.get("/it/").headers["Content-Type"] == JSON


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"emitters": ["jsn"]}, "did you mean 'json'"),
        ({"authentication": ["oauth"]}, "oauth"),
        ({"authentication": "basc"}, "did you mean 'basic'"),
    ],
)
def test_a_name_that_nobody_offers_is_an_error_and_never_ignored(declared, said):
    handler = Recording()
    resource = Resource(handler, **declared)
    with pytest.raises(SettingsError, match=said):
        resource(RequestFactory().get("/"))

    assert handler.calls == []


class Listing(BaseHandler):
    model = Post
    fields = ("title", ("author", ("username",)), ("tags", ("name",)))

    def read(self, request, number):
        return {"number": number, "posts": Post.objects.none()}


def test_eight_threads_may_bring_a_resource_its_first_requests():
    """Settings are read, plugins collected, plans compiled: once or eight times, but never half."""
    for _ in range(5):
        forget_registry()
        resource = Resource(Listing, authentication=())
        start = Barrier(8)
        answers = {}

        def get(number, resource=resource, start=start, answers=answers):
            request = RequestFactory().get("/", headers={"Accept": f"application/json, x/y{number}"})
            start.wait()
            response = resource(request, number=number)
            answers[number] = (response.status_code, response.content)

        threads = [Thread(target=get, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert answers == {n: (200, b'{"number":%d,"posts":[]}' % n) for n in range(8)}


def test_a_handler_may_answer_with_a_response_of_any_kind():
    class Own(BaseHandler):
        def read(self, request):
            return HttpResponse(status=302, headers={"Location": "/elsewhere/"})

    response = ask(Own)

    assert (response.status_code, response.headers["Location"]) == (302, "/elsewhere/")


def test_what_a_handler_finds_on_the_request(db):
    class Finding(BaseHandler):
        def create(self, request):
            return {
                "user": str(request.user),
                "identity": request.identity.authenticator,
                "data": request.data,
                "form": request.form,
                "method": request.method,
                "query": request.GET.dict(),
            }

    response = ask(Finding, "POST", "/it/?a=1", b'{"b": 2}', JSON, GOOD, authentication=[Key("kim")], MIDDLEWARE=[])

    assert data_of(response) == {
        "user": "kim",
        "identity": "key",
        "data": {"b": 2},
        "form": None,
        "method": "POST",
        "query": {"a": "1"},
    }


@pytest.mark.parametrize("query", ["a=1&" * 1001, "format=json&" + "a=1&" * 1001])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_query_with_too_many_fields_is_a_problem_wherever_it_is_read_first(db, query, method):
    class Reading(BaseHandler):
        def read(self, request):
            return request.GET.dict()

        create = read

    assert problem_of(ask(Reading, method, f"/it/?{query}"))["status"] == 400


def test_two_requests_at_once_do_not_see_each_other(db):
    """A handler's instance serves everybody; a request inside a request is the shortest way to have two."""
    inner = Resource(Echo, authentication=[Key("inner")])

    class Outer(BaseHandler):
        def read(self, request):
            with override_settings(ROOT_URLCONF=(path("inner/<name>/", inner),)):
                nested = send(Client(), "GET", "/inner/kim/", headers=GOOD)
            return {"nested": nested.json(), "user": str(request.user)}

    assert data_of(ask(Outer, headers=GOOD, authentication=[Key("outer")])) == {
        "nested": {"name": "kim"},
        "user": "outer",
    }
