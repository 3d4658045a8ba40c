"""What is kept between requests is bounded, belongs to no thread and no database, and forgets settings that change."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import F, Q
from django.test import AsyncClient, override_settings
from django.utils import timezone

from piston_core import BaseHandler
from piston_core.plans.bounded import Bounded
from piston_core.plans.cells import Style
from piston_core.plans.choosing import level_by
from tests.piston_core.plans.fidelity import oracle
from tests.piston_core.plans.fidelity.databases import everywhere, time_zone
from tests.piston_core.plans.test_statements import Reader
from tests.shop.models import Category, Country, Customer, Label, Maker, Product, Review, Sample
from tests.shop.serving import JSON, serving, stock

NAMES = ("name", ("maker", ("name",)), ("labels", ("word",)), ("reviews", ("stars",)))
SECOND = "second"


# -- bounds ------------------------------------------------------------------------------------------


def test_a_bounded_dictionary_forgets_its_oldest_entries():
    kept = Bounded(3)
    for number in range(5):
        assert kept.keep(number, str(number)) == str(number)

    assert kept == {2: "2", 3: "3", 4: "4"}


def test_a_bounded_dictionary_stays_so_under_threads():
    kept, start = Bounded(10), Barrier(8)

    def fill(thread: int) -> list[Any]:
        start.wait()
        return [kept.keep((thread, number), number) for number in range(3000)]

    with ThreadPoolExecutor(8) as threads:
        assert all(answer == [*range(3000)] for answer in threads.map(fill, range(8)))
    kept.keep("last", 1)
    assert len(kept) <= 10


@pytest.mark.django_db
def test_all_slices_of_a_queryset_share_one_statement():
    products, reader = stock(5), Reader(Product, "name")

    for start in range(4):
        for stop in range(start + 1, 7):
            shown = reader.read(Product.objects.all()[start:stop])
            assert shown == [{"name": each.name} for each in products[start:stop]]
    assert reader.read(Product.objects.all()[2:]) == [{"name": each.name} for each in products[2:]]
    (level,) = reader.plan.levels.values()
    assert len(level.statements) == 1
    assert reader.read(Product.objects.all()) == [{"name": each.name} for each in products]
    assert len(level.statements) == 2


@pytest.mark.django_db
def test_thousands_of_shapes_leave_a_bounded_number_of_statements():
    stock(3)
    reader = Reader(Product, "name")
    columns = ("name", "slug", "description", "my_idea", "private_note")
    comparisons = (
        "exact",
        "iexact",
        "contains",
        "icontains",
        "startswith",
        "istartswith",
        "endswith",
        "iendswith",
        "gt",
    )
    singles = [f"{column}__{comparison}" for column in columns for comparison in comparisons]

    for first, second in permutations(singles, 2):
        reader.read(Product.objects.filter(**{first: "x"}).filter(**{second: "y"}))
    (level,) = reader.plan.levels.values()
    assert len(level.statements) == level.statements.limit == 128
    assert reader.read(Product.objects.all()[:1]) == [{"name": "Tea 1"}]  # long forgotten
    assert reader.one(slug="tea-2") == {"name": "Tea 2"}


@pytest.mark.django_db
def test_thousands_of_values_and_numbers_of_keys_are_one_statement():
    stock(12)
    reader = Reader(Product, *NAMES)

    for count in range(1, 300):
        reader.read(Product.objects.filter(pk__lte=count).filter(name__contains=str(count)))
        reader.read(Product.objects.filter(pk__lte=count % 13))
    levels = [level for plan in (reader.plan, *below(reader.plan)) for level in plan.levels.values()]
    assert sorted(len(level.statements) for level in levels) == [1, 1, 2]


@pytest.mark.django_db
def test_a_plan_keeps_a_bounded_number_of_levels():
    reader = Reader(Product, "name", "active")
    kinds = [type(f"Kind{number}", (str,), {}) for number in range(200)]

    for kind in kinds:
        reader.values.style = Style(frozenset({kind}), textual=False)
        assert not isinstance(level_by(reader.plan, connection, reader.values), str)
    assert len(reader.plan.levels) == reader.plan.levels.limit == 64


def below(plan):
    """Return the plans of the levels below a plan."""
    return [column.plan for column in plan.columns if column.many]


# -- threads and event loops -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_threads_that_read_different_shapes_through_one_plan_all_get_their_own_answers():
    stock(8)
    reader, start = Reader(Product, *NAMES), Barrier(8)
    conditions = [
        Q(),
        Q(pk=1),
        Q(pk=2),
        Q(stock=5),
        Q(name="Tea 3"),
        Q(maker__number__gt=4),
        Q(pk__in=[5, 6]),
        Q(pk=99),
    ]
    querysets = [Product.objects.filter(condition) for condition in conditions]
    querysets += [Product.objects.all()[start : start + 2] for start in range(8)]
    expected = [oracle.rows(queryset.all(), NAMES) for queryset in querysets]

    def ask(thread: int) -> bool:
        try:
            start.wait()
            turns = [(thread * 3 + step) % len(querysets) for step in range(60)]
            return all(reader.read(querysets[turn].all()) == expected[turn] for turn in turns)
        finally:
            BaseDatabaseWrapper.close(connections["default"])  # SQLite's own does not close what is in memory

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [True] * 8


@pytest.mark.django_db
def test_asynchronous_requests_at_the_same_time_all_get_their_own_answers():
    stock(6)

    class Asked(BaseHandler):
        model, fields = Product, NAMES

        async def read(self, request):
            await asyncio.sleep(0)
            return Product.objects.filter(pk__lte=int(request.GET["until"]))[int(request.GET["start"]) :]

    async def ask() -> list[Any]:
        client = AsyncClient()
        asked = [(until, start) for until in range(7) for start in range(3)]
        responses = await asyncio.gather(
            *(client.get(f"/api/it/?until={until}&start={start}", headers={"Accept": JSON}) for until, start in asked)
        )
        return [
            (until, start, json.loads(each.content)) for (until, start), each in zip(asked, responses, strict=True)
        ]

    with serving({"it/": Asked}):
        answers = async_to_sync(ask)()
    for until, start, rows in answers:
        assert [row["name"] for row in rows] == [f"Tea {number}" for number in range(start + 1, until + 1)]
        assert [row["labels"] for row in rows] == [
            [{"word": f"hot-{number}"}, {"word": f"green-{number}"}] for number in range(start + 1, until + 1)
        ]


# -- settings ----------------------------------------------------------------------------------------

MOMENTS = ("moment", "date", "time", ("customer", ("name",)))


@pytest.fixture
def sample(db):
    """Store an instant in winter and one in summer, with microseconds and without."""
    for moment in (dt.datetime(2026, 1, 2, 3, 4, 5, 678900, dt.UTC), dt.datetime(2026, 7, 2, 23, 4, 5, 0, dt.UTC)):
        Sample.objects.create(moment=moment, date=moment.date(), time=moment.time())


@pytest.mark.parametrize("textual", [False, True], ids=["for any format", "for a textual one"])
def test_settings_of_time_count_from_the_next_answer_on(sample, textual):
    reader = Reader(Sample, *MOMENTS)
    reader.values.style = Style(frozenset(), textual)
    answers = []

    def check() -> None:
        answers.append(reader.read(Sample.objects.all()))
        assert answers[-1] == oracle.rows(Sample.objects.all(), MOMENTS)

    check()
    with override_settings(USE_TZ=False):
        check()
        with override_settings(TIME_ZONE="Asia/Tokyo"):
            check()
    check()
    with override_settings(TIME_ZONE="America/New_York"), timezone.override("Asia/Kolkata"):
        check()
    with time_zone("default", "Europe/Berlin"):
        check()
    check()
    shown = [answer[0]["moment"] for answer in answers]
    assert shown[0] == shown[3] == shown[4] == shown[6] == "2026-01-02T03:04:05.678900+00:00"
    assert shown[1] == shown[2] == "2026-01-02T03:04:05.678900"
    assert shown[5] == "2026-01-02T03:04:05.678900+01:00"


@everywhere
@pytest.mark.parametrize("textual", [False, True], ids=["for any format", "for a textual one"])
def test_the_time_zone_of_a_connection_counts_from_the_next_answer_on(alias, textual):
    reader, samples = Reader(Sample, "moment"), Sample.objects.using(alias)
    reader.values.style = Style(frozenset(), textual)
    for year in (1800, 2026):  # the first has offsets of odd seconds
        for micro in (0, 678_901, 678_900, 678_000, 600_000):
            samples.create(moment=dt.datetime(year, 7, 2, 23, 59, 59, micro, dt.UTC))

    for zone in (None, "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "UTC", "Asia/Kathmandu", "Etc/GMT+12"):
        with time_zone(alias, zone):
            assert reader.read(samples.order_by("pk")) == oracle.rows(samples.order_by("pk"), ("moment",))


@pytest.mark.django_db
def test_the_address_of_files_counts_from_the_next_answer_on(settings):
    stock(1)
    Product.objects.update(photo="photos/a b.png")
    reader = Reader(Product, "photo")
    first = reader.read(Product.objects.all())

    settings.MEDIA_URL = "https://files.example/"
    assert reader.read(Product.objects.all()) == oracle.rows(Product.objects.all(), ("photo",))
    assert reader.read(Product.objects.all()) != first


# -- several databases -------------------------------------------------------------------------------


@pytest.fixture
def second(db, settings):
    """Fill the first database with two products, and another one with three that are named otherwise."""
    settings.DATABASE_ROUTERS = []
    stock(2)
    entry = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    entry = connections.configure_settings({"default": {}, SECOND: entry})[SECOND]
    made = DatabaseWrapper(entry, SECOND)
    made.ensure_connection()  # a test may open no connection that it has not declared, as soon as it has a name
    connections.settings[SECOND], connections[SECOND] = entry, made
    with connections[SECOND].schema_editor() as editor:
        for model in (Country, Maker, Category, Label, Product, Customer, Review):
            editor.create_model(model)
    for number in (1, 2, 3):
        maker = Maker.objects.using(SECOND).create(name=f"Other maker {number}", number=number)
        product = Product.objects.using(SECOND).create(name=f"Other {number}", slug=f"tea-{number}", maker=maker)
        product.labels.add(Label.objects.using(SECOND).create(word=f"other-{number}"))
        Review.objects.using(SECOND).create(product=product, stars=number + 2)
    yield SECOND
    BaseDatabaseWrapper.close(made)
    del connections[SECOND]
    del connections.settings[SECOND]


class To:
    """Sends reads of these models to the second database, and remembers for whom."""

    def __init__(self, *models: type) -> None:
        self.models = models
        self.hints: list[tuple[type, Any]] = []

    def db_for_read(self, model: type, **hints: Any) -> str | None:
        """Return where objects are read."""
        self.hints.append((model, hints.get("instance")))
        return SECOND if model in self.models else None


def tea(
    number: int, word: str = "Tea", maker: str = "Maker", labels: str = "", stars: tuple[int, ...] = (1, 2)
) -> Any:
    """Return what ``NAMES`` show of a product."""
    words = [f"{labels}-{number}"] if labels else [f"hot-{number}", f"green-{number}"]
    return {
        "name": f"{word} {number}",
        "maker": {"name": f"{maker} {number}"},
        "labels": [{"word": each} for each in words],
        "reviews": [{"stars": each} for each in stars],
    }


HERE = [tea(1), tea(2)]
THERE = [tea(number, "Other", "Other maker", "other", (number + 2,)) for number in (1, 2, 3)]


@pytest.mark.parametrize("method", [False, True], ids=["columns", "objects"])
def test_a_plan_reads_each_queryset_from_its_own_database(second, method):
    reader = Reader(Product, *NAMES, *(["no_such_name"] if method else []))

    for _ in range(2):
        assert reader.read(Product.objects.all()) == HERE
        assert reader.read(Product.objects.using(second)) == THERE
        assert reader.read(Product.objects.using(second).filter(pk=2)) == THERE[1:2]
        assert reader.read(Product.objects.filter(pk=2)) == HERE[1:]
        assert reader.one(pk=2) == HERE[1]


def test_a_router_that_sends_reads_elsewhere_is_asked_for_each_answer(second, settings):
    reader = Reader(Product, *NAMES)
    assert reader.one(slug="tea-1") == HERE[0]

    settings.DATABASE_ROUTERS = [To(Product, Label, Review)]
    assert reader.read(Product.objects.all()) == THERE
    assert reader.one(slug="tea-1") == THERE[0]
    assert reader.one(slug="tea-3") == THERE[2]
    settings.DATABASE_ROUTERS = []
    assert reader.read(Product.objects.all()) == HERE
    assert reader.one(slug="tea-3") is None


def test_related_objects_are_read_where_a_router_says(second, settings):
    settings.DATABASE_ROUTERS = [To(Review)]
    reader = Reader(Product, *NAMES)

    expected = [{**row, "reviews": [{"stars": number}]} for number, row in ((3, HERE[0]), (4, HERE[1]))]
    assert reader.read(Product.objects.all()) == expected
    assert reader.read(Product.objects.annotate(more=F("pk"))) == expected


def test_a_router_is_told_an_object_that_the_related_objects_belong_to(second, settings):
    router = To()
    settings.DATABASE_ROUTERS = [router]
    names = (("product", ("name", ("labels", ("word",)))), ("customer", ("name",)))
    Reader(Review, *names).read(Review.objects.filter(product=2))

    (parent,) = [instance for model, instance in router.hints if model is Label]
    assert isinstance(parent, Product)
    assert (parent.pk, parent._state.db) == (2, "default")


class Replica(To):
    """Reads these models from the second database and writes them to the first, as with a replica that is behind."""

    def db_for_write(self, model: type, **hints: Any) -> str:
        """Return where objects are written."""
        return "default"


@pytest.mark.parametrize("own", [False, True], ids=["all", "a queryset of its own"])
def test_what_has_been_written_is_shown_as_it_was_written_and_not_as_a_replica_has_it(second, settings, own):
    settings.DATABASE_ROUTERS = [Replica(Product)]
    attributes = {"queryset": lambda self, request: Product.objects.filter(pk__gt=0)} if own else {}
    kind = type("Products", (BaseHandler,), {"model": Product, "fields": ("name", "stock"), **attributes})

    with serving({"products/<int:pk>/": kind}) as client:
        written = client.patch("/api/products/1/", json.dumps({"name": "Rooibos"}), content_type=JSON)
        read = client.get("/api/products/1/")

    assert (written.status_code, written.json()["name"]) == (200, "Rooibos")
    assert read.json()["name"] == "Other 1"
