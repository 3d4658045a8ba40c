"""What a subclass of a resource decides, and what stays the core's whatever it decides."""

from __future__ import annotations

import pytest
from django.http import Http404, HttpResponse

from piston_core import (
    BaseHandler,
    Choice,
    Document,
    Emitter,
    Outcome,
    Parts,
    Problem,
    Resource,
    SettingsError,
    describe,
    forget_registry,
)
from piston_core.registry import get_registry
from piston_core.testing import serving
from piston_core.testing.handlers import Receiving, Returning

pytestmark = pytest.mark.undescribed("a subclass answers in its own way")


class Shouting(Emitter):
    name = "shout"
    media_types = ("text/shout",)

    def emit(self, document, request):
        return str(document.data).upper().encode()

    def stream(self, document, request):
        yield self.emit(Document(list(document.data)), request)


def served(kind, handler=None, **settings):
    handler = Returning({"a": 1}) if handler is None else handler
    return serving(kind(handler, authentication=[]), plugins=["json"], **settings)


def test_a_format_of_one_resource_is_an_instance():
    resource = Resource(Returning({"a": 1}), authentication=[], emitters=[Shouting(), "json"])

    with serving(resource, plugins=["json"]) as client:
        assert client.get("/").content == b"{'A': 1}"
        assert client.get("/?format=json").json() == {"a": 1}


def test_a_format_that_nobody_offers_is_refused_by_its_name():
    resource = Resource(Returning({}), authentication=[], emitters=["jsn"])

    with serving(resource, plugins=["json"]), pytest.raises(SettingsError, match="did you mean 'json'"):
        resource.bound()


def test_parts_are_asked_once_for_each_registry():
    asked = []

    class Own(Resource):
        def parts(self, registry):
            asked.append(registry)
            return Parts([], emitters=[Shouting(), *registry.emitters.values()])

    with served(Own) as client:
        assert client.get("/").content == client.get("/").content == b"{'A': 1}"
        forget_registry()
        client.get("/")

    assert len(asked) == 2
    assert asked[0] is not asked[1]


def test_actions_say_which_method_serves_what():
    class Own(Resource):
        def actions(self, handler, names):
            return {"GET": "read", "DELETE": ""}

    with served(Own) as client:
        assert client.get("/").status_code == 200
        assert client.delete("/").status_code == 501
        assert client.head("/").headers["Allow"] == "GET, DELETE, OPTIONS"


def test_actions_may_name_a_method_of_the_handlers_own_which_is_described_as_well():
    class Own(Resource):
        def actions(self, handler, names):
            return {"GET": "fetch"}

    class Handler(BaseHandler):
        def fetch(self, request):
            return {"did": "fetch"}

    with served(Own, Handler) as client:
        assert client.get("/").json() == {"did": "fetch"}
        [place] = describe().places

    assert [(each.method, each.action, each.summary) for each in place.methods] == [("GET", "fetch", "Fetch.")]


def test_options_may_be_a_method_like_others():
    class Own(Resource):
        describes = False

    with served(Own) as client:
        assert client.options("/").status_code == 405


def test_a_format_may_be_chosen_in_another_way_and_is_still_chosen_before_anything_is_done():
    class Own(Resource):
        def choose_format(self, request, formats):
            if "nothing" in request.GET:
                raise Problem(406)
            return Choice(formats.emitters["json"], "application/vnd.own+json")

    handler = Receiving()
    with served(Own, handler) as client:
        assert client.post("/?nothing", {}, "application/json").status_code == 406
        assert handler.received == []
    with served(Own) as client:
        assert client.get("/").headers["Content-Type"] == "application/vnd.own+json"


def test_parameters_may_be_the_handlers_own():
    class Numbers(BaseHandler):
        fields = ("a",)

        def read(self, request):
            return {"a": request.GET["fields"]}

    class Own(Resource):
        reads_parameters = False

    with served(Own, Numbers) as client:
        response = client.get("/?fields=b&limit=nonsense", headers={"Range": "items=9-"})

    assert (response.status_code, response.json()) == (200, {"a": "b"})


def test_a_body_may_be_read_in_another_way():
    class Own(Resource):
        def read_body(self, request, parsers, max_upload_size, aim):
            if request.content_type == "text/odd":
                return request.body.decode()
            return super().read_body(request, parsers, max_upload_size, aim)

    handler = Receiving()
    with served(Own, handler) as client:
        client.post("/", "odd", "text/odd")
        client.post("/", {"a": 1}, "application/json")
        assert client.post("/", "a", "text/even").status_code == 415

    assert handler.received == ["odd", {"a": 1}]


def test_invoke_is_around_the_method():
    seen = []

    class Own(Resource):
        def invoke(self, request, operation, kwargs, proceed):
            seen.append((operation.action, dict(kwargs)))
            return {"was": proceed()}

    with served(Own) as client:
        assert client.get("/").json() == {"was": {"a": 1}}

    assert seen == [("read", {})]


def test_an_outcome_of_400_and_more_has_data_and_undoes_what_was_written(db):
    from blog.models import Tag

    class Tags(BaseHandler):
        model = Tag

        def create(self, request):
            return Tag.objects.create(name="gone", slug="gone")

    class Own(Resource):
        def outcome(self, request, operation, result):
            return Outcome(409, {"name": result.name})

    with served(Own, Tags) as client:
        response = client.post("/", {}, "application/json")

    assert (response.status_code, response.json()) == (409, {"name": "gone"})
    assert not Tag.objects.exists()


def test_refusals_may_be_said_otherwise_or_left_to_django():
    class Own(Resource):
        def refuse(self, request, bound, error):
            if isinstance(error, Problem):
                return HttpResponse(f"no: {error.status}", status=error.status)
            raise Http404

    def fail(request):
        raise LookupError

    handler = type("Failing", (BaseHandler,), {"read": lambda self, request: fail(request)})
    with served(Own, handler) as client:
        refused, failed = client.delete("/"), client.get("/")

    assert (refused.status_code, refused.content) == (405, b"no: 405")
    assert (failed.status_code, failed.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_the_registry_is_built_anew_after_it_was_forgotten():
    before = get_registry()
    forget_registry()

    assert get_registry() is not before
