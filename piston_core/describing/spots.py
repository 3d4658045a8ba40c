"""One method of a handler where it is served: what all that is said of it has to know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.forms import BaseForm

from piston_core.arguments import identifies
from piston_core.bound import Bound
from piston_core.bulk import takes_several
from piston_core.demands import Demand
from piston_core.describing.annotations import Returned, returned
from piston_core.describing.records import Schema
from piston_core.describing.schemas import array, one_of
from piston_core.describing.shapes import Shapes
from piston_core.forms import form_for
from piston_core.handler import BaseHandler, overrides
from piston_core.resource import Resource

_SAVED = Returned(nothing=False, replies=False, responses=False, queries=False, lists=False)
_NOTHING_TO_ASK = Demand((), (), (), ())


@dataclass(frozen=True, slots=True)
class Spot:
    """A handler's method at one kind of address.

    Attributes:
        resource: what is served there.
        handler: its handler, or the one for requests without credentials.
        method: the HTTP method.
        action: the handler's method.
        names: the names of the URL's arguments.
        returned: what the handler's method returns.
        shapes: knows what the objects in it look like.
    """

    resource: Resource
    handler: BaseHandler
    method: str
    action: str
    names: frozenset[str]
    returned: Returned
    shapes: Shapes

    @property
    def bound(self) -> Bound:
        """The parts of the registry that the resource has selected."""
        return self.resource.bound()

    @property
    def demand(self) -> Demand:
        """What is demanded of a request."""
        return self.bound.demands.get((type(self.handler), self.action), _NOTHING_TO_ASK)

    @property
    def form(self) -> type[BaseForm] | None:
        """The form that data has to pass."""
        return form_for(self.handler, self.action)

    @property
    def runs(self) -> str:
        """The method that is called in the end: PATCH runs through ``update`` where there is no ``patch``."""
        return runs(self.handler, self.action)

    @property
    def is_own(self) -> bool:
        """Whether the handler brings the method."""
        return overrides(self.handler, self.runs)

    @property
    def is_one(self) -> bool:
        """Whether the address names one object of the model."""
        return identifies(self.handler.model, self.names)

    @property
    def takes_several(self) -> bool:
        """Whether one request may be about several objects."""
        return takes_several(self.handler, self.action, self.names)

    @property
    def is_stated(self) -> bool:
        """Whether the handler declares the state of what it shows."""
        return bool(self.handler.version_field) or overrides(self.handler, "validators")

    @property
    def is_dated(self) -> bool:
        """Whether the handler says when something has changed."""
        return bool(self.handler.modified_field) or overrides(self.handler, "validators")

    @property
    def is_free(self) -> bool:
        """Whether the method may answer in ways of its own, of which it has declared nothing."""
        return self.is_own and not self.causes and (self.returned.replies or self.returned.responses)

    @property
    def causes(self) -> dict[int, str]:
        """The answers that the handler's method declares."""
        return dict(getattr(getattr(self.handler, self.runs), "piston_causes", {}))


def runs(handler: BaseHandler, action: str) -> str:
    """Return the name of the method that is called in the end for an action."""
    return "update" if action == "patch" and not overrides(handler, "patch") else action


def spot_of(resource: Resource, handler: BaseHandler, method: str, action: str, names: frozenset[str]) -> Spot:
    """Return a handler's method at an address with arguments of these names."""
    shapes = Shapes(resource.compiler, handler)
    found = _returned(shapes, handler, action, names)
    if takes_several(handler, action, names):
        each = _returned(_InLists(shapes), handler, action, names)
        several = array(each.schema)
        found = replace(found, schema=several if action == "patch" else one_of([found.schema, several]))
    return Spot(resource, handler, method, action, names, found, shapes)


class _InLists:
    """Shows objects as they are shown in a list."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def show(self, model: type[Model] | None, _many: bool) -> Schema:
        """Return the schema of an object."""
        return self.shapes.show(model, True)


def _returned(shapes: Any, handler: BaseHandler, action: str, names: frozenset[str]) -> Returned:
    """Return what a method returns: the handler's own as it says, the core's as the plan says."""
    name = runs(handler, action)
    if overrides(handler, name):
        return returned(getattr(handler, name), shapes.show)
    model: Any = handler.model
    if action == "delete":
        return replace(_SAVED, nothing=True, data=False)
    if action == "read" and not identifies(model, names):
        return replace(_SAVED, schema=array(shapes.show(model, True)), queries=True, lists=True)
    return replace(_SAVED, schema=shapes.show(model, False))
