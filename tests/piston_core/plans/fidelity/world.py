"""A small world of people, nations, clubs, vehicles and shelves, in which everything is related to something."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.db.models import Manager, Model

from tests.shop import people
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
    Wheel,
)

Kind = TypeVar("Kind", bound=Model)
Rows = dict[str, list[tuple[Any, ...]]]

_kept: dict[tuple[str, int], Rows] = {}


def world(alias: str) -> None:
    """Fill a database; hundreds of tests want the same, so it is made once and written as rows from then on."""
    person = ContentType.objects.db_manager(alias).get_for_model(Person)  # which a flush of the database may renumber
    made = _kept.get((alias, person.pk))
    if made is None:
        _World(alias)
        _kept[alias, person.pk] = {table: _rows(alias, table) for table in _tables()}
        return
    with connections[alias].cursor() as cursor:
        for table, rows in made.items():
            values = ", ".join(f"({', '.join(['%s'] * len(row))})" for row in rows)
            if rows:
                cursor.execute(f'INSERT INTO "{table}" VALUES {values}', [each for row in rows for each in row])


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [each._meta.db_table for each in models if each.__module__ == people.__name__ and not each._meta.proxy]


def _rows(alias: str, table: str) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return list(cursor.fetchall())


class _World:
    """Fills a database, in the same way each time.

    Some relations are null, some lists are empty, and some objects are related twice.

    Args:
        alias: the database.
    """

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.chance = Random(1)
        self.nations = [self._new(Nation, code=code, name=f"Land {code}") for code in ("A", "BB", "c'c")]
        self.people = [self._person(number) for number in range(6)]
        self.clubs = [self._new(Club, name=name) for name in ("Chess", "Tea", "Tea", "Empty")]
        self.vehicles = [self._vehicle(number) for number in range(6)]
        self._join()
        self._papers()
        self._drive()
        self._read()
        self._speak()

    def _new(self, model: type[Kind], **values: Any) -> Kind:
        manager: Manager[Kind] = model._base_manager
        return manager.using(self.alias).create(**values)

    def _any(self, objects: Sequence[Kind]) -> Kind | None:
        """Return one of these objects, or none."""
        return self.chance.choice([*objects, None])

    def _some(self, objects: Sequence[Kind]) -> list[Kind]:
        return self.chance.sample(objects, self.chance.randrange(min(4, len(objects))))

    def _person(self, number: int) -> Person:
        nations = {"nation": self._any(self.nations), "refuge": self._any(self.nations)}
        key, born = uuid.UUID(int=self.chance.getrandbits(128)), dt.datetime(1900 + number, 2, 3, 4, 5, tzinfo=dt.UTC)
        name = self.chance.choice(["Ann", "Bob", "Åsa 'Q'", "Dee"])
        return self._new(Person, key=key, name=name, email=f"{number}@x", born=born if number else None, **nations)

    def _vehicle(self, number: int) -> Vehicle:
        values = {"plate": f"P{9 - number}", "owner": self._any(self.people)}
        if number < 2:
            return self._new(Vehicle, **values)
        if number < 4:
            return self._new(Car, doors=number, **values)
        return self._new(Racer, doors=number, number=-number, sponsor=self._any(self.clubs), **values)

    def _join(self) -> None:
        for nation in self.nations[1:]:
            nation.neighbours.add(self.nations[0])
        for person in self.people:
            person.boss = self._any(self.people)
            person.save()
            person.friends.add(*self._some(self.people))
            person.followed.set(self._some(self.people))
            person.admired.set(self._some(self.nations))
        for number in range(8):
            person, inviter = self.chance.choice(self.people), self._any(self.people)
            club, since = self.chance.choice(self.clubs[:-1]), dt.date(2000, 1, 9 - number)
            self._new(Membership, club=club, person=person, inviter=inviter, since=since)

    def _papers(self) -> None:
        for number, person in enumerate(self.people[:4]):
            self._new(Login, person=self._any(self.people), shell=f"sh{number}")
            passport = self._new(Passport, person=person, nation=self._any(self.nations))
            for days in range(self.chance.randrange(3)):
                self._new(
                    Visa, passport=passport, nation=self._any(self.nations), days=dt.timedelta(days, microseconds=7)
                )

    def _drive(self) -> None:
        cars = list(Car.objects.using(self.alias).order_by("plate"))
        fast = list(FastCar.objects.using(self.alias).order_by("plate"))
        racers = list(Racer.objects.using(self.alias).order_by("plate"))
        for number, car in enumerate(cars):
            car.drivers.set(self._some(self.people))
            front = self._new(Wheel, car=car, place="front", flat=number == 1)
            self._new(Wheel, car=car, place="back", spare_of=front if number else None)
            self._new(Prize, car=self.chance.choice(fast), racer=self._any(racers), name=f"No. {number}")

    def _read(self) -> None:
        for number, name in enumerate(("poems", "Novels", "secrets")):
            shelf = self._new(Shelf, name=name, hidden=number == 2, keeper=self.people[number % 2])
            volumes = [self._new(Volume, shelf=shelf, title=f"Vol. {each}") for each in range(number + 1)]
            for place, volume in enumerate(reversed(volumes)):
                volume._order = place * 10 + number  # none is at the same place of another shelf: a tie has no order
                volume.save()
                volume.readers.set(self._some(self.people))

    def _speak(self) -> None:
        subjects = [*self.people[:3], *self.clubs[:2], self.vehicles[0], None]
        for number, subject in enumerate(subjects):
            remark = Remark(text=f"Remark {number % 4}", author=self._any(self.people), subject=subject)
            remark.save(using=self.alias)
