"""Objects of models that are there already: what they hold, what is joined to them, what has to be loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects
from django.db.models.sql.where import ExtraWhere

from piston_core.plans.plan import Column, FieldPlan
from piston_core.plans.statements import keep_rows


def joined(plan: FieldPlan, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Add the joins of a plan, but for what the queryset fetches in a way of its own.

    A union takes no joins, nor does a queryset that leaves columns out, that locks its rows, or that
    holds SQL by hand, whose names another table could make ambiguous.
    """
    query: Any = queryset.query
    if query.combinator or query.deferred_loading[0] or query.select_for_update or holds_sql(query):
        return queryset
    own = [each.prefetch_to for each in prefetches(queryset) if not isinstance(each, str)]
    paths = [*_joins(plan, ""), *(path for path in plan.needs if _leads_to_one(plan.model, path))]
    joins = [path for path in paths if not any(path == each or path.startswith(f"{each}__") for each in own)]
    if not joins:
        return queryset
    found = queryset.select_related(*joins)
    keep_rows(found.query)
    return found


def holds_sql(query: Any) -> bool:
    """Return whether a query has parts that somebody has written in SQL, with ``extra()``."""
    return bool(query.extra or query.extra_tables or query.extra_order_by or _has_sql(query.where))


def _has_sql(node: Any) -> bool:
    return isinstance(node, ExtraWhere) or any(_has_sql(child) for child in getattr(node, "children", ()))


def prefetches(queryset: QuerySet[Any]) -> Iterable[str | Prefetch[Any]]:
    """Return what a queryset is going to prefetch by itself."""
    return queryset._prefetch_related_lookups  # type: ignore[attr-defined, no-any-return]  # Django has no other name


def _joins(plan: FieldPlan, prefix: str) -> list[str]:
    """Return the paths of the to-one relations, as ``select_related`` wants them."""
    joins = []
    for column in plan.columns:
        if column.plan is not None and not column.many:
            path = prefix + column.relation
            joins += [path, *_joins(column.plan, path + "__")]
    return joins


def _leads_to_one(model: type[Model], path: str) -> bool:
    """Return whether each relation of a path leads to one object of a known model."""
    step: Any = model
    for name in path.split("__"):
        try:
            field = step._meta.get_field(name)
        except FieldDoesNotExist:  # a reverse relation is prefetched by the name of its accessor
            return False
        if not (field.many_to_one or field.one_to_one) or field.related_model is None:
            return False
        step = field.related_model
    return True


def fetch_related(column: Column, objects: list[Any]) -> None:
    """Give objects what they are related to by a name and do not hold yet, with one query for each model."""
    if column.plan is None and hasattr(column.field, "ct_field"):
        _fetch_any(column.field, objects)
    else:
        prefetch_related_objects(objects, _to_fetch(column))


def _fetch_any(field: Any, objects: list[Any]) -> None:
    """Give objects what a generic foreign key leads to; Django's prefetch asks the default database in any case."""
    groups: dict[tuple[str, Any], list[Any]] = {}
    kind = field.model._meta.get_field(field.ct_field).attname
    for obj in objects:
        if not field.is_cached(obj) and getattr(obj, kind) is not None:
            groups.setdefault((obj._state.db, getattr(obj, kind)), []).append(obj)
    for (alias, key), group in groups.items():
        model = field.get_content_type(id=key, using=alias).model_class()
        held_keys = [_key_for(model, getattr(obj, field.fk_field)) for obj in group]
        found = model._base_manager.using(alias).in_bulk({*held_keys} - {None}) if model is not None else {}
        for obj, held_key in zip(group, held_keys, strict=True):
            field.set_cached_value(obj, found.get(held_key))


def _key_for(model: type[Model] | None, stored: Any) -> Any:
    """Return a key of a model as its objects hold it, ``None`` for one that none of them can have."""
    try:
        return None if model is None else model._meta.pk.to_python(stored)
    except ValidationError:
        return None


def _to_fetch(column: Column) -> str | Prefetch[Any]:
    """Return what ``prefetch_related_objects`` has to fetch for a relation, with what can be joined to it."""
    if column.plan is None:
        return column.relation
    model = column.plan.model  # Django, too, follows a foreign key with the base manager
    related: QuerySet[Any] = (model._default_manager if column.many else model._base_manager).all()
    return Prefetch(column.relation, queryset=joined(column.plan, related))


def held(column: Column, objects: list[Any]) -> Iterator[tuple[FieldPlan, list[Any]]]:
    """Yield the objects that these objects hold by a name already, with the plan that shows them."""
    if column.plan is not None:
        yield column.plan, [each for obj in objects for each in _related(column, obj)]
    elif column.plan_of is not None:
        groups: dict[type[Model], list[Model]] = {}
        for each in (each for obj in objects for each in _items(column, obj)):
            if isinstance(each, Model):
                groups.setdefault(each.__class__, []).append(each)
        yield from ((column.plan_of(model), group) for model, group in groups.items())


def holds(column: Column, objects: Iterable[Any]) -> bool:
    """Return whether one of these objects has been given its related objects already, such as by a prefetch."""
    given = (obj for obj in objects if getattr(obj, "_prefetched_objects_cache", None))
    return any(getattr(obj, column.relation).all()._result_cache is not None for obj in given)


def _related(column: Column, obj: Any) -> Iterable[Any]:
    if column.many:
        return getattr(obj, column.relation).all()  # type: ignore[no-any-return]  # a related manager
    related = getattr(obj, column.relation, None)
    return () if related is None else (related,)


def _items(column: Column, obj: Any) -> Iterable[Any]:
    """Return the items of an attribute; one that would have to be computed is left alone."""
    value = getattr(obj, column.relation) if column.relation else vars(obj).get(column.name)
    return value if isinstance(value, list | tuple) else (value,)


def load(plan: FieldPlan, objects: list[Any]) -> None:
    """Load the columns that are shown and that some of these objects were read without."""
    names = {column.name for column in plan.columns}
    shown = [field for field in plan.model._meta.concrete_fields if names & {field.name, field.attname}]
    missing = [field.attname for field in shown if any(field.attname not in vars(obj) for obj in objects)]
    if not missing:
        return
    manager = plan.model._base_manager.using(objects[0]._state.db)
    there = manager.only(*missing).in_bulk({obj.pk for obj in objects})
    for obj in objects:
        for name in missing:
            if name not in vars(obj) and obj.pk in there:
                setattr(obj, name, getattr(there[obj.pk], name))
