"""``rc``: every reply by its name, with data, with a detail, with header fields."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from blog.models import Tag
from piston_core import BaseHandler, Reply, rc
from piston_core.replies import NOTHING
from tests.piston_core.pipeline.asking import ask, data_of, problem_of

STATUS = {
    "ALL_OK": 200,
    "CREATED": 201,
    "DELETED": 204,
    "BAD_REQUEST": 400,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "DUPLICATE_ENTRY": 409,
    "NOT_HERE": 410,
    "BAD_RANGE": 416,
    "THROTTLED": 429,
    "INTERNAL_ERROR": 500,
    "NOT_IMPLEMENTED": 501,
}
GOOD = [name for name, status in STATUS.items() if status < 400]
REFUSALS = [name for name, status in STATUS.items() if status >= 400]


def replying(reply):
    return type("Replying", (BaseHandler,), {"read": lambda self, request: reply})


def test_these_are_all_replies_there_are():
    assert {name: getattr(rc, name).status for name in vars(rc) if name.isupper()} == STATUS


@pytest.mark.parametrize("name", GOOD)
def test_a_good_reply_alone_is_empty(name):
    response = ask(replying(getattr(rc, name)))

    assert (response.status_code, response.content) == (STATUS[name], b"")


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_alone_is_a_problem_that_its_status_explains(name):
    problem = problem_of(ask(replying(getattr(rc, name))))

    assert (problem["type"], problem["status"]) == ("about:blank", STATUS[name])
    assert problem.keys() == {"type", "title", "status", "instance"}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_tells_its_detail_its_header_fields_and_its_data(name):
    reply = getattr(rc, name)({"retry": {"after": 5}, "price": Decimal("1.50")}, detail="Why.", headers={"X-Own": "1"})
    response = ask(replying(reply))
    problem = problem_of(response)

    assert (problem["detail"], problem["retry"], problem["price"]) == ("Why.", {"after": 5}, "1.50")
    assert response.headers["X-Own"] == "1"


@pytest.mark.parametrize("data", ["text", ["a", 1], None, 5, [], ""])
def test_data_that_is_no_dictionary_is_a_member_of_its_own(data):
    assert problem_of(ask(replying(rc.BAD_REQUEST(data))))["data"] == data


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"self": "/it/", "headers": "h", "args": 1}, {"self": "/it/", "headers": "h", "args": 1}),
        ({"detail": "From the data.", "title": "Own"}, {"detail": "From the data.", "title": "Own"}),
        ({"type": "https://example.org/full"}, {"type": "https://example.org/full"}),
        ({"status": 200, 1: "one"}, {"status": 400, "1": "one"}),
        ({"title": "", "type": None, "detail": None}, {"title": "Bad Request", "type": "about:blank"}),
        ({"detail": 5}, {"detail": "5"}),
    ],
)
def test_a_dictionary_becomes_the_problems_members_whatever_their_names_are(data, expected):
    problem = problem_of(ask(replying(rc.BAD_REQUEST(data))))

    standard = {"type": "about:blank", "title": "Bad Request", "status": 400, "instance": problem["instance"]}
    assert problem == standard | expected


def test_the_detail_of_the_reply_comes_before_that_of_the_data():
    assert rc.FORBIDDEN({"detail": "data"}, detail="reply").problem().detail == "reply"


def test_a_refusal_may_show_objects_as_their_handler_does(db):
    Tag.objects.create(name="Tea", slug="tea")

    class Conflict(BaseHandler):
        model = Tag
        fields = ("slug",)

        def read(self, request):
            return rc.DUPLICATE_ENTRY({"there": Tag.objects.get(), "all": Tag.objects.all()})

    problem = problem_of(ask(Conflict))

    assert (problem["there"], problem["all"]) == ({"slug": "tea"}, [{"slug": "tea"}])


@pytest.mark.parametrize("data", [{"a": 1}, [1], "text", None, 0, False, ""])
@pytest.mark.parametrize("name", ["ALL_OK", "CREATED"])
def test_a_good_reply_shows_its_data(name, data):
    response = ask(replying(getattr(rc, name)(data)))

    assert response.status_code == STATUS[name]
    assert data_of(response) == data


def test_any_status_can_be_replied():
    for status in (202, 203, 207, 299):
        assert ask(replying(Reply(status)([1]))).status_code == status
    for status in (402, 418, 451, 499, 503, 599):
        assert problem_of(ask(replying(Reply(status))))["status"] == status


def test_a_reply_is_a_value_that_calling_does_not_change():
    reply = rc.THROTTLED(detail="Later.", headers={"Retry-After": "5"})

    assert (rc.THROTTLED.detail, dict(rc.THROTTLED.headers), rc.THROTTLED.data) == ("", {}, NOTHING)
    assert reply.status == 429
    with pytest.raises(FrozenInstanceError):
        reply.status = 200
    with pytest.raises(TypeError):
        reply.headers["X"] = "y"
    assert repr(NOTHING) == "NOTHING"


def test_replying_twice_does_not_mix_the_answers():
    class Counting(BaseHandler):
        def read(self, request, number):
            return rc.BAD_REQUEST({"number": number}, headers={f"X-{number}": "1"})

    first, second = (ask(Counting, address=f"/{number}/", route="<int:number>/") for number in (1, 2))

    assert (problem_of(first)["number"], problem_of(second)["number"]) == (1, 2)
    assert "X-1" not in second.headers


def test_an_unknown_name_is_an_error():
    with pytest.raises(AttributeError):
        rc.TEAPOT  # noqa: B018
