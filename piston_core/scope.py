"""A scope: the handlers that know of each other, because one API holds them.

Nothing is registered globally, so two APIs in one process never see each other's handlers.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model
from django.urls import reverse

from piston_core.arguments import identifies
from piston_core.handler import BaseHandler


@dataclass(frozen=True, slots=True)
class NamedRoute:
    """A route as links know it.

    Attributes:
        name: the URL's name within its namespace.
        arguments: the names of the URL's arguments, in their order.
        kinds: the converter of each, such as ``slug``, if it is one of Django's own; else ``""``.
    """

    name: str
    arguments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(slots=True)
class Scope:
    """The handlers of one API by what they serve.

    A subclass may know handlers in another way (``handler_for``, ``anonymous_of``), and say how objects are shown
    that no handler shows (``unnamed``).

    Attributes:
        handlers: all of them, in the order of the routes.
        routes: the routes by name.
        items: where one object of a model has its address.
        lists: where a handler has its lists.
        leaves_out: whether a name is left out of an object that has nothing by it, where a related object with a
            tuple of names, an annotation or an attribute is ``None``; else it is null, as a column always is.
        lends_methods: whether the methods of the answering handler also compute names that related objects have not.
    """

    leaves_out: ClassVar[bool] = False
    lends_methods: ClassVar[bool] = False

    handlers: list[type[BaseHandler]] = field(default_factory=list)
    routes: dict[str, NamedRoute] = field(default_factory=dict)
    items: dict[type[Model], NamedRoute] = field(default_factory=dict)
    lists: list[tuple[type[BaseHandler], NamedRoute]] = field(default_factory=list)
    _showers: dict[tuple[type[Model], bool], type[BaseHandler] | None] = field(default_factory=dict)

    def add(self, handler: type[BaseHandler]) -> None:
        """Make a handler, and the anonymous handler that it names, known to the others."""
        if handler not in self.handlers:
            self.handlers.append(handler)
            self._showers.clear()

    def add_route(self, handler: type[BaseHandler], route: NamedRoute) -> None:
        """Note what a route leads to: a model's objects, of which the first address stays, or a list."""
        self.routes.setdefault(route.name, route)
        if handler.model is None:
            return
        if identifies(handler.model, frozenset(route.arguments)):
            self.items.setdefault(handler.model, route)
        else:
            self.lists.append((handler, route))

    def handler_for(self, model: type[Model], *, anonymous: bool) -> type[BaseHandler] | None:
        """Return the handler that shows objects of a model, or ``None``.

        In an anonymous answer only anonymous handlers count. A proxy or a child of a model is
        shown as its parent where it has no handler of its own.
        """
        key = (model, anonymous)
        if key not in self._showers:
            known = [handler for handler in self._everybody() if handler.is_anonymous == anonymous]
            fitting = (handler for kind in _lineage(model) for handler in known if handler.model is kind)
            self._showers[key] = next(fitting, None)
        return self._showers[key]

    def unnamed(self, model: type[Model]) -> Sequence[str]:
        """Return the columns to show of a model that no handler shows; without any it is its key and its address."""
        return ()

    def item_route(self, model: type[Model]) -> NamedRoute | None:
        """Return where one object of a model has its address, or ``None``."""
        return next((self.items[kind] for kind in _lineage(model) if kind in self.items), None)

    def reverse(self, name: str, arguments: Any) -> str:
        """Return the address that a handler's ``resource_uri`` means.

        Args:
            name: the name of the URL.
            arguments: the URL's arguments, in their order or by name.

        Raises:
            NoReverseMatch: there is no such URL.
        """
        if isinstance(arguments, Mapping):
            return reverse(name, kwargs=dict(arguments))
        return reverse(name, args=list(arguments))

    def list_route(self, model: type[Model], known: Collection[str] = ()) -> NamedRoute | None:
        """Return where a model's objects are listed, by a route that takes none but known arguments; or ``None``."""
        fitting = [route for handler, route in self.lists if handler.model is model and {*route.arguments} <= {*known}]
        return max(fitting, key=lambda route: len(route.arguments), default=None)

    def keys_of(self, handler: BaseHandler) -> tuple[str, ...]:
        """Return what one object of a handler's model is known by: the arguments of its address, or its key."""
        route = self.item_route(handler.model) if handler.model is not None else None
        return route.arguments if route is not None else ("pk",)

    def anonymous_of(self, handler: type[BaseHandler]) -> type[BaseHandler] | None:
        """Return the handler that serves requests without credentials in a handler's place.

        A name may belong to a handler of this scope or of the handler's own module, so that it
        can be defined later and inherit from the handler that it serves.
        """
        found: object = handler.anonymous
        if isinstance(found, str):
            named = [known for known in self.handlers if known.__name__ == found]
            found = named[0] if named else getattr(sys.modules[handler.__module__], found, None)
        return found if isinstance(found, type) and issubclass(found, BaseHandler) else None

    def _everybody(self) -> Iterator[type[BaseHandler]]:
        for handler in self.handlers:
            yield handler
            anonymous = self.anonymous_of(handler)
            if anonymous is not None:
                yield anonymous


def _lineage(model: type[Model]) -> Iterator[type[Model]]:
    return (kind for kind in model.__mro__ if issubclass(kind, Model) and kind is not Model)
