"""Which handler shows a model: one table for the whole process, as the ancestor had it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model

from piston_compat.options import options, setting
from piston_compat.reversing import address_of
from piston_core import BaseHandler as CoreHandler
from piston_core import Scope

# The model that each handler serves, ``None`` for none, and whether it answers somebody unknown.
typemapper: dict[type, tuple[Any, bool]] = {}
handler_tracker: list[type] = []


def register(handler: Any) -> None:
    """Enter a handler; a second one for the same model is entered as well, with a warning."""
    model, anonymous = handler.model, handler.is_anonymous
    if model is not None and find(model, anonymous) and not setting("PISTON_IGNORE_DUPE_MODELS", False):
        message = f"Handler already registered for model {model.__name__}, you may experience inconsistent results."
        warnings.warn(message, UserWarning, stacklevel=4)
    typemapper[handler] = (model, anonymous)


def find(model: Any, anonymous: bool) -> type | None:
    """Return the handler that shows objects of exactly this model, not of one that inherits from it."""
    known = (handler for handler, entry in typemapper.items() if entry[0] is model and entry[1] == anonymous)
    return next(known, None)


def anonymous_of(handler: Any) -> Any:
    """Return the handler that serves somebody unknown in a handler's place.

    It may be named, and then be defined at any time; a name that nothing has is as if there were none.
    """
    found = handler.anonymous
    if isinstance(found, str):
        return next((each for each in typemapper if each.__name__ == found), None)
    return found or None


def safe_columns(model: type[Model]) -> list[str]:
    """Return the columns of a model that may be shown though nobody has named them."""
    names = [field.attname for field in model._meta.concrete_fields]
    if options().all_columns:
        return names
    return [name for name in names if name != "password" and not name.startswith("_")]


class Typemap(Scope):
    """The handlers of the process as the core asks for them."""

    leaves_out: ClassVar[bool] = True
    lends_methods: ClassVar[bool] = True

    def handler_for(self, model: type[Model], *, anonymous: bool) -> type[CoreHandler] | None:
        """Return the handler that shows objects of a model."""
        return find(model, anonymous)

    def anonymous_of(self, handler: type[CoreHandler]) -> type[CoreHandler] | None:
        """Return the handler for somebody unknown; any class will do that has a handler's methods."""
        found: type[CoreHandler] | None = anonymous_of(handler)
        return found

    def reverse(self, name: str, arguments: Any) -> str:
        """Return the address that a handler's ``resource_uri`` means."""
        return address_of(name, arguments)

    def unnamed(self, model: type[Model]) -> Sequence[str]:
        """Return the columns of a model that no handler names."""
        return safe_columns(model)


TYPEMAP = Typemap()
