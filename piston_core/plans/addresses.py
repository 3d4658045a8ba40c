"""Where an object has its address: by its handler's ``resource_uri``, by its model, or by the API's own route."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getattr_static
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from piston_core.handler import BaseHandler
from piston_core.mounted import around
from piston_core.plans.plan import MISSING, Absent, Address, Column, Computed, Fill, Read, Related, Source
from piston_core.plans.texts import TEXTS
from piston_core.scope import NamedRoute, Scope

if TYPE_CHECKING:
    from piston_core.plans.values import Values


class Addresses:
    """The addresses of routes in one answer.

    To reverse a route takes longer than to read a row. Where its arguments are ones that Django's own
    converters write as they are, the text around them serves for all objects.

    Args:
        namespace: the URL namespace of the API in this request.
    """

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self._fills: dict[NamedRoute, Fill] = {}
        self._made: dict[Callable[[Addresses], Fill], Fill] = {}

    def by(self, make: Callable[[Addresses], Fill]) -> Fill:
        """Return what makes an address in this answer."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    def fill(self, route: NamedRoute) -> Fill:
        """Return the function that gives a route's address for its arguments, ``None`` for those that have none."""
        if route not in self._fills:
            self._fills[route] = self._filling(route)
        return self._fills[route]

    def _filling(self, route: NamedRoute) -> Fill:
        name, pieces = self._name(route), self.pieces(route)

        def reversing(*held: Any) -> str | None:
            if None in held:
                return None
            try:
                return reverse(name, kwargs=dict(zip(route.arguments, held, strict=True)))
            except NoReverseMatch:
                return None

        if pieces is None:
            return reversing
        return _between(pieces, tuple(TEXTS[kind] for kind in route.kinds), reversing)

    def pieces(self, route: NamedRoute) -> tuple[str, ...] | None:
        """Return the text around the arguments of a route, ``None`` where that cannot be told."""
        if len(route.kinds) != len(route.arguments) or "" in route.kinds:
            return None
        samples = (_sample(kind, place) for place, kind in enumerate(route.kinds))
        return around(self._name(route), tuple(zip(route.arguments, samples, strict=True)))

    def _name(self, route: NamedRoute) -> str:
        return f"{self.namespace}:{route.name}" if self.namespace and ":" not in route.name else route.name


def _between(pieces: tuple[str, ...], texts: tuple[Callable[[Any], str | None], ...], reversing: Fill) -> Fill:
    """Return the function that writes values between pieces of text; what it cannot write, Django decides about."""
    if len(texts) == 1:
        (before, after), text = pieces, texts[0]

        def filled(value: Any) -> str | None:
            found = text(value)
            return f"{before}{found}{after}" if found is not None else reversing(value)

        return filled

    def joined(*held: Any) -> str | None:
        found = [text(value) for text, value in zip(texts, held, strict=True)]
        if None in found:
            return reversing(*held)
        return "".join(each for pair in zip(pieces, (*found, ""), strict=True) for each in pair if each)

    return joined


_NUMBER = 907856341290785634


def _sample(kind: str, place: int) -> Any:
    """Return a value for the argument at a place of a route that no URL holds by chance."""
    number = _NUMBER + place
    if kind == "uuid":
        return UUID(int=number << 64 | number)
    return number if kind == "int" else f"a-sample-of-piston-{number}"


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


def object_address(scope: Scope, handler: type[BaseHandler] | None, model: type[Model]) -> Column:
    """Return the address of an object: made of columns where it is the route's and no method has a say in it.

    Args:
        scope: knows the routes of the API.
        handler: the handler that shows the object, if there is one.
        model: the object's model.
    """
    route = scope.item_route(model)
    source: Source = Absent() if route is None else route_address(route, model)
    if hasattr(model, "get_api_url") or (handler is not None and declares_address(handler, model)):
        source = Computed("is made by a method")
    return Column("resource_uri", address(scope, handler), source)


def declares_address(handler: type[BaseHandler], model: type[Model]) -> bool:
    """Return whether objects of a model always show their address, because their handler says how."""
    serves = handler.model is not None and issubclass(model, handler.model)
    own = getattr_static(handler, "resource_uri") is not getattr_static(BaseHandler, "resource_uri")
    return (serves and own) or hasattr(model, "get_api_url")


def route_address(route: NamedRoute, model: type[Model]) -> Source:
    """Return what a route's address is made of: columns, if its arguments are columns."""
    names = {"pk", *(name for field in model._meta.concrete_fields for name in (field.name, field.attname))}
    if not names.issuperset(route.arguments):
        return Computed("is the address of a route with arguments that are no columns")
    return Address(
        route.arguments,
        lambda addresses: addresses.fill(route),
        route.kinds,
        lambda addresses: addresses.pieces(route),
    )


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
            return scope.reverse(*declared)
        if hasattr(obj, "get_api_url"):
            return str(obj.get_api_url())
    except NoReverseMatch:
        return None
    route = scope.item_route(obj.__class__)
    return None if route is None else addresses.fill(route)(*(_key(obj, name) for name in route.arguments))


def _key(obj: Model, name: str) -> Any:
    """Return an object's value for a URL: a related object's key, ``None`` for what it does not have."""
    try:
        return obj.serializable_value(name)
    except AttributeError:
        return None
