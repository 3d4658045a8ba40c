"""A step before anything is done: which of the names that are shown the request wants."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from django.http import HttpRequest

from piston_core.arguments import identifies
from piston_core.contracts import Aim
from piston_core.forms import form_for
from piston_core.handler import BaseHandler, overrides
from piston_core.linking import LinkBuilder, Shape
from piston_core.plans.compiler import Compiler
from piston_core.plans.tree import Node, read_fields
from piston_core.plans.wanted import NotShown, narrowed, read_wanted, without

_PLAIN = LinkBuilder()  # which leaves rows as they are


class Chosen(NamedTuple):
    """What a request chooses to see.

    Attributes:
        wanted: the names, ``()`` for everything.
        arranger: who puts the rows in order, ``None`` if the request leaves out what that would add.
    """

    wanted: tuple[Node, ...]
    arranger: LinkBuilder | None


def choose(
    request: HttpRequest,
    handler: BaseHandler,
    action: str,
    kwargs: Mapping[str, Any],
    compiler: Compiler,
    arranger: LinkBuilder | None,
) -> Chosen:
    """Return the names in the parameter ``fields``, all of which are shown.

    A handler that declares neither a model nor ``fields`` has nothing to choose from, and such a
    parameter is its own.

    Raises:
        NotShown: the parameter cannot be read, or names what is not shown at this address.
    """
    if not (handler.model or handler.fields) or "fields" not in request.GET:
        return Chosen((), arranger)
    wanted = read_wanted(",".join(request.GET.getlist("fields")))
    if arranger is not None and arranger.adds:
        wanted, added = without(wanted, arranger.adds)
        arranger = arranger if added else None
    _refuse_what_is_not_shown(handler, action, kwargs, compiler, wanted)
    return Chosen(wanted, arranger)


def aim_of(
    request: HttpRequest, handler: BaseHandler, action: str, kwargs: Mapping[str, Any], compiler: Compiler
) -> Aim:
    """Return what a request aims at, for a format that has terms of its own."""
    of_one = identifies(handler.model, frozenset(kwargs))
    shape = partial(_shape, handler, action == "read" and not of_one, compiler)
    return Aim(request, handler, action, kwargs, of_one, shape, partial(_names, handler, action))


def _shape(handler: BaseHandler, many: bool, compiler: Compiler) -> Shape | None:
    if handler.model is None:
        return None
    return compiler.plan(type(handler), handler.model, many=many, builder=_PLAIN).shape


def _names(handler: BaseHandler, action: str) -> frozenset[str]:
    return frozenset(getattr(form_for(handler, action), "base_fields", ()))


def _refuse_what_is_not_shown(
    handler: BaseHandler, action: str, kwargs: Mapping[str, Any], compiler: Compiler, wanted: tuple[Node, ...]
) -> None:
    if handler.model is None:
        narrowed(read_fields(handler.fields, f"{type(handler).__name__}.fields"), wanted)
    elif handler.list_fields and _may_be_list(handler, action, kwargs):
        _refuse_what_neither_shows(handler, compiler, wanted)
    else:
        compiler.plan(type(handler), handler.model, wanted=wanted)


def _may_be_list(handler: BaseHandler, action: str, kwargs: Mapping[str, Any]) -> bool:
    return action == "read" and (not identifies(handler.model, frozenset(kwargs)) or overrides(handler, "read"))


def _refuse_what_neither_shows(handler: BaseHandler, compiler: Compiler, wanted: tuple[Node, ...]) -> None:
    """Raise ``NotShown`` for what is shown neither in a list nor of one object; which it is, the method decides."""
    model: Any = handler.model
    try:
        compiler.plan(type(handler), model, many=True, wanted=wanted)
    except NotShown as refusal:
        if not overrides(handler, "read"):
            raise
        try:
            compiler.plan(type(handler), model, wanted=wanted)
        except NotShown:
            raise refusal from None
