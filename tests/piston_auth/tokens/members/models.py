"""User models as projects have them."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models


class Initials(models.Field):
    """Keeps a tuple of letters as text; a value has to come through ``from_db_value``."""

    def db_type(self, connection):
        return "varchar(20)"

    def from_db_value(self, value, expression, connection):
        return None if value is None else tuple(value)

    def get_prep_value(self, value):
        return None if value is None else "".join(value)


class ActiveOnly(BaseUserManager):
    """Hides those that are not active, which a token must not make a difference for."""

    def get_queryset(self):
        return super().get_queryset().filter(is_active=True)


class Plain(AbstractUser):
    """What most projects have."""


class Bare(AbstractBaseUser):
    """As little as Django asks for; without ``is_active`` as a column."""

    mail = models.EmailField(unique=True)
    objects = BaseUserManager()
    USERNAME_FIELD = "mail"


class Odd(AbstractBaseUser):
    """A key of its own, columns with other names, and converters of Django, the backend and a field."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    login = models.CharField(max_length=20, unique=True, db_column="log in")
    initials = Initials()
    nothing = Initials(null=True)
    data = models.JSONField(default=dict)
    money = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal("1.5000"))
    waited = models.DurationField(null=True)
    born = models.DateField(null=True)
    at = models.TimeField(null=True)
    raw = models.BinaryField(default=b"\x00\xff")
    boss = models.ForeignKey("self", models.CASCADE, null=True)
    is_active = models.BooleanField(default=True)
    length = models.GeneratedField(expression=models.F("money") * 2, output_field=models.FloatField(), db_persist=True)
    objects = ActiveOnly()
    USERNAME_FIELD = "login"

    class Meta:
        ordering = ["-login"]
        db_table = "Odd people"


class Person(models.Model):
    """The first of two tables."""

    full_name = models.CharField(max_length=40)
    since = models.DateTimeField(null=True)


class Heir(AbstractBaseUser, Person):
    """The second of two tables."""

    login = models.CharField(max_length=20, unique=True)
    is_active = models.BooleanField(default=True)
    objects = BaseUserManager()
    USERNAME_FIELD = "login"


class Watched(AbstractUser):
    """Takes part in how it is read."""

    groups = None
    user_permissions = None

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs):
        user = super().from_db(db, field_names, values, **kwargs)
        user.read_as = (db, tuple(field_names))
        return user

    def refresh_from_db(self, *args, **kwargs):
        raise AssertionError("it was not read whole")


class Alias(Plain):
    """A proxy."""

    class Meta:
        proxy = True
