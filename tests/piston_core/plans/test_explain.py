"""What is said of a plan is what happens: the SQL of each level, the number of queries, the reasons for objects."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Prefetch
from django.http import HttpRequest

from piston_core import BaseHandler, Resource
from piston_core.plans.description import Description
from piston_core.plans.explain import described, described_objects
from piston_core.plans.values import Values
from piston_core.queries import Recorder
from tests.shop.models import Bundle, Category, Label, Maker, Note, Permit, Product, Review
from tests.shop.serving import answer, stock

pytestmark = pytest.mark.django_db


HOT = Prefetch("labels", Label.objects.filter(word__contains="hot"))
TEXTS = Prefetch("maker__permits", Permit.objects.exclude(text=""))


def handler(model, *fields, **attributes) -> type[BaseHandler]:
    return type("TheHandler", (BaseHandler,), {"model": model, "fields": fields, **attributes})


def values(each: type[BaseHandler]) -> Values:
    return Values(Resource(each).compiler, each, frozenset(), HttpRequest())


def told(each: type[BaseHandler]) -> Description:
    """Return what is said of a handler's list."""
    ours = values(each)
    return described(ours.plan_of(each.model, many=True), each().queryset(HttpRequest()), ours)


def levels(description: Description) -> list[Description]:
    """Return a level and all levels below it, in the order in which they are read."""
    return [description, *(each for below in description.levels for each in levels(below))]


def ran(each: type[BaseHandler]) -> list[str]:
    """Return the SQL that answering with a handler's list really runs."""
    stock(3)
    Category.objects.create(name="alone")
    bundle = Bundle.objects.create(name="both")
    bundle.items.create(product=Product.objects.all()[0])
    Permit.objects.create(maker=Maker.objects.all()[0], text="to sell")
    ContentType.objects.get_for_models(Product, Label, Maker)  # Django keeps these for the whole process
    with Recorder() as recorder:
        answer(each)
    return [query.sql for query in recorder.queries]


def newest(self, request):
    return Product.objects.filter(stock__gt=1, maker__name__startswith="M").order_by("-added")[:10]


def counted(self, request):
    return Product.objects.annotate(n=Count("reviews"))


@pytest.mark.parametrize(
    "each",
    [
        handler(Product, "name"),
        handler(Product, "name", ("maker", ("name", ("country", ("name",)))), ("category", (("parent", ("name",)),))),
        handler(Product, "name", ("labels", ("word",)), ("reviews", ("stars", ("customer", ("name",))))),
        handler(Maker, "name", ("products", ("name", ("reviews", ("stars",)), ("labels", ("word",))))),
        handler(Maker, ("permits", ("text",))),
        handler(Review, "stars", ("product", ("name", ("labels", ("word",)), ("detail", ("text",))))),
        handler(Label, "word", ("products", (("bundles", ("name", ("items", ("quantity",)))),))),
        handler(Product, "name", ("notes", ("text",))),
        handler(Product, "name", ("labels", ("word",)), queryset=newest),
        handler(Product, "name", "n", ("maker", ("name",)), queryset=counted),
        handler(Product, "shouted", ("maker", ("name", ("permits", ("text",)))), ("reviews", ("stars",))),
        handler(Product, "name", ("labels", ("word", "__str__"))),
        handler(Product, "shouted", "name", needs=("maker__country",)),
    ],
    ids=lambda each: str(each.fields)[:60],
)
def test_the_sql_that_is_told_is_the_sql_that_is_run(each):
    found = told(each)

    assert [level.query.sql for level in levels(found)] == ran(each)
    assert found.queries == len(levels(found))


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "postgres"])
@pytest.mark.parametrize("names", [("name",), ("shouted", "name")], ids=["columns", "objects"])
def test_on_another_database_the_same_holds(names):
    fields = (*names, ("maker", ("name",)), ("labels", ("word",)), ("reviews", ("stars",)))
    each = handler(Product, *fields, queryset=lambda *_: Product.objects.using("postgres"))
    maker = Maker.objects.using("postgres").create(name="M")
    Product.objects.using("postgres").create(name="P", slug="p", maker=maker)
    with Recorder() as recorder:
        answer(each)

    assert [level.query.sql for level in levels(told(each))] == [query.sql for query in recorder.queries]
    assert {query.database for query in recorder.queries} == {"postgres"}


@pytest.mark.parametrize(
    ("each", "fetches"),
    [
        (handler(Product, "shouted", needs=("reviews__customer",)), ("reviews", "reviews.customer")),
        (handler(Product, "shouted", needs=("maker", "maker__permits")), ("maker.permits",)),
        (handler(Note, "text", "about"), ("about",)),
        (
            handler(Product, "shouted", queryset=lambda *_: Product.objects.prefetch_related("labels__products")),
            ("labels", "labels.products"),
        ),
        (
            handler(Product, "shouted", "labels", queryset=lambda *_: Product.objects.prefetch_related("labels")),
            ("labels",),
        ),
        (handler(Product, "name", ("maker", ("name",)), queryset=lambda *_: Product.objects.only("name")), ()),
    ],
    ids=lambda value: str(getattr(value, "fields", ""))[:40],
)
def test_what_django_fetches_itself_is_told(each, fetches):
    found = told(each)

    assert found.fetches == fetches


@pytest.mark.parametrize(
    "each",
    [
        handler(Product, "shouted", needs=("reviews__customer",)),
        handler(Product, "shouted", "labels", queryset=lambda *_: Product.objects.prefetch_related("labels")),
        handler(Product, "shouted", ("maker", ("name", "__str__", ("products", ("shouted",))))),
        handler(Product, ("labels", ("word",)), queryset=lambda *_: Product.objects.prefetch_related(HOT)),
        handler(
            Product, ("maker", (("permits", ("text",)),)), queryset=lambda *_: Product.objects.prefetch_related(TEXTS)
        ),
    ],
    ids=lambda each: str(each.fields)[:40],
)
def test_the_number_of_queries_that_is_told_is_the_number_that_is_run(each):
    assert told(each).queries == len(ran(each))


def test_a_level_that_is_columns_tells_them_with_their_tables_and_joins_and_code():
    found = told(handler(Product, "name", ("maker", ("name",)), ("labels", ("word",))))

    assert (found.name, found.model, found.database, found.how) == ("", "shop.Product", "default", "columns")
    assert found.query.columns == ("shop_product.name", "shop_maker.name", "shop_product.id")
    assert found.query.joins == ("INNER JOIN shop_maker",)
    assert found.code.startswith("def rows(found, plain, values, many_0):\n")
    assert (found.reasons, found.fetches, found.queries) == ((), (), 2)

    [labels] = found.levels
    assert (labels.name, labels.model) == ("labels", "shop.Label")
    assert labels.link == "products has the id of a row above"
    assert labels.query.joins == ("INNER JOIN shop_product_labels",)


def test_a_level_below_a_relation_to_one_has_the_whole_path_for_a_name():
    found = told(handler(Review, ("product", (("maker", (("permits", ("text",)),)),))))

    assert [level.name for level in found.levels] == ["product.maker.permits"]
    assert found.levels[0].link == "maker has the number of a row above"


def test_every_name_that_needs_an_object_is_told_with_what_to_do_about_it():
    found = told(handler(Product, "name", "shouted", "worth", "nonsense", ("maker", ("name", "__str__"))))

    assert found.how == "objects"
    assert [(reason.name, reason.why) for reason in found.reasons] == [
        ("shouted", "is an attribute that only an object has"),
        ("worth", "is an attribute that only an object has"),
        ("nonsense", "is no column of Product, nor does the queryset annotate it"),
        ("maker.__str__", "is an attribute that only an object has"),
    ]
    assert all("needs" in reason.advice for reason in found.reasons if reason.name != "nonsense")
    assert found.reasons[2].advice == "annotate it in the handler's queryset, or take it out of fields"


def test_a_resource_method_is_told_by_the_handler_that_has_it():
    def doubled(self, product):
        return product.stock * 2

    [reason] = told(handler(Product, "doubled", doubled=doubled)).reasons

    assert (reason.name, reason.why, reason.runs) == ("doubled", "is a resource method of TheHandler", True)


def test_an_annotation_is_no_reason():
    assert told(handler(Product, "name", "n", queryset=counted)).reasons == ()


def test_a_level_below_tells_its_own_reasons():
    found = told(handler(Product, "name", ("labels", ("word", "__str__"))))

    assert found.how == "columns"
    assert [reason.name for reason in found.levels[0].reasons] == ["__str__"]


def test_a_queryset_that_only_django_can_read_is_the_reason():
    found = told(
        handler(Product, "name", queryset=lambda *_: Product.objects.order_by().union(Product.objects.order_by()))
    )

    assert [reason.why for reason in found.reasons] == ["it is a union, an intersection or a difference"]


def test_a_queryset_that_can_find_nothing_has_no_sql():
    found = told(handler(Product, "name", queryset=lambda *_: Product.objects.none()))

    assert found.query.sql == ""


def test_objects_that_the_handler_has_read_cost_nothing_but_what_is_fetched_for_them():
    each = handler(Product, "name", ("maker", ("name",)), ("labels", ("word",)))
    ours = values(each)
    found = described_objects(ours.plan_of(Product, many=False), ours, "read by hand")

    assert (found.how, found.query, found.fetches) == ("given", None, ("maker",))
    assert [level.name for level in found.levels] == ["labels"]
    assert found.queries == 2
    assert [(reason.name, reason.why) for reason in found.reasons] == [("", "read by hand")]


def test_nothing_is_run_for_it():
    ContentType.objects.clear_cache()
    with Recorder() as recorder:
        told(handler(Product, "shouted", ("notes", ("text",)), ("maker", ("name", ("permits", ("text",))))))

    assert recorder.queries == []
