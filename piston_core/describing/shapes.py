"""Schemas of what a handler shows, as its compiled plan has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import getattr_static
from typing import Any

from django.db.models import Field, Model

from piston_core.describing.annotations import schema_of
from piston_core.describing.records import Schema
from piston_core.describing.schemas import (
    ADDRESS,
    OF_TYPES,
    TEMPLATE,
    array,
    nullable,
    of_column,
    one_of,
    value_of,
)
from piston_core.forms import form_for
from piston_core.handler import ACTIONS, WITH_BODY, BaseHandler, allowed_methods
from piston_core.linking import Each, Href, Key, LinkBuilder, Shown, Where, Written
from piston_core.plans.cells import has_own_reading, loads_plainly
from piston_core.plans.compiler import Compiler
from piston_core.plans.plan import Absent, Address, Column, Computed, FieldPlan, Reference, Stored


class Shapes:
    """Knows what the objects of models look like in the answers of one handler.

    No name is ever required: ``?fields=`` may leave any of them out.

    Args:
        compiler: has the plans.
        handler: the handler that answers.
    """

    def __init__(self, compiler: Compiler, handler: BaseHandler) -> None:
        self.compiler = compiler
        self.handler = type(handler)
        self._shown: dict[tuple[type[Model], bool], Schema] = {}

    def show(self, model: type[Model] | None, many: bool) -> Schema:
        """Return the schema of an object of a model, as it is shown alone or in a list that is the answer."""
        model = model or self.handler.model
        if model is None:
            return {}
        self._shown[model, many] = shown = self._show(model, many, None)
        return shown

    def arranged(self, schema: Schema, builder: LinkBuilder | None) -> Schema:
        """Return a schema with the objects in it as a link builder arranges them.

        Args:
            schema: a schema that is made of what ``show`` has returned.
            builder: the link builder, ``None`` if nobody arranges them.
        """
        if builder is None:
            return schema
        pairs = [(shown, self._show(model, many, builder)) for (model, many), shown in self._shown.items()]
        replaced: Schema = _replaced(schema, [(one, other) for one, other in pairs if one != other])
        return replaced

    def _show(self, model: type[Model], many: bool, builder: LinkBuilder | None) -> Schema:
        shower = self._shower(model)
        if shower is None:
            return self._object(self.compiler.reference(model, builder), f"{model.__name__}Reference")
        title = title_of(shower) + ("InList" if many and shower.list_fields else "")
        plan = self.compiler.plan(shower, model, many=many, builder=builder)
        shape = self._object(plan, title)
        return shape if plan.arrangement else _marked(shape, _writable(self.compiler.instance(shower)))

    def _shower(self, model: type[Model]) -> type[BaseHandler] | None:
        """Return the handler that shows objects of a model, as ``Values`` chooses it for what a method returns."""
        own = self.handler
        if own.model is not None and issubclass(model, own.model):
            return own
        if own.model is None and own.fields:
            return own
        return self.compiler.scope.handler_for(model, anonymous=own.is_anonymous)

    def _object(self, plan: FieldPlan, title: str = "") -> Schema:
        shown = {
            column.name: self._column(column, plan) for column in plan.columns if not isinstance(column.source, Absent)
        }
        titled = {"title": title} if title else {}
        if plan.arrangement is None:
            return {"type": "object", **titled, "properties": shown}
        names = plan.arrangement.names
        return {**_of_template(plan.arrangement.template, lambda each: shown[names[each]]), **titled}

    def _column(self, column: Column, plan: FieldPlan) -> Schema:
        source = column.source
        if column.plan is not None:
            inner = self._object(column.plan)
            return array(inner) if column.many else nullable(inner) if _may_lack(column.field) else inner
        if isinstance(source, Stored):
            return _stored(plan.model, source.column)
        if isinstance(source, Reference):
            return _reference(plan.model, source)
        if isinstance(source, Address) or column.name in ("resource_uri", "absolute_uri"):
            return ADDRESS
        if not isinstance(source, Computed) or not source.whole:
            return {}
        return schema_of(source.call or _function(plan.model, column.name), _within)


def _of_template(template: Any, shown: Callable[[Shown | Each], Schema]) -> Schema:
    """Return the schema of what a link builder makes of an object."""
    if isinstance(template, Where):
        return _of_template(template.then, shown)
    if isinstance(template, Written):
        return _of_template(template.part, shown)
    if isinstance(template, Shown):
        return shown(template)
    if isinstance(template, Href):
        return TEMPLATE if template.target.templated else ADDRESS
    if isinstance(template, Key):
        return OF_TYPES[str]
    if isinstance(template, dict):
        return {"type": "object", "properties": {name: _of_template(each, shown) for name, each in template.items()}}
    if isinstance(template, Each):
        return shown(template)["items"]  # type: ignore[no-any-return]  # a list's schema has some
    if isinstance(template, list):
        return array(one_of([_of_template(each, shown) for each in template]))
    return {"const": template}


def _replaced(schema: Any, pairs: Sequence[tuple[Schema, Schema]]) -> Any:
    """Return a schema with others in the place of some that it is made of."""
    for one, other in pairs:
        if schema == one:
            return other
    if isinstance(schema, Mapping):
        return {name: _replaced(each, pairs) for name, each in schema.items()}
    return [_replaced(each, pairs) for each in schema] if isinstance(schema, list) else schema


def _writable(handler: BaseHandler) -> frozenset[str] | None:
    """Return the names that can be written of what a handler shows, ``None`` if it takes no data of that."""
    actions = {ACTIONS[method] for method in allowed_methods(handler) if method in ACTIONS} & WITH_BODY
    forms: list[Any] = [form for action in sorted(actions) if (form := form_for(handler, action)) is not None]
    return frozenset(name for form in forms for name in form.base_fields) if forms else None


def _marked(shape: Schema, writable: frozenset[str] | None) -> Schema:
    """Return the schema of an object with a mark at the names that are only read, where others can be written."""
    if writable is None:
        return shape
    told = {
        name: each if name in writable else {**each, "readOnly": True} for name, each in shape["properties"].items()
    }
    return {**shape, "properties": told}


def _within(_model: type[Model] | None, _many: bool) -> Schema:
    """Return the schema of an object within an object, which may be a reference where it would go in a circle."""
    return {"type": "object"}


def _function(model: type[Model], name: str) -> Any:
    """Return the function of a model that tells what an attribute is: of a property, or the method itself."""
    held = getattr_static(model, name, None)
    return getattr(held, "fget", None) or getattr(held, "func", held)


def title_of(handler: type[BaseHandler]) -> str:
    """Return what a handler's objects are called: ``Post`` for a ``PostHandler``."""
    return handler.__name__.removesuffix("Handler") or handler.__name__


def column_of(model: type[Model], name: str) -> Field[Any, Any] | None:
    """Return a model's column by its name, ``None`` for a key of several columns and for what is none."""
    if name == "pk":
        return model._meta.pk if len(model._meta.pk_fields) == 1 else None
    return next((each for each in model._meta.concrete_fields if name in (each.attname, each.name)), None)


def _stored(model: type[Model], name: str) -> Schema:
    """Return the schema of a column; of one that is read in a way of its own, nobody knows."""
    column = column_of(model, name)
    if column is None or has_own_reading(model, column) or not loads_plainly(model):
        return {}
    return of_column(column)


def _reference(model: type[Model], source: Reference) -> Schema:
    column: Any = column_of(model, source.column)
    found: Schema = {"type": "object", "properties": {source.key: value_of(column)}}
    return nullable(found) if column.null else found


def _may_lack(field: Any) -> bool:
    """Return whether a relation to one object may lead to none."""
    return not field.concrete or field.null
