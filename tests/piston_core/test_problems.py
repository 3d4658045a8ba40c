"""Problems (RFC 9457): what each exception means to a client, and that a defect tells nothing."""

from __future__ import annotations

import json
import logging
import uuid

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    FieldDoesNotExist,
    FieldError,
    MultipleObjectsReturned,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousFileOperation,
    SuspiciousOperation,
    TooManyFieldsSent,
    ValidationError,
)
from django.core.signals import got_request_exception
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, connection
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.test import AsyncClient, Client
from django.urls import include, path

from blog.models import Post
from piston_core import Api, AuthenticationFailed, BaseHandler, Invalid, MalformedBody, Problem, Resource
from piston_core.problems import phrase, pointer
from tests.piston_core.pipeline.asking import ask, problem_of, serving, text_of

SECRET = "s3cret-in-the-message"


def contended(args=("locked",), **attributes):
    """Return what Django raises where a database driver says this."""
    error = OperationalError(*args)
    error.__cause__ = type("Driven", (Exception,), attributes)()
    return error


def raising(error):
    def read(self, request):
        raise error

    return type("SecretlyNamedHandler", (BaseHandler,), {"read": read})


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404(SECRET), 404),
        (ObjectDoesNotExist(SECRET), 404),
        (Post.DoesNotExist(SECRET), 404),
        (PermissionDenied(SECRET), 403),
        (RequestDataTooBig(SECRET), 413),
        (SuspiciousOperation(SECRET), 400),
        (SuspiciousFileOperation(SECRET), 400),
        (DisallowedHost(SECRET), 400),
        (TooManyFieldsSent(SECRET), 400),
        (BadRequest(SECRET), 400),
        (MultiPartParserError(SECRET), 400),
        (UnreadablePostError(SECRET), 400),
        (IntegrityError(SECRET), 409),
        (ProtectedError(SECRET, set()), 409),
        (RestrictedError(SECRET, set()), 409),
        (DataError(SECRET), 422),
        (MultipleObjectsReturned(SECRET), 500),
        (FieldError(SECRET), 500),
        (FieldDoesNotExist(SECRET), 500),
        (OperationalError(SECRET), 500),
        (DatabaseError(SECRET), 500),
        (KeyError(SECRET), 500),
        (TypeError(SECRET), 500),
        (PermissionError(SECRET), 500),
        (UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET), 500),
        (RecursionError(SECRET), 500),
        (MemoryError(SECRET), 500),
        (StopIteration(SECRET), 500),
        (ExceptionGroup(SECRET, [ValueError(SECRET)]), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_exception_has_one_meaning_and_its_message_stays_on_the_server(error, status):
    response = ask(raising(error))
    problem = problem_of(response)

    assert problem["status"] == status
    assert problem["detail"]
    for inside in (SECRET, "SecretlyNamed", "Traceback", ".py", type(error).__name__):
        assert inside not in text_of(response)


def test_what_ends_the_process_is_not_answered():
    for error in (SystemExit, KeyboardInterrupt):
        with pytest.raises(error):
            ask(raising(error()))


def test_a_problem_tells_what_it_was_given():
    problem = Problem(
        409,
        "Somebody else was faster.",
        title="Edit conflict",
        type="https://example.org/problems/edit",
        headers={"Retry-After": "1"},
        version=7,
        fields=["title"],
    )
    response = ask(raising(problem))
    document = problem_of(response)

    assert document == {
        "type": "https://example.org/problems/edit",
        "title": "Edit conflict",
        "status": 409,
        "detail": "Somebody else was faster.",
        "version": 7,
        "fields": ["title"],
        "instance": document["instance"],
    }
    assert response.headers["Retry-After"] == "1"
    assert str(problem) == "409 Edit conflict: Somebody else was faster."
    assert str(Problem(404)) == "404 Not Found"


def test_a_problem_that_is_raised_again_is_another_one():
    """As a module's constant is, by every request."""
    handler = raising(Problem(409, type="conflict"))
    names = {problem_of(ask(handler))["instance"] for _ in range(3)}

    assert len(names) == 3


def test_each_problem_has_a_name_of_its_own():
    """So that a client's developer can ask about one, and the log has it (RFC 9457, section 3.1.5)."""
    names = [problem_of(ask(raising(error)))["instance"] for error in (Http404(), Http404(), KeyError(), Problem(409))]

    assert len(set(names)) == 4
    assert all(uuid.UUID(name.removeprefix("urn:uuid:")).urn == name for name in names)
    assert problem_of(ask(raising(Problem(409, instance="/orders/7/events/3"))))["instance"] == "/orders/7/events/3"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, "Not Found"),
        (413, "Content Too Large"),
        (416, "Range Not Satisfiable"),
        (422, "Unprocessable Content"),
        (429, "Too Many Requests"),
        (499, "Unknown"),
        (599, "Unknown"),
    ],
)
def test_a_status_has_the_phrase_of_its_current_rfc(status, expected):
    assert phrase(status) == expected


@pytest.mark.parametrize(
    ("problem", "status", "title"),
    [
        (MalformedBody("Not JSON at line 1.", line=1), 400, "Malformed body"),
        (AuthenticationFailed(), 401, "Unauthorized"),
        (Invalid([{"pointer": "/a", "detail": "No.", "code": "invalid"}]), 422, "Invalid data"),
    ],
)
def test_the_problems_of_the_core_are_problems(problem, status, title):
    assert isinstance(problem, Problem)
    assert (problem.status, problem.title) == (status, title)
    assert problem.detail


@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (ValidationError("Wrong."), [{"pointer": "", "detail": "Wrong.", "code": "invalid"}]),
        (ValidationError("No %(a)s.", "tea", {"a": "tea"}), [{"pointer": "", "detail": "No tea.", "code": "tea"}]),
        (
            ValidationError([ValidationError("One.", "one"), "Two."]),
            [{"pointer": "", "detail": "One.", "code": "one"}, {"pointer": "", "detail": "Two.", "code": "invalid"}],
        ),
        (
            ValidationError({"title": ["Short."], "__all__": ["Odd."], "a/b~c": ["No."]}),
            [
                {"pointer": "/title", "detail": "Short.", "code": "invalid"},
                {"pointer": "", "detail": "Odd.", "code": "invalid"},
                {"pointer": "/a~1b~0c", "detail": "No.", "code": "invalid"},
            ],
        ),
    ],
)
def test_a_validation_error_is_422_with_a_pointer_for_each_fault(error, errors):
    problem = problem_of(ask(raising(error)))

    assert (problem["status"], problem["errors"]) == (422, errors)
    assert str(len(errors)) in problem["detail"]


@pytest.mark.parametrize(
    ("codes", "status", "title"),
    [
        (["unique"], 409, "Already exists"),
        (["unique_together"], 409, "Already exists"),
        (["unique", "unique_together", "unique"], 409, "Already exists"),
        (["unique", "invalid"], 422, "Invalid data"),
        (["required", "unique_together"], 422, "Invalid data"),
        (["unique_for_date"], 422, "Invalid data"),
        ([], 422, "Invalid data"),
    ],
)
def test_what_is_refused_for_nothing_but_what_is_stored_is_a_conflict(codes, status, title):
    """The same data would have done before, and may do again (RFC 9110, section 15.5.10)."""
    problem = Invalid([{"pointer": "/a", "detail": "No.", "code": code} for code in codes])

    assert (problem.status, problem.title, len(problem.members["errors"])) == (status, title, len(codes))


@pytest.mark.parametrize(
    ("make", "kind", "title", "alone"),
    [
        (lambda: ValidationError("No."), "invalid-data", "Invalid data", "Unprocessable Content"),
        (lambda: ValidationError("No.", "unique"), "already-exists", "Already exists", "Conflict"),
        (lambda: MalformedBody("No."), "malformed-body", "Malformed body", "Bad Request"),
        (UnreadablePostError, "malformed-body", "Malformed body", "Bad Request"),
        (IntegrityError, "conflict", "Conflict with stored data", "Conflict"),
        (lambda: ProtectedError("", set()), "conflict", "Conflict with stored data", "Conflict"),
        (DataError, "invalid-data", "Invalid data", "Unprocessable Content"),
        (lambda: contended(sqlstate="40P01"), "busy", "Busy", "Service Unavailable"),
        (lambda: Problem(409, type="conflict", title="Mine"), "conflict", "Mine", "Mine"),
    ],
)
def test_a_kind_of_problem_has_its_page_below_an_api_and_nowhere_else(make, kind, title, alone):
    """What ``about:blank`` says nothing about has the phrase of its status (RFC 9457, section 4.2.1)."""
    api = Api(authentication=())
    api.route("it/", raising(make()))
    with serving(path("api/", include(api.urls))) as client:
        below = problem_of(client.get("/api/it/"))
        page = client.get(below["type"]).json()
    by_itself = problem_of(ask(raising(make())))

    assert (below["type"], below["title"]) == (f"/api/problems/{kind}", title)
    assert (page["type"], page["status"]) == (below["type"], below["status"])
    assert (by_itself["type"], by_itself["title"]) == ("about:blank", alone)


CONTENTION = {
    "sqlite_errorcode": [5, 6, 261, 517],
    "sqlstate": ["40001", "40P01", "55P03"],
    "args": [(1205,), (1213,)],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in CONTENTION for value in CONTENTION[name]])
def test_writers_in_each_others_way_are_503_and_may_come_again(name, value):
    """What SQLite calls busy and locked, PostgreSQL a deadlock, a failed serialization, a lock, MySQL a timeout."""
    response = ask(raising(contended(**{name: value})))

    assert problem_of(response)["status"] == 503
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "error", [SuspiciousOperation(SECRET), SuspiciousFileOperation(SECRET), DisallowedHost(SECRET)]
)
def test_what_looks_like_an_attack_is_told_to_djangos_own_log(caplog, error):
    """Where an administrator already listens for it."""
    ask(raising(error))

    told = [record for record in caplog.records if record.name == f"django.security.{type(error).__name__}"]
    assert [(record.levelname, record.getMessage()) for record in told] == [("ERROR", SECRET)]


def test_model_validation_in_a_handler_is_422(db):
    class Strict(BaseHandler):
        def create(self, request):
            Post(title="x" * 200, content="").full_clean()

    problem = problem_of(ask(Strict, "POST"))

    assert {error["pointer"] for error in problem["errors"]} >= {"/title", "/slug", "/content", "/author"}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [((), ""), (("tags", 0), "/tags/0"), (("a/b", "m~n"), "/a~1b/m~0n"), (("",), "/"), (("~1",), "/~01")],
)
def test_a_pointer_is_escaped_as_rfc_6901_says(steps, expected):
    assert pointer(*steps) == expected


def test_a_defect_is_logged_once_with_its_traceback_and_django_hears_of_it(caplog):
    heard = []

    def hear(sender, request, **kwargs):
        heard.append(request.path)

    got_request_exception.connect(hear)
    try:
        problem = problem_of(ask(raising(KeyError(SECRET))))
    finally:
        got_request_exception.disconnect(hear)
    errors = [record for record in caplog.records if record.levelno >= logging.WARNING]

    assert heard == ["/it/"]
    assert [(record.name, record.getMessage()) for record in errors] == [
        ("django.request", f"Internal Server Error: /it/ ({problem['instance']})")
    ]
    assert errors[0].status_code == 500
    assert SECRET in str(errors[0].exc_info[1])
    assert "in read" in caplog.text


@pytest.mark.parametrize("error", [Problem(404), Http404(), PermissionDenied(), ValidationError("no")])
def test_a_refusal_is_no_error_of_the_server(caplog, error):
    heard = []

    def hear(sender, **kwargs):
        heard.append(sender)

    got_request_exception.connect(hear)
    try:
        ask(raising(error))
    finally:
        got_request_exception.disconnect(hear)

    assert heard == []
    assert [record.levelname for record in caplog.records if record.name == "django.request"] == ["WARNING"]


def test_what_the_database_refuses_is_logged_with_its_reason(caplog):
    """The client gets no names of tables; somebody has to know."""
    ask(raising(IntegrityError(f"UNIQUE constraint failed: {SECRET}")))

    assert SECRET in caplog.text


@pytest.mark.django_db
def test_no_sql_and_no_names_of_tables_reach_the_client(caplog):
    class Broken(BaseHandler):
        def read(self, request):
            with connection.cursor() as cursor:
                cursor.execute("SELECT nothing FROM no_such_table_of_ours")

    response = ask(Broken)

    assert problem_of(response)["status"] == 500
    assert "no_such_table" in caplog.text
    assert "no_such_table" not in text_of(response)
    assert "SELECT" not in text_of(response)


def test_with_debug_the_traceback_is_in_the_answer_and_without_it_never():
    shown = problem_of(ask(raising(KeyError(SECRET)), DEBUG=True))
    hidden = problem_of(ask(raising(KeyError(SECRET)), DEBUG=False))

    assert SECRET in "".join(shown["traceback"])
    assert "in read" in "".join(shown["traceback"])
    assert hidden.keys() == {"type", "title", "status", "detail", "instance"}
    assert "traceback" not in problem_of(ask(raising(Http404()), DEBUG=True))


@pytest.mark.parametrize(
    "members", [{"thing": object()}, {"nan": float("nan")}, {"half": "\ud800"}, {"lazy": iter([1 / 1, object()])}]
)
def test_a_problem_that_cannot_be_written_is_a_defect_and_still_a_problem(members, caplog):
    response = ask(raising(Problem(409, "No.", **members)))

    assert problem_of(response)["status"] == 500
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


def test_the_test_client_sees_a_defect_as_djangos_own_views_show_theirs():
    class Async(BaseHandler):
        async def read(self, request):
            raise KeyError(SECRET)

    async def ask_asynchronously():
        await AsyncClient().get("/async/")

    sync = Resource(raising(KeyError(SECRET)), authentication=())
    with serving(path("it/", sync), path("async/", Resource(Async, authentication=()))):
        for get in (lambda: Client().get("/it/"), lambda: Client().get("/async/"), async_to_sync(ask_asynchronously)):
            with pytest.raises(KeyError, match=SECRET):
                get()


ALONE = {"PLUGINS": []}


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 406), ("HEAD", 406), ("POST", 406), ("DELETE", 405), ("OPTIONS", 204)]
)
@pytest.mark.parametrize("query", ["", "?format=json", "?format="])
def test_the_core_alone_answers_in_plain_text(method, status, query):
    class Handler(BaseHandler):
        def read(self, request):
            raise AssertionError("nobody could read the answer")

        create = read

    response = ask(Handler, method, f"/it/{query}", PISTON=ALONE)

    assert response.status_code == status
    if method not in ("HEAD", "OPTIONS"):
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert f"status: {status}\n" in text_of(response)
    if method in ("GET", "POST"):
        assert "no emitter plugin is enabled" in text_of(response)


def test_the_text_of_a_problem_has_its_members_line_by_line():
    text = text_of(ask(raising(Problem(409, "Grüße.", version=7, instance="/it/1")), PISTON=ALONE))

    assert text == (
        "type: about:blank\ntitle: Not Acceptable\nstatus: 406\n"
        "detail: This server has no format to answer in: no emitter plugin is enabled.\n"
        "alternatives: []\n" + text[text.index("instance: urn:uuid:") :]
    )


def test_a_problem_document_is_read_by_any_json_reader():
    problem = Problem(418, "茶\u2028\x00", tea="☕", instance="/tea/")
    document = json.loads(ask(raising(problem)).content)

    assert document == {
        "type": "about:blank",
        "title": "I'm a Teapot",
        "status": 418,
        "detail": "茶\u2028\x00",
        "tea": "☕",
        "instance": "/tea/",
    }
