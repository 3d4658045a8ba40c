"""Calling a handler's method: what its result means, and that nothing half written stays."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.test import Client
from django.urls import include, path

from blog.models import Post, Tag
from piston_core import Api, BaseHandler, Problem, Resource, rc
from piston_core.pipeline.call import outcome_of
from piston_core.replies import NOTHING
from tests.piston_core.pipeline.asking import JSON, ask, data_of, problem_of, send, serving, text_of

METHODS = ["POST", "PUT", "PATCH", "DELETE"]


def failing():
    raise ValueError("a defect")


def refusing():
    raise Problem(409, "Not now.")


def not_found():
    raise Http404


def forbidden():
    raise PermissionDenied


def conflicting():
    Tag.objects.create(name="again", slug="tea")


def conflicting_quietly():
    """Let the database refuse something, and take no notice."""
    with transaction.atomic():
        Tag.objects.create(name="again", slug="tea")


def rows_that_fail():
    yield {"row": 1 / 0}


REFUSALS = [
    (failing, 500),
    (refusing, 409),
    (not_found, 404),
    (forbidden, 403),
    (conflicting, 409),
    (conflicting_quietly, 409),
    (lambda: rc.FORBIDDEN, 403),
    (lambda: rc.BAD_REQUEST({"hint": 1}), 400),
    (lambda: rc.INTERNAL_ERROR, 500),
    (lambda: HttpResponse("no", status=400), 400),
    (lambda: JsonResponse({}, status=503), 503),
    (lambda: HttpResponse("no", status=499), 499),
    (object, 500),  # no emitter can write it
    (lambda: {"nan": float("nan")}, 500),
    (lambda: {"half": "\ud800"}, 500),
    (rows_that_fail, 500),
]


def writing(end, **attributes):
    """Return a handler whose methods write a tag and then do what ``end`` does."""

    def method(self, request, **kwargs):
        Tag.objects.create(name="Tea", slug="tea")
        return end()

    names = ("read", "create", "update", "patch", "delete")
    return type("Writing", (BaseHandler,), dict.fromkeys(names, method) | attributes)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("end", "status"), REFUSALS)
def test_nothing_stays_of_what_a_refused_or_failed_method_wrote(db, method, end, status):
    """On a handler without a model as well as on one with; the connection is fit for use afterwards."""
    for attributes in ({}, {"model": Tag, "fields": ("name",), "form": None}):
        resource = Resource(writing(end, **attributes), authentication=())
        address = "it/" if method == "POST" else "it/<slug:slug>/"
        with serving(path(address, resource)) as client:
            response = send(client, method, f"/{address.replace('<slug:slug>', 'no-tea')}")

        assert response.status_code == status
        assert Tag.objects.count() == 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "end", [dict, lambda: rc.ALL_OK, lambda: rc.DELETED, lambda: HttpResponse("yes"), lambda: None]
)
def test_what_a_method_wrote_stays_if_all_is_well(db, method, end):
    assert ask(writing(end), method).status_code < 300
    assert Tag.objects.get().slug == "tea"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("end", "status"), [pair for pair in REFUSALS if pair[0] is not conflicting])
def test_without_atomic_everything_stays_that_was_written(db, method, end, status):
    assert ask(writing(end, atomic=False), method).status_code == status
    assert Tag.objects.get().slug == "tea"


def test_reading_needs_no_transaction(db, django_assert_num_queries):
    class Reading(BaseHandler):
        def read(self, request):
            return {"in_transaction": len(connection.savepoint_ids)}

    with django_assert_num_queries(0):
        assert data_of(ask(Reading)) == {"in_transaction": 0}


def test_the_transaction_is_over_before_the_answer_is_sent_and_spans_validation(db, django_assert_num_queries):
    """A savepoint and its release, since the test runs in a transaction of its own."""
    with django_assert_num_queries(3) as queries:
        ask(writing(dict), "POST")

    assert [query["sql"].split()[0] for query in queries] == ["SAVEPOINT", "INSERT", "RELEASE"]


def test_a_refused_request_needs_no_transaction(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ask(writing(dict), "POST", body=b"{", content_type=JSON).status_code == 400
        assert ask(writing(dict), "POST", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("end", "status"), [*REFUSALS, (dict, 201)])
def test_a_real_transaction_is_rolled_back_and_its_hooks_on_commit_never_run(end, status):
    ran = []

    def ending():
        transaction.on_commit(lambda: ran.append("committed"))
        return end()

    assert ask(writing(ending), "POST").status_code == status
    assert (Tag.objects.count(), ran) == ((1, ["committed"]) if status == 201 else (0, []))
    assert connection.get_autocommit()


@pytest.fixture
def atomic_requests(settings):
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    yield
    connection.settings_dict["ATOMIC_REQUESTS"] = False


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["GET", *METHODS])
@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize(("end", "status"), [(failing, 500), (refusing, 409), (not_found, 404), (dict, 200)])
def test_atomic_requests_hold_for_every_method(atomic_requests, method, atomic, end, status):
    """Django would not see the exception, for which Piston has an answer."""
    if end is dict and method == "POST":
        status = 201
    response = ask(writing(end, atomic=atomic), method)

    assert response.status_code == status
    assert Tag.objects.count() == (1 if status < 400 else 0)


@pytest.mark.django_db(transaction=True)
def test_a_problem_may_still_read_the_database_under_atomic_requests(atomic_requests):
    def end():
        return rc.DUPLICATE_ENTRY({"there": list(Tag.objects.values_list("slug", flat=True))})

    assert problem_of(ask(writing(end), "POST"))["there"] == ["tea"]
    assert Tag.objects.count() == 0


class PostHandler(BaseHandler):
    model = Post
    fields = ("title", "slug", "content", "author")


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_what_the_models_own_methods_write_is_undone_too(db, method):
    author = User.objects.create_user("kim")
    Post.objects.create(title="Tea", slug="tea", content="Hot.", author=author)

    class Failing(PostHandler):
        def delete(self, request, slug):
            super().delete(request, slug=slug)
            raise RuntimeError("after the fact")

        def update(self, request, slug):
            Post.objects.filter(slug=slug).update(title="Coffee")
            raise RuntimeError("after the fact")

    assert ask(Failing, method, "/tea/", route="<slug:slug>/").status_code == 500
    assert Post.objects.get().title == "Tea"


@pytest.mark.parametrize(
    ("result", "action", "status", "data"),
    [
        ({"a": 1}, "read", 200, {"a": 1}),
        (None, "read", 200, None),
        ([], "read", 200, []),
        ("", "update", 200, ""),
        (False, "delete", 200, False),
        (0, "patch", 200, 0),
        ({"a": 1}, "create", 201, {"a": 1}),
        (None, "create", 204, NOTHING),
        (None, "update", 204, NOTHING),
        (None, "patch", 204, NOTHING),
        (None, "delete", 204, NOTHING),
        (rc.ALL_OK, "create", 200, NOTHING),
        (rc.ALL_OK([1]), "create", 200, [1]),
        (rc.CREATED(None), "update", 201, None),
        (rc.DELETED, "read", 204, NOTHING),
        (rc.DELETED({"a": 1}), "delete", 204, NOTHING),  # RFC 9110, section 15.3.5: there is no content in it
    ],
)
def test_each_result_has_one_meaning(result, action, status, data):
    outcome = outcome_of(result, action)

    assert (outcome.status, outcome.data) == (status, data)
    assert outcome.created == (status == 201)


def test_a_reply_of_400_or_more_is_raised_so_that_everything_is_undone():
    with pytest.raises(Problem) as refusal:
        outcome_of(rc.NOT_FOUND, "read")

    assert refusal.value.status == 404


def test_a_response_of_djangos_own_goes_out_as_it_is():
    class Own(BaseHandler):
        def read(self, request):
            return HttpResponse("<p>Tea</p>", status=203, headers={"X-Own": "yes"})

    response = ask(Own)

    assert (response.status_code, text_of(response), response.headers["X-Own"]) == (203, "<p>Tea</p>", "yes")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Vary"] == "Accept"


WITHOUT_DATABASE = """
import django
from django.conf import settings
from django.test import Client
from django.urls import path

settings.configure(SECRET_KEY="x", ALLOWED_HOSTS=["*"], PISTON={"PLUGINS": ["json"]})
django.setup()

from piston_core import BaseHandler, Resource


class Storing(BaseHandler):
    def create(self, request):
        return {"user": hasattr(request, "user"), "data": request.data}


settings.ROOT_URLCONF = (path("it/", Resource(Storing)),)
response = Client().post("/it/", {"a": 1}, content_type="application/json")
print(response.status_code, response.content.decode())
"""


def test_a_project_without_a_database_and_users_can_write_without_a_model():
    run = subprocess.run([sys.executable, "-c", WITHOUT_DATABASE], capture_output=True, text=True, check=False, env={})

    assert (run.stdout, run.stderr) == ('201 {"user":false,"data":{"a":1}}\n', "")


def test_a_created_object_tells_its_address(db):
    author = User.objects.create_user("kim")
    alone = Resource(PostHandler, authentication=())
    api = Api(authentication=())
    api.route("posts/", PostHandler)
    api.route("posts/<slug:slug>/", PostHandler)
    data = {"title": "Tea", "slug": "tea", "content": "Hot.", "author": author.pk}
    with serving(path("v1/", include(api.urls)), path("alone/", alone)) as client:
        created = client.post("/v1/posts/", data, content_type=JSON)
        homeless = client.post("/alone/", data | {"slug": "pot"}, content_type=JSON)

        assert (created.status_code, created.headers["Location"]) == (201, "/v1/posts/tea/")
        assert Client().get(created.headers["Location"]).json()["title"] == "Tea"
    assert homeless.status_code == 201
    assert "Location" not in homeless.headers  # which has no route for one post
