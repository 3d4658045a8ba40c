"""Have a link builder put the rows of a plan in order, once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import override

from piston_core.handler import BaseHandler
from piston_core.linking import Each, Href, Key, LinkBuilder, Shape, Shown, Target
from piston_core.plans import columns
from piston_core.plans.arranging import StandIn, made_of, stand_ins
from piston_core.plans.leads import Lead, leads_of
from piston_core.plans.plan import DATA, LINKS, Absent, Arrangement, Column, FieldPlan, Reference, Stored
from piston_core.scope import Scope

_KEY = Column("<key>", columns.attribute("pk"), Stored("pk"))


def arranged(
    plan: FieldPlan,
    handler: type[BaseHandler] | None,
    scope: Scope,
    builder: LinkBuilder | None,
    *,
    within: str = "",
    whole: bool = False,
) -> FieldPlan:
    """Return a plan with its shape, and with its rows in the order of a builder.

    Args:
        plan: the plan.
        handler: the handler that shows the objects, if there is one.
        scope: knows the routes of the API.
        builder: the builder, ``None`` to leave the rows as they are.
        within: the name that the objects are shown by in another object.
        whole: whether each row comes with the addresses of all that its object leads to.

    Raises:
        FieldsError: the handler declares what leads nowhere.
    """
    if builder is None and not whole:
        return plan
    leads = leads_of(handler, plan.model, scope)
    shape = _shape(plan, handler, [lead.target for lead in leads if lead.action is None], within)
    template = None if builder is None else builder.arrange(shape)
    if whole:
        rows = {name: Shown(name) for name in shape.names} if template is None else template
        template = {DATA: rows, LINKS: [Href(lead.target) for lead in leads]}
    plan = replace(plan, shape=shape, leads=tuple(leads) if whole else ())
    return plan if template is None else _filled(plan, template, leads)


def _filled(plan: FieldPlan, template: Any, leads: Sequence[Lead]) -> FieldPlan:
    """Return a plan with what its template takes beside what is shown."""
    used = dict.fromkeys(stand_ins(template))
    taken = [lead for lead in leads if Href(lead.target) in used]
    hidden = [*(lead.column for lead in taken), *([_KEY] if Key() in used else [])]
    places: dict[StandIn, str] = {Href(lead.target): lead.column.name for lead in taken}
    names = {each: places.get(each, _KEY.name) if not isinstance(each, Shown | Each) else each.name for each in used}
    sure = frozenset(each.name for each in plan.columns if isinstance(each.source, Stored | Reference) or each.plan)
    return replace(
        plan,
        columns=(*plan.columns, *hidden),
        needs=(*plan.needs, *(path for lead in taken for path in lead.needs)),
        arrangement=Arrangement(template, names, made_of(template, names, sure)),
    )


def _shape(plan: FieldPlan, handler: type[BaseHandler] | None, targets: Sequence[Target], within: str) -> Shape:
    there = [column for column in plan.columns if not isinstance(column.source, Absent)]
    return Shape(
        kind_of(handler, plan.model),
        plan.model,
        {column.name: column.plan.shape if column.plan is not None else None for column in there},
        frozenset(column.name for column in there if column.many),
        tuple(targets),
        linked=handler is not None and bool(handler.links),
        curies={} if handler is None else handler.curies,
        within=within,
    )


def kind_of(handler: type[BaseHandler] | None, model: type[Model]) -> str:
    """Return what the objects of a model are called: as their handler says, else by the model's plural."""
    return handler.resource_type if handler is not None and handler.resource_type else _plural(model)


@cache
def _plural(model: Any) -> str:
    with override(None):  # the same name in every language
        return slugify(str(model._meta.verbose_name_plural)) or str(model._meta.model_name)
