"""Relations word by word: what stands on the other side, by reference, with an address, through another handler."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType

from piston_core import BaseHandler
from tests.piston_core.plans.fidelity import oracle
from tests.piston_core.plans.fidelity.asking import check, check_result
from tests.piston_core.plans.fidelity.databases import everywhere
from tests.piston_core.plans.fidelity.world import world
from tests.shop.kinds import Titled
from tests.shop.people import (
    Car,
    Club,
    FastCar,
    Login,
    Membership,
    Nation,
    Passport,
    Person,
    Prize,
    Racer,
    Remark,
    Shelf,
    Vehicle,
    Visa,
    Volume,
)
from tests.shop.serving import answer, serving

MODELS = (
    Nation,
    Person,
    Login,
    Passport,
    Visa,
    Club,
    Membership,
    Vehicle,
    Car,
    Racer,
    FastCar,
    Prize,
    Shelf,
    Volume,
)


def relations(model: type[Any]) -> tuple[str, ...]:
    """Return the names of all that a model is related to, forwards and backwards."""
    found = [getattr(each, "get_accessor_name", lambda each=each: each.name)() for each in model._meta.get_fields()]
    own = model._meta.get_fields()
    return tuple(name for name, each in zip(found, own, strict=True) if each.is_relation and name and name[-1] != "+")


@everywhere
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_relation_by_reference(alias, model):
    world(alias)

    check(lambda: model._default_manager.using(alias), relations(model))


@everywhere
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_relation_with_all_columns(alias, model):
    world(alias)
    names = {each.related_model for each in model._meta.get_fields() if each.related_model}
    columns = tuple(sorted({field.attname for each in names for field in each._meta.concrete_fields}))

    check(lambda: model._default_manager.using(alias), ("pk", *((name, columns) for name in relations(model))))


@everywhere
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_all_columns_without_fields(alias, model):
    world(alias)
    handler = {"model": model, "exclude": (), "queryset": lambda self, request: model._default_manager.using(alias)}
    parents = [each for each in model._meta.concrete_fields if each.remote_field and each.remote_field.parent_link]
    names = [field.name for field in model._meta.concrete_fields if field not in parents]

    got = answer(type("It", (BaseHandler,), handler))

    assert oracle.same(got, oracle.rows(model._default_manager.using(alias), names))


@everywhere
def test_keys_that_are_relations_texts_and_other_columns(alias):
    people, nations = Person.objects.using(alias), Nation.objects.using(alias)
    ann = people.create(name="Ann", email="a@x", nation=nations.create(code="A", name="Land"))
    Login.objects.using(alias).create(person=ann, shell="sh")
    Visa.objects.using(alias).create(passport=Passport.objects.using(alias).create(person=ann), days=dt.timedelta(1))
    key, nation = {"key": str(ann.pk)}, {"code": "A"}

    assert check(lambda: people, ("nation", "nation_id", "passport", "logins")) == [
        {
            "nation": nation,
            "nation_id": "A",
            "passport": {"person": key["key"]},
            "logins": [{"id": Login.objects.using(alias).get().pk}],
        }
    ]
    assert check(lambda: Login.objects.using(alias), ("person", "person_id")) == [{"person": key, "person_id": "a@x"}]
    assert check(lambda: Visa.objects.using(alias), ("passport", ("passport", ("person",)))) == [
        {"passport": {"person": key}}
    ]


@everywhere
def test_every_relation_of_a_model_with_a_generic_one(alias):
    world(alias)
    remarks = Remark.objects.using(alias)

    check(remarks.all, relations(Remark))
    check(remarks.all, ("pk", *((name, ("key", "name", "id", "plate", "model")) for name in relations(Remark))))


@everywhere
def test_a_relation_to_anything(alias):
    world(alias)
    about = ("text", "subject", "author", ("subject_type", ("model",)))
    deep = ("text", ("subject", ("name", "plate", "initials", ("nation", ("name",)), ("members", ("email",)))))

    check(lambda: Remark.objects.using(alias), about)
    check(lambda: Remark.objects.using(alias), deep)
    check(lambda: Person.objects.using(alias), ("name", ("remarks", deep)))


@everywhere
def test_a_relation_to_something_that_is_gone(alias):
    kind = ContentType.objects.db_manager(alias).get_for_model(Titled)
    Remark.objects.using(alias).create(subject_type=kind, subject_key="77", text="lost")

    assert check(lambda: Remark.objects.using(alias), (("subject", ("title",)), "text")) == [
        {"subject": None, "text": "lost"}
    ]


class PersonHandler(BaseHandler):
    model = Person
    fields = ("email", ("nation", ("name",)), "boss", "resource_uri")


class ClubHandler(BaseHandler):
    model = Club
    fields = ("name", "members")


@everywhere
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_references_have_addresses_and_handlers_show_their_models(alias, stream):
    world(alias)
    members = {"stream": stream, "queryset": lambda self, request: Club.objects.using(alias)}
    handler = type("It", (ClubHandler,), members)

    with serving({"it/": handler, "people/<str:email>/": PersonHandler}) as client:
        got = oracle.json.loads(client.get("/api/it/").getvalue())

    assert got == [
        {"name": club.name, "members": [_member(each) for each in club.members.all()]}
        for club in Club.objects.using(alias)
    ]


def _member(person: Person) -> dict[str, Any]:
    boss = person.boss and {"key": str(person.boss.pk), "resource_uri": f"/api/people/{person.boss.email}/"}
    nation = person.nation and {"name": person.nation.name}
    return {"email": person.email, "nation": nation, "boss": boss, "resource_uri": f"/api/people/{person.email}/"}


@everywhere
def test_objects_of_several_models_in_one_list(alias):
    world(alias)
    everything = lambda: [*Vehicle.objects.using(alias), *Racer.objects.using(alias), *FastCar.objects.using(alias)]  # noqa: E731

    check_result(everything, ("plate", "doors", "speed", "number", ("owner", ("name", ("boss", ("email",))))))
