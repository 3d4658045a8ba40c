"""What projects changed of the ancestor's resource, by subclasses and attributes."""

from __future__ import annotations

import pytest
from django import forms
from django.http import HttpResponse

from blog.models import Tag
from piston.emitters import Emitter
from piston.handler import BaseHandler
from piston.resource import Resource
from piston.utils import rc, validate
from tests.piston_compat.old import old, returning

pytestmark = pytest.mark.django_db


class TitleForm(forms.Form):
    title = forms.CharField()


def validating():
    class Validating(BaseHandler):
        @validate(TitleForm)
        def create(self, request):
            return request.form.cleaned_data

    return Validating


def test_what_a_form_refuses_may_be_answered_in_another_way():
    class Own(Resource):
        def form_validation_response(self, e):
            response = rc.BAD_REQUEST
            response.content = {"errors": {name: list(found) for name, found in e.form.errors.items()}}
            return response

    with old(Own(validating())) as client:
        response = client.post("/", {})

    assert (response.status_code, response.json()) == (400, {"errors": {"title": ["This field is required."]}})


def test_a_report_may_be_made_in_another_way():
    told = []

    class Own(Resource):
        def email_exception(self, reporter):
            told.append(reporter.exc_type)

    def fail(request):
        raise RuntimeError("broken")

    resource = Own(returning(fail))
    resource.display_errors = True
    with old(resource) as client:
        assert client.get("/").status_code == 500
        resource.email_errors = False
        client.get("/")

    assert told == [RuntimeError]


def test_a_request_may_be_cleaned_in_another_way():
    class Own(Resource):
        def cleanup_request(self, request):
            request.own = "set"
            return request

    with old(Own(returning(lambda request: [request.own, request.GET.get("oauth_token")]))) as client:
        assert client.get("/?oauth_token=1").json() == ["set", "1"]


def test_other_methods_of_http_may_be_mapped_to_methods_of_the_handler():
    class Own(Resource):
        callmap = {**Resource.callmap, "PATCH": "update", "HEAD": "read", "OPTIONS": "options", "GET": "fetch"}

    class Handler(BaseHandler):
        allowed_methods = ("GET", "HEAD", "OPTIONS", "PATCH")

        def fetch(self, request):
            return {"did": "fetch"}

        def read(self, request):
            return {"did": "read"}

        def update(self, request):
            return {"did": "update", "data": request.data}

        def options(self, request):
            return {"did": "options"}

    with old(Own(Handler)) as client:
        assert client.get("/").json() == {"did": "fetch"}
        assert client.patch("/", {"a": 1}, "application/json").json() == {"did": "update", "data": {"a": 1}}
        assert client.options("/").json() == {"did": "options"}
        assert (client.head("/").status_code, client.head("/").content) == (200, b"")


def test_a_handler_may_be_made_by_a_function_and_hold_what_it_was_made_with():
    class Holding(BaseHandler):
        def __init__(self, held="nothing"):
            self.held = held

        def read(self, request):
            return {"held": self.held}

    with old(Resource(lambda: Holding("this"))) as client:
        assert client.get("/").json() == {"held": "this"}


def test_a_resource_may_be_called_by_another_view(rf):
    resource = Resource(returning({"a": 1}))

    def view(request):
        response = resource(request, emitter_format="xml")
        response["X-Own"] = "added"
        return response

    response = view(rf.get("/"))
    assert (response.headers["X-Own"], b"<a>1</a>" in response.content) == ("added", True)


def test_a_handler_may_ask_another_resource():
    other = Resource(returning({"b": 2}))

    class Outer(BaseHandler):
        fields = ("a",)

        def read(self, request):
            return {"a": other(request, emitter_format="yaml").content.decode()}

    class Naming(Emitter):
        def render(self, request):
            return f"{type(self.handler).__name__} {self.construct()}"

    Emitter.register("naming", Naming)
    with old(Outer) as client:
        assert client.get("/").json() == {"a": "b: 2\n"}
        assert client.get("/?format=naming").content == b"Outer {'a': 'b: 2\\n'}"


def test_a_dictionary_of_lists_is_shown_by_fields_and_not_by_list_fields():
    class Tags(BaseHandler):
        model = Tag
        fields = ("name",)
        list_fields = ("slug",)

        def read(self, request, id=None):
            return {"tags": list(Tag.objects.all())} if id else Tag.objects.all()

    Tag.objects.create(name="a", slug="b")
    with old(Tags) as client:
        assert client.get("/x").json() == {"tags": [{"name": "a"}]}
        assert client.get("/").json() == [{"slug": "b"}]


@pytest.mark.parametrize("status", [200, 302, 418, 503])
def test_a_response_of_djangos_goes_out_as_it_is(status):
    with old(returning(lambda request: HttpResponse("own", status=status, content_type="text/own"))) as client:
        response = client.get("/?format=xml")

    assert (response.status_code, response.content, response.headers["Content-Type"]) == (status, b"own", "text/own")
