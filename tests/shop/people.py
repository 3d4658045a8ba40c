"""Relations of every kind: people, the nations and clubs that they belong to, what they drive and read."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Upper


class Nation(models.Model):
    """Has a key that people give, and a self relation."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=40)
    neighbours = models.ManyToManyField("self")

    class Meta:
        ordering = ["-code"]


class Person(models.Model):
    """Has a key that is no number, and relations to itself of every kind."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=40)
    email = models.CharField(max_length=40, unique=True)
    born = models.DateTimeField(null=True)
    nation = models.ForeignKey(Nation, models.SET_NULL, null=True, related_name="people")
    refuge = models.ForeignKey(Nation, models.SET_NULL, null=True, related_name="+")
    boss = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="reports", limit_choices_to={"name__startswith": "A"}
    )
    friends = models.ManyToManyField("self")
    followed = models.ManyToManyField("self", symmetrical=False, related_name="followers")
    admired = models.ManyToManyField(Nation, related_name="+", limit_choices_to=Q(name__contains="a"))
    remarks = GenericRelation("Remark", object_id_field="subject_key", content_type_field="subject_type")

    class Meta:
        ordering = [Length("name").desc(), F("nation__name").asc(nulls_first=True), "email"]

    @property
    def initials(self) -> str:
        """Return the first two letters."""
        return self.name[:2].upper()

    def boss_name(self) -> str | None:
        """Return what takes a relation to say."""
        return self.boss.name if self.boss else None


class Login(models.Model):
    """Belongs to a person by a column that is not the key."""

    person = models.ForeignKey(Person, models.CASCADE, to_field="email", null=True, related_name="logins")
    shell = models.CharField(max_length=20)

    class Meta:
        ordering = ["-person__name", "pk"]


class Passport(models.Model):
    """Has a relation for its key."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="passport")
    nation = models.ForeignKey(Nation, models.CASCADE, null=True)

    class Meta:
        ordering = ["person__email"]


class Visa(models.Model):
    """Leads to a key that is a relation itself."""

    passport = models.ForeignKey(Passport, models.CASCADE, related_name="visas")
    nation = models.ForeignKey(Nation, models.CASCADE, null=True, db_column="Visa Nation")
    days = models.DurationField()

    class Meta:
        ordering = [F("days").desc(), "pk"]


class Club(models.Model):
    """Has members through a model with two relations to people."""

    name = models.CharField(max_length=40)
    members = models.ManyToManyField(
        Person, through="Membership", through_fields=("club", "person"), related_name="clubs"
    )
    remarks = GenericRelation("Remark", object_id_field="subject_key", content_type_field="subject_type")

    class Meta:
        ordering = ["name", "-pk"]


class Membership(models.Model):
    """Says since when, and who brought the member along."""

    club = models.ForeignKey(Club, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    inviter = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="invited")
    since = models.DateField()

    class Meta:
        ordering = ["club__name", "-since", "pk"]


class Remark(models.Model):
    """Is about anything, whatever its key is like."""

    subject_type = models.ForeignKey(ContentType, models.CASCADE, null=True, db_constraint=False)
    subject_key = models.CharField(max_length=40, null=True)
    subject = GenericForeignKey("subject_type", "subject_key")
    author = models.ForeignKey(Person, models.SET_NULL, null=True)
    text = models.CharField(max_length=40)

    class Meta:
        ordering = ["text", "pk"]


class Vehicle(models.Model):
    """The root of three tables."""

    plate = models.CharField(max_length=20)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="vehicles")

    class Meta:
        ordering = ["plate"]


class Car(Vehicle):
    """The second table."""

    doors = models.IntegerField()
    drivers = models.ManyToManyField(Person, related_name="driven")

    @property
    def badge(self) -> str:
        """Return what takes columns of two tables to say."""
        return f"{self.plate}/{self.doors}"


class Racer(Car):
    """The third; its link to the second has a name of its own."""

    base = models.OneToOneField(Car, models.CASCADE, parent_link=True, related_name="racing")
    number = models.IntegerField()
    sponsor = models.ForeignKey(Club, models.SET_NULL, null=True, related_name="racers")

    class Meta:
        ordering = ["-number"]


class WheelManager(models.Manager):
    """Leaves out what is flat."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return the wheels that have air."""
        return super().get_queryset().filter(flat=False)


class Wheel(models.Model):
    """Belongs to the second of three tables, and is filtered by its manager."""

    car = models.ForeignKey(Car, models.CASCADE, related_name="wheels")
    place = models.CharField(max_length=10)
    flat = models.BooleanField(default=False)
    spare_of = models.OneToOneField("self", models.SET_NULL, null=True, related_name="spare")

    objects = WheelManager()

    class Meta:
        ordering = ["car__plate", "place"]


class FastCar(Car):
    """A proxy with an order of its own."""

    class Meta:
        proxy = True
        ordering = ["-plate"]

    @property
    def speed(self) -> str:
        """Return what only the proxy says."""
        return f"{self.plate} is fast"


class Prize(models.Model):
    """Leads to a proxy, and to the third of three tables."""

    car = models.ForeignKey(FastCar, models.CASCADE, related_name="prizes")
    racer = models.ForeignKey(Racer, models.SET_NULL, null=True, related_name="prizes_won")
    name = models.CharField(max_length=20)

    class Meta:
        ordering = ["racer__number", "name"]


class ShelfManager(models.Manager):
    """Filters, annotates and orders, as managers do."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return the shelves that are not hidden, with what they are called aloud."""
        shelves = super().get_queryset().filter(hidden=False)
        return shelves.annotate(loud=Upper("name"), books=models.Count("volumes")).order_by("-loud", "pk")


class Shelf(models.Model):
    """Its default manager hides some, the other shows all."""

    name = models.CharField(max_length=20)
    hidden = models.BooleanField(default=False)
    keeper = models.ForeignKey(Person, models.CASCADE, null=True, related_name="shelves")

    objects = ShelfManager()
    everything = models.Manager()

    class Meta:
        ordering = ["name"]


class Volume(models.Model):
    """Its place on the shelf is its order."""

    shelf = models.ForeignKey(Shelf, models.CASCADE, related_name="volumes")
    readers = models.ManyToManyField(Person, related_name="volumes", db_table="Who reads what")
    title = models.CharField(max_length=20)

    class Meta:
        order_with_respect_to = "shelf"
