"""Filters: what a lookup of a handler's ``filters`` reaches, and the condition that a request makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db.models import Field, Model, Q, QuerySet, Value, lookups
from django.db.models.functions import ExtractIsoYear, ExtractYear

from piston_core.lists.refusals import Misfit, invalid
from piston_core.lists.texts import READERS, is_plain, storable, stored, truth, value_of

Asked = tuple[str, tuple[str, ...]]

_MOST_VALUES = 100
_LONGEST = 1000  # characters of a pattern; SQLite refuses those beyond 50,000 bytes
_YEARS = range(2, 9999)  # whose first and last moment exist in every time zone
_NO_VALUES = frozenset({"BinaryField", "JSONField"})  # text in a URL says too little of them

_COMPARISONS: Mapping[str, type] = {
    "exact": lookups.Exact,
    "gt": lookups.GreaterThan,
    "gte": lookups.GreaterThanOrEqual,
    "lt": lookups.LessThan,
    "lte": lookups.LessThanOrEqual,
    "in": lookups.In,
    "range": lookups.Range,
    "isnull": lookups.IsNull,
}
_TEXTS: Mapping[str, type] = {
    "iexact": lookups.IExact,
    "contains": lookups.Contains,
    "icontains": lookups.IContains,
    "startswith": lookups.StartsWith,
    "istartswith": lookups.IStartsWith,
    "endswith": lookups.EndsWith,
    "iendswith": lookups.IEndsWith,
}
_OF_RELATIONS = _COMPARISONS.keys() - {"range"}
_KNOWN = {**_COMPARISONS, **_TEXTS}


class Unusable(Exception):
    """A name in ``filters`` that no request can use; the message says why."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a name in ``filters`` means.

    Attributes:
        path: the name up to the column, with its transforms.
        lookup: how the column is compared.
        field: says which values the column has.
        many: whether the way to it leads through a relation to many objects.
        years: whether the values are years.
    """

    path: str
    lookup: str
    field: Field[Any, Any]
    many: bool = False
    years: bool = False

    def condition(self, texts: Sequence[str]) -> Q:
        """Return the condition for the values that a request gives.

        Raises:
            Misfit: a value is none of the column's, or there are too many.
        """
        if self.lookup == "exact" and len(texts) > 1:
            return Q(**{f"{self.path}__in": self._all(texts)})
        if len(texts) > 1:
            raise Misfit("given once only")
        if self.lookup == "in":
            return Q(**{f"{self.path}__in": self._all(texts[0].split(","))})
        return Q(**{f"{self.path}__{self.lookup}": self._one(texts[0])})

    def _one(self, text: str) -> Any:
        if self.lookup == "isnull":
            return truth(text)
        if self.lookup in _TEXTS:
            if len(text) > _LONGEST:
                raise Misfit(f"text of no more than {_LONGEST} characters")
            return storable(text)
        if self.lookup == "range":
            ends = text.split(",")
            if len(ends) != 2:
                raise Misfit("two values with a comma between them")
            return self._all(ends)
        return self._all([text])[0]

    def _all(self, texts: Sequence[str]) -> list[Any]:
        if len(texts) > _MOST_VALUES:
            raise Misfit(f"no more than {_MOST_VALUES} values")
        values = [value_of(self.field, text) for text in texts]
        if self.years and any(value not in _YEARS for value in values):
            raise Misfit(f"a year from {_YEARS.start} to {_YEARS.stop - 1}")
        return values


def refuse_misfits(model: type[Model], asked: Sequence[Asked]) -> None:
    """Refuse values that the columns of a model cannot hold; names of annotations wait until there is a queryset.

    Raises:
        Problem: 400 with the parameter.
    """
    for name, texts in asked:
        if is_field(model, name):
            _condition(name, texts, _of(model, name))


def filtered(queryset: QuerySet[Any], asked: Sequence[Asked]) -> QuerySet[Any]:
    """Return those objects of a queryset that a request wants.

    What it asks through relations to many objects is asked together, as in one call of Django's
    ``filter()``: the same related object has it all. No object comes twice for it.

    Raises:
        Problem: 400 with the parameter.
    """
    own, related = Q(), Q()
    for name, texts in asked:
        found = _of(queryset.model, name, queryset)
        if found.many:
            related &= _condition(name, texts, found)
        else:
            own &= _condition(name, texts, found)
    if related:
        own &= Q(pk__in=QuerySet(queryset.model).filter(related).order_by().values("pk"))
    return queryset.filter(own)


def _condition(name: str, texts: Sequence[str], found: Filter) -> Q:
    try:
        return found.condition(texts)
    except Misfit as misfit:
        raise invalid(name, f"{name!r} has to be {misfit}.") from misfit


def _of(model: type[Model], name: str, queryset: QuerySet[Any] | None = None) -> Filter:
    try:
        if queryset is None or is_field(model, name):
            return filter_of(model, name)
        return _of_annotation(queryset, name)
    except Unusable as why:
        raise invalid(name, f"This list cannot be filtered by {name!r}.") from why


def is_field(model: type[Model], name: str) -> bool:
    """Return whether a name starts with a field of the model; it may else be an annotation."""
    first = name.split("__", maxsplit=1)[0]
    try:
        return first == "pk" or bool(model._meta.get_field(first))
    except FieldDoesNotExist:
        return False


@lru_cache(maxsize=2048)
def filter_of(model: type[Model], name: str) -> Filter:
    """Return what a lookup means, from a model on.

    Raises:
        Unusable: it means nothing, or nothing that text could be compared with.
    """
    here, steps, many = model, name.split("__"), False
    for place, step in enumerate(steps):
        field = _field(here, step)
        if not field.is_relation:
            return _ending(field, "__".join(steps[: place + 1]), steps[place + 1 :], many=many)
        if not isinstance(field.related_model, type):
            raise Unusable(f"{step!r} has no model")
        many, here = many or bool(field.many_to_many or field.one_to_many), field.related_model
        rest = steps[place + 1 :]
        if not rest or (len(rest) == 1 and rest[0] in _OF_RELATIONS and not _has_field(here, rest[0])):
            return _relation(field, "__".join(steps[: place + 1]), rest, many=many)
    raise Unusable(f"{name!r} ends in a relation")


def _field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.pk if name == "pk" else model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise Unusable(f"{model.__name__} has no field {name!r}") from error


def _has_field(model: type[Model], name: str) -> bool:
    return name in {field.name for field in model._meta.get_fields()}


def _relation(field: Any, path: str, rest: list[str], *, many: bool) -> Filter:
    """Return what a lookup means that ends in a relation: the related object's key."""
    if rest == ["isnull"]:
        return Filter(path, "isnull", field, many)
    own_key = field.concrete and not field.many_to_many
    key: Any = field.target_field if own_key else field.related_model._meta.pk
    path = f"{path}__{key.name}"
    while key.is_relation:  # the key of a model that inherits, which is its parent's
        key = key.target_field
    return _ending(key, path, rest, many=many)


def _of_annotation(queryset: QuerySet[Any], name: str) -> Filter:
    first, *rest = name.split("__")
    annotation = queryset.query.annotations.get(first)
    if annotation is None:
        raise Unusable(f"{queryset.model.__name__} has no field {first!r}, nor is it annotated")
    try:
        return _ending(annotation.output_field, first, rest, many=False)
    except FieldError as error:
        raise Unusable(str(error)) from error


def _ending(field: Any, path: str, rest: list[str], *, many: bool) -> Filter:
    """Return what the part of a lookup behind its column means: transforms, and a comparison."""
    years = False
    for place, step in enumerate(rest):
        if place == len(rest) - 1 and _compares(field, step):
            return _checked(Filter(path, step, field, many, years))
        transform = field.get_transform(step)
        if transform is None or field.get_internal_type() in _NO_VALUES:
            raise Unusable(f"{step!r} is no lookup for {path!r} that filters can use")
        years = transform in {ExtractYear, ExtractIsoYear}
        field, path = transform(Value(None, output_field=field)).output_field, f"{path}__{step}"
    return _checked(Filter(path, "exact", field, many, years))


def _compares(field: Any, name: str) -> bool:
    kind = field.get_lookup(name)
    return name in _KNOWN and kind is not None and issubclass(kind, _KNOWN[name])


def _checked(found: Filter) -> Filter:
    if found.lookup == "isnull":
        return found
    kind = stored(found.field).get_internal_type()
    if kind in _NO_VALUES or (kind not in READERS and is_plain(found.field)):
        raise Unusable(f"text says too little of the values of {found.path!r}")
    return found
