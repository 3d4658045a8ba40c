"""Compile the names that a handler shows to a plan: each name is resolved once, never per row.

A name is, in this order: a resource method of the handler, an address, a column or relation of
the model, or any other attribute of the object.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import getattr_static
from typing import Any

from django.db.models import ForeignKey, ForeignObjectRel, Model

from piston_core.handler import BaseHandler
from piston_core.plans import addresses, columns
from piston_core.plans.bounded import Bounded
from piston_core.plans.plan import Absent, Column, Computed, FieldPlan, Perhaps, Read, Reference, Source, Stored
from piston_core.plans.tree import Node, shown
from piston_core.plans.wanted import narrowed, refuse_parts
from piston_core.scope import Scope

_RESERVED = frozenset(dir(BaseHandler))

Path = tuple[type[BaseHandler], ...]


class Compiler:
    """Compiles the plans of one scope and keeps them.

    Args:
        scope: the handlers that may be asked how to show related objects.
        known: handlers that are there already; of the others one is made when it is needed.
    """

    def __init__(self, scope: Scope, *known: BaseHandler) -> None:
        self.scope = scope
        self._plans: dict[tuple[type[BaseHandler], type[Model], bool], FieldPlan] = {}
        self._narrowed = Bounded(256)  # by what requests choose, which may be anything
        self._references: dict[type[Model], FieldPlan] = {}
        self._handlers = {type(handler): handler for handler in known}

    def plan(
        self, handler: type[BaseHandler], model: type[Model], *, many: bool = False, wanted: tuple[Node, ...] = ()
    ) -> FieldPlan:
        """Return how a handler shows the objects of a model.

        Args:
            handler: the handler.
            model: the model.
            many: whether they are in the list that is a request's result.
            wanted: the names that the request chooses of those that are shown.

        Raises:
            FieldsError: the handler's ``fields`` cannot be read.
            NotShown: the request chooses what is not shown.
        """
        key = (handler, model, many and bool(handler.list_fields))
        if wanted:
            kept: FieldPlan | None = self._narrowed.get((key, wanted))
            return kept or self._narrowed.keep((key, wanted), self._top(handler, model, many, wanted))
        if key not in self._plans:
            self._plans[key] = self._top(handler, model, many, ())
        return self._plans[key]

    def _top(self, handler: type[BaseHandler], model: type[Model], many: bool, wanted: tuple[Node, ...]) -> FieldPlan:
        return self._compile(handler, model, shown(handler, model, many=many), (handler,), wanted)

    def reference(self, model: type[Model]) -> FieldPlan:
        """Return how to show an object that nobody has said how to show: its key and its address."""
        if model not in self._references:
            named = [Column(model._meta.pk.name, columns.attribute("pk"), Stored("pk"))]
            if self.scope.item_route(model) or hasattr(model, "get_api_url"):
                named.append(self._address(None, model))
            self._references[model] = FieldPlan(model, tuple(named))
        return self._references[model]

    def _compile(
        self,
        handler: type[BaseHandler] | None,
        model: type[Model],
        nodes: tuple[Node, ...],
        path: Path,
        wanted: tuple[Node, ...] = (),
    ) -> FieldPlan:
        """Return the plan for these names; ``path`` holds the handlers that led here, the first one answering."""
        own = handler or self.scope.handler_for(model, anonymous=path[0].is_anonymous)
        if own is not None and _declares_address(own, model) and all(node.name != "resource_uri" for node in nodes):
            nodes = (*nodes, Node("resource_uri"))
        named = [
            self._column(own, node, model, path) for node in narrowed(nodes, wanted, model._meta.model_name or "")
        ]
        computed = own is not None and any(isinstance(column.source, Computed) for column in named)
        return FieldPlan(model, tuple(named), tuple(own.needs) if own is not None and computed else ())

    def _address(self, handler: type[BaseHandler] | None, model: type[Model]) -> Column:
        """Return the address of an object: made of columns where it is the route's and no method has a say in it."""
        route = self.scope.item_route(model)
        source: Source = Absent() if route is None else addresses.route_address(route, model)
        if hasattr(model, "get_api_url") or (handler is not None and _declares_address(handler, model)):
            source = Computed("is made by a method")
        return Column("resource_uri", addresses.address(self.scope, handler), source)

    def _column(self, own: type[BaseHandler] | None, node: Node, model: type[Model], path: Path) -> Column:
        name, relations = node.name, _relations(model)
        if own is not None and name not in _RESERVED and callable(getattr(own, name, None)):
            refuse_parts(node)
            call = getattr(self.instance(own), name)
            why = f"is a resource method of {own.__name__}"
            return Column(name, self._method(call, node, path), Computed(why, call, not node.children))
        if name in ("resource_uri", "absolute_uri"):
            refuse_parts(node)
        if name == "resource_uri":
            return self._address(own, model)
        if name == "absolute_uri":
            return Column(name, columns.absolute_address, Computed("is made by get_absolute_url"))
        if name in relations and not hasattr(relations[name], "ct_field"):  # a generic foreign key has no one model
            return self._relation(relations[name], node, path)
        refuse_parts(node)
        if name in _plain_columns(model) and not node.children:
            return Column(name, columns.attribute(name), Stored(name))
        return self._attribute(node, model, name if name in relations else "", path)

    def _relation(self, field: Any, node: Node, path: Path) -> Column:
        name, plan = node.name, self._related(field.related_model, node.children, path, node.wanted)
        if field.many_to_many or field.one_to_many:
            read = columns.many(name, name, plan)
            return Column(name, read, relation=name, field=field, plan=plan, many=True)
        if not node.children and _is_key_alone(field, plan):
            key = plan.columns[0].name
            return Column(name, columns.key(key, field.attname), Reference(field.attname, key))
        return Column(name, columns.one(name, name, plan), relation=name, field=field, plan=plan)

    def _related(
        self, model: type[Model], children: tuple[Node, ...], path: Path, wanted: tuple[Node, ...] = ()
    ) -> FieldPlan:
        """Return how to show related objects: as the tuple says, else as their handler does, else by reference.

        A handler that led here would go round in a circle; the circle ends in a reference.
        """
        if children:
            return self._compile(None, model, children, path)
        handler = self.scope.handler_for(model, anonymous=path[0].is_anonymous)
        if handler is None or handler in path:
            return _part(self.reference(model), wanted)
        return self._compile(handler, model, shown(handler, model, many=False), (*path, handler), wanted)

    def _attribute(self, node: Node, model: type[Model], relation: str, path: Path) -> Column:
        """Return how to show what an attribute holds, which may be objects of any model."""
        plan_of, nodes = self._plan_of(path), node.children
        read = columns.nested(columns.attribute_of(node.name), nodes, plan_of)
        source: Source = Perhaps(node.name)
        if relation or nodes or hasattr(model, node.name):
            why = "leads to objects of any model" if relation else "is an attribute that only an object has"
            source = Computed(why, whole=not nodes)
        field = _relations(model).get(relation)
        return Column(node.name, read, source, relation, field, plan_of=lambda model: plan_of(model, nodes))

    def _method(self, call: Callable[[Any], Any], node: Node, path: Path) -> Read:
        """Return how to show what a resource method returns."""
        return columns.nested(call, node.children, self._plan_of(path)) if node.children else columns.method(call)

    def _plan_of(self, path: Path) -> columns.PlanOf:
        """Return a function that compiles plans of whichever models turn up, and keeps them."""
        return cache(lambda model, nodes: self._related(model, nodes, path))

    def instance(self, handler: type[BaseHandler]) -> BaseHandler:
        """Return the instance of a handler that answers, or is asked how to show objects."""
        if handler not in self._handlers:
            self._handlers[handler] = handler()
        return self._handlers[handler]


@cache
def _relations(model: type[Model]) -> dict[str, Any]:
    """Return the model's relations by the name of the attribute that leads along them."""
    found: dict[str, Any] = {}
    for field in model._meta.get_fields():
        name = field.get_accessor_name() if isinstance(field, ForeignObjectRel) else field.name
        if field.is_relation and name and not name.endswith("+"):
            found[name] = field
    return found


@cache
def _plain_columns(model: type[Model]) -> frozenset[str]:
    """Return the names that a row of the model's table answers by itself."""
    return frozenset({"pk", *(field.attname for field in model._meta.concrete_fields)})


def _declares_address(handler: type[BaseHandler], model: type[Model]) -> bool:
    """Return whether objects of a model always show their address, because their handler says how."""
    serves = handler.model is not None and issubclass(model, handler.model)
    own = getattr_static(handler, "resource_uri") is not getattr_static(BaseHandler, "resource_uri")
    return (serves and own) or hasattr(model, "get_api_url")


def _is_key_alone(field: Any, plan: FieldPlan) -> bool:
    """Return whether a reference can be written from the foreign key's own column, without a join."""
    alone = [column.source for column in plan.columns] == [Stored("pk")]
    return alone and isinstance(field, ForeignKey) and field.target_field.primary_key


def _part(plan: FieldPlan, wanted: tuple[Node, ...]) -> FieldPlan:
    """Return of a plan without relations what a request wants of it."""
    if not wanted:
        return plan
    nodes = narrowed((Node(column.name) for column in plan.columns), wanted, plan.model._meta.model_name or "")
    for node in nodes:
        refuse_parts(node)
    names = {node.name for node in nodes}
    return FieldPlan(plan.model, tuple(column for column in plan.columns if column.name in names))
