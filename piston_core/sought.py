"""One object that a request asks for and that nobody has read yet, so that its plan may read just what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Model
from django.http import Http404

from piston_core.handler import BaseHandler, identifies, overrides

# What Django raises for a value that a column cannot hold: there is no such object.
MISFITS = (ValueError, TypeError, OverflowError, ValidationError, DataError)


@dataclass(frozen=True, slots=True)
class Sought:
    """The object of a model that a URL's arguments name.

    Attributes:
        model: the model.
        named: the URL's arguments.
    """

    model: type[Model]
    named: Mapping[str, Any]

    def missing(self) -> Http404:
        """Return what to raise if there is no such object."""
        return Http404(f"no {self.model.__name__} at this address")


def sought(handler: BaseHandler, action: str, kwargs: Mapping[str, Any]) -> Sought | None:
    """Return the object that a request is about to read, or ``None`` if the handler's method has a say in it."""
    model = handler.model
    if action != "read" or model is None or any(overrides(handler, name) for name in ("read", "get", "queryset")):
        return None
    return Sought(model, kwargs) if kwargs and identifies(model, frozenset(kwargs)) else None
