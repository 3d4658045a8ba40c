"""What the arguments of a URL mean for a model: which object they name, which columns they are values of."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, UniqueConstraint


@cache
def identifies(model: type[Model] | None, names: frozenset[str]) -> bool:
    """Return whether values for these fields name one object at most; without a model they name none."""
    if model is None:
        return False
    options = model._meta
    names |= {field.name for field in options.concrete_fields if field.attname in names}
    single = {"pk", *(field.name for field in options.get_fields() if getattr(field, "unique", False))}
    together = [
        each.fields for each in options.constraints if isinstance(each, UniqueConstraint) and not each.condition
    ]
    together.append(tuple(field.name for field in options.pk_fields))
    return bool(names & single) or any(set(group) <= names for group in (*options.unique_together, *together) if group)


def lookup(model: type[Model], name: str, value: Any) -> str:
    """Return the lookup for a URL's argument; a related object's key is looked up as such, of whatever size it is."""
    *path, last = name.split("__")
    try:
        for part in path:
            model = model._meta.get_field(part).related_model  # type: ignore[assignment]  # None ends the walk
        field: Any = model._meta.get_field(last)
    except (FieldDoesNotExist, AttributeError):  # an annotation, or a lookup such as __gte
        return name
    if not isinstance(field.related_model, type) or isinstance(value, Model):
        return name
    key = field.target_field.name if field.concrete and not field.many_to_many else "pk"
    return "__".join((*path, field.name, key))


def columns(model: type[Model]) -> dict[str, Any]:
    """Return the model's columns by both their names: ``author`` and ``author_id``."""
    return {name: field for field in model._meta.concrete_fields for name in (field.attname, field.name)}


def initial(field: Field[Any, Any], value: Any) -> tuple[str, Any]:
    """Return a column's name and value for a new object, from a URL's argument."""
    return (field.name, value) if isinstance(value, Model) else (field.attname, field.to_python(value))
