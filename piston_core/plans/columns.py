"""How a plan's names are read from an object; each function here returns the reader of one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Manager, Model, QuerySet
from django.urls import NoReverseMatch

from piston_core.plans import reading
from piston_core.plans.plan import MISSING, FieldPlan, Read, Related
from piston_core.plans.tree import Node

if TYPE_CHECKING:
    from piston_core.plans.values import Values

PlanOf = Callable[[type[Model], tuple[Node, ...]], FieldPlan]


def method(call: Callable[[Any], Any]) -> Read:
    """Read what a resource method returns for the object."""
    return lambda obj, values, _related: values.plain(call(obj))


def one(name: str, attribute: str, plan: FieldPlan) -> Read:
    """Read the related object as its plan shows it, ``None`` where there is none."""

    def read(obj: Any, values: Values, related: Related) -> Any:
        other = getattr(obj, attribute, None)  # a reverse one-to-one without an object is an AttributeError
        return None if other is None else reading.row(plan, other, values, related.get(name, {}))

    return read


def unless_nothing(read: Read) -> Read:
    """Read what another reader does, and leave the name out where that is nothing."""

    def present(obj: Any, values: Values, related: Related) -> Any:
        value = read(obj, values, related)
        return MISSING if value is None else value

    return present


def many(name: str, attribute: str, plan: FieldPlan) -> Read:
    """Read the related objects as their plan shows them; an object that is not stored has none."""

    def read(obj: Any, values: Values, related: Related) -> Any:
        fetched = related.get(name, {})
        if obj.pk is None:
            return []
        if isinstance(fetched, reading.Children):
            return fetched.of(obj)
        return [reading.row(plan, other, values, fetched) for other in getattr(obj, attribute).all()]

    return read


def key(name: str, attribute: str) -> Read:
    """Read a reference from the foreign key's own column, without the object."""

    def read(obj: Any, values: Values, _related: Related) -> Any:
        value = getattr(obj, attribute)
        return None if value is None else {name: values.plain(value)}

    return read


def attribute(name: str) -> Read:
    """Read any attribute: a column, a property, an annotation, or a method that needs no arguments."""

    def read(obj: Any, values: Values, _related: Related) -> Any:
        value = _value(obj, name)
        return value if value is MISSING else values.plain(value)

    return read


def nested(value_of: Callable[[Any], Any], nodes: tuple[Node, ...], plan_of: PlanOf) -> Read:
    """Read what an attribute or a resource method has, and of that only these names if there are any.

    Args:
        value_of: returns the object's attribute, or what the method returns for it.
        nodes: the names to show of the object, the dictionary or each item of the list in it.
        plan_of: gives the plan with these names for objects of a model.
    """
    return lambda obj, values, _related: _only(value_of(obj), nodes, plan_of, values)


def attribute_of(name: str) -> Callable[[Any], Any]:
    """Return a function that returns this attribute of an object, or ``MISSING``."""
    return lambda obj: _value(obj, name)


def _only(value: Any, nodes: tuple[Node, ...], plan_of: PlanOf, values: Values) -> Any:
    if value is MISSING:
        return value
    if isinstance(value, Model):
        return reading.rows(plan_of(value.__class__, nodes), [value], values)[0]
    if isinstance(value, Manager):
        value = value.all()
    if isinstance(value, QuerySet) and value._fields is None:  # type: ignore[attr-defined]  # not of values()
        plan = plan_of(value.model, nodes)
        read_already = value._result_cache is not None  # such as by a prefetch
        return reading.rows(plan, value, values) if read_already else reading.fetch(plan, value, values)
    if isinstance(value, list | tuple | QuerySet):
        return [_only(item, nodes, plan_of, values) for item in value]
    if value is None or not nodes:
        return values.plain(value)
    parts = ((node, _part(value, node.name)) for node in nodes)
    return {node.name: _only(part, node.children, plan_of, values) for node, part in parts if part is not MISSING}


def _part(value: Any, name: str) -> Any:
    return value.get(name, MISSING) if isinstance(value, Mapping) else _value(value, name)


def absolute_address(obj: Any, values: Values, _related: Related) -> Any:
    """Read the address of the object's page on the site, if it has one."""
    try:
        return values.plain(obj.get_absolute_url())
    except (AttributeError, NoReverseMatch):
        return MISSING


def _value(obj: Any, name: str) -> Any:
    """Return an attribute, or what it returns if it is a method without arguments, or ``MISSING``.

    A method that changes data is never called, whoever names it: Django marks these.
    """
    try:
        value = getattr(obj, name, MISSING)
    except ObjectDoesNotExist:
        return None
    if not callable(value) or isinstance(value, Manager | type):
        return value
    if getattr(value, "alters_data", False) or not _needs_nothing(value):
        return MISSING
    return value()


def _needs_nothing(call: Callable[..., Any]) -> bool:
    kinds = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    return all(
        parameter.default is not Parameter.empty or parameter.kind in kinds
        for parameter in signature(call).parameters.values()
    )
