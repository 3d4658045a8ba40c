"""The system checks of a handler: what its declarations say that they cannot mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from piston_core.handler import ACTIONS, WRITES, BaseHandler, allowed_methods, implements, overrides
from piston_core.plans.leads import leads_of, refuse_lost
from piston_core.plans.tree import FieldsError, Node, shown
from piston_core.scope import Scope

_SECRET = ("password", "secret", "token")


def check_handler(handler: type[BaseHandler], scope: Scope) -> Iterator[CheckMessage]:
    """Yield what is wrong with a handler, or looks as if it was meant otherwise.

    Args:
        handler: the handler.
        scope: the handlers that it knows of.
    """
    yield from _check_methods(handler)
    yield from _check_spelling(handler)
    yield from _check_anonymous(handler)
    try:
        nodes = {*shown(handler, handler.model, many=False), *shown(handler, handler.model, many=True)}
    except FieldsError as error:
        yield Error(str(error), obj=handler, id="piston.E004")
        return
    yield from _check_links(handler, scope)
    if handler.model and not (overrides(handler, "queryset") or overrides(handler, "read")):  # these may annotate
        yield from _check_names(handler, scope, handler.model, sorted(nodes, key=lambda node: node.name))
    if handler.model and not handler.fields:
        yield from _check_secrets(handler, handler.model)
    if handler.model:
        yield from _check_create(handler, handler.model)


def _check_methods(handler: type[BaseHandler]) -> Iterator[CheckMessage]:
    named = handler.allowed_methods or ()
    if isinstance(named, str) or not all(isinstance(method, str) for method in named):
        wrong = f"{handler.__name__}.allowed_methods is {named!r}; it has to be a tuple of methods, such as ('GET',)."
        yield Error(wrong, obj=handler, id="piston.E005")
        return
    for method in dict.fromkeys(method.upper() for method in named):
        action = ACTIONS.get(method)
        if method == "OPTIONS" or (action and implements(handler, action)):  # the core always answers OPTIONS
            continue
        does = f"has no {action} method and no model" if action else "cannot serve that method"
        yield Error(
            f"{handler.__name__}.allowed_methods names {method}, but it {does}.",
            hint="Requests with this method get 501." if action else "Known are: " + ", ".join(ACTIONS),
            obj=handler,
            id="piston.E005",
        )


def _check_links(handler: type[BaseHandler], scope: Scope) -> Iterator[CheckMessage]:
    """Yield what leads nowhere of what a handler declares; else it would be found by the first answer with links."""
    try:
        if handler.model is not None:
            leads_of(handler, handler.model, scope)
        refuse_lost(handler, scope)
    except FieldsError as error:
        yield Error(str(error), obj=handler, id="piston.E013")


def _check_names(
    handler: type[BaseHandler], scope: Scope, model: type[Model], nodes: Iterable[Node]
) -> Iterator[CheckMessage]:
    own = handler if model is handler.model else scope.handler_for(model, anonymous=handler.is_anonymous)
    for node in nodes:
        if node.name in ("resource_uri", "absolute_uri") or (own and node.name in {*dir(own)} - {*dir(BaseHandler)}):
            continue
        try:
            field = model._meta.get_field(node.name)
        except FieldDoesNotExist:
            if not hasattr(model, node.name):
                yield _unknown_name(handler, model, node.name)
            continue
        if node.children and isinstance(field.related_model, type):
            yield from _check_names(handler, scope, field.related_model, node.children)


def _unknown_name(handler: type[BaseHandler], model: type[Model], name: str) -> CheckMessage:
    return CheckWarning(
        f"{handler.__name__} shows {name!r}, which {model.__name__} does not have; it is left out of the answer.",
        hint="This is fine only if the handler's queryset annotates it.",
        obj=handler,
        id="piston.W003",
    )


def _check_secrets(handler: type[BaseHandler], model: type[Model]) -> Iterator[CheckMessage]:
    names = [node.name for node in shown(handler, model, many=False)]
    secret = [name for name in names if any(word in name.lower() for word in _SECRET)]
    if secret:
        yield CheckWarning(
            f"{handler.__name__} has no fields, so it shows every column of {model.__name__}, {secret[0]!r} too.",
            hint="Say what to show in fields, or what not in exclude.",
            obj=handler,
            id="piston.W004",
        )


def _check_spelling(handler: type[BaseHandler]) -> Iterator[CheckMessage]:
    """Yield a warning for an attribute that looks like one of Piston's, but is none: it would do nothing."""
    known = [name for name in dir(BaseHandler) if not name.startswith("_")]
    for name, value in vars(handler).items():
        if name.startswith("_") or name in known or callable(value) or isinstance(value, classmethod | staticmethod):
            continue
        words = sorted(name.split("_"))
        same = [each for each in known if sorted(each.split("_")) == words]
        meant = same or get_close_matches(name, known, n=1, cutoff=0.8)
        if meant:
            yield CheckWarning(
                f"{handler.__name__}.{name} means nothing to Piston; did you mean {meant[0]!r}?",
                obj=handler,
                id="piston.W005",
            )


def _check_anonymous(handler: type[BaseHandler]) -> Iterator[CheckMessage]:
    """Yield a warning for a handler that lets everybody write because it inherits from one that does not."""
    declaring = next(base for base in handler.__mro__ if "allowed_methods" in vars(base))
    if not handler.is_anonymous or declaring is handler or getattr(declaring, "is_anonymous", False):
        return
    writes = [method for method in allowed_methods(handler) if ACTIONS.get(method) in WRITES]
    if writes:
        yield CheckWarning(
            f"{handler.__name__} lets everybody {', '.join(writes)}, as {declaring.__name__}.allowed_methods says.",
            hint="Name AnonymousBaseHandler first among the bases, or say allowed_methods in the handler itself.",
            obj=handler,
            id="piston.W006",
        )


def _check_create(handler: type[BaseHandler], model: type[Model]) -> Iterator[CheckMessage]:
    """Yield a warning for a POST that no data can satisfy, since a column has no value and no field."""
    if handler.form or overrides(handler, "create") or overrides(handler, "new"):
        return
    if "POST" not in {str(method).upper() for method in handler.allowed_methods or ()}:
        return  # not asked for: who only reads need not say so
    names = {node.name for node in shown(handler, model, many=False) if not node.children}
    for field in model._meta.concrete_fields:
        filled = field.null or field.blank or field.has_default() or field.has_db_default() or field.primary_key
        if not filled and not field.generated and (field.name not in names or not field.editable):
            yield CheckWarning(
                f"{handler.__name__} serves POST, but nothing gives a new {model.__name__} its {field.name!r}.",
                hint="Add it to fields, declare a form, define new() to fill it in, or leave POST out.",
                obj=handler,
                id="piston.W007",
            )
