"""Say how a plan is read, as data: its levels, their queries, and why one needs objects. Nothing is read for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

from piston_core.plans import objects as there
from piston_core.plans.choosing import level_below, level_of, why_objects
from piston_core.plans.description import Description, Reason, dotted, query_of, reasons_of
from piston_core.plans.levels import Level
from piston_core.plans.links import ARRAYS, KEYS, Link, link_of
from piston_core.plans.plan import Column, FieldPlan
from piston_core.plans.statements import selecting

if TYPE_CHECKING:
    from piston_core.plans.values import Values


def described(plan: FieldPlan, queryset: QuerySet[Any], values: Values) -> Description:
    """Return how the objects of a queryset are read.

    Args:
        plan: shows them.
        queryset: the queryset; it is not run.
        values: says for whom.
    """
    level = level_of(plan, queryset, values)
    if isinstance(level, Level):
        return _columns(level, queryset, values, "")
    reasons = reasons_of(plan, frozenset(queryset.query.annotation_select))
    if why_objects(queryset) or not reasons:
        reasons = (Reason("", level),)
    return _objects(plan, there.joined(plan, queryset), reasons, values)


def described_objects(
    plan: FieldPlan, values: Values, why: str, queryset: QuerySet[Any] | None = None, alias: str = ""
) -> Description:
    """Return how objects are shown that the handler has read itself.

    Args:
        plan: shows them.
        values: says for whom.
        why: what kept the plan from reading them.
        queryset: what they are read from, if that is known.
        alias: the database that they come from, if there is no queryset.
    """
    if queryset is not None:
        return _objects(plan, queryset, (Reason("", why),), values)
    alias = alias or router.db_for_read(plan.model)
    below = _Below(values, connections[alias])
    below.follow(plan, "", {})
    reasons = (Reason("", why),)
    label = plan.model._meta.label
    return Description("", label, alias, "given", reasons, "", None, tuple(below.fetches), "", tuple(below.levels))


# -- levels ----------------------------------------------------------------------------------------


def _columns(level: Level, queryset: QuerySet[Any], values: Values, name: str) -> Description:
    """Return how a level is read whose query selects just what is shown."""
    connection, model = connections[queryset.db], level.plan.model
    below = _Below(values, connection)
    first = 0 if level.link is None else 1
    for many in level.many:
        path = (name, *level.selected[many.position - first].path, many.column.name)
        below.level(model, many.column, many.link, ".".join(filter(None, path)))
    query = query_of(selecting(level, queryset.query.chain()), connection)
    told = "" if level.link is None else _told(level.link)
    return Description(
        name, model._meta.label, queryset.db, "columns", (), told, query, (), level.source, tuple(below.levels)
    )


def _objects(
    plan: FieldPlan,
    queryset: QuerySet[Any],
    reasons: tuple[Reason, ...],
    values: Values,
    name: str = "",
    link: Link | None = None,
) -> Description:
    """Return how a level is read whose query loads objects of the model."""
    connection = connections[queryset.db]
    joined: Any = queryset.query.select_related
    joined = joined if isinstance(joined, dict) else {}
    below = _Below(values, connection, [path for path in _prefetched(queryset) if not _is_joined(path, joined)])
    below.follow(plan, name, joined)
    fetches = tuple(dict.fromkeys((*below.fetches, *below.prefetched)))
    query = query_of(queryset.query.chain(), connection)
    told = "" if link is None else _told(link)
    label = plan.model._meta.label
    return Description(name, label, queryset.db, "objects", reasons, told, query, fetches, "", tuple(below.levels))


class _Below:
    """Collects what is read below a level.

    Args:
        values: says for whom.
        connection: the database of the level.
        prefetched: the relations that the queryset itself has fetched.
    """

    def __init__(self, values: Values, connection: BaseDatabaseWrapper, prefetched: Sequence[str] = ()) -> None:
        self.values = values
        self.connection = connection
        self.prefetched = prefetched
        self.levels: list[Description] = []
        self.fetches: list[str] = []

    def follow(self, plan: FieldPlan, prefix: str, joined: Mapping[str, Any]) -> None:
        """Collect what objects are shown with, beside their columns and what is joined to them."""
        self.fetches += [dotted(prefix, path) for path in _steps(plan.needs) if not _is_joined(path, joined)]
        for column in plan.columns:
            name = dotted(prefix, column.name)
            link = link_of(column.field, plan.model) if column.many and name not in self.prefetched else None
            if link is not None:
                self.level(plan.model, column, link, name)
            elif column.relation:
                self.fetch(column, name, joined)

    def fetch(self, column: Column, name: str, joined: Mapping[str, Any]) -> None:
        """Note a relation that Django fetches, unless it is joined already."""
        if column.relation not in joined:
            self.fetches.append(name)
        if column.plan is not None:
            self.follow(column.plan, name, joined.get(column.relation) or {})

    def level(self, model: type[Model], column: Column, link: Link, name: str) -> None:
        """Add the level of related objects that are many."""
        plan: Any = column.plan
        connection, queryset, level = level_below(plan, model, link, None, self.connection, self.values)
        keys: Any = KEYS if connection.vendor in ARRAYS else [0]
        unasked = _without_asking(link, column)
        if isinstance(level, Level):
            self.levels.append(_columns(level, unasked.among(queryset, keys), self.values, name))
            return
        reasons = reasons_of(plan, frozenset()) or (Reason("", level),)
        read = there.joined(plan, unasked.marked(queryset, keys))
        self.levels.append(_objects(plan, read, reasons, self.values, name, link))


def _without_asking(link: Link, column: Column) -> Link:
    """Return a link whose condition needs no query: the type of the content, which any number may stand for."""
    if link.condition is None:
        return link
    stored: Any = link.model._meta.get_field(column.field.content_type_field_name)
    return replace(link, condition=lambda: {stored.attname: 0})


def _told(link: Link) -> str:
    """Say how related objects refer to their parents."""
    return f"{link.path.replace('__', '.')} has the {link.key.attname} of a row above"


def _prefetched(queryset: QuerySet[Any]) -> tuple[str, ...]:
    """Return the relations that a queryset fetches by itself, with those that lead to them."""
    lookups = there.prefetches(queryset)
    return tuple(_steps(str(getattr(each, "prefetch_through", each)) for each in lookups))


def _steps(paths: Any) -> list[str]:
    """Return each path with all that leads to it, as dotted names and once."""
    found: dict[str, None] = {}
    for path in paths:
        parts = path.split("__")
        found |= dict.fromkeys(".".join(parts[: number + 1]) for number in range(len(parts)))
    return list(found)


def _is_joined(path: str, joined: Mapping[str, Any]) -> bool:
    step: Any = joined
    for name in path.split("."):
        if name not in step:
            return False
        step = step[name]
    return True
