"""Whatever a handler does to its queryset, the answer is what the queryset's instances say."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db.models import (
    Avg,
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Concat, Lower, RowNumber, TruncYear, Upper

from piston_core import BaseHandler
from tests.piston_core.plans.fidelity import oracle
from tests.piston_core.plans.fidelity.asking import check, check_one, check_result
from tests.piston_core.plans.fidelity.databases import SQLITE, cases, everywhere
from tests.piston_core.plans.fidelity.world import world
from tests.shop.people import Car, Club, Membership, Nation, Person, Racer, Shelf, Vehicle, Wheel
from tests.shop.serving import answer, returning, serving

NAMES = (
    "name",
    "email",
    "born",
    "nation_id",
    ("nation", ("code", "name")),
    ("boss", ("name", ("nation", ("name",)), ("clubs", ("name",)))),
    ("friends", ("email", ("passport", ("pk", ("visas", ("days",)))))),
    ("clubs", ("name", ("memberships", ("since", ("inviter", ("email",)))))),
    ("logins", ("shell",)),
    ("reports", ("email",)),
)
NEIGHBOURS = Nation.objects.filter(name__contains="B")

# Each makes another queryset of people from the plain one.
QUERYSETS = {
    "all": lambda people: people.all(),
    "none": lambda people: people.none(),
    "ordered": lambda people: people.order_by("email"),
    "descending": lambda people: people.order_by("-email"),
    "unordered, by key": lambda people: people.order_by("pk"),
    "by two": lambda people: people.order_by("name", "-email"),
    "by relation": lambda people: people.order_by("nation__name", "boss__name", "email"),
    "by relation's own order": lambda people: people.order_by("nation", "email"),
    "nulls first": lambda people: people.order_by(F("nation").asc(nulls_first=True), "email"),
    "nulls last": lambda people: people.order_by(F("born").desc(nulls_last=True)),
    "by expression": lambda people: people.order_by(Lower("name").desc(), "email"),
    "by annotation": lambda people: people.annotate(count=Count("reports")).order_by("-count", "email"),
    "reversed": lambda people: people.reverse(),
    "reversed by name": lambda people: people.order_by("name", "email").reverse(),
    "first three": lambda people: people.all()[:3],
    "from the second": lambda people: people.all()[1:],
    "the middle": lambda people: people.order_by("-email")[1:4],
    "a slice of nothing": lambda people: people.all()[3:3],
    "every other": lambda people: people.filter(pk__in=[each.pk for each in people.all()[::2]]),
    "filtered": lambda people: people.filter(name__contains="n"),
    "filtered by relation": lambda people: people.filter(nation__name__contains="A"),
    "filtered by no relation": lambda people: people.filter(boss=None),
    "duplicates": lambda people: people.filter(memberships__since__gte="1990-01-01"),
    "duplicates of two": lambda people: people.filter(clubs__name__contains="e", friends__name__contains="n"),
    "duplicates, sliced": lambda people: people.filter(clubs__isnull=False)[1:5],
    "distinct": lambda people: people.filter(memberships__since__gte="1990-01-01").distinct(),
    "distinct, ordered": lambda people: people.filter(clubs__isnull=False).order_by("email").distinct()[:3],
    "excluded": lambda people: people.exclude(clubs__name="Tea"),
    "both": lambda people: people.filter(Q(nation=None) | ~Q(boss=None)),
    "subquery": lambda people: people.filter(pk__in=Membership.objects.using(people.db).values("person")),
    "exists": lambda people: people.filter(Exists(Membership.objects.filter(person=OuterRef("pk")))),
    "combined": lambda people: people.filter(name="Ann") | people.filter(name="Bob"),
    "intersected": lambda people: people.filter(clubs__isnull=False) & people.filter(boss__isnull=False),
    "joined": lambda people: people.select_related("nation", "boss__nation"),
    "joined backwards": lambda people: people.select_related("passport__nation"),
    "joined by nothing": lambda people: people.select_related("nation").select_related(None),
    "only": lambda people: people.only("name"),
    "only, joined": lambda people: people.select_related("nation").only("email", "nation__name"),
    "only the key": lambda people: people.only("pk"),
    "deferred": lambda people: people.defer("name", "born"),
    "deferred beyond": lambda people: people.select_related("nation").defer("nation__name"),
    "deferred relation": lambda people: people.defer("nation"),
    "prefetched": lambda people: people.prefetch_related("friends", "clubs__memberships", "nation"),
    "prefetched filtered": lambda people: people.prefetch_related(Prefetch("clubs", Club.objects.filter(name="Tea"))),
    "prefetched in another order": lambda people: people.prefetch_related(
        Prefetch("friends", Person.objects.order_by("-email"))
    ),
    "prefetched below": lambda people: people.prefetch_related(
        Prefetch("friends__passport__visas"), Prefetch("clubs__memberships", Membership.objects.order_by("since"))
    ),
    "prefetched deeply": lambda people: people.prefetch_related(
        Prefetch(
            "clubs", Club.objects.prefetch_related(Prefetch("memberships", Membership.objects.exclude(inviter=None)))
        )
    ),
    "prefetched to one": lambda people: people.prefetch_related(Prefetch("nation", NEIGHBOURS)),
    "prefetched by nothing": lambda people: people.prefetch_related("clubs").prefetch_related(None),
    "prefetched in a slice": lambda people: people.prefetch_related("friends")[1:3],
    "distinct by hand": lambda people: people.filter(
        pk__in=people.filter(clubs__isnull=False).distinct().values("pk")
    ),
    "extra": lambda people: people.extra(where=["shop_person.email <> '1@x'"], order_by=["email"]),
    "extra with a bare name": lambda people: people.extra(where=["email <> '1@x'"], order_by=["email"]),
    "dates": lambda people: people.filter(born__year__gte=1902),
    "for update": lambda people: people.select_for_update(of=("self",)) if people.db == "postgres" else people,
    "read already": lambda people: _read(people.all()),
    "one asked": lambda people: _asked(people.all()),
}


def _read(queryset):
    len(queryset)
    return queryset


def _asked(queryset):
    queryset.first(), queryset.count(), queryset.exists()
    return queryset


@everywhere
@cases(QUERYSETS)
def test_a_queryset(alias, kind):
    world(alias)

    got = check(lambda: QUERYSETS[kind](Person.objects.using(alias)), NAMES)

    assert got or kind in {"none", "a slice of nothing"}


# Each adds names to people, and says which.
ANNOTATED = {
    "a count": lambda people: people.annotate(count=Count("clubs", distinct=True)),
    "an average": lambda people: people.annotate(mean=Avg("reports__friends__born__year")),
    "a sum of durations": lambda people: people.annotate(stay=Sum("passport__visas__days")),
    "a moment": lambda people: people.annotate(latest=Max("reports__born")),
    "a date": lambda people: people.annotate(since=Max("memberships__since")),
    "a text": lambda people: people.annotate(label=Concat("name", Value(" <"), Upper("email"), Value(">"))),
    "a relation's column": lambda people: people.annotate(land=F("nation__name"), boss_land=F("boss__nation__name")),
    "a relation's key": lambda people: people.annotate(boss_key=F("boss")),
    "a condition": lambda people: people.annotate(led=Q(boss__isnull=False)),
    "a case": lambda people: people.annotate(rank=Case(When(boss=None, then=Value("top")), default=Value("below"))),
    "a constant": lambda people: people.annotate(one=Value(1), nothing=Value(None, Person._meta.get_field("name"))),
    "a truncated date": lambda people: people.annotate(year=TruncYear("born")),
    "a part": lambda people: people.annotate(year=F("born__year")),
    "a subquery": lambda people: people.annotate(
        first_club=Subquery(Club.objects.filter(members=OuterRef("pk")).order_by("pk").values("name")[:1])
    ),
    "an existence": lambda people: people.annotate(member=Exists(Membership.objects.filter(person=OuterRef("pk")))),
    "a window": lambda people: people.annotate(place=Window(RowNumber(), order_by="email")),
    "an alias": lambda people: people.alias(count=Count("reports")).filter(count__gt=0).annotate(twice=F("count") * 2),
    "one over another": lambda people: people.annotate(count=Count("clubs")).annotate(more=F("count") + 1),
    "a filtered one": lambda people: people.annotate(teas=Count("clubs", filter=Q(clubs__name="Tea"))).filter(
        teas__gt=0
    ),
    "a filter of many": lambda people: people.annotate(club=F("clubs__name")).order_by("email", "clubs__pk"),
    "extra select": lambda people: people.extra(
        select={"half": "LOWER(shop_person.email)", "two": "2 + %s"}, select_params=[1]
    ),
    "extra select with a bare name": lambda people: people.extra(select={"half": "LOWER(email)"}),
    "a sliced one": lambda people: people.annotate(count=Count("clubs")).order_by("-count", "email")[:3],
    "with only": lambda people: people.annotate(count=Count("clubs")).only("name"),
    "the name of a method": lambda people: people.annotate(size=Count("friends")),
}
ADDED = (
    "count",
    "mean",
    "stay",
    "latest",
    "since",
    "label",
    "land",
    "boss_land",
    "boss_key",
    "led",
    "rank",
    "one",
    "nothing",
)
ADDED += ("year", "first_club", "member", "place", "twice", "more", "teas", "club", "half", "two", "size")


@everywhere
@cases(ANNOTATED)
def test_an_annotation(alias, kind):
    world(alias)

    got = check(lambda: ANNOTATED[kind](Person.objects.using(alias).order_by("email")), (*ADDED, *NAMES))

    assert got[0].keys() & set(ADDED)


@everywhere
@cases(ANNOTATED)
def test_an_annotation_alone(alias, kind):
    world(alias)

    check(lambda: ANNOTATED[kind](Person.objects.using(alias).order_by("email")), ADDED)


UNIONS = {
    "union": lambda people: people.filter(name="Ann").union(people.filter(name="Bob")).order_by("email"),
    "union of all": lambda people: people.filter(name="Ann").union(people.all(), all=True).order_by("email"),
    "sliced union": lambda people: people.filter(name="Ann").union(people.all()).order_by("-email")[1:4],
    "intersection": lambda people: people.intersection(people.exclude(name="Ann")).order_by("email"),
    "difference": lambda people: people.difference(people.filter(name="Ann")).order_by("email"),
}


@everywhere
@cases(UNIONS)
def test_a_union(alias, kind):
    world(alias)
    people = Person.objects.using(alias).order_by()

    assert check_result(lambda: UNIONS[kind](people), NAMES, model=Person)


@everywhere
def test_a_union_as_the_handlers_queryset(alias):
    world(alias)

    check(lambda: UNIONS["union"](Person.objects.using(alias).order_by()), NAMES)


@everywhere
@pytest.mark.parametrize("below", [("name", "pk"), ()], ids=["shown", "referred to"])
def test_a_prefetch_to_an_attribute(alias, below):
    world(alias)
    tea = Prefetch("clubs", Club.objects.filter(name="Tea").order_by("-pk"), to_attr="tea_clubs")
    land = Prefetch("nation", NEIGHBOURS, to_attr="land")
    names = ("name", ("tea_clubs", below), ("clubs", ("name",)), ("land", below))

    check(lambda: Person.objects.using(alias).prefetch_related(tea, land), names)


# What is no queryset of objects, or no queryset at all.
RESULTS = {
    "values": lambda people: people.values(),
    "some values": lambda people: people.values("name", "born", "nation__name"),
    "values with an annotation": lambda people: people.values("name").annotate(count=Count("pk")).order_by("name"),
    "lists": lambda people: people.values_list("email", "born", "pk"),
    "named lists": lambda people: people.values_list("email", "born", named=True),
    "flat": lambda people: people.values_list("born", flat=True),
    "values, sliced": lambda people: people.values("email")[1:3],
    "days": lambda people: people.datetimes("born", "day"),
    "dates": lambda people: Membership.objects.using(people.db).dates("since", "month"),
    "raw": lambda people: people.raw("SELECT * FROM shop_person ORDER BY email"),
    "raw, in part": lambda people: people.raw(
        "SELECT key, email, 1 + 1 AS two FROM shop_person WHERE email > %s", ["2@x"]
    ),
    "a slice of what was read": lambda people: _read(people.all())[1:3],
    "a list": lambda people: list(people.order_by("email")),
    "a list of some": lambda people: list(people.select_related("nation").prefetch_related("clubs"))[1:4],
    "a tuple": lambda people: tuple(people.all()),
    "in bulk": lambda people: list(people.in_bulk([each.pk for each in people.order_by("email")[:3]]).values()),
    "a list with holes": lambda people: [people.first(), None, people.last(), people.first()],
    "a list of columns left out": lambda people: list(people.only("email")),
    "a list of some with": lambda people: [*people.only("email")[:2], *people.all()[2:]],
}


@everywhere
@cases(RESULTS)
def test_a_result(alias, kind):
    world(alias)

    got = check_result(lambda: RESULTS[kind](Person.objects.using(alias)), ("pk", "two", *NAMES), model=Person)

    assert got


@pytest.mark.parametrize("alias", [SQLITE])  # where an object without a database is looked for
def test_an_object_that_is_not_stored(alias):
    made = {"key": UUID(int=5), "name": "New", "email": "new@x"}

    check_result(lambda: [Person(**made)], NAMES, model=Person)


@everywhere
def test_objects_in_a_dictionary(alias):
    world(alias)
    everybody = list(Person.objects.using(alias))
    handler = returning(lambda: {"first": everybody[0], "rest": everybody[1:], "count": 6}, model=Person, fields=NAMES)
    fresh = list(Person.objects.using(alias))

    expected = {"first": oracle.shown(fresh[0], NAMES), "rest": oracle.rows(fresh[1:], NAMES), "count": 6}

    assert answer(handler) == expected


@everywhere
def test_one_object_by_keys_of_any_kind(alias):
    world(alias)
    objects = Person.objects.using(alias)
    handler = type(
        "It", (BaseHandler,), {"model": Person, "fields": NAMES, "queryset": lambda self, request: objects.all()}
    )
    routes = {"key/<uuid:key>/": handler, "pk/<uuid:pk>/": handler, "email/<str:email>/": handler}

    with serving(routes) as client:
        for person in objects.all():
            for address in (f"key/{person.pk}", f"pk/{person.pk}", f"email/{person.email}"):
                check_one(client, f"/api/{address}/", objects.get(pk=person.pk), NAMES)


@everywhere
def test_one_object_with_annotations_and_a_prefetch(alias):
    world(alias)
    rows = Prefetch("clubs", Club.objects.filter(name="Tea"))
    make = lambda: Person.objects.using(alias).annotate(count=Count("reports")).prefetch_related(rows)  # noqa: E731
    names = ("count", *NAMES)
    handler = type("It", (BaseHandler,), {"model": Person, "fields": names, "queryset": lambda self, request: make()})

    with serving({"pk/<uuid:pk>/": handler}) as client:
        for person in Person.objects.using(alias):
            check_one(client, f"/api/pk/{person.pk}/", make().get(pk=person.pk), names)


# Querysets of models with tables of their parents, with a manager that filters, and of a proxy's parent.
OTHERS = {
    "third table": (Racer, lambda cars: cars.order_by("-doors")),
    "third table, by the first": (Racer, lambda cars: cars.order_by("plate").filter(owner__isnull=False)),
    "third table, only": (Racer, lambda cars: cars.only("plate", "number")),
    "third table, only its own": (Racer, lambda cars: cars.only("number")),
    "third table, deferred": (Racer, lambda cars: cars.defer("plate", "doors")),
    "third table, annotated": (Racer, lambda cars: cars.annotate(wheel_count=Count("wheels")).order_by("pk")),
    "first table, joined to the third": (Vehicle, lambda cars: cars.select_related("car__racing__sponsor")),
    "second table, joined to its parent": (Car, lambda cars: cars.select_related("vehicle_ptr", "owner")),
    "second table, prefetched": (Car, lambda cars: cars.prefetch_related("wheels", "prizes__racer")),
    "second table, prefetched whole": (Car, lambda cars: cars.prefetch_related(Prefetch("wheels", _all_wheels()))),
}
OF_CARS = ("plate", "doors", "badge", "number", "wheel_count", "pk", "owner", "vehicle_ptr_id", ("owner", ("name",)))
OF_CARS += (
    ("wheels", ("place", ("spare", ("place",)))),
    ("car", ("doors", "badge")),
    ("racing", ("number", "sponsor")),
)
OF_CARS += (("prizes", ("name", ("racer", ("plate", "number")))), ("sponsor", ("name",)), ("drivers", ("email",)))


def _all_wheels():
    return Wheel._base_manager.order_by("-place")


@everywhere
@cases(OTHERS)
def test_a_queryset_of_a_model_with_several_tables(alias, kind):
    world(alias)
    model, make = OTHERS[kind]

    assert check(lambda: make(model.objects.using(alias)), OF_CARS)


@everywhere
@pytest.mark.parametrize("manager", ["objects", "everything"])
def test_managers_that_filter_annotate_and_order(alias, manager):
    world(alias)
    names = (
        "name",
        "loud",
        "books",
        ("volumes", ("title", "_order", ("readers", ("email", ("shelves", ("name", "loud")))))),
    )

    got = check(lambda: getattr(Shelf, manager).using(alias), names)

    assert len(got) == (2 if manager == "objects" else 3)
