"""Choose how a queryset is read: as columns where its objects are nothing but rows of the table, else as objects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.conf import settings
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Manager, Model, QuerySet
from django.db.models.expressions import ColPairs
from django.db.models.query import ModelIterable

from piston_core.plans.cells import loads_plainly
from piston_core.plans.levels import Level, NotColumns, build
from piston_core.plans.links import Link
from piston_core.plans.objects import holds_sql, prefetches
from piston_core.plans.plan import FieldPlan

if TYPE_CHECKING:
    from piston_core.plans.values import Values


def level_of(plan: FieldPlan, queryset: QuerySet[Any], values: Values) -> Level | str:
    """Return the level to read a queryset by, or why it has to be read as objects."""
    why = why_objects(queryset)
    if why:
        return why
    query: Any = queryset.query
    keyed = query.distinct and not query.distinct_fields  # then fewer columns could make rows alike
    return level_by(plan, connections[queryset.db], values, _annotations(plan, query), keyed=keyed)


def level_by(
    plan: FieldPlan,
    connection: BaseDatabaseWrapper,
    values: Values,
    annotations: Sequence[str] = (),
    link: Link | None = None,
    *,
    keyed: bool = False,
) -> Level | str:
    """Return a level, worked out once for all that it depends on."""
    zone = connection.timezone_name if settings.USE_TZ else None
    key = (connection.alias, zone, values.style, annotations, link, keyed)
    level: Level | str | None = plan.levels.get(key)
    if level is None:
        try:
            level = build(plan, connection, values.style, annotations, link, keyed=keyed)
        except NotColumns as error:
            level = str(error)
        plan.levels.keep(key, level)
    return level


class Below(NamedTuple):
    """How the level of related objects that are many is read.

    Attributes:
        connection: the database.
        queryset: all of the related objects, of whatever parents.
        level: the level, or why they have to be read as objects.
    """

    connection: BaseDatabaseWrapper
    queryset: QuerySet[Any]
    level: Level | str


def level_below(
    plan: FieldPlan, model: type[Model], link: Link, key: Any, connection: BaseDatabaseWrapper, values: Values
) -> Below:
    """Return how related objects that are many are read.

    Args:
        plan: shows them.
        model: the model of their parents.
        link: how they refer to these.
        key: the key of one of the parents.
        connection: the database that the parents come from.
        values: makes plain values.
    """
    connection = _database(model, link, key, connection)
    queryset = link.model._default_manager.using(connection.alias)
    level = level_by(plan, connection, values, (), link, keyed=queryset.query.distinct)
    if isinstance(level, Level) and why_objects(queryset):
        level = f"the manager of {link.model.__name__} returns querysets that only Django itself can read"
    return Below(connection, queryset, level)


def _database(model: type[Model], link: Link, key: Any, connection: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Return where related objects are read: with their parents, unless a router of the project says otherwise."""
    if not router.routers:
        return connection
    parent = model.from_db(connection.alias, [link.key.attname], [key])
    return connections[router.db_for_read(link.model, instance=parent)]


def _annotations(plan: FieldPlan, query: Any) -> tuple[str, ...]:
    """Return the annotations to select: those that are shown, and all where they decide which rows are distinct."""
    if not query.annotations:
        return ()
    shown = set(plan.perhaps())
    return tuple(name for name in query.annotation_select if query.distinct or name in shown)


def why_objects(queryset: QuerySet[Any]) -> str:
    """Return why a queryset is read as objects whatever is shown of them, ``""`` if it need not be."""
    query: Any = queryset.query
    if queryset._iterable_class is not ModelIterable or not _reads_plainly(type(queryset)):
        return "its class of querysets reads rows in a way of its own"
    if query.combinator:
        return "it is a union, an intersection or a difference"
    if query.select_for_update:
        return "it locks its rows"
    if holds_sql(query):
        return "it holds SQL by hand, through extra()"
    if not all(type(each) is str for each in prefetches(queryset)):
        return "it prefetches by a queryset of its own"
    if any(isinstance(each, ColPairs) for each in query.annotations.values()):
        return "it annotates a composite key"
    model = cast("type[Model]", queryset.model)
    if not loads_plainly(model):
        return f"{model.__name__} makes its objects of rows in a way of its own, by from_db"
    return ""


@cache
def _reads_plainly(kind: type[QuerySet[Any]]) -> bool:
    """Return whether a class of querysets leaves the way in which rows are read to Django."""
    names = ("__iter__", "iterator", "_iterator", "_fetch_all", "_clone", "_chain", "__len__", "__getitem__")
    return all(getattr(kind, name) is getattr(QuerySet, name) for name in names)


@cache
def is_plain(manager: Manager[Any]) -> bool:
    """Return whether a manager returns the same queryset each time: all objects of its model."""
    kind: Any = type(manager)
    queryset = manager._queryset_class  # type: ignore[attr-defined]
    return (
        kind.get_queryset is Manager.get_queryset
        and kind.all is Manager.all
        and kind.filter is Manager.filter
        and queryset.get is QuerySet.get
        and queryset.__init__ is QuerySet.__init__
        and queryset.filter is QuerySet.filter
        and _reads_plainly(queryset)
    )


def gets_plainly(objects: QuerySet[Any] | Manager[Any]) -> bool:
    """Return whether ``get()`` is Django's own here and returns objects; that of ``values()`` does not."""
    if isinstance(objects, Manager):
        return type(objects).get is Manager.get and gets_plainly(objects.all())
    return getattr(objects, "_iterable_class", None) is ModelIterable and type(objects).get is QuerySet.get
