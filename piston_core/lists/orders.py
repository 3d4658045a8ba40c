"""The order of a list, where it is known by the values of columns: then a page may begin behind any object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import connections
from django.db.models import F, Field, Model, QuerySet
from django.db.models.expressions import Col, OrderBy

from piston_core.lists.texts import INTEGERS, READERS, TEXTS, kind_of, stored

_DEEPEST = 4  # relations that are ordered by the order of what they lead to
_SURE_DIGITS = 15  # of a decimal, which SQLite keeps as a float

# What the database computes, and returns as it compares it; dates and decimals pass through conversions.
_COMPUTED = INTEGERS | TEXTS | {"BooleanField", "FloatField", "UUIDField"}


class NotKeyed(Exception):
    """A list whose order is not known by the values of columns."""


@dataclass(frozen=True, slots=True)
class Term:
    """A column that a list is ordered by.

    Attributes:
        name: the column, or the path that leads to it, or an annotation.
        field: says which values it has.
        descending: whether the largest value comes first.
        nullable: whether it may be null.
        nulls_first: whether null comes first then.
    """

    name: str
    field: Field[Any, Any]
    descending: bool = False
    nullable: bool = False
    nulls_first: bool = False

    def __str__(self) -> str:
        nulls = f" {int(self.nulls_first)}" if self.nullable else ""
        return f"{'-' if self.descending else ''}{self.name}{nulls}"

    def __neg__(self) -> Term:
        """Return the term of the opposite order."""
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)

    @property
    def sql(self) -> str | OrderBy:
        """What to order a queryset by."""
        if not self.nullable:
            return f"{'-' if self.descending else ''}{self.name}"
        column = F(self.name)
        nulls: dict[str, bool] = {"nulls_first": True} if self.nulls_first else {"nulls_last": True}
        return column.desc(**nulls) if self.descending else column.asc(**nulls)


Terms = tuple[Term, ...]


def opposite(terms: Terms) -> Terms:
    """Return the terms of the opposite order."""
    return tuple(-term for term in terms)


def in_order(queryset: QuerySet[Any], terms: Terms) -> QuerySet[Any]:
    """Return a queryset in this order."""
    ordered = queryset.order_by(*(term.sql for term in terms))
    ordered.query.standard_ordering = True  # a reversal is in the terms already
    return ordered


def terms_of(queryset: QuerySet[Any], sort: Sequence[str]) -> Terms:
    """Return the order of a queryset, down to the key, so that no two objects have the same place.

    Where it is not said, null is the greatest value, which PostgreSQL does by itself.

    Args:
        queryset: the queryset.
        sort: the order that the request wants instead of the queryset's own.

    Raises:
        NotKeyed: the order is not known, or an object may come twice.
    """
    _refuse_unkeyed(queryset)
    query: Any = queryset.query
    entries: Iterable[Any] = sort or own_order(query)
    found: dict[str, Term] = {}
    for entry in (*entries, "pk"):
        for term in _terms(queryset, entry):
            found.setdefault(term.name, term if sort or query.standard_ordering else -term)
    vendor = connections[queryset.db].vendor
    if not all(_returns(term, query.annotations.get(term.name), vendor) for term in found.values()):
        raise NotKeyed
    return _up_to_key(tuple(found.values()), queryset.model)


def own_order(query: Any) -> Sequence[Any]:
    """Return what a query is ordered by without a request's say."""
    if query.order_by or not query.default_ordering:
        return query.order_by  # type: ignore[no-any-return]  # a query is not typed
    return query.get_meta().ordering or ()


def yields_objects(queryset: QuerySet[Any]) -> bool:
    """Return whether a queryset yields objects, and not what ``values()`` and the like have it yield."""
    return queryset._fields is None  # type: ignore[attr-defined]  # how Django itself tells them apart


def _refuse_unkeyed(queryset: QuerySet[Any]) -> None:
    """Raise ``NotKeyed`` for a queryset that a condition could change, or that may have an object twice."""
    query: Any = queryset.query
    annotations = query.annotations.values()
    if not yields_objects(queryset) or query.combinator or query.is_sliced or query.distinct_fields:
        raise NotKeyed
    if query.extra or query.extra_order_by or query.extra_tables:
        raise NotKeyed
    if any(getattr(each, "contains_over_clause", False) for each in annotations):
        raise NotKeyed
    if not query.distinct and query.group_by is None and _multiplies(query):
        raise NotKeyed


def _multiplies(query: Any) -> bool:
    """Return whether a query joins a relation to many objects."""
    joins = (query.alias_map[alias] for alias, count in query.alias_refcount.items() if count)
    return any(getattr(getattr(join, "join_field", None), "multiple", False) for join in joins)


def _terms(queryset: QuerySet[Any], entry: Any) -> Iterator[Term]:
    """Yield the terms of one entry of an order."""
    name, descending, nulls = _read(entry)
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        if name not in queryset.query.annotation_select:  # one of alias(), which cannot be read
            raise NotKeyed
        columns: Sequence[Term] = (Term(name, _output(annotation), nullable=True),)
    else:
        model: Any = queryset.model
        columns = columns_of(model, name)
    for column in columns:
        term = replace(column, descending=column.descending != descending)
        yield replace(term, nulls_first=term.descending if nulls is None else nulls)


def _read(entry: Any) -> tuple[str, bool, bool | None]:
    """Return the name in an entry, whether it is descending, and whether null comes first, if it says so."""
    if isinstance(entry, str):
        return entry.lstrip("-+"), entry.startswith("-"), None
    if not isinstance(entry, OrderBy):
        entry = OrderBy(entry)
    if type(entry.expression) is not F:
        raise NotKeyed
    nulls = bool(entry.nulls_first) if entry.nulls_first or entry.nulls_last else None
    name: str = entry.expression.name  # type: ignore[attr-defined]  # the stubs forget it
    return name, entry.descending, nulls


def _output(annotation: Any) -> Any:
    try:
        return annotation.output_field
    except FieldError as error:
        raise NotKeyed from error


@lru_cache(maxsize=2048)
def columns_of(model: type[Model], path: str, depth: int = 0) -> Terms:
    """Return the columns that Django orders by for a path of names; a relation stands for the order of its model.

    Raises:
        NotKeyed: it leads to no column of one value.
    """
    *way, last = path.split("__")
    here, nullable = model, False
    for step in way:
        field = _to_one(here, step)
        if field.related_model is None:
            raise NotKeyed
        nullable = nullable or not field.concrete or field.null
        here = field.related_model
    prefix = "".join(f"{step}__" for step in way)
    if last == "pk":
        return tuple(_column(field, prefix, nullable=nullable) for field in here._meta.pk_fields)
    field = _to_one(here, last)
    if field.is_relation and (not field.concrete or (field.related_model._meta.ordering and last != field.attname)):
        return tuple(_related(model, field, f"{prefix}{last}", depth))
    return (_column(field, prefix, nullable=nullable),)


def _to_one(model: type[Model], name: str) -> Any:
    try:
        field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise NotKeyed from error
    if field.is_relation and (field.many_to_many or field.one_to_many or not isinstance(field.related_model, type)):
        raise NotKeyed
    return field


def _related(model: type[Model], field: Any, path: str, depth: int) -> Iterator[Term]:
    """Yield the columns for a relation, in the order that the related model declares."""
    if depth == _DEEPEST:
        raise NotKeyed
    for entry in field.related_model._meta.ordering or ("pk",):
        name, descending, nulls = _read(entry)
        if nulls is not None:
            raise NotKeyed
        for column in columns_of(model, f"{path}__{name}", depth + 1):
            yield replace(column, descending=column.descending != descending)


def _column(field: Any, prefix: str, *, nullable: bool) -> Term:
    name, nullable = f"{prefix}{field.attname}", nullable or field.null
    while field.is_relation:
        field = field.target_field
    held = stored(field)
    if held is not field and kind_of(held) not in _COMPUTED:
        raise NotKeyed
    return Term(name, held, nullable=nullable)


def _returns(term: Term, annotation: Any, vendor: str) -> bool:
    """Return whether a value that the database gives finds itself again there."""
    kind = kind_of(term.field)
    if kind == "DecimalField" and vendor == "sqlite":
        return annotation is None and (term.field.max_digits or _SURE_DIGITS + 1) <= _SURE_DIGITS  # type: ignore[attr-defined]  # of this kind
    computed = annotation is not None and not isinstance(annotation, Col)
    return kind in (_COMPUTED if computed else READERS)


def _up_to_key(terms: Terms, model: type[Model]) -> Terms:
    """Return the terms without those behind the key, which decide nothing."""
    key = {field.attname for field in model._meta.pk_fields}
    for place, term in enumerate(terms):
        key.discard(term.name)
        if not key:
            return terms[: place + 1]
    return terms
