"""Draw ``fields`` of a model at random: columns, keys, properties, relations, and the same below each relation."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import ForeignObjectRel, Model
from hypothesis import strategies as st

EXTRA = {
    "Person": ("initials", "boss_name"),
    "Car": ("badge",),
    "Racer": ("badge",),
    "FastCar": ("badge", "speed"),
    "Shelf": ("loud", "books"),
}  # properties, methods and annotations
DEEPEST = 4
WIDEST = 4


@cache
def relations(model: type[Model]) -> dict[str, type[Model]]:
    """Return the models that are related to a model, by the attribute that leads to them."""
    found = {}
    for field in model._meta.get_fields():
        name = field.get_accessor_name() if isinstance(field, ForeignObjectRel) else field.name
        if field.related_model and name and not name.endswith("+"):
            found[name] = field.related_model
    return found


@cache
def plain(model: type[Model]) -> tuple[str, ...]:
    """Return the names of a model that lead nowhere."""
    columns = [field.attname for field in model._meta.concrete_fields]
    return ("pk", *columns, "no_such_name", *EXTRA.get(model.__name__, ()))


@st.composite
def names(draw: Any, model: type[Model], depth: int = DEEPEST) -> tuple[Any, ...]:
    """Draw what a handler might declare as the ``fields`` of a model."""
    own = draw(st.lists(st.sampled_from(plain(model)), unique=True, max_size=WIDEST))
    related = relations(model)
    led = (
        draw(st.lists(st.sampled_from(sorted(related)), unique=True, max_size=2 if depth > 1 else 1))
        if related
        else []
    )
    own += [draw(_relation(name, related[name], depth)) for name in led]
    return tuple(draw(st.permutations(own))) or ("pk",)


@st.composite
def _relation(draw: Any, name: str, model: type[Model], depth: int) -> Any:
    """Draw a relation by reference or with names of its own."""
    if depth == 1 or draw(st.integers(0, 4)) == 0:
        return name
    return (name, draw(names(model, depth - 1)))
