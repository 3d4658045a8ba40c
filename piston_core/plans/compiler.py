"""Compile the names that a handler shows to a plan: each name is resolved once, never per row.

A name is, in this order: a resource method of the handler, an address, a column or relation of
the model, or any other attribute of the object.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from django.db.models import ForeignKey, ForeignObjectRel, Model

from piston_core.handler import BaseHandler
from piston_core.linking import LinkBuilder
from piston_core.plans import columns
from piston_core.plans.addresses import declares_address, object_address
from piston_core.plans.bounded import Bounded
from piston_core.plans.plan import Column, Computed, FieldPlan, Perhaps, Read, Reference, Source, Stored
from piston_core.plans.shaping import arranged
from piston_core.plans.tree import Node, shown
from piston_core.plans.wanted import narrowed, refuse_parts
from piston_core.scope import Scope

_RESERVED = frozenset(dir(BaseHandler))

_Key = tuple[type[BaseHandler], type[Model], bool, LinkBuilder | None, bool]


class Trail(NamedTuple):
    """What has led to a plan.

    Attributes:
        handlers: the handlers that led here, the first one answering.
        builder: the link builder that puts the rows in order, if there is one.
        within: the name that its objects are shown by in another object, ``""`` for those of the answer.
    """

    handlers: tuple[type[BaseHandler], ...]
    builder: LinkBuilder | None = None
    within: str = ""


class Compiler:
    """Compiles the plans of one scope and keeps them.

    Args:
        scope: the handlers that may be asked how to show related objects.
        known: handlers that are there already; of the others one is made when it is needed.
    """

    def __init__(self, scope: Scope, *known: BaseHandler) -> None:
        self.scope = scope
        self._plans: dict[Hashable, FieldPlan] = {}
        self._narrowed = Bounded(256)  # by what requests choose, which may be anything
        self._references: dict[Hashable, FieldPlan] = {}
        self._handlers = {type(handler): handler for handler in known}

    def plan(
        self,
        handler: type[BaseHandler],
        model: type[Model],
        *,
        many: bool = False,
        wanted: tuple[Node, ...] = (),
        builder: LinkBuilder | None = None,
        whole: bool = False,
    ) -> FieldPlan:
        """Return how a handler shows the objects of a model.

        Args:
            handler: the handler.
            model: the model.
            many: whether they are in the list that is a request's result.
            wanted: the names that the request chooses of those that are shown.
            builder: puts the rows in order, ``None`` to leave them as they are.
            whole: whether it shows the one object of an answer, together with where that leads to.

        Raises:
            FieldsError: the handler's ``fields`` cannot be read, or its ``links``.
            NotShown: the request chooses what is not shown.
        """
        key = (handler, model, many and bool(handler.list_fields), builder, whole)
        if wanted:
            kept: FieldPlan | None = self._narrowed.get((key, wanted))
            return kept or self._narrowed.keep((key, wanted), self._top(key, many, wanted))
        if key not in self._plans:
            self._plans[key] = self._top(key, many, ())
        return self._plans[key]

    def _top(self, key: _Key, many: bool, wanted: tuple[Node, ...]) -> FieldPlan:
        handler, model, _, builder, whole = key
        nodes = shown(handler, model, many=many)
        return self._compile(handler, model, nodes, Trail((handler,), builder), wanted, whole=whole)

    def reference(self, model: type[Model], builder: LinkBuilder | None = None) -> FieldPlan:
        """Return how to show an object that nobody has said how to show: its key and its address."""
        if (model, builder) not in self._references:
            self._references[model, builder] = arranged(self._reference(model), None, self.scope, builder)
        return self._references[model, builder]

    def _reference(self, model: type[Model]) -> FieldPlan:
        named = [Column(name, columns.attribute(name), Stored(name)) for name in self.scope.unnamed(model)]
        named = named or [Column(model._meta.pk.name, columns.attribute("pk"), Stored("pk"))]
        if self.scope.item_route(model) or hasattr(model, "get_api_url"):
            named.append(object_address(self.scope, None, model))
        return FieldPlan(model, tuple(named))

    def _compile(
        self,
        handler: type[BaseHandler] | None,
        model: type[Model],
        nodes: tuple[Node, ...],
        trail: Trail,
        wanted: tuple[Node, ...] = (),
        *,
        whole: bool = False,
    ) -> FieldPlan:
        """Return the plan for these names."""
        own = handler or self.scope.handler_for(model, anonymous=trail.handlers[0].is_anonymous)
        if own is not None and declares_address(own, model) and all(node.name != "resource_uri" for node in nodes):
            nodes = (*nodes, Node("resource_uri"))
        named = [
            self._sparse(self._column(own, node, model, trail), node)
            for node in narrowed(nodes, wanted, model._meta.model_name or "")
        ]
        computed = own is not None and any(isinstance(column.source, Computed) for column in named)
        plan = FieldPlan(model, tuple(named), tuple(own.needs) if own is not None and computed else ())
        return arranged(plan, own, self.scope, trail.builder, within=trail.within, whole=whole)

    def _sparse(self, column: Column, node: Node) -> Column:
        """Return a name as the scope wants it where there may be nothing by it."""
        if not self.scope.leaves_out or column.many:
            return column
        leads = column.plan is not None and node.children and getattr(column.field, "null", True)
        source = column.source
        if not leads and not (isinstance(source, Perhaps) or (isinstance(source, Computed) and source.call is None)):
            return column
        return replace(column, read=columns.unless_nothing(column.read), sparse=True)

    def _column(self, own: type[BaseHandler] | None, node: Node, model: type[Model], trail: Trail) -> Column:
        name, relations = node.name, _relations(model)
        computing = self._computing(own, name, model, trail)
        if computing is not None:
            refuse_parts(node)
            call = getattr(self.instance(computing), name)
            why = f"is a resource method of {computing.__name__}"
            return Column(name, self._method(call, node, trail), Computed(why, call, not node.children))
        if name in ("resource_uri", "absolute_uri"):
            refuse_parts(node)
        if name == "resource_uri":
            return object_address(self.scope, own, model)
        if name == "absolute_uri":
            return Column(name, columns.absolute_address, Computed("is made by get_absolute_url"))
        if name in relations and not hasattr(relations[name], "ct_field"):  # a generic foreign key has no one model
            return self._relation(relations[name], node, trail)
        refuse_parts(node)
        if name in _plain_columns(model) and not node.children:
            return Column(name, columns.attribute(name), Stored(name))
        return self._attribute(node, model, name if name in relations else "", trail)

    def _computing(
        self, own: type[BaseHandler] | None, name: str, model: type[Model], trail: Trail
    ) -> type[BaseHandler] | None:
        """Return the handler whose method computes a name, ``None`` if none does."""
        lends = self.scope.lends_methods and name not in _relations(model) and not hasattr(model, name)
        asked = (own, trail.handlers[0] if lends else None)
        fitting = (each for each in asked if each and name not in _RESERVED and callable(getattr(each, name, None)))
        return next(fitting, None)

    def _relation(self, field: Any, node: Node, trail: Trail) -> Column:
        name, trail = node.name, trail._replace(within=node.name)
        plan = self._related(field.related_model, node.children, trail, node.wanted)
        if field.many_to_many or field.one_to_many:
            read = columns.many(name, name, plan)
            return Column(name, read, relation=name, field=field, plan=plan, many=True)
        if not node.children and _is_key_alone(field, plan):
            key = plan.columns[0].name
            return Column(name, columns.key(key, field.attname), Reference(field.attname, key))
        return Column(name, columns.one(name, name, plan), relation=name, field=field, plan=plan)

    def _related(
        self, model: type[Model], children: tuple[Node, ...], trail: Trail, wanted: tuple[Node, ...] = ()
    ) -> FieldPlan:
        """Return how to show related objects: as the tuple says, else as their handler does, else by reference.

        A handler that led here would go round in a circle; the circle ends in a reference.
        """
        if children:
            return self._compile(None, model, children, trail)
        handler = self.scope.handler_for(model, anonymous=trail.handlers[0].is_anonymous)
        if handler is None or handler in trail.handlers:
            part = _part(self._reference(model), wanted)
            return arranged(part, None, self.scope, trail.builder, within=trail.within)
        trail = trail._replace(handlers=(*trail.handlers, handler))
        return self._compile(handler, model, shown(handler, model, many=False), trail, wanted)

    def _attribute(self, node: Node, model: type[Model], relation: str, trail: Trail) -> Column:
        """Return how to show what an attribute holds, which may be objects of any model."""
        plan_of, nodes = self._plan_of(trail), node.children
        read = columns.nested(columns.attribute_of(node.name), nodes, plan_of)
        source: Source = Perhaps(node.name)
        if relation or nodes or hasattr(model, node.name):
            why = "leads to objects of any model" if relation else "is an attribute that only an object has"
            source = Computed(why, whole=not nodes)
        field = _relations(model).get(relation)
        return Column(node.name, read, source, relation, field, plan_of=lambda model: plan_of(model, nodes))

    def _method(self, call: Callable[[Any], Any], node: Node, trail: Trail) -> Read:
        """Return how to show what a resource method returns."""
        return columns.nested(call, node.children, self._plan_of(trail)) if node.children else columns.method(call)

    def _plan_of(self, trail: Trail) -> columns.PlanOf:
        """Return a function that compiles plans of whichever models turn up, and keeps them."""
        return cache(lambda model, nodes: self._related(model, nodes, trail))

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
