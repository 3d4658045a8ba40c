"""The field plan: which names an object is shown with, how each is read, what to fetch with it.

This is the interface between a handler's ``fields`` and the database: the represent step asks
for rows and never looks at a model itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects

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
        plan: the plan of the related objects, if they are of one model.
        many: whether the relation leads to many objects.
        plan_of: gives the plan of objects of whichever model the name holds.
    """

    name: str
    read: Read
    relation: str = ""
    plan: FieldPlan | None = None
    many: bool = False
    plan_of: Callable[[type[Model]], FieldPlan] | None = None

    @property
    def lookup(self) -> str | Prefetch[Any]:
        """What ``prefetch_related_objects`` has to fetch, with what can be joined to it."""
        if self.plan is None:
            return self.relation
        model = self.plan.model  # Django, too, follows a foreign key with the base manager
        related: QuerySet[Any] = (model._default_manager if self.many else model._base_manager).all()
        return Prefetch(self.relation, queryset=self.plan.joined(related))

    def held(self, objects: list[Any]) -> Iterator[tuple[FieldPlan, list[Any]]]:
        """Yield the objects that these objects hold by this name already, with the plan that shows them."""
        if self.plan is not None:
            yield self.plan, [each for obj in objects for each in self._related(obj)]
        elif self.plan_of is not None:
            groups: dict[type[Model], list[Model]] = {}
            for each in (each for obj in objects for each in self._items(obj)):
                if isinstance(each, Model):
                    groups.setdefault(each.__class__, []).append(each)
            yield from ((self.plan_of(model), group) for model, group in groups.items())

    def _related(self, obj: Any) -> Iterable[Any]:
        if self.many:
            return getattr(obj, self.relation).all()  # type: ignore[no-any-return]  # a related manager
        related = getattr(obj, self.relation, None)
        return () if related is None else (related,)

    def _items(self, obj: Any) -> Iterable[Any]:
        """Return the items of an attribute; one that would have to be computed is left alone."""
        value = getattr(obj, self.relation) if self.relation else vars(obj).get(self.name)
        return value if isinstance(value, list | tuple) else (value,)


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
        """Return objects as rows, with one query for each relation that they do not hold yet."""
        there = list(objects)
        self.complete(there)
        return [self.row(obj, values) for obj in there]

    def fetch(self, queryset: QuerySet[Any], values: Values) -> list[dict[str, Any]]:
        """Return the rows of a queryset: one query, and one more for each to-many level."""
        return self.rows(self.joined(queryset), values)

    def stream(self, queryset: QuerySet[Any], values: Values) -> Iterator[dict[str, Any]]:
        """Yield the rows of a queryset, read in chunks, in memory that does not grow with them."""
        objects = self.joined(queryset).iterator(chunk_size=CHUNK)
        while chunk := list(islice(objects, CHUNK)):
            yield from self.rows(chunk, values)

    def joined(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Add the joins of the plan; a union takes none, nor does a queryset that leaves columns out."""
        joins = self._joins("")
        if not joins or queryset.query.combinator or queryset.query.deferred_loading[0]:
            return queryset
        return queryset.select_related(*joins)

    def complete(self, objects: list[Any]) -> None:
        """Fetch what objects are shown with and do not hold yet: one query for each relation at every level.

        They may hold a part, because the handler has fetched it in its own way; then that stays.
        """
        stored = [obj for obj in objects if obj.pk is not None]
        if not stored:
            return
        self._load(stored)
        for column in self.columns:
            if column.relation:
                prefetch_related_objects(stored, column.lookup)
            for plan, related in column.held(stored):
                plan.complete(related)

    def _load(self, objects: list[Any]) -> None:
        """Load the columns that are shown and that some of these objects were read without."""
        names = {column.name for column in self.columns}
        shown = [field for field in self.model._meta.concrete_fields if names & {field.name, field.attname}]
        missing = [field.attname for field in shown if any(field.attname not in vars(obj) for obj in objects)]
        if not missing:
            return
        manager = self.model._base_manager.using(objects[0]._state.db)
        found = manager.only(*missing).in_bulk({obj.pk for obj in objects})
        for obj in objects:
            for name in missing:
                if name not in vars(obj) and obj.pk in found:
                    setattr(obj, name, getattr(found[obj.pk], name))

    def _joins(self, prefix: str) -> list[str]:
        """Return the paths of the to-one relations, as ``select_related`` wants them."""
        joins = []
        for column in self.columns:
            if column.plan is not None and not column.many:
                path = prefix + column.relation
                joins += [path, *column.plan._joins(path + "__")]
        return joins
