"""A shop: one model for each kind of column, relation, key and constraint that a handler may meet."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone

from tests.shop import kinds, people  # noqa: F401 - Django finds the models of an app through this module


def address() -> str:
    """Return an address that is different each time."""
    return f"{uuid.uuid4()}@example.org"


class Customer(models.Model):
    """Somebody who buys; no API shows the password by accident."""

    name = models.CharField(max_length=40)
    password = models.CharField(max_length=40, default="hunter2")
    parrot = models.OneToOneField("Parrot", models.SET_NULL, null=True, blank=True, related_name="keeper")


class Parrot(models.Model):
    name = models.CharField(max_length=40, unique=True)


class Country(models.Model):
    """Has a key that people give."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=40)


class Maker(models.Model):
    name = models.CharField(max_length=40)
    number = models.IntegerField(unique=True, null=True, blank=True)
    country = models.ForeignKey(Country, models.CASCADE, null=True, blank=True, related_name="makers")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Permit(models.Model):
    """Belongs to a maker by the maker's number, not by its key."""

    maker = models.ForeignKey(Maker, models.CASCADE, to_field="number", related_name="permits")
    text = models.CharField(max_length=40)


class Category(models.Model):
    name = models.CharField(max_length=40)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["pk"]


class Label(models.Model):
    word = models.SlugField(unique=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"label {self.word}"


class Size(models.TextChoices):
    SMALL = "S", "small"
    LARGE = "L", "large"


class Rank(models.IntegerChoices):
    LOW = 1
    HIGH = 2


class Product(models.Model):
    """What is sold; it has every kind of relation."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    maker = models.ForeignKey(Maker, models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True)
    labels = models.ManyToManyField(Label, blank=True, related_name="products")
    price = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    stock = models.IntegerField(default=5)
    active = models.BooleanField(default=True)
    specs = models.JSONField(default=dict)
    size = models.CharField(max_length=1, choices=Size, default=Size.SMALL)
    rank = models.IntegerField(choices=Rank, default=Rank.LOW)
    photo = models.FileField(upload_to="photos/", blank=True)
    description = models.TextField(blank=True)
    added = models.DateTimeField(default=timezone.now)
    my_idea = models.CharField(max_length=40, blank=True)
    private_note = models.CharField(max_length=40, blank=True)
    code = models.UUIDField(default=uuid.uuid4, editable=False)
    notes = GenericRelation("Note")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def shouted(self) -> str:
        """Return the name in capitals."""
        return self.name.upper()

    def worth(self, factor: int = 1) -> int:
        """Return what the stock is worth; every argument has a default."""
        return self.stock * factor

    def priced(self, currency: str) -> str:
        """Return the price in a currency, which nobody gives here."""
        return f"{self.price} {currency}"

    def sell_out(self) -> str:
        """Change the data; no representation may do that."""
        self.stock = 0
        self.save()
        return "sold out"

    sell_out.alters_data = True  # type: ignore[attr-defined]  # how Django marks such a method

    def get_absolute_url(self) -> str:
        """Return the address of the product's page."""
        return f"/shop/{self.slug}/"


class CheapProduct(Product):
    """A proxy."""

    class Meta:
        proxy = True


class Detail(models.Model):
    """Belongs to one product; some products have none."""

    product = models.OneToOneField(Product, models.CASCADE, related_name="detail")
    text = models.TextField()
    country = models.ForeignKey(Country, models.CASCADE, null=True, blank=True)


class Review(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="reviews")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True)
    stars = models.IntegerField()
    public = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]


class Bundle(models.Model):
    """Products together, with a quantity for each."""

    name = models.CharField(max_length=40)
    products = models.ManyToManyField(Product, through="BundleItem", related_name="bundles")


class BundleItem(models.Model):
    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, models.CASCADE)
    quantity = models.IntegerField(default=1)

    class Meta:
        ordering = ["pk"]


class Note(models.Model):
    """A remark about anything."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, db_constraint=False)
    object_id = models.PositiveIntegerField()
    about = GenericForeignKey()
    text = models.CharField(max_length=40)

    class Meta:
        ordering = ["pk"]


class Place(models.Model):
    name = models.CharField(max_length=40)
    street = models.CharField(max_length=40, blank=True)


class Restaurant(Place):
    """A place with a table of its own."""

    stars = models.IntegerField(default=0)
    maker = models.ForeignKey(Maker, models.CASCADE, null=True, blank=True)


class Diner(Restaurant):
    """A child of a child."""

    counter = models.BooleanField(default=True)


class Signpost(models.Model):
    """Knows its address in an API by itself."""

    name = models.CharField(max_length=40)

    def get_api_url(self) -> str:
        """Return the address."""
        return f"/signs/{self.pk}/"


class Order(models.Model):
    """Has columns that only the database can fill in."""

    price = models.IntegerField()
    quantity = models.IntegerField(default=1)
    total = models.GeneratedField(
        expression=F("price") * F("quantity"), output_field=models.IntegerField(), db_persist=True
    )
    state = models.CharField(max_length=10, db_default="new", blank=True)
    priority = models.IntegerField(db_default=3)


class Seat(models.Model):
    """Named by each kind of unique constraint."""

    hall = models.ForeignKey(Place, models.CASCADE)
    row = models.IntegerField()
    chair = models.IntegerField()
    email = models.CharField(max_length=80, default=address)
    badge = models.CharField(max_length=40, default=address)
    ticket = models.OneToOneField(Label, models.CASCADE, null=True)

    class Meta:
        unique_together = [("hall", "row")]
        constraints = [
            models.UniqueConstraint(fields=["row", "chair"], name="row_chair"),
            models.UniqueConstraint(fields=["email"], condition=Q(row=1), name="email_first_row"),
            models.UniqueConstraint(Upper("badge"), name="badge_any_case"),
        ]


class Sample(models.Model):
    """Has a column of every kind that has one value and can be written."""

    char = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    slug = models.SlugField(blank=True)
    email = models.EmailField(blank=True)
    integer = models.IntegerField(null=True, blank=True)
    small = models.SmallIntegerField(null=True, blank=True)
    big = models.BigIntegerField(null=True, blank=True)
    positive = models.PositiveIntegerField(null=True, blank=True)
    real = models.FloatField(null=True, blank=True)
    decimal = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    flag = models.BooleanField(default=True)
    maybe = models.BooleanField(null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    moment = models.DateTimeField(null=True, blank=True)
    time = models.TimeField(null=True, blank=True)
    duration = models.DurationField(null=True, blank=True)
    uuid = models.UUIDField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    data = models.JSONField(null=True, blank=True)
    size = models.CharField(max_length=1, choices=Size, blank=True)
    rank = models.IntegerField(choices=Rank, null=True, blank=True)
    born = models.DateField(default=dt.date.today)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True)


class Blob(models.Model):
    """Holds bytes that clients may write."""

    name = models.CharField(max_length=40)
    content = models.BinaryField(editable=True, blank=True)
