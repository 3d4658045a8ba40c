"""A column that a query selects, and where its table is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selected:
    """One column that a query selects.

    Attributes:
        path: the relations to one that lead to its table.
        field: the column.
        bare: whether it is selected as the text or number that the database has; see ``cells.Bare``.
        converted: whether Django's converters run over its values.
        joined: whether it has to come from the joined table itself, to tell whether there is a row.
    """

    path: Path
    field: Field[Any, Any]
    bare: bool = False
    converted: bool = False
    joined: bool = False


def columns_of(model: type[Model], name: str) -> Sequence[Field[Any, Any]]:
    """Return the columns that a name stands for: several for the key of a model that has a composite one."""
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return getattr(field, "fields", None) or (field,)
