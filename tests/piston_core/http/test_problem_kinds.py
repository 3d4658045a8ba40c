"""Kinds of problems (RFC 9457): each can be met, has its URI, its page in every format, and its line in the log."""

from __future__ import annotations

import json
import logging
import sqlite3
from xml.etree import ElementTree as ET

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_script_prefix
from django.urls import include, path

from piston_core import AnonymousBaseHandler, Api, BaseHandler, Problem, Resource, rc
from piston_core.kinds import KINDS
from tests.piston_core.http.served import EVERY_FORMAT, JSON_PATCH, api, asking, each_server
from tests.piston_core.pipeline.asking import GOOD, Key, problem_of, serving
from tests.shop.models import Category, Label, Maker, Product

LOG = "piston.problems"


class LabelHandler(BaseHandler):
    model = Label
    fields = ("word",)
    page_size = 2
    idempotency = True


class CarefulHandler(LabelHandler):
    require_precondition = True
    idempotency = "required"


class MakerHandler(BaseHandler):
    model = Maker
    fields = ("name",)


class OddHandler(BaseHandler):
    """Fails in the way that is asked for; or sends its own request again while it is at work."""

    model = Label
    idempotency = True
    atomic = False

    def read(self, request):
        kind = request.GET.get("kind")
        if kind == "busy":
            cause = sqlite3.OperationalError("database is locked")
            cause.sqlite_errorcode = 5
            raise OperationalError("database is locked") from cause
        if kind == "conflict":
            raise IntegrityError("UNIQUE constraint failed: shop_label.word")
        raise KeyError("a secret")

    def create(self, request):
        headers = {name: request.headers[name] for name in ("Idempotency-Key", "Accept") if name in request.headers}
        again = Client().generic("POST", "/api/odd/", request.body, request.content_type, headers=headers)
        return HttpResponse(again.content, status=again.status_code, headers=dict(again.headers))


ROUTES = {
    "labels/": LabelHandler,
    "labels/<slug:word>/": LabelHandler,
    "careful/": CarefulHandler,
    "careful/<slug:word>/": CarefulHandler,
    "makers/<int:pk>/": MakerHandler,
    "odd/": OddHandler,
}

TEST_FAILS = [{"op": "test", "path": "/word", "value": "b"}]
PROVOKED = {
    "malformed-body": ("POST", "/api/labels/", b"{"),
    "invalid-parameter": ("GET", "/api/labels/?limit=x"),
    "invalid-data": ("POST", "/api/labels/", {}),
    "already-exists": ("POST", "/api/labels/", {"word": "a"}),
    "conflict": ("GET", "/api/odd/?kind=conflict"),
    "still-referenced": ("DELETE", "/api/makers/1/"),
    "patch-conflict": ("PATCH", "/api/labels/a/", TEST_FAILS, JSON_PATCH),
    "changed-meanwhile": ("PUT", "/api/labels/a/", {"word": "b"}, {"If-Match": '"other"'}),
    "precondition-required": ("DELETE", "/api/careful/a/"),
    "idempotency-key-missing": ("POST", "/api/careful/", {"word": "b"}),
    "idempotency-key-malformed": ("POST", "/api/labels/", {"word": "b"}, {"Idempotency-Key": '"'}),
    "idempotency-key-in-use": ("POST", "/api/odd/", {}, {"Idempotency-Key": '"mine"'}),
    "idempotency-key-reused": ("POST", "/api/labels/", {"word": "c"}, {"Idempotency-Key": '"used"'}),
    "busy": ("GET", "/api/odd/?kind=busy"),
}
each_kind = pytest.mark.parametrize("name", PROVOKED)


@pytest.fixture
def shop(db):
    Label.objects.create(word="a")
    maker = Maker.objects.create(pk=1, name="A")
    Product.objects.create(name="A", slug="a", maker=maker)


def provoke(ask, name, **fields):
    """Return the response to a request that meets a kind of problem."""
    *request, last = PROVOKED[name]
    if isinstance(last, dict) and any(key[0].isupper() for key in last):
        fields |= last
    else:
        request.append(last)
    if name == "idempotency-key-reused":
        assert ask("POST", "/api/labels/", {"word": "first"}, **{"Idempotency-Key": '"used"'}).status_code == 201
    return ask(*request, **fields)


def test_each_kind_is_provoked_here():
    assert PROVOKED.keys() == KINDS.keys()


@each_server
@each_kind
def test_each_kind_has_its_uri_its_status_and_its_title(shop, server, name):
    with api(ROUTES, server) as ask:
        problem = problem_of(provoke(ask, name))

        kind = KINDS[name]
        assert (problem["type"], problem["status"], problem["title"]) == (
            f"/api/problems/{name}",
            kind.status,
            kind.title,
        )
        assert problem["detail"]
        assert problem["instance"].startswith("urn:uuid:")


def in_json(body):
    return json.loads(body)


def in_yaml(body):
    return yaml.safe_load(body)


def in_xml(body):
    root = ET.fromstring(body)
    found = {each.tag.rpartition("}")[2]: each.text for each in root}
    return {**found, "status": int(found["status"])}


FORMATS = [
    ("application/json", "application/problem+json", in_json),
    ("application/xml", "application/problem+xml", in_xml),
    ("application/yaml", "application/problem+json", in_yaml),  # which YAML is as well; it has no type for problems
]
each_format = pytest.mark.parametrize(("accept", "problem_type", "read"), FORMATS)


@each_kind
@each_format
def test_each_kind_is_told_and_explained_in_every_format(shop, name, accept, problem_type, read):
    with api(ROUTES) as ask:
        response = provoke(ask, name, Accept=accept)
        problem = read(response.content)
        page = ask("GET", problem["type"], Accept=accept)

        assert response.headers["Content-Type"].partition(";")[0] == problem_type
        assert (problem["type"], problem["status"]) == (f"/api/problems/{name}", KINDS[name].status)
        assert page.headers["Content-Type"].partition(";")[0] == accept
        assert page.headers["Cache-Control"] == "public, max-age=86400"
        told = read(page.content)
        assert (told["status"], told["title"], told["about"]) == (
            KINDS[name].status,
            KINDS[name].title,
            KINDS[name].about,
        )


@each_server
@each_kind
def test_a_project_may_have_pages_of_its_own(shop, server, name):
    with api(ROUTES, server, None, {"PROBLEM_TYPES": "https://example.org/problems#"}) as ask:
        assert problem_of(provoke(ask, name))["type"] == f"https://example.org/problems#{name}"


def test_a_uri_has_the_prefixes_of_its_api():
    """Of the server's script and of the include; two APIs have two."""
    one, two = Api(name="one", authentication=()), Api(name="two", authentication=())
    one.route("odd/", OddHandler)
    two.route("odd/", OddHandler)
    with serving(path("v1/", include(one.urls)), path("v2/", include(two.urls))):
        for script, mount in (("", "v1"), ("/app", "v1"), ("", "v2"), ("/app", "v2"), ("", "v1")):
            with override_script_prefix(f"{script}/"):
                response = Client(SCRIPT_NAME=script).get(f"/{mount}/odd/?kind=conflict")
            assert problem_of(response)["type"] == f"{script}/{mount}/problems/conflict"


@pytest.mark.parametrize("name", ["nothing", "conflict-", "Conflict", "about-blank"])
def test_there_is_no_page_of_what_is_no_kind(name):
    with api(ROUTES) as ask:
        assert problem_of(ask("GET", f"/api/problems/{name}"))["status"] == 404


@each_server
def test_a_resource_by_itself_has_no_pages_and_says_what_the_status_says(shop, server):
    """RFC 9457, section 4.2.1."""
    with serving(path("it/", Resource(LabelHandler, authentication=()))):
        problem = problem_of(asking(server)("POST", "/it/", {}))
        assert (problem["type"], problem["title"]) == ("about:blank", "Unprocessable Content")
    with serving(
        path("it/", Resource(LabelHandler, authentication=())), PISTON={**EVERY_FORMAT, "PROBLEM_TYPES": "/p/"}
    ):
        problem = problem_of(asking(server)("POST", "/it/", {}))
        assert (problem["type"], problem["title"]) == ("/p/invalid-data", "Invalid data")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/problem+xml", "application/problem+xml"),
        ("application/problem+json", "application/problem+json"),
        ("application/problem+xml, application/json;q=0.5", "application/problem+xml"),
        ("application/problem+json;q=0.1, application/xml", "application/problem+xml"),
        ("application/problem+xml;q=0, application/xml;q=0.1, application/json;q=0.1", "application/problem+json"),
        ("image/png", "application/problem+json"),
        ("*/*;q=0", "application/problem+json"),
        ("", "application/problem+json"),
    ],
)
def test_a_problem_comes_in_the_form_that_is_liked_best(db, accept, content_type):
    with api(ROUTES) as ask:
        response = ask("GET", "/api/nowhere/", Accept=accept)

        assert response.headers["Content-Type"].partition(";")[0] == content_type
        assert "Accept" in response.headers["Vary"].split(", ")


@each_server
@each_kind
def test_a_refusal_stands_in_the_log_under_the_name_that_the_client_is_told(shop, server, name, caplog):
    caplog.set_level(logging.INFO, LOG)
    with api(ROUTES, server) as ask:
        instance = problem_of(provoke(ask, name))["instance"]

    lines = [record.getMessage() for record in caplog.records if instance in record.getMessage()]
    assert len(lines) == 1
    assert f" {KINDS[name].status} " in lines[0]
    assert "/api/" in lines[0]


@each_server
def test_a_defect_stands_in_the_log_under_the_name_that_the_client_is_told(db, server, caplog):
    with api(ROUTES, server) as ask:
        response = ask("GET", "/api/odd/")
        instance = problem_of(response)["instance"]

    records = [record for record in caplog.records if instance in record.getMessage()]
    assert [(record.name, record.levelno) for record in records] == [("django.request", logging.ERROR)]
    assert records[0].exc_info[0] is KeyError
    assert b"secret" not in response.content


@each_server
@pytest.mark.parametrize("forged", ["%0A", "%0D%0A", "%1B[2J", "%E2%80%A8", "%C2%85", "%0B", "%00"])
@pytest.mark.parametrize(
    ("address", "status"), [("/api/none/{}/", 404), ("/api/odd/?kind={}", 500), ("/api/break/{}/", 500)]
)
def test_no_request_can_write_a_line_of_the_log(db, server, caplog, forged, address, status):
    class BreakingHandler(BaseHandler):
        def read(self, request, text):
            raise KeyError(text)

    caplog.set_level(logging.INFO, LOG)
    with api({**ROUTES, "break/<str:text>/": BreakingHandler}, server) as ask:
        assert ask("GET", address.format(f"x{forged}ERROR%20forged")).status_code == status

    told = [record.getMessage() for record in caplog.records if "urn:uuid" in record.getMessage()]
    assert told
    assert all(len(line.splitlines()) == 1 and line.isprintable() for line in told)


def test_the_log_is_silent_where_nobody_listens(db, caplog):
    caplog.set_level(logging.WARNING, LOG)
    with api(ROUTES) as ask:
        ask("GET", "/api/nowhere/")

    assert not [record for record in caplog.records if record.name == LOG]


@each_server
@pytest.mark.parametrize("debug", [True, False])
def test_a_traceback_is_told_of_a_defect_and_to_developers_only(shop, server, debug):
    with api(ROUTES, server, DEBUG=debug) as ask:
        defect = problem_of(ask("GET", "/api/odd/"))

        assert ("traceback" in defect) == debug
        assert ("KeyError" in "".join(defect.get("traceback", ()))) == debug
        for name in PROVOKED:
            assert b"Traceback" not in provoke(ask, name).content


def refusing(how, anonymous=None):
    def read(self, request):
        return how()

    return type("RefusingHandler", (BaseHandler,), {"read": read, "anonymous": anonymous})


def raised(error):
    raise error


FORBIDDEN = {
    "denied": lambda: raised(PermissionDenied("a secret")),
    "problem": lambda: raised(Problem(403, "Not you.")),
    "reply": lambda: rc.FORBIDDEN(detail="Not you."),
}


@each_server
@pytest.mark.parametrize("how", FORBIDDEN)
def test_what_is_forbidden_to_somebody_unknown_is_401_with_the_challenges(server, how):
    """RFC 9110, section 15.5.4: credentials might help; whoever has some is told 403."""

    class Anonymous(AnonymousBaseHandler):
        def read(self, request):
            return FORBIDDEN[how]()

    with api({"it/": refusing(FORBIDDEN[how], Anonymous)}, server, options={"authentication": Key()}) as ask:
        unknown, known = ask("GET", "/api/it/"), ask("GET", "/api/it/", **GOOD)

        assert (problem_of(unknown)["status"], unknown.headers["WWW-Authenticate"]) == (401, 'Key realm="keys"')
        assert problem_of(known)["status"] == 403
        assert "WWW-Authenticate" not in known.headers
        assert b"secret" not in unknown.content + known.content
    with api({"it/": refusing(FORBIDDEN[how])}, server) as ask:
        assert problem_of(ask("GET", "/api/it/"))["status"] == 403  # no credentials would help


def test_what_a_handler_has_written_itself_is_left_alone():
    with api({"it/": refusing(lambda: HttpResponse(b"no", status=403))}, options={"authentication": ()}) as ask:
        response = ask("GET", "/api/it/")

        assert (response.status_code, response.content) == (403, b"no")


CREATED = [
    ("POST", "/api/categories/", {"name": "A"}, 201, []),
    ("POST", "/api/labels/", {"word": "a"}, 409, [("/word", "unique")]),
    ("POST", "/api/labels/", {"word": ""}, 422, [("/word", "required")]),
    ("POST", "/api/labels/", {"word": "a", "x": 1}, 422, [("/x", "unknown"), ("/word", "unique")]),
    ("POST", "/api/products/", {"name": "B", "slug": "a", "maker": 1}, 409, [("/slug", "unique")]),
    ("POST", "/api/products/", {"slug": "a", "maker": 1}, 422, [("/name", "required"), ("/slug", "unique")]),
    ("PUT", "/api/labels/b/", {"word": "a"}, 409, [("/word", "unique")]),
    ("PATCH", "/api/labels/b/", {"word": "a"}, 409, [("/word", "unique")]),
]  # fmt: skip


@each_server
@pytest.mark.parametrize(("method", "address", "data", "status", "faults"), CREATED)
def test_what_is_stored_already_is_a_conflict_and_what_is_wrong_is_not(
    shop, server, method, address, data, status, faults
):
    """One rule: 409 if the same data would do at another time, 422 if it never would."""

    class CategoryHandler(BaseHandler):
        model = Category
        fields = ("id", "name")

    class ProductHandler(BaseHandler):
        model = Product
        fields = ("name", "slug", "maker")

    Label.objects.create(word="b")
    routes = {**ROUTES, "categories/": CategoryHandler, "categories/<int:id>/": CategoryHandler}
    with api({**routes, "products/": ProductHandler}, server) as ask:
        response = ask(method, address, data)

        assert response.status_code == status
        if status == 201:
            assert ask("GET", response.headers["Location"]).content == response.content
        else:
            found = [(each["pointer"], each["code"]) for each in problem_of(response)["errors"]]
            assert sorted(found) == sorted(faults)
    assert Label.objects.count() == 2
    assert Product.objects.count() == 1


@each_server
def test_what_others_refer_to_stays_with_all_that_belongs_to_it(shop, server):
    with api(ROUTES, server) as ask:
        problem = problem_of(ask("DELETE", "/api/makers/1/"))

        assert (problem["status"], problem["type"]) == (409, "/api/problems/still-referenced")
        assert Maker.objects.count() == Product.objects.count() == 1
        Product.objects.all().delete()
        assert ask("DELETE", "/api/makers/1/").status_code == 204
