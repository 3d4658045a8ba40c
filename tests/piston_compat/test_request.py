"""One request, in order; and what a handler finds on it."""

from __future__ import annotations

import json
import warnings

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpResponse, QueryDict
from django.urls import re_path

from blog.models import Tag
from piston.authentication import HttpBasicAuthentication
from piston.handler import BaseHandler
from piston.resource import Resource
from piston.utils import HttpStatusCode, Mimer, rc
from piston_core.testing import serving
from tests.piston_compat.old import basic, old, returning

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def seen_by(method: str, body: bytes | str = b"", content_type: str = "", **more):
    """Return what a handler finds on a request."""
    seen = {}

    def look(request):
        for name in ("data", "POST", "PUT", "FILES", "content_type"):
            if hasattr(request, name):
                seen[name] = getattr(request, name)
        return {}

    with old(returning(look)) as client:
        response = client.generic(method, "/", body, content_type, CONTENT_TYPE=content_type, **more)
    return seen, response


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=utf-8", ""])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_form_is_data_and_post_and_has_no_content_type(method, content_type):
    seen, _ = seen_by(method, "a=1&a=2&b=%C3%A9", content_type)

    assert seen["data"] is seen["POST"]
    assert seen["POST"].lists() is not None
    assert (seen["POST"].getlist("a"), seen["POST"]["b"], seen["content_type"]) == (["1", "2"], "é", None)
    assert (seen.get("PUT") is seen["POST"]) is (method == "PUT")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_upload_has_its_files_and_its_content_type(method):
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    body = encode_multipart(BOUNDARY, {"a": "1", "file": SimpleUploadedFile("f.txt", b"text")})
    seen, _ = seen_by(method, body, MULTIPART_CONTENT)

    assert seen["data"]["a"] == seen["POST"]["a"] == "1"
    assert seen["FILES"]["file"].size == 4
    assert seen["content_type"] == MULTIPART_CONTENT


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("data", [{"a": [1, None]}, [1], "text", 5, None])
def test_json_is_any_value_and_both_forms_are_empty_dictionaries(method, data):
    seen, _ = seen_by(method, json.dumps(data), "application/json; charset=utf-8")

    assert seen["data"] == data
    assert (type(seen["POST"]), seen["POST"], seen["PUT"]) == (dict, {}, {})
    assert seen["content_type"] == "application/json; charset=utf-8"


def test_yaml_is_a_dictionary():
    seen, _ = seen_by("POST", "a: {b: [1, x]}", "application/x-yaml")

    assert (seen["data"], seen["POST"], seen["PUT"]) == ({"a": {"b": [1, "x"]}}, {}, {})


@pytest.mark.parametrize("content_type", ["text/xml", "text/plain", "application/octet-stream", "nonsense"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_other_types_are_left_to_the_handler(method, content_type):
    seen, response = seen_by(method, "<a/>", content_type)

    assert (seen["data"], seen["content_type"], response.status_code) == (None, content_type, 200)
    assert isinstance(seen["POST"], dict if content_type == "text/xml" else QueryDict)
    assert ("PUT" in seen) is (method == "PUT" or content_type == "text/xml")


@pytest.mark.parametrize(
    "body", ["", "{", "nul", "\ud800".encode("utf-8", "surrogatepass"), "[" * 100_000, "1e999999"]
)
def test_json_that_is_none_is_400(body):
    _, response = seen_by("POST", body, "application/json")

    assert (response.status_code, response.content) == (400, b"Bad Request")


@pytest.mark.parametrize(
    "content_type",
    [f"{FORM}; charset=nonsense", f"{FORM}; charset=rot13", "multipart/form-data", "multipart/form-data; boundary="],
)
def test_hostile_forms_are_no_failure(content_type):
    _, response = seen_by("POST", b"\xff=\xff&a", content_type)

    assert response.status_code in (200, 400)


def test_more_fields_and_longer_bodies_than_the_settings_allow_are_refused(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50

    assert seen_by("POST", "a=1&b=2&c=3", FORM)[1].status_code == 400
    assert seen_by("PUT", "a=" + "1" * 60, FORM)[1].status_code == 413
    assert seen_by("POST", json.dumps("1" * 60), "application/json")[1].status_code == 413


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_request_without_a_body_has_no_data(method):
    seen, _ = seen_by(method)

    assert seen.get("data") is None


def test_a_loader_of_the_projects_own_reads_its_type():
    Mimer.register(lambda text: text.split(","), ("text/csv",))
    seen, _ = seen_by("POST", "a,b", "text/csv; charset=utf-8")

    assert (seen["data"], seen["POST"]) == (["a", "b"], {})


def test_a_loader_that_fails_means_a_malformed_body():
    loader = json.loads
    Mimer.register(loader, ("text/own",))
    refused = seen_by("POST", "{", "text/own")[1]

    assert (refused.status_code, refused.content) == (400, b"Bad Request")
    assert Mimer.unregister(loader) == ("text/own",)
    assert seen_by("POST", "{", "text/own")[0]["data"] is None


def test_a_challenge_comes_before_everything_else():
    with old(returning({}, allowed_methods=("GET",)), authentication=HttpBasicAuthentication()) as client:
        assert client.post("/", "{", "application/json").status_code == 401
        assert client.get("/?format=nope").status_code == 401


def test_oauths_parameters_are_not_the_handlers():
    def look(request):
        return {"get": dict(request.GET), "post": dict(request.POST), "put": dict(getattr(request, "PUT", {}))}

    with old(returning(look)) as client:
        got = client.get("/?oauth_token=x&a=1").json()
        put = client.put("/?oauth_nonce=x", "oauth_token=x&a=1", FORM).json()

    assert got["get"] == {"a": ["1"]}
    assert put == {"get": {}, "post": {"a": ["1"]}, "put": {"a": ["1"]}}


def test_the_address_names_the_format_before_the_query_does_and_the_handler_never_sees_it():
    handler = returning({"a": 1})
    resource = Resource(type("Strict", (BaseHandler,), {"read": lambda self, request: {"a": 1}}))
    routes = [re_path(r"^a\.(?P<emitter_format>\w*)$", resource)]

    assert handler is not None
    with serving(routes, plugins=["compat", "json"]) as client:
        assert client.get("/a.xml?format=json").headers["Content-Type"] == "text/xml; charset=utf-8"
        assert client.get("/a.?format=yaml").headers["Content-Type"] == "application/x-yaml; charset=utf-8"
        assert client.get("/a.").json() == {"a": 1}
        assert client.get("/a.nope").status_code == 400


def test_accept_is_ignored():
    with old(returning({"a": 1})) as client:
        assert client.get("/", headers={"Accept": "text/xml, application/json;q=0"}).json() == {"a": 1}


def test_a_subclass_may_determine_the_format():
    class Own(Resource):
        def determine_emitter(self, request, *args, **kwargs):
            return "xml"

    with old(Own(returning({"a": 1}))) as client:
        assert client.get("/?format=json").headers["Content-Type"] == "text/xml; charset=utf-8"


def test_arguments_without_a_name_reach_the_method():
    class Two(BaseHandler):
        def read(self, request, first, second=None):
            return [first, second]

    class Any(BaseHandler):
        def read(self, request, *args):
            return list(args)

    routes = [
        re_path(r"^two/(\w+)/(\w+)/$", Resource(Two)),
        re_path(r"^two/(\w+)/$", Resource(Two)),
        re_path(r"^three/(\w)/(\w)/(\w)/$", Resource(Two)),
        re_path(r"^any/(\w)/(\w)/$", Resource(Any)),
    ]
    with serving(routes, plugins=["compat", "json"]) as client:
        assert client.get("/two/a/b/").json() == ["a", "b"]
        assert client.get("/two/a/").json() == ["a", None]
        assert client.get("/three/a/b/c/").status_code == 400
        assert client.get("/any/a/b/").json() == ["a", "b"]


@pytest.mark.parametrize("value", [{"a": HttpResponse("raw", status=202)}, [HttpResponse("raw", status=202)]])
def test_a_response_anywhere_in_the_data_is_the_answer(value):
    with old(returning(value)) as client:
        response = client.get("/")

    assert (response.status_code, response.content) == (202, b"raw")


def test_every_answer_varies_by_authorization():
    with old(returning({}), returning(lambda request: rc.NOT_FOUND)) as client:
        answers = [client.get("/"), client.get("/1/"), client.patch("/"), client.get("/?format=nope")]

    assert all("Authorization" in each.headers["Vary"] for each in answers)


def test_a_handler_decides_about_csrf_and_has_to_be_callable():
    assert Resource(returning({})).csrf_exempt is True
    assert Resource(returning({}, csrf_exempt=False)).csrf_exempt is False
    with pytest.raises(AttributeError, match=r"Handler not callable\."):
        Resource(returning({})())


def test_one_instance_of_the_handler_serves_all_requests():
    seen = []

    class Self(BaseHandler):
        def read(self, request):
            seen.append(self)
            return {}

    with old(Self) as client:
        client.get("/")
        client.get("/")

    assert seen[0] is seen[1]


def test_parameters_of_the_core_are_the_handlers_own_here():
    handler = type("Tags", (BaseHandler,), {"model": Tag})
    Tag.objects.create(name="a", slug="a")

    with old(handler) as client:
        response = client.get("/?fields=nothing&sort=x&cursor=y&limit=z")

    assert (response.status_code, len(response.json())) == (200, 1)


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (Http404(), 404, "Not Found"),
        (HttpStatusCode(HttpResponse("gone", status=410)), 410, "gone"),
    ],
)
def test_what_a_method_raises_has_an_answer(error, status, text):
    def fail(request):
        raise error

    with old(returning(fail)) as client:
        response = client.get("/")

    assert (response.status_code, response.content.decode()) == (status, text)


def test_a_refusal_of_djangos_is_djangos_to_answer():
    def fail(request):
        raise PermissionDenied

    with old(returning(fail)) as client:
        assert client.get("/").status_code == 403


def test_what_an_error_handler_returns_is_answered_in_the_format_that_was_asked_for():
    class Own(Resource):
        def error_handler(self, e, request, meth, em_format):
            return {"method": meth.__name__, "format": em_format, "error": str(e)}

    def fail(request):
        raise ValueError("broken")

    with old(Own(returning(fail))) as client:
        response = client.get("/?format=xml")

    assert response.status_code == 200
    assert b"<method>answer</method><format>xml</format><error>broken</error>" in response.content


def test_a_failure_is_mailed_once_and_raised(mails):
    def fail(request):
        raise RuntimeError("broken")

    with old(returning(fail)) as client:
        response = client.get("/")

    ours = [each for each in mails if each.subject == "[Django] Piston crash report"]
    assert (response.status_code, response.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert len(ours) == 1
    assert "RuntimeError" in ours[0].body
    assert ours[0].body.startswith("Piston/")
    assert ours[0].alternatives[0][1] == "text/html"


def test_a_failure_is_not_mailed_where_the_settings_say_so(settings, mails):
    settings.PISTON_EMAIL_ERRORS = False
    settings.PISTON_DISPLAY_ERRORS = True

    def fail(request):
        raise RuntimeError("broken")

    with old(returning(fail)) as client:
        response = client.get("/")

    assert response.status_code == 500
    assert [each.subject for each in mails if "Piston" in each.subject] == []
    assert response.content.startswith(b"Piston/")
    assert b"crash report:\n\nTraceback" in response.content


def test_a_report_that_cannot_be_sent_does_not_cover_what_it_is_about(mails, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    def fail(request):
        raise RuntimeError("broken")

    monkeypatch.setattr("piston_compat.failures.mail_admins", refuse)
    resource = Resource(returning(fail))
    resource.display_errors = True
    with old(resource) as client:
        assert b"RuntimeError: broken" in client.get("/").content


def test_a_method_without_arguments_says_so():
    handler = type("None_", (BaseHandler,), {"read": lambda self, request: {}})

    with old(handler) as client:
        response = client.get("/7")

    assert response.status_code == 400
    assert b"Resource does not expect any parameters." in response.content


def test_a_write_is_not_undone_by_a_refusal_unless_the_handler_says_so():
    def create(self, request):
        Tag.objects.create(name="a", slug="a")
        return rc.BAD_REQUEST

    with old(type("Kept", (BaseHandler,), {"create": create})) as client:
        client.post("/")
    kept = Tag.objects.count()
    Tag.objects.all().delete()
    with old(type("Undone", (BaseHandler,), {"create": create, "atomic": True})) as client:
        client.post("/")

    assert (kept, Tag.objects.count()) == (1, 0)


def test_answers_are_streamed_where_the_setting_says_so(settings):
    settings.PISTON_STREAM_OUTPUT = True

    with old(returning({"a": 1})) as client:
        response = client.get("/")

    assert response.streaming
    assert json.loads(b"".join(response.streaming_content)) == {"a": 1}
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


def test_a_second_handler_for_a_model_is_told_of_and_both_stay(settings):
    from piston.handler import typemapper

    first = type("First", (BaseHandler,), {"model": Tag})
    with pytest.warns(UserWarning, match="Handler already registered for model Tag, you may experience inconsistent"):
        second = type("Second", (BaseHandler,), {"model": Tag})
    settings.PISTON_IGNORE_DUPE_MODELS = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        third = type("Third", (BaseHandler,), {"model": Tag})

    assert [typemapper[each] for each in (first, second, third)] == [(Tag, False)] * 3


def test_a_query_dict_is_what_it_was_for_the_handler():
    def look(request):
        return {"copies": isinstance(request.GET, QueryDict)}

    with old(returning(look)) as client:
        assert client.get("/?oauth_token=1", headers=basic("a")).json() == {"copies": True}
