"""What a request has to satisfy before a handler's method is called, looked up once for each method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from piston_core.access import Permission, Throttle, throttles_of
from piston_core.handler import ACTIONS, BaseHandler, Rule, overrides
from piston_core.permissions import Declared, for_action, permission_of

_EVERY = tuple(dict.fromkeys(ACTIONS.values()))


class Demand(NamedTuple):
    """What is demanded of the requests for one method of a handler.

    Attributes:
        throttles: the throttles to ask.
        permissions: the permissions to ask.
        of_object: those of them that want to know which object it is about.
        of_list: those of them that show a part of a list only.
    """

    throttles: tuple[Throttle, ...]
    permissions: tuple[Permission, ...]
    of_object: tuple[Permission, ...]
    of_list: tuple[Permission, ...]


Demands = Mapping[tuple[type[BaseHandler], str], Demand]


def demands_of(
    handlers: Iterable[type[BaseHandler]],
    throttles: Sequence[Throttle],
    declared: Declared | None,
    usual: Declared,
    offered: Mapping[str, Permission],
) -> Demands:
    """Return what is demanded by handler and action; nothing for methods of which nothing is.

    What the handler and the resource say must both hold; what the settings say holds where neither says anything.

    Args:
        handlers: the handlers of a resource.
        throttles: the resource's throttles.
        declared: the permissions that the resource declares, ``None`` if it says nothing.
        usual: the permissions of the settings.
        offered: the permissions that plugins offer, by name.

    Raises:
        SettingsError: a permission is none.
    """
    demands: dict[tuple[type[BaseHandler], str], Demand] = {}
    for handler in handlers:
        for action in _EVERY:
            rules = _rules(_said(handler, declared) or [usual], action)
            permissions = tuple(permission_of(rule, offered) for rule in rules)
            asked = (*throttles, *_own_throttles(handler, action))
            if asked or permissions:
                demands[handler, action] = Demand(
                    asked,
                    permissions,
                    tuple(_overriding(permissions, "allows_object")),
                    tuple(_overriding(permissions, "visible")),
                )
    return demands


def open_actions(handler: type[BaseHandler], declared: Declared | None) -> frozenset[str]:
    """Return the actions that everybody may call, because the handler or the resource says so and nothing else.

    Args:
        handler: the handler.
        declared: the permissions that the resource declares, ``None`` if it says nothing.
    """
    said = _said(handler, declared)
    return frozenset(action for action in _EVERY if said and not _rules(said, action))


def _said(handler: type[BaseHandler], declared: Declared | None) -> list[Declared]:
    return [each for each in (declared, handler.permissions) if each is not None]


def _rules(said: Iterable[Declared], action: str) -> list[Rule]:
    return [rule for each in said for rule in for_action(each, action)]


def _own_throttles(handler: type[BaseHandler], action: str) -> tuple[Throttle, ...]:
    """Return what a method declares; PATCH runs through ``update`` where the handler has no ``patch`` of its own."""
    through = "update" if action == "patch" and not overrides(handler, "patch") else action
    return throttles_of(getattr(handler, through))


def _overriding(permissions: Iterable[Permission], method: str) -> Iterator[Permission]:
    return (each for each in permissions if getattr(type(each), method) is not getattr(Permission, method))
