"""The field plan: which names an object is shown with, how each is read, what to fetch with it.

This is the interface between a handler's ``fields`` and the database: the represent step asks
for rows and never looks at a model itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects
from django.db.models.constants import LOOKUP_SEP

if TYPE_CHECKING:
    from piston_core.plans.values import Values

Read = Callable[[Any, "Values"], Any]

CHUNK = 500


class _Missing:
    """Stands for a name that this object does not have, which is then left out of its row."""


MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Column:
    """One name of a plan.

    Attributes:
        name: the name in the document.
        read: gets the object and the request's values, returns plain data or ``MISSING``.
        relation: the model's relation that has to be fetched for it, or ``""``.
        plan: the plan of the related objects, if it is theirs to be shown with one.
        many: whether the relation leads to many objects.
    """

    name: str
    read: Read
    relation: str = ""
    plan: FieldPlan | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """How objects of one model become rows.

    Attributes:
        model: the model.
        columns: its names, in the order of the document.
    """

    model: type[Model]
    columns: tuple[Column, ...]

    def row(self, obj: Any, values: Values) -> dict[str, Any]:
        """Return one object as a row; what it is related to has been fetched, or is fetched now."""
        read = ((column.name, column.read(obj, values)) for column in self.columns)
        return {name: value for name, value in read if value is not MISSING}

    def rows(self, objects: Iterable[Any], values: Values) -> list[dict[str, Any]]:
        """Return objects that are already there as rows, with one query for each relation."""
        there = list(objects)
        stored = [obj for obj in there if obj.pk is not None]
        own = {name for obj in stored[:1] for name in getattr(obj, "_prefetched_objects_cache", ())}
        prefetch_related_objects(stored, *self._lookups("", joined=False, own=own))
        return [self.row(obj, values) for obj in there]

    def fetch(self, queryset: QuerySet[Any], values: Values) -> list[dict[str, Any]]:
        """Return the rows of a queryset: one query, and one more for each to-many level."""
        if queryset.query.combinator:  # of union() and the like, which take no prefetch
            return self.rows(queryset, values)
        return [self.row(obj, values) for obj in self._prepared(queryset)]

    def stream(self, queryset: QuerySet[Any], values: Values) -> Iterator[dict[str, Any]]:
        """Yield the rows of a queryset, read in chunks, in memory that does not grow with them."""
        if queryset.query.combinator:
            objects = queryset.iterator()
            while chunk := list(islice(objects, CHUNK)):
                yield from self.rows(chunk, values)
            return
        for obj in self._prepared(queryset).iterator(chunk_size=CHUNK):
            yield self.row(obj, values)

    def _prepared(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Add the joins and prefetches of the plan to what the handler's queryset already has."""
        own = {path for lookup in getattr(queryset, "_prefetch_related_lookups", ()) for path in _paths(lookup)}
        if self._needs_deferred(queryset):
            queryset = queryset.defer(None)  # or each row would fetch it on its own
        joins = self._joins("")
        prepared = queryset.select_related(*joins) if joins else queryset
        return prepared.prefetch_related(*self._lookups("", joined=True, own=own))

    def _needs_deferred(self, queryset: QuerySet[Any]) -> bool:
        """Return whether the plan reads what the queryset leaves out with ``only()`` or ``defer()``."""
        names, deferred = queryset.query.deferred_loading
        if not names:
            return False
        needs = self._needs("")
        return bool(needs & names) if deferred else not needs <= names

    def _needs(self, prefix: str) -> set[str]:
        """Return the paths of the columns that are read; what only a method knows of counts as a path, too."""
        needs = set()
        for column in self.columns:
            if not column.many and column.name != "pk":
                needs.add(prefix + (column.relation or column.name))
            if column.plan is not None and not column.many:
                needs |= column.plan._needs(prefix + column.relation + LOOKUP_SEP)
        return needs

    def _joins(self, prefix: str) -> list[str]:
        """Return the paths of the to-one relations, as ``select_related`` wants them."""
        joins = []
        for column in self.columns:
            if column.plan is not None and not column.many:
                path = prefix + column.relation
                joins += [path, *column.plan._joins(path + LOOKUP_SEP)]
        return joins

    def _lookups(self, prefix: str, *, joined: bool, own: AbstractSet[str]) -> list[str | Prefetch[Any]]:
        """Return what ``prefetch_related`` has to fetch.

        Args:
            prefix: the path that leads here.
            joined: whether to-one relations are there by a join.
            own: paths that the handler fetches, or has fetched, in its own way; what lies behind them is added.
        """
        lookups: list[str | Prefetch[Any]] = []
        for column in self.columns:
            path = prefix + column.relation
            if column.plan is None:
                lookups += [path] if column.relation and path not in own else []
            elif column.many and path not in own:
                related: QuerySet[Any] = column.plan.model._default_manager.all()
                lookups.append(Prefetch(path, queryset=column.plan._prepared(related)))
            else:
                there = path in own
                lookups += [] if joined or there else [path]
                lookups += column.plan._lookups(path + LOOKUP_SEP, joined=joined and not there, own=own)
        return lookups


def _paths(lookup: str | Prefetch[Any]) -> Iterator[str]:
    """Return the path of a lookup and those that it leads over."""
    steps = (lookup if isinstance(lookup, str) else lookup.prefetch_to).split(LOOKUP_SEP)
    return accumulate(steps, lambda path, step: path + LOOKUP_SEP + step)
