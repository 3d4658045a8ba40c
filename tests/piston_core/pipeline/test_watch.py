"""``max_queries`` and ``?explain``: what a request costs is held to a limit, and told to staff and to nobody else."""

from __future__ import annotations

import asyncio
import logging

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser, User
from django.core import mail
from django.db import connection
from django.test import AsyncClient, Client
from django.urls import path

from piston_core import BaseHandler, Resource, rc
from piston_core.pipeline.watch import tests_run as are_tests_run
from piston_core.testing import TooManyQueries
from tests.piston_core.pipeline.asking import GOOD, JSON, Cookie, Key, ask, data_of, problem_of, serving
from tests.shop.models import Category, Label, Product
from tests.shop.serving import returning, stock

pytestmark = pytest.mark.django_db


def asking(count: int, limit: int | None, **attributes) -> type[BaseHandler]:
    """Return a handler whose method runs so many queries."""
    return returning(
        lambda: {"counts": [Label.objects.count() for _ in range(count)]}, max_queries=limit, **attributes
    )


def strict(handler: type[BaseHandler], address: str = "/it/", **options):
    """Return the response of a handler to a client that raises what the server raises."""
    with serving(path("it/", Resource(handler, authentication=(), **options))):
        return Client().get(address)


@pytest.fixture
def in_production(monkeypatch) -> None:
    """Take away by what tests are known."""
    monkeypatch.delattr(mail, "outbox")


# -- max_queries --------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [2, 3, None])
def test_as_many_queries_as_a_handler_allows_are_fine(limit):
    assert strict(asking(2, limit)).json() == {"counts": [0, 0]}


def test_one_more_is_an_error_in_tests_which_names_handler_and_limit_and_queries():
    with pytest.raises(TooManyQueries) as caught:
        strict(asking(3, 2))

    message = str(caught.value)
    assert message.startswith("tests.shop.serving.It has run 3 queries for one request, and its max_queries is 2:\n")
    assert '    3 x SELECT COUNT(*) AS "__count" FROM "shop_label"\n' in message
    assert "N+1" in message


def test_no_query_at_all_can_be_demanded():
    with pytest.raises(TooManyQueries):
        strict(asking(1, 0))


def test_the_client_gets_a_problem():
    problem = problem_of(ask(asking(1, 0)))

    assert problem["status"] == 500
    assert "SELECT" not in str(problem)


@pytest.mark.usefixtures("in_production")
def test_in_production_it_is_a_warning_and_nothing_else(caplog):
    with caplog.at_level(logging.WARNING, "piston.queries"):
        response = strict(asking(2, 1))

    assert response.json() == {"counts": [0, 0]}
    [record] = caplog.records
    assert (record.name, record.levelname) == ("piston.queries", "WARNING")
    assert "It has run 2 queries for one request, and its max_queries is 1" in record.getMessage()


@pytest.mark.usefixtures("in_production")
def test_with_debug_it_is_an_error(settings):
    settings.DEBUG = True
    with pytest.raises(TooManyQueries):
        strict(asking(2, 1))


def test_tests_are_known_by_what_django_sets_up_for_them(monkeypatch):
    assert are_tests_run()

    monkeypatch.delattr(mail, "outbox")
    assert not are_tests_run()


@pytest.mark.parametrize(
    ("handler", "count"),
    [
        (type("H", (BaseHandler,), {"model": Product, "fields": ("name", ("labels", ("word",)))}), 2),
        (type("H", (BaseHandler,), {"model": Product, "fields": ("name",), "stream": True}), 1),
        (type("H", (BaseHandler,), {"model": Product, "fields": ("n",), "n": lambda _, o: o.labels.count()}), 4),
    ],
    ids=["levels", "a stream", "a method"],
)
def test_what_the_representation_runs_counts(handler, count):
    stock(3)
    handler.max_queries = count
    strict(handler)
    handler.max_queries = count - 1

    with pytest.raises(TooManyQueries, match=f"has run {count} "):
        strict(handler)


def test_a_stream_counts_up_to_its_first_piece():
    class Rows(BaseHandler):
        max_queries = 1

        def read(self, request):
            for number in range(5):
                yield {"number": number, "labels": Label.objects.count()}

    response = strict(Rows, emitters=["jsonl"])

    assert response.getvalue().count(b"\n") == 5


def test_what_comes_before_the_method_does_not_count():
    class Asking(Key):
        def authenticate(self, request):
            Label.objects.count()
            return super().authenticate(request)

    assert data_of(ask(asking(1, 1), headers=GOOD, authentication=[Asking()])) == {"counts": [0]}


def test_a_write_that_runs_too_many_leaves_nothing():
    class Writing(BaseHandler):
        max_queries = 1

        def create(self, request):
            Label.objects.create(word="a")
            return {"labels": Label.objects.count()}

    problem_of(ask(Writing, "POST", body=b"{}", content_type=JSON))

    assert Label.objects.count() == 0


def test_a_writes_own_transaction_is_no_query():
    class Writing(BaseHandler):
        max_queries = 1

        def create(self, request):
            Label.objects.create(word="a")

    assert ask(Writing, "POST", body=b"{}", content_type=JSON).status_code == 204


def test_a_handler_without_a_limit_is_not_watched_and_no_other_one_afterwards():
    def read():
        return {"watching": len(connection.execute_wrappers)}

    assert strict(returning(read)).json() == {"watching": 0}
    assert strict(returning(read), "/it/?page=2").json() == {"watching": 0}
    assert strict(returning(read, max_queries=3)).json() == {"watching": 1}
    assert connection.execute_wrappers == []


def test_nothing_watches_after_a_failure():
    def fail():
        raise ZeroDivisionError

    assert ask(returning(fail, max_queries=3)).status_code == 500
    assert connection.execute_wrappers == []


def test_an_async_handlers_queries_count():
    class Awaiting(BaseHandler):
        max_queries = 1

        async def read(self, request):
            return {"labels": await Label.objects.acount() + await Category.objects.acount()}

    async def get():
        return await AsyncClient().get("/it/")

    with serving(path("it/", Resource(Awaiting, authentication=()))), pytest.raises(TooManyQueries, match="2 queries"):
        async_to_sync(get)()


def test_what_an_async_handler_leaves_to_the_representation_counts():
    class Awaiting(BaseHandler):
        model = Product
        fields = ("name", ("labels", ("word",)))
        max_queries = 1

        async def read(self, request):
            return Product.objects.all()

    stock(1)
    with pytest.raises(TooManyQueries, match="2 queries"):
        strict(Awaiting)


def test_requests_at_the_same_time_count_each_for_themselves():
    together = asyncio.Barrier(3)

    class Awaiting(BaseHandler):
        max_queries = 2

        async def read(self, request):
            await together.wait()
            count = await Label.objects.acount()
            await together.wait()
            return {"labels": count + await Label.objects.acount()}

    async def get_three():
        async with asyncio.timeout(10):
            return await asyncio.gather(*(AsyncClient().get("/it/") for _ in range(3)))

    with serving(path("it/", Resource(Awaiting, authentication=()))):
        responses = async_to_sync(get_three)()

    assert [response.json() for response in responses] == [{"labels": 0}] * 3
    assert connection.execute_wrappers == []


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "postgres"])
def test_every_database_counts():
    def read():
        return [Label.objects.using("default").count(), len(Label.objects.using("postgres").values_list()[:1])]

    with pytest.raises(TooManyQueries) as caught:
        strict(returning(read, max_queries=1))

    assert "1 x on default: " in str(caught.value)
    assert "1 x on postgres: " in str(caught.value)


# -- ?explain: for whom -------------------------------------------------------------------------


class LabelHandler(BaseHandler):
    model = Label
    fields = ("word",)


def staff(**attributes) -> User:
    return User(username="sam", **{"is_staff": True, "is_active": True, **attributes})


def explained(handler: type[BaseHandler], address: str = "/it/?explain", **options) -> dict:
    """Return what a member of the staff gets to know."""
    return data_of(ask(handler, address=address, headers=GOOD, authentication=[Key(staff())], **options))


class Everybody:
    """Whoever is not on the staff."""

    SENDERS = {
        "nobody": (None, {}),
        "somebody": (User(username="bob", is_active=True), GOOD),
        "inactive staff": (staff(is_active=False), GOOD),
        "anonymous": (AnonymousUser(), GOOD),
        "no user of Django's": ("somebody", GOOD),
        "a lookalike": (type("User", (), {"is_staff": "no", "is_active": "no"})(), GOOD),
    }


@pytest.mark.parametrize("sender", Everybody.SENDERS)
def test_for_anybody_but_active_staff_the_parameter_means_nothing(sender):
    user, headers = Everybody.SENDERS[sender]
    authentication = [Key(user)] if headers else ()
    Label.objects.create(word="hot")

    response = ask(LabelHandler, address="/it/?explain", headers=headers, authentication=authentication)

    assert data_of(response) == [{"word": "hot"}]
    assert response.headers["Cache-Control"] == ("private, no-cache" if headers else "no-cache")  # as any other read


@pytest.mark.parametrize("authentication", [(), [Cookie()]], ids=["to everybody", "another cookie"])
def test_a_session_that_no_authenticator_has_looked_at_is_nobodys(authentication):
    user = User.objects.create_superuser("sam", password="sam")
    client = Client(raise_request_exception=False)
    client.force_login(user)
    client.cookies["known"] = "yes"
    Label.objects.create(word="hot")

    with serving(path("it/", Resource(LabelHandler, authentication=authentication))):
        response = client.get("/it/?explain")

    assert data_of(response) == [{"word": "hot"}]


def test_a_forged_session_is_refused_or_answered_as_ever():
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "0" * 32

    with serving(path("it/", Resource(LabelHandler, authentication=[Key(staff())]))):
        assert client.get("/it/?explain").status_code == 401


def test_a_parameter_of_the_handlers_own_stays_its_own():
    class Explaining(BaseHandler):
        def read(self, request):
            return {"explain": request.GET["explain"]}

    assert data_of(ask(Explaining, address="/it/?explain=why")) == {"explain": "why"}


def test_staff_who_do_not_ask_get_the_answer():
    assert explained(LabelHandler, "/it/") == []
    assert explained(LabelHandler, "/it/?explained=1") == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_is_done_and_not_explained(method):
    class Writing(BaseHandler):
        create = update = patch = delete = lambda self, request: {"done": True}

    options = {"headers": GOOD, "authentication": [Key(staff())]}
    response = ask(Writing, method, "/it/?explain", b"{}", JSON, **options)

    assert data_of(response) == {"done": True}


# -- ?explain: what -----------------------------------------------------------------------------


def test_the_queries_that_were_run_are_told_with_the_plan():
    stock(3)
    handler = type("H", (BaseHandler,), {"model": Product, "fields": ("name", ("labels", ("word",)))})

    told = explained(handler)

    plan, [labels] = told["plan"], told["plan"]["levels"]
    assert told["handler"].endswith(".H")
    assert (plan["model"], plan["how"], plan["queries"]) == ("shop.Product", "columns", 2)
    assert [query["sql"] for query in told["queries"]] == [plan["query"]["sql"], labels["query"]["sql"]]
    assert all(query["database"] == "default" and query["milliseconds"] >= 0 for query in told["queries"])
    assert told["milliseconds"] >= sum(query["milliseconds"] for query in told["queries"])
    assert told["no_plan_because"] is None


def test_no_value_of_a_query_is_told():
    told = explained(returning(lambda: list(Label.objects.filter(word="a secret")) or {}))

    assert "a secret" not in str(told)
    assert len(told["queries"]) == 1


def test_an_explanation_is_kept_nowhere():
    response = ask(LabelHandler, address="/it/?explain", headers=GOOD, authentication=[Key(staff())])

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == JSON


def test_head_is_answered_as_get_without_the_body():
    response = ask(LabelHandler, "HEAD", "/it/?explain", headers=GOOD, authentication=[Key(staff())])

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Cache-Control"] == "no-store"


def test_the_format_is_negotiated():
    response = ask(LabelHandler, address="/it/?explain&format=jsonl", headers=GOOD, authentication=[Key(staff())])

    assert response.headers["Content-Type"].startswith("application/jsonl")
    assert response.getvalue().count(b"\n") == 1


def test_one_object_is_explained_as_the_address_finds_it():
    label = Label.objects.create(word="hot")

    told = explained(LabelHandler, f"/it/{label.pk}/?explain", route="it/<int:pk>/")

    assert [query["sql"] for query in told["queries"]] == [told["plan"]["query"]["sql"]]
    assert "WHERE" in told["plan"]["query"]["sql"]


def test_a_narrowed_answer_is_explained_narrowed():
    handler = type("H", (BaseHandler,), {"model": Product, "fields": ("name", "stock", ("labels", ("word",)))})

    told = explained(handler, "/it/?explain&fields=stock")

    assert told["plan"]["query"]["columns"] == ["shop_product.stock"]


@pytest.mark.parametrize("address", ["/it/7/?explain", "/it/nonsense/?explain"])
def test_an_object_that_is_not_there_is_not_explained(address):
    options = {"headers": GOOD, "authentication": [Key(staff())], "route": "it/<pk>/"}

    assert problem_of(ask(LabelHandler, address=address, **options))["status"] == 404


def test_a_refusal_of_the_handlers_own_stays_one():
    options = {"address": "/it/?explain", "headers": GOOD, "authentication": [Key(staff())]}

    assert ask(returning(lambda: rc.FORBIDDEN), **options).status_code == 403


@pytest.mark.parametrize(
    ("make", "how", "queries"),
    [
        (Label.objects.all, "columns", 1),
        (lambda: Label.objects, "columns", 1),
        (lambda: [*Label.objects.all()], "given", 1),
        (Label.objects.first, "given", 1),
        (Label.objects.none, "columns", 0),
    ],
    ids=["queryset", "manager", "list", "object", "none"],
)
def test_whatever_the_method_returns_is_explained(make, how, queries):
    Label.objects.create(word="hot")
    told = explained(returning(make, model=Label, fields=("word",)))

    assert told["plan"]["how"] == how
    assert len(told["queries"]) == queries


def test_a_queryset_that_the_method_has_read_is_told_apart():
    def read():
        found = Label.objects.all()
        len(found)
        return found

    told = explained(returning(read, model=Label, fields=("word",)))

    assert told["plan"]["reasons"][0]["why"] == "the method has read the queryset itself"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: {"a": 1}, "the method returns data"),
        (list, "the method returns data"),
        (lambda: Label.objects.values("word"), "the queryset yields values"),
    ],
    ids=["dictionary", "list", "values"],
)
def test_where_there_is_no_plan_the_reason_is_told(make, why):
    told = explained(returning(make))

    assert told["plan"] is None
    assert told["no_plan_because"].startswith(why)


def test_too_many_queries_are_explained_and_no_error():
    told = explained(asking(3, 1))

    assert (len(told["queries"]), told["max_queries"]) == (3, 1)


def test_an_async_handler_is_explained():
    class Awaiting(BaseHandler):
        model = Label
        fields = ("word",)

        async def read(self, request):
            await Category.objects.acount()
            return Label.objects.all()

    async def get():
        return await AsyncClient().get("/it/?explain", headers=GOOD)

    with serving(path("it/", Resource(Awaiting, authentication=[Key(staff())]))):
        told = data_of(async_to_sync(get)())

    assert ["shop_category" in query["sql"] for query in told["queries"]] == [True, False]
    assert told["plan"]["how"] == "columns"


def test_a_stream_is_explained_up_to_its_first_piece():
    stock(3)
    told = explained(type("H", (BaseHandler,), {"model": Product, "fields": ("name",), "stream": True}))

    assert len(told["queries"]) == 1
