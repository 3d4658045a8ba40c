"""Run a plan: against a queryset, as columns where that is possible, or against objects that are there already.

``fetch`` and ``stream`` take a queryset, ``rows`` takes objects. All three answer with plain
dictionaries, and read each further level with one query for all rows, or for all rows of a chunk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from django.db import DataError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, prefetch_related_objects

from piston_core.plans import objects as there
from piston_core.plans import plan as plans
from piston_core.plans.cells import loads_plainly
from piston_core.plans.choosing import is_plain, level_below, level_by, level_of
from piston_core.plans.levels import Level, Many
from piston_core.plans.links import ARRAYS, KEYS, PARENT, Link, link_of
from piston_core.plans.plan import MISSING, Column, FieldPlan, Related
from piston_core.plans.statements import (
    Statement,
    bound,
    compiled,
    cursor_kept,
    found,
    found_in_chunks,
    one_by_one,
    prepare,
    prepare_one,
)
from piston_core.sought import MISFITS

if TYPE_CHECKING:
    from piston_core.plans.values import Values

Row = Any  # a dictionary of the plan's names, or what a link builder makes of it


class Children:
    """The rows of related objects by what they refer to.

    Args:
        rows: lists of rows by their parent's key, as the driver returns it.
        link: how they refer to their parents.
        connection: the database that they come from.
    """

    def __init__(self, rows: dict[Any, list[Any]], link: Link, connection: BaseDatabaseWrapper) -> None:
        self.rows = rows
        self.link = link
        self.connection = connection

    def of(self, obj: Any) -> list[Any]:
        """Return the rows that belong to an object."""
        return self.rows.get(self.link.raw(getattr(obj, self.link.key.attname), self.connection)) or []


# -- a queryset ------------------------------------------------------------------------------------


def fetch(plan: FieldPlan, queryset: QuerySet[Any], values: Values) -> list[Row]:
    """Return the rows of a queryset: one query, and one more for each to-many level."""
    level = level_of(plan, queryset, values)
    if not isinstance(level, Level):
        return rows(plan, there.joined(plan, queryset), values)
    connection = connections[queryset.db]
    prepared = prepare(level, queryset, connection)
    return [] if prepared is None else finished(level, found(*prepared, connection), values, connection)


def stream(plan: FieldPlan, queryset: QuerySet[Any], values: Values) -> Iterator[Row]:
    """Yield the rows of a queryset, read in chunks, in memory that does not grow with them."""
    level, connection = level_of(plan, queryset, values), connections[queryset.db]
    with cursor_kept(connection):
        if isinstance(level, Level):
            prepared = prepare(level, queryset, connection)
            for found_rows in found_in_chunks(*prepared, connection, plans.CHUNK) if prepared else ():
                yield from finished(level, found_rows, values, connection)
            return
        objects = one_by_one(there.joined(plan, queryset), plans.CHUNK)
        while chunk := list(islice(objects, plans.CHUNK)):
            yield from rows(plan, chunk, values)


def stream_values(queryset: QuerySet[Any], values: Values) -> Iterator[Any]:
    """Yield what a queryset yields that makes no objects, such as one of ``values()``, as plain data."""
    with cursor_kept(connections[queryset.db]):
        for row_found in one_by_one(queryset, plans.CHUNK):
            yield values.plain(row_found)


def one(
    plan: FieldPlan, model: Any, named: Mapping[str, Any], values: Values, among: QuerySet[Any] | None = None
) -> Row | None:
    """Return the row of the one object that has these values, ``None`` if there is none.

    It is what ``get(**named)`` finds, as the plan shows it; for a model whose manager is plain, no
    queryset is made for it. A value that its column cannot hold finds nothing.

    Args:
        plan: shows the object.
        model: the model.
        named: the values of fields that name one object at most.
        values: makes plain values.
        among: the objects among which it has to be, if not all of the model.

    Raises:
        MultipleObjectsReturned: more than one object has these values.
    """
    found_rows = _plainly(plan, model, named, values) if among is None else None
    if found_rows is None:
        found_rows = _by_queryset(plan, model._default_manager.all() if among is None else among, named, values)
    if len(found_rows) > 1:
        raise model.MultipleObjectsReturned(f"{len(found_rows)} objects of {model.__name__} are at this address")
    return found_rows[0] if found_rows else None


def _plainly(plan: FieldPlan, model: Any, named: Mapping[str, Any], values: Values) -> list[Row] | None:
    """Return the rows that have these values without making a queryset, ``None`` where that takes one."""
    manager = model._default_manager
    if not (is_plain(manager) and loads_plainly(model)):
        return None
    connection = connections[manager.db]
    level = level_by(plan, connection, values)
    if not isinstance(level, Level):
        return None
    try:
        prepared = prepare_one(level, manager, named, connection)
        raw = [] if prepared is None else found(*prepared, connection)
    except MISFITS:
        return []
    return cast("list[Row]", finished(level, raw, values, connection)) if raw else []


def _by_queryset(plan: FieldPlan, objects: QuerySet[Any], named: Mapping[str, Any], values: Values) -> list[Row]:
    try:
        narrowed = objects.filter(**named).order_by()
    except MISFITS:
        return []
    try:
        return fetch(plan, narrowed, values)
    except (DataError, OverflowError):  # only the database finds that the value is beyond its column
        return []


def got(objects: QuerySet[Any], named: Mapping[str, Any]) -> Any:
    """Return what a queryset's ``get()`` finds, which need not be an object, or ``None``."""
    try:
        return objects.get(**named)
    except (objects.model.DoesNotExist, *MISFITS):
        return None


def held(plan: FieldPlan, objects: QuerySet[Any], named: Mapping[str, Any]) -> Any:
    """Return the object that has these values with what a plan joins to it, or ``None``."""
    return got(there.joined(plan, objects), named)


def finished(level: Level, raw: list[Any], values: Values, connection: BaseDatabaseWrapper) -> Any:
    """Return the rows that a level's code makes of what its query found, and of what the levels below it find."""
    children = [_below(many, raw, values, connection) for many in level.many]
    return level.rows(raw, values.plain, values, *children)


def _below(many: Many, raw: list[Any], values: Values, connection: BaseDatabaseWrapper) -> dict[Any, list[Row]]:
    keys = dict.fromkeys(map(itemgetter(many.position), raw))
    keys.pop(None, None)
    return children_of(many.model, many.column, many.link, [*keys], values, connection)


# -- levels below ----------------------------------------------------------------------------------


def children_of(
    model: type[Model], column: Column, link: Link, keys: list[Any], values: Values, connection: BaseDatabaseWrapper
) -> dict[Any, list[Row]]:
    """Return the rows of related objects in lists by the keys of their parents, with one query for all of them.

    Args:
        model: the parents' model.
        column: the name that shows the related objects.
        link: how they refer to their parents.
        keys: the parents' keys, as the driver returns them.
        values: makes plain values.
        connection: the database that the parents come from.
    """
    plan = cast("FieldPlan", column.plan)
    if not keys:
        return {}
    connection, queryset, level = level_below(plan, model, link, keys[0], connection, values)
    if isinstance(level, Level):
        statement = _statement(level, link, queryset, keys, connection)
        raw = [] if statement is None else found(statement, bound(statement.params, keys, connection), connection)
        return cast("dict[Any, list[Row]]", finished(level, raw, values, connection)) if raw else {}
    return _grouped(plan, list(there.joined(plan, link.marked(queryset, keys))), values, link, connection)


def _statement(
    level: Level, link: Link, queryset: QuerySet[Any], keys: list[Any], connection: BaseDatabaseWrapper
) -> Statement | None:
    """Return the statement for related objects; it is always the same where the manager and the database are plain."""
    if link.condition is not None or connection.vendor not in ARRAYS or not is_plain(link.model._default_manager):
        return compiled(level, link.among(queryset, keys), connection)
    statement: Statement | None = level.statements.get(KEYS)
    if statement is None:
        statement = compiled(level, link.among(queryset, KEYS), connection)
        if statement is not None:
            level.statements.keep(KEYS, statement)
    return statement


def _grouped(
    plan: FieldPlan, related: list[Any], values: Values, link: Link, connection: BaseDatabaseWrapper
) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for obj, row in zip(related, rows(plan, related, values), strict=True):
        groups.setdefault(link.raw(getattr(obj, PARENT), connection), []).append(row)
    return groups


# -- objects ---------------------------------------------------------------------------------------


def rows(plan: FieldPlan, objects: Iterable[Any], values: Values) -> list[Row]:
    """Return objects as rows, with one query for each relation that they do not hold yet."""
    given = list(objects)
    related = complete(plan, given, values)
    return [row(plan, obj, values, related) for obj in given]


def row(plan: FieldPlan, obj: Any, values: Values, related: Related) -> Row:
    """Return one object as a row; what it is related to has been fetched, or is fetched now."""
    read = ((column.name, column.read(obj, values, related)) for column in plan.columns)
    named = {name: value for name, value in read if value is not MISSING}
    return named if plan.arrangement is None else plan.arrangement.made(named)


def complete(plan: FieldPlan, objects: list[Any], values: Values | None) -> Related:
    """Fetch what objects are shown with and do not hold yet: one query for each relation at every level.

    They may hold a part, because the handler has fetched it in its own way; then that stays.

    Args:
        plan: shows the objects.
        objects: the objects.
        values: makes plain values of what is fetched; without it the objects are given the objects
            that they are related to, for somebody who shows them later.
    """
    stored = [obj for obj in objects if obj.pk is not None]
    related: dict[str, Any] = {}
    if not stored:
        return related
    there.load(plan, stored)
    if plan.needs:
        prefetch_related_objects(stored, *plan.needs)
    for column in plan.columns:
        link = _fast_link(plan, column, stored) if values is not None else None
        if link is not None and values is not None:
            related[column.name] = _fetched(plan, column, link, stored, values)
            continue
        if column.relation:
            there.fetch_related(column, stored)
        for inner, objects_there in there.held(column, stored):
            related[column.name] = complete(inner, objects_there, None if column.plan is None else values)
    return related


def _fast_link(plan: FieldPlan, column: Column, objects: list[Any]) -> Link | None:
    """Return how the objects of a relation to many are found, unless somebody has fetched some of them already."""
    if not column.many or there.holds(column, objects):
        return None
    return link_of(column.field, plan.model)


def _fetched(plan: FieldPlan, column: Column, link: Link, objects: list[Any], values: Values) -> Children:
    connection = connections[objects[0]._state.db or router.db_for_read(plan.model)]
    keys = dict.fromkeys(link.raw(getattr(obj, link.key.attname), connection) for obj in objects)
    keys.pop(None, None)
    return Children(children_of(plan.model, column, link, [*keys], values, connection), link, connection)
