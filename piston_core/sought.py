"""One object that a request asks for and that nobody has read yet, so that its plan reads just what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from piston_core.arguments import identifies
from piston_core.handler import BaseHandler, leaves, overrides

# What Django raises for a value that a column cannot hold: there is no such object.
MISFITS = (ValueError, TypeError, OverflowError, ValidationError, DataError)


@dataclass(frozen=True, slots=True)
class Sought:
    """The object at a request's address, before anybody has read it.

    It is the result of a read that a handler leaves to the core, as a queryset is for a list.

    Attributes:
        handler: the handler whose model it belongs to.
        request: the request.
        named: the URL's arguments, which name one object at most.
        saved: the object itself where it has just been written; what is shown of it is read again.
    """

    handler: BaseHandler
    request: HttpRequest
    named: Mapping[str, Any]
    saved: Model | None = None

    def get(self) -> Any:
        """Read and return the object, with all its columns.

        Raises:
            Http404: there is none that this request may see.
        """
        return self.handler.get(self.request, **self.named)  # type: ignore[arg-type]  # authenticated by now

    def among(self) -> QuerySet[Any] | None:
        """Return the objects among which it is, ``None`` where those are all of the model.

        What has just been written is where it was written: a replica may not have it yet.

        Raises:
            TypeError: the handler forgets to return any, which must not pass for all of them.
        """
        objects = self._allowed()
        if self.saved is None:
            return objects
        saved_in = self.saved._state.db
        among: Any = self.handler.model._default_manager if objects is None else objects  # type: ignore[union-attr]
        return objects if among.db == saved_in else among.using(saved_in)

    def _allowed(self) -> QuerySet[Any] | None:
        if not overrides(self.handler, "queryset"):
            return None
        objects: QuerySet[Any] | None = self.handler.queryset(self.request)  # type: ignore[arg-type]  # as in get
        if objects is None:
            name = type(self.handler).__name__
            raise TypeError(f"{name}.queryset has returned None; return a queryset, such as objects.none().")
        return objects

    def as_saved(self) -> Model:
        """Return what has just been written as it is stored: its client may write it, and then not see it any more.

        Raises:
            Http404: nothing has been written, so there is no such object.
        """
        if self.saved is None:
            raise Http404(f"no {getattr(self.handler.model, '__name__', 'object')} at this address")
        self.saved.refresh_from_db()
        return self.saved


def sought(request: HttpRequest, handler: BaseHandler, action: str, kwargs: Mapping[str, Any]) -> Sought | None:
    """Return the object that a request is about to read, or ``None`` if the handler has a say in it."""
    if action != "read" or handler.model is None or not leaves(handler, action):
        return None
    return Sought(handler, request, kwargs) if kwargs and identifies(handler.model, frozenset(kwargs)) else None


def stored(request: HttpRequest, handler: BaseHandler, action: str, result: Any) -> Any:
    """Return the result of a write that was left to the core as an object to be read, any other result as it is.

    What is shown is what the database has made of it, and so what the next request will be shown.
    """
    model = handler.model
    if model is None or not isinstance(result, model) or result._state.adding or not leaves(handler, action):
        return result
    return Sought(handler, request, {"pk": result.pk}, result)
