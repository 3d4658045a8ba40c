"""Where an object has its address: by its handler's ``resource_uri``, by its model, or by the API's own route."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from piston_core.handler import BaseHandler
from piston_core.plans.plan import MISSING, Address, Computed, Read, Related, Source
from piston_core.scope import ItemRoute, Scope

if TYPE_CHECKING:
    from piston_core.plans.values import Values

_SAFE = re.compile(r"[-a-zA-Z0-9_]+")  # what a slug is, and what no URL has to quote


class Addresses:
    """The addresses of routes in one answer.

    To reverse a route takes longer than to read a row. Where its only argument is one that Django's
    own converters write as it is, the second address of an answer is worked out for a sample, and
    the text around the sample serves for all further ones.

    Args:
        namespace: the URL namespace of the API in this request.
    """

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self._around: dict[ItemRoute, tuple[str, str] | None] = {}

    def of(self, route: ItemRoute, held: tuple[Any, ...]) -> str | None:
        """Return the address that a route has with these arguments, ``None`` if it has none."""
        text = _TEXTS[route.kind](held[0]) if route.kind in _TEXTS else None
        if text is None:
            return None if None in held else self._reversed(route, held)
        if route not in self._around:
            self._around[route] = None  # one alone is not worth more
            return self._reversed(route, held)
        around = self._around[route]
        if around is None:
            around = self._around[route] = self._split(route)
        return f"{around[0]}{text}{around[1]}" if around[1:] else self._reversed(route, held)

    def _split(self, route: ItemRoute) -> Any:
        """Return what stands before and behind the route's argument, ``("",)`` where that cannot be told."""
        sample = _SAMPLES[route.kind]
        before, found, after = (self._reversed(route, (sample,)) or "").partition(str(sample))
        return (before, after) if found and str(sample) not in after else ("",)

    def _reversed(self, route: ItemRoute, held: tuple[Any, ...]) -> str | None:
        name = f"{self.namespace}:{route.name}" if self.namespace else route.name
        try:
            return reverse(name, kwargs=dict(zip(route.arguments, held, strict=True)))
        except NoReverseMatch:
            return None


def _number(value: Any) -> str | None:
    return str(value) if type(value) is int and value >= 0 else None


def _word(value: Any) -> str | None:
    return value if type(value) is str and _SAFE.fullmatch(value) else None


def _uuid(value: Any) -> str | None:
    return str(value) if type(value) is UUID else None


# By the kind of a route's only argument: the text of a value in a URL, if it is one that no converter
# refuses and no URL quotes, and a value that no URL holds by chance.
_TEXTS: Mapping[str, Callable[[Any], str | None]] = {"int": _number, "slug": _word, "str": _word, "uuid": _uuid}
_SAMPLES: Mapping[str, Any] = {
    "int": 907856341290785634,
    "slug": "a-sample-of-piston-907856341290785634",
    "str": "a-sample-of-piston-907856341290785634",
    "uuid": UUID("90785634-1290-4856-8412-907856341290"),
}


def address(scope: Scope, handler: type[BaseHandler] | None) -> Read:
    """Read the object's address in the API, if it has one.

    Args:
        scope: knows the routes of the API.
        handler: the handler that shows the object; its ``resource_uri`` comes first.
    """

    def read(obj: Any, values: Values, _related: Related) -> Any:
        found = address_of(obj, scope, handler, values.addresses)
        return MISSING if found is None else found

    return read


def route_address(route: ItemRoute, model: type[Model]) -> Source:
    """Return what a route's address is made of: columns, if its arguments are columns."""
    names = {"pk", *(name for field in model._meta.concrete_fields for name in (field.name, field.attname))}
    if not names.issuperset(route.arguments):
        return Computed("is the address of a route with arguments that are no columns")
    return Address(route.arguments, lambda held, values: values.addresses.of(route, held))


def address_of(obj: Any, scope: Scope, handler: type[BaseHandler] | None, addresses: Addresses) -> str | None:
    """Return an object's address: by its handler's ``resource_uri``, its own ``get_api_url``, or its route.

    Args:
        obj: an object of a model.
        scope: knows the routes of the API.
        handler: the handler that shows the object, if it has one.
        addresses: those of this answer.
    """
    try:
        declared = handler.resource_uri(obj) if handler is not None else None
        if declared is not None:
            return _reverse(*declared)
        if hasattr(obj, "get_api_url"):
            return str(obj.get_api_url())
    except NoReverseMatch:
        return None
    route = scope.item_route(obj.__class__)
    return None if route is None else addresses.of(route, tuple(_key(obj, name) for name in route.arguments))


def _key(obj: Model, name: str) -> Any:
    """Return an object's value for a URL: a related object's key, ``None`` for what it does not have."""
    try:
        return obj.serializable_value(name)
    except AttributeError:
        return None


def _reverse(name: str, arguments: Any) -> str:
    if isinstance(arguments, Mapping):
        return reverse(name, kwargs=dict(arguments))
    return reverse(name, args=list(arguments))
