"""Who may do what, as handlers, resources and settings declare it: permissions, callables, scopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any

from piston_core.access import Operation, Permission
from piston_core.conf import SettingsError
from piston_core.handler import Rule
from piston_core.problems import InsufficientScope
from piston_core.requests import Request

Declared = Sequence[Rule] | Mapping[str, Sequence[Rule]]

EVERY_OTHER = "*"  # names the actions that a mapping does not name


class Scopes(Permission):
    """Asks for credentials that are good for something; those without scopes are good for all that the user may do.

    Example: ``permissions = {"read": [Scopes("posts:read")], "*": [Scopes("posts:write")]}``.

    Args:
        scopes: the scopes, all of which are needed.
    """

    def __init__(self, *scopes: str) -> None:
        if not all(scopes or [""]):
            raise ValueError('Scopes takes the names of scopes, such as Scopes("posts:read").')
        self.scopes = scopes

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether the credentials are good for it.

        Raises:
            InsufficientScope: they are good for less.
        """
        identity = request.identity
        if identity is None:
            return False
        if identity.scopes is not None and not identity.scopes.issuperset(self.scopes):
            raise InsufficientScope(self.scopes)
        return True


class Nobody(Permission):
    """Lets nobody do anything: what holds for an action that a mapping leaves away."""

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return ``False``."""
        return False


class _Asked(Permission):
    """Asks a function with the request."""

    def __init__(self, function: Callable[..., bool]) -> None:
        self.function = function

    def allows(self, request: Request, operation: Operation) -> bool:
        return self.function(request)


class _AskedOfObject(Permission):
    """Asks a function with the request and the object."""

    def __init__(self, function: Callable[..., bool]) -> None:
        self.function = function

    def allows(self, request: Request, operation: Operation) -> bool:
        return True

    def allows_object(self, request: Request, operation: Operation, obj: Any) -> bool:
        return self.function(request, obj)


def permission_of(rule: Rule, offered: Mapping[str, Permission]) -> Permission:
    """Return the permission that is meant by a name, an instance or a function.

    A function is asked with the request or, where it takes two arguments, with the request and the object.

    Args:
        rule: what was declared.
        offered: the permissions that plugins offer, by name.

    Raises:
        SettingsError: it is none of these.
    """
    if isinstance(rule, str) and rule in offered:
        return offered[rule]
    if isinstance(rule, Permission):
        return rule
    if callable(rule) and not isinstance(rule, type):
        taken = _taken_by(rule)
        if taken in (1, 2):
            return _Asked(rule) if taken == 1 else _AskedOfObject(rule)
    known = ", ".join(sorted(offered)) or "none"
    raise SettingsError(
        f"permissions holds {rule!r}; it takes instances of Permission, functions of a request or of a request and "
        f"an object, and the names that enabled plugins offer, which are: {known}."
    )


def _taken_by(function: Callable[..., Any]) -> int:
    places = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    parameters = signature(function).parameters.values()
    return sum(each.kind in places and each.default is Parameter.empty for each in parameters)


def for_action(declared: Declared, action: str) -> Sequence[Rule]:
    """Return what is declared for one action; a mapping that does not name it lets nobody do it.

    Raises:
        SettingsError: what is declared is neither a sequence nor a mapping of sequences.
    """
    rules = declared.get(action, declared.get(EVERY_OTHER, (Nobody(),))) if isinstance(declared, Mapping) else declared
    if isinstance(rules, str) or not isinstance(rules, Sequence):
        raise SettingsError(f'permissions is {declared!r}; it has to be a list, or a mapping such as {{"*": [...]}}.')
    return rules
