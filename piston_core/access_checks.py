"""The system checks of permissions: rules that cannot be asked, and what nobody may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning

from piston_core.arguments import identifies
from piston_core.demands import Demand
from piston_core.handler import ACTIONS, BaseHandler, allowed_methods, overrides
from piston_core.permissions import EVERY_OTHER
from piston_core.resource import Resource


def check_access(resource: Resource, arguments: Iterable[str]) -> Iterator[CheckMessage]:
    """Yield what a resource and its handlers declare about permissions that it cannot mean.

    Args:
        resource: a resource whose parts can be found.
        arguments: the names of its URL's arguments.
    """
    bound = resource.bound()
    handler = type(resource.handler)
    for declared in (resource.permissions, handler.permissions):
        if isinstance(declared, Mapping):
            yield from _check_mapping(handler, declared)
    if handler.model is None and any(demand.of_object for demand in bound.demands.values()):
        yield Error(
            f"{handler.__name__} has a permission that asks about objects, and no model to find them by.",
            hint="Give it a model, or ask in its methods; until then these permissions forbid everything.",
            obj=handler,
            id="piston.E012",
        )
    if not bound.authenticators and any(demand.permissions for demand in bound.demands.values()):
        yield CheckWarning(
            f"{handler.__name__} has permissions, and its resource asks nobody who they are.",
            hint="Name authenticators, for the resource or in PISTON['AUTHENTICATORS'].",
            obj=handler,
            id="piston.W010",
        )

    yield from _check_list(handler, bound.demands.get((handler, "read")), frozenset(arguments))


def _check_list(
    handler: type[BaseHandler], demand: Demand | None, arguments: frozenset[str]
) -> Iterator[CheckMessage]:
    """Yield a warning for a list that shows what its objects' own addresses forbid."""
    if demand is None or handler.model is None or identifies(handler.model, arguments):
        return
    if any(each not in demand.of_list for each in demand.of_object) and not overrides(handler, "queryset"):
        yield CheckWarning(
            f"{handler.__name__} asks about each object that is read by itself, and its list shows all of them.",
            hint="Give the permission visible, which narrows lists, or the handler a queryset of what may be seen.",
            obj=handler,
            id="piston.W011",
        )


def _check_mapping(handler: type[BaseHandler], declared: Mapping[str, object]) -> Iterator[CheckMessage]:
    actions = {*ACTIONS.values(), EVERY_OTHER}
    for name in declared:
        if name not in actions:
            yield Error(
                f"{handler.__name__}: permissions has {name!r}, which is no action.",
                hint=f"Actions are: {', '.join(sorted(actions))}.",
                obj=handler,
                id="piston.E012",
            )
    if EVERY_OTHER in declared:
        return
    served = dict.fromkeys(ACTIONS[method] for method in allowed_methods(handler) if method in ACTIONS)
    left_out = [action for action in served if action not in declared]
    if left_out:
        yield CheckWarning(
            f"{handler.__name__}: permissions does not name {', '.join(left_out)}, so nobody may do that.",
            hint=f'Name it, or give all others a list as "{EVERY_OTHER}".',
            obj=handler,
            id="piston.W009",
        )
