"""What JSON:API calls things: its media type, its members, and where in a body a value stands."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.db.models import ForeignObjectRel, Model

MEDIA_TYPE = "application/vnd.api+json"


def member_of(model: type[Model] | None, name: str) -> str:
    """Return what a name that is shown is called: ``post_type`` for ``type``, which has a meaning of its own."""
    return f"{model._meta.model_name}_type" if name == "type" and model is not None else name


def name_of(model: type[Model] | None, member: str) -> str:
    """Return the name behind a member of a resource object."""
    return "type" if model is not None and member == f"{model._meta.model_name}_type" else member


@cache
def relations_of(model: Any) -> frozenset[str]:
    """Return the names by which objects of a model lead to others."""
    fields = [field for field in model._meta.get_fields() if field.is_relation]
    names = (each.get_accessor_name() if isinstance(each, ForeignObjectRel) else each.name for each in fields)
    return frozenset(name for name in names if name)


class Sent(NamedTuple):
    """What a body is about, to tell where in it a value stands.

    Attributes:
        model: the model, if there is one.
        relations: the names that are relationships.
    """

    model: type[Model] | None
    relations: frozenset[str]

    def pointer(self, flat: str) -> str:
        """Return the pointer into the body for one into the data that was made of it."""
        _, *steps = flat.split("/")
        if not steps:
            return "/data"
        first, *rest = steps
        member = member_of(self.model, first)
        if first in self.relations:
            return "/".join(("/data/relationships", member, *(("data", *rest) if rest else ())))
        return "/".join(("/data/attributes", member, *rest))
