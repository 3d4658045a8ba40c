"""The table of differences, column piston_compat, one test a row; OAuth has a module of its own."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime

import pytest
import yaml
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from blog.models import Post, Tag
from piston.authentication import HttpBasicAuthentication, HttpBasicSimple
from piston.handler import AnonymousBaseHandler, BaseHandler
from piston.resource import Resource
from piston.utils import rc, require_mime, throttle, validate
from piston_core import Resource as CoreResource
from piston_core.testing import serving
from tests.piston_compat.old import basic, old, returning
from tests.shop.models import Country, Maker, Product

pytestmark = pytest.mark.django_db

MOMENT = datetime(2009, 4, 27, 4, 55, 23, tzinfo=UTC)


@pytest.mark.parametrize(("options", "status"), [({}, 401), ({"forbidden_status": 403}, 403)])
def test_forbidden_is_401_or_403_by_setting(options, status):
    with old(returning(lambda request: rc.FORBIDDEN), options=options) as client:
        response = client.get("/")

    assert (response.status_code, response.content) == (status, b"Forbidden")


@pytest.mark.parametrize(("options", "status"), [({}, 503), ({"throttled_status": 429}, 429)])
def test_throttled_is_503_or_429_by_setting_with_retry_after(options, status):
    class Limited(BaseHandler):
        @throttle(1, 600)
        def read(self, request):
            return {}

    with old(Limited, returning(lambda request: rc.THROTTLED), options=options) as client:
        client.get("/")
        throttled, returned = client.get("/"), client.get("/1/")

    assert (throttled.status_code, throttled.content) == (status, b"Throttled")
    assert 0 < int(throttled.headers["Retry-After"]) <= 600
    assert returned.status_code == status


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PATCH"])
def test_methods_that_the_ancestor_had_not_are_404_where_they_are_allowed(method):
    with old(returning({}, allowed_methods=("GET", "HEAD", "OPTIONS", "PATCH"))) as client:
        assert client.generic(method, "/").status_code == 404


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PATCH", "TRACE", "BREW"])
def test_methods_that_are_not_allowed_are_405_in_the_handlers_order(method):
    with old(returning({}, allowed_methods=("PUT", "GET"))) as client:
        response = client.generic(method, "/")

    assert (response.status_code, response.headers["Allow"], response.content) == (405, "PUT, GET", b"")


@pytest.mark.parametrize(("body", "status"), [("{", 400), ('{"a": 1}', 405)])
def test_a_body_is_read_before_the_method_is_looked_at(body, status):
    with old(returning({}, allowed_methods=("GET",))) as client:
        posted = client.post("/", body, content_type="application/json")
        put = client.put("/", body, content_type="application/json")
        deleted = client.delete("/", body, content_type="application/json")

    assert (posted.status_code, put.status_code, deleted.status_code) == (status, status, 405)


def test_these_methods_are_automatic_by_setting():
    handler = returning(lambda request: {"data": request.data}, allowed_methods=("GET", "PATCH"))

    with old(handler, options={"automatic_methods": True}) as client:
        assert client.head("/").status_code == 200
        assert client.options("/").headers["Allow"] == "GET, PATCH, HEAD, OPTIONS"
        assert client.patch("/", {"a": 1}, "application/json").json() == {"data": {"a": 1}}
        assert client.delete("/").headers["Allow"] == "GET, PATCH, HEAD, OPTIONS"


def test_five_calls_pass_and_the_sixth_is_refused():
    class Limited(BaseHandler):
        @throttle(5, 600)
        def read(self, request):
            return {}

    with old(Limited) as client:
        assert [client.get("/").status_code for _ in range(6)] == [200] * 5 + [503]


def test_calls_are_counted_for_each_handler_and_method_unless_extra_groups_them():
    class One(BaseHandler):
        @throttle(1, 600)
        def read(self, request):
            return {}

        @throttle(1, 600, extra="together")
        def create(self, request):
            return {}

    class Two(BaseHandler):
        @throttle(1, 600)
        def read(self, request):
            return {}

        @throttle(1, 600, extra="together")
        def create(self, request):
            return {}

    with old(One, Two) as client:
        assert [client.get("/").status_code, client.get("/1/").status_code] == [200, 200]
        assert [client.post("/").status_code, client.post("/1/").status_code] == [200, 503]
        assert client.get("/", REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.parametrize("options", [{}, {"all_columns": True}])
def test_a_model_that_no_handler_names_is_shown_without_passwords_unless_all_is_set(options):
    user = User.objects.create_user("alice", password="alice")

    with old(returning({"user": user}), options=options) as client:
        shown = client.get("/").json()["user"]

    assert ("password" in shown) is bool(options)
    assert shown["username"] == "alice"


def test_basic_with_one_password_looks_the_user_up_when_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        resource = Resource(returning(lambda request: {"user": request.user.username}), HttpBasicSimple("R", "a", "b"))
    User.objects.create_user("a", password="another one")

    with old(resource) as client:
        assert client.get("/", headers=basic("a", "b")).json() == {"user": "a"}
        assert client.get("/", headers=basic("a", "another one")).status_code == 401
        assert client.get("/", headers=basic("nobody", "b")).status_code == 401


def test_wrong_credentials_where_an_anonymous_handler_exists_are_answered_by_it():
    class Anonymous(AnonymousBaseHandler):
        def read(self, request):
            return {"user": str(request.user)}

    handler = returning({"secret": 1}, anonymous=Anonymous)

    with old(handler, authentication=HttpBasicAuthentication()) as client:
        response = client.get("/", headers=basic("nobody", "wrong"))
        assert (response.status_code, response.json()) == (200, {"user": "AnonymousUser"})
        assert client.put("/", headers=basic("nobody", "wrong")).status_code == 401


@pytest.mark.parametrize(
    ("options", "text"), [({}, "2009-04-27T04:55:23+00:00"), ({"old_datetimes": True}, "2009-04-27 04:55:23")]
)
def test_moments_in_json_are_iso_8601_or_old_by_setting(options, text):
    with old(returning({"at": MOMENT}), options=options) as client:
        assert client.get("/").json() == {"at": text}


def test_does_not_exist_is_404():
    def fail(request):
        raise Post.DoesNotExist

    with old(returning(fail)) as client:
        response = client.get("/")

    assert issubclass(Post.DoesNotExist, ObjectDoesNotExist)
    assert (response.status_code, response.content) == (404, b"Not Found")


def test_explicit_fields_win_and_another_model_in_a_dictionary_has_its_own_handler(blog):
    class Users(BaseHandler):
        model = User
        fields = ("username",)

    class Posts(BaseHandler):
        model = Post
        fields = ("slug", ("author", ("first_name",)))
        list_fields = ("slug",)

        def read(self, request, id=None):
            post = Post.objects.filter(author__username="alice").first()
            return {"post": post, "user": post.author} if id == "both" else [post] if id == "list" else post

    with old(Posts, Users) as client:
        post, both, listed = client.get("/").json(), client.get("/both").json(), client.get("/list").json()

    assert post.keys() == {"slug", "author"}
    assert post["author"].keys() == {"first_name"}
    assert both == {"post": post, "user": {"username": "alice"}}
    assert listed == [{"slug": post["slug"]}]


def test_a_post_that_returns_an_object_is_200():
    class Tags(BaseHandler):
        model = Tag
        fields = ("name",)

    with old(Tags) as client:
        response = client.post("/", {"name": "new", "slug": "new"})

    assert (response.status_code, response.json()) == (200, {"name": "new"})


def test_none_and_true_in_xml_are_their_text():
    with old(returning({"a": None, "b": True})) as client:
        assert b"<a>None</a><b>True</b>" in client.get("/?format=xml").content


def test_data_that_a_form_refuses_is_400_in_text_with_a_list():
    class Form(forms.Form):
        title = forms.CharField()

    class Validating(BaseHandler):
        @validate(Form)
        def create(self, request):
            return request.form.cleaned_data

    with old(Validating) as client:
        refused, accepted = client.post("/", {}), client.post("/", {"title": "T"})

    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "text/plain")
    assert refused.content.startswith(b'Bad Request <ul class="errorlist"')
    assert accepted.json() == {"title": "T"}


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_a_handler_without_a_model_is_501(method):
    with old(BaseHandler) as client:
        response = getattr(client, method)("/")

    assert (response.status_code, response.content) == (501, b"Not Implemented")


def test_pickle_is_written_and_never_read():
    seen = []

    with old(returning(lambda request: seen.append(request.data) or {"a": 1})) as client:
        assert pickle.loads(client.get("/?format=pickle").content) == {"a": 1}
        client.post("/", pickle.dumps({"a": 1}), "application/python-pickle")

    assert seen[-1] is None


def test_validate_gets_parsed_data_and_files():
    class Form(forms.Form):
        title = forms.CharField()
        words = forms.MultipleChoiceField(choices=[("a", "a"), ("b", "b")], required=False)
        file = forms.FileField(required=False)

    class Validating(BaseHandler):
        @validate(Form)
        def create(self, request):
            cleaned = request.form.cleaned_data
            return {**cleaned, "file": cleaned["file"] and cleaned["file"].read().decode()}

    with old(Validating) as client:
        sent = client.post("/", {"title": "T", "words": ["a", "b"]}, "application/json").json()
        uploaded = client.post("/", {"title": "T", "file": SimpleUploadedFile("f.txt", b"text")}).json()
        refused = client.post("/", [1], "application/json")

    assert sent == {"title": "T", "words": ["a", "b"], "file": None}
    assert uploaded["file"] == "text"
    assert refused.status_code == 400


@pytest.mark.parametrize("debug", [True, False])
def test_a_traceback_goes_to_the_client_with_debug_only_as_text(debug, mails):
    def fail(request):
        raise RuntimeError("secret")

    with override_settings(DEBUG=debug):
        resource = Resource(returning(fail))
    with old(resource) as client:
        response = client.get("/")

    assert (b"RuntimeError: secret" in response.content) is debug
    assert (response.status_code, resource.display_errors) == (500, debug)
    assert (response.headers["Content-Type"] == "text/plain") is debug


def test_a_type_error_is_400_only_if_the_arguments_do_not_fit():
    class Typed(BaseHandler):
        def read(self, request, id, other=None, third="x"):
            return len(None)

    with old(Typed) as client:
        misfit, failed = client.get("/"), client.get("/7")

    assert (misfit.status_code, failed.status_code) == (400, 500)
    assert b"Signature should be: id, other=<optional>, third=x" in misfit.content


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"headers": {"Range": "items=-0"}}, 416, "items */5"),
        ({"headers": {"Range": "items=9-"}}, 416, "items */5"),
        ({"query_params": {"offset": "0", "limit": "0"}}, 200, None),
        ({"headers": {"Range": "items=0-9"}}, 206, "items 0-4/5"),
    ],
)
def test_ranges_at_the_edge(asked, status, told):
    for number in range(5):
        Tag.objects.create(name=str(number), slug=str(number))

    with old(type("Tags", (BaseHandler,), {"model": Tag})) as client:
        response = client.get("/", **asked)

    assert (response.status_code, response.headers.get("Content-Range")) == (status, told)


def test_a_range_of_an_empty_set_is_the_empty_set():
    with old(type("Tags", (BaseHandler,), {"model": Tag})) as client:
        response = client.get("/", headers={"Range": "items=0-9"})

    assert (response.status_code, response.json()) == (200, [])


@pytest.mark.parametrize("body", ["a: [", "- 1", "!!python/object/apply:os.system [ls]", "&a [*a]"])
def test_malformed_yaml_is_400(body):
    with old(returning({})) as client:
        response = client.post("/", body, "application/x-yaml")

    assert (response.status_code, response.content) == (400, b"Bad Request")


def test_header_fields_of_an_rc_with_data_are_kept():
    def answer(request):
        response = rc.CREATED
        response.content = {"a": 1}
        response["X-Own"] = "kept"
        return response

    with old(returning(answer)) as client:
        response = client.get("/")

    assert (response.status_code, response.json(), response.headers["X-Own"]) == (201, {"a": 1}, "kept")
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("content_type", "status"), [("application/json; charset=utf-8", 200), ("text/xml", 400), ("", 400)]
)
def test_require_mime_takes_a_charset(content_type, status):
    class Requiring(BaseHandler):
        @require_mime("json", "yaml")
        def create(self, request):
            return request.data

    with old(Requiring) as client:
        assert client.generic("POST", "/", b'{"a": 1}', content_type).status_code == status


def test_a_column_whose_name_has_id_in_it_is_kept():
    maker = Maker.objects.create(name="M", country=Country.objects.create(code="DE", name="Germany"))
    Product.objects.create(name="P", slug="p", maker=maker, my_idea="kept")

    with old(type("Products", (BaseHandler,), {"model": Product})) as client:
        assert client.get("/").json()[0]["my_idea"] == "kept"


@pytest.mark.parametrize("name", ["nope", "", "../json"])
def test_an_unknown_format_is_400_before_anything_runs(name):
    ran = []

    with old(returning(lambda request: ran.append(1))) as client:
        response = client.get("/", query_params={"format": name})

    assert (response.status_code, ran) == (400, [])
    assert response.content.decode() == f"Invalid output format specified '{name}'."
    assert response.headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize("name", ["call", "a.b", "foo[0]", "é", "a.b[0].c"])
def test_jsonp_is_on_as_javascript_that_nothing_else_can_be_taken_for(name):
    with old(returning({"a": 1})) as client:
        response = client.get("/", query_params={"callback": name})

    text = response.content.decode()
    assert text.startswith(f"{name}(")
    assert json.loads(text[len(name) + 1 : -1]) == {"a": 1}
    assert response.headers["Content-Type"] == "application/javascript; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["", "alert(1)", "a b", "while", "a.while", "1a", "a;b", "<script>", "a\nb"])
def test_what_is_no_name_of_a_function_is_plain_json(name):
    with old(returning({"a": 1})) as client:
        response = client.get("/", query_params={"callback": name})

    assert response.json() == {"a": 1}
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


def test_errors_while_emitting_go_through_the_error_handler():
    class Own(Resource):
        def error_handler(self, e, request, meth, em_format):
            return {"error": type(e).__name__, "format": em_format}

    class Posts(BaseHandler):
        model = Tag
        fields = ("name", "broken")

        @classmethod
        def broken(cls, obj):
            raise ZeroDivisionError

    Tag.objects.create(name="a", slug="a")
    with old(Own(Posts)) as client:
        response = client.get("/?format=yaml")

    assert yaml.safe_load(response.content) == {"error": "ZeroDivisionError", "format": "yaml"}


def test_an_rc_with_data_is_json_where_a_resource_of_today_serves_an_old_handler():
    class Old(BaseHandler):
        def read(self, request):
            answer = rc.BAD_REQUEST
            answer.content = {"wrong": ["title"]}
            return answer

    with serving(CoreResource(Old), plugins=["compat", "json"]) as client:
        response = client.get("/")

    assert (response.status_code, json.loads(b"".join(response))) == (400, {"wrong": ["title"]})
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
