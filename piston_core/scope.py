"""A scope: the handlers that know of each other, because one API holds them.

Nothing is registered globally, so two APIs in one process never see each other's handlers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Model

from piston_core.arguments import identifies
from piston_core.handler import BaseHandler


@dataclass(frozen=True, slots=True)
class ItemRoute:
    """Where one object of a model has its address.

    Attributes:
        name: the URL's name within its namespace.
        arguments: the names of the URL's arguments, which are fields of the model.
        kind: the converter of the only argument, such as ``slug``, if it is one of Django's own; else ``""``.
    """

    name: str
    arguments: tuple[str, ...]
    kind: str = ""


@dataclass(slots=True)
class Scope:
    """The handlers of one API by what they serve.

    Attributes:
        handlers: all of them, in the order of the routes.
        items: where one object of a model has its address.
    """

    handlers: list[type[BaseHandler]] = field(default_factory=list)
    items: dict[type[Model], ItemRoute] = field(default_factory=dict)
    _showers: dict[tuple[type[Model], bool], type[BaseHandler] | None] = field(default_factory=dict)

    def add(self, handler: type[BaseHandler]) -> None:
        """Make a handler, and the anonymous handler that it names, known to the others."""
        if handler not in self.handlers:
            self.handlers.append(handler)
            self._showers.clear()

    def add_item(self, handler: type[BaseHandler], route: ItemRoute) -> None:
        """Note the address of a model's objects; the first one stays."""
        if handler.model is not None and identifies(handler.model, frozenset(route.arguments)):
            self.items.setdefault(handler.model, route)

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

    def item_route(self, model: type[Model]) -> ItemRoute | None:
        """Return where one object of a model has its address, or ``None``."""
        return next((self.items[kind] for kind in _lineage(model) if kind in self.items), None)

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
