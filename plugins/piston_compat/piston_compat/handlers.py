"""The ancestor's handlers: the core's, with its CRUD, entered in the typemapper as they are defined."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType
from typing import Any, ClassVar

from django.core.exceptions import (
    FieldError,
    ImproperlyConfigured,
    MultipleObjectsReturned,
    ObjectDoesNotExist,
    ValidationError,
)
from django.db import DataError, IntegrityError
from django.db.models import Model

from piston_compat.replies import rc
from piston_compat.typemap import handler_tracker, register
from piston_core import BaseHandler as CoreHandler

_ROOTS = ("BaseHandler", "AnonymousBaseHandler")
# What the core expects to be declared, of which the ancestor knew a few.
_DECLARED = frozenset(
    name for name in dir(CoreHandler) if not name.startswith("_") and not callable(getattr(CoreHandler, name))
)
# What Django raises for a value that a column cannot hold.
_MISFITS = (ValueError, TypeError, OverflowError, ValidationError, DataError, FieldError)


class HandlerMetaClass(type):
    """Enters each handler in the typemapper."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        """Make the class and enter it.

        Raises:
            ImproperlyConfigured: it has a method where the core expects a declaration.
        """
        _refuse_clash(name, attrs)
        made: Any = super().__new__(mcs, name, bases, attrs)
        register(made)
        if made.model is not None and not (isinstance(made.model, type) and issubclass(made.model, Model)):
            made.model = None  # entered, as any class may be; to the core it is a handler of plain data
        if not (attrs.get("__module__") == __name__ and name in _ROOTS):
            handler_tracker.append(made)
        return made


def _refuse_clash(handler: str, attrs: Mapping[str, Any]) -> None:
    """Refuse a method whose name means something else today, instead of failing at each answer."""
    for name in sorted(_DECLARED & attrs.keys()):
        if isinstance(attrs[name], FunctionType | classmethod | staticmethod | property):
            raise ImproperlyConfigured(
                f"{handler}.{name} is a method, and {name!r} is something that a handler declares today; "
                f"call the method something else, and its name in fields."
            )


class BaseHandler(CoreHandler, metaclass=HandlerMetaClass):
    """A handler as the ancestor's documentation describes it.

    Nothing that it writes is rolled back when it answers with a refusal, since nothing ever was; ``atomic = True``
    gives it the core's transaction.
    """

    allowed_methods: ClassVar[Any] = ("GET", "POST", "PUT", "DELETE")
    exclude: ClassVar[Any] = ("id",)
    atomic: ClassVar[bool] = False

    def flatten_dict(self, dct: Any) -> dict[str, Any]:
        """Return the last value of each name of a form, the values of a dictionary."""
        return {str(name): dct.get(name) for name in dct}

    def has_model(self) -> bool:
        """Return whether the handler serves a model."""
        return self.model is not None

    def exists(self, **kwargs: Any) -> bool:
        """Return whether there is an object with these values.

        Raises:
            MultipleObjectsReturned: there are several.
        """
        try:
            self._model().objects.get(**kwargs)
        except ObjectDoesNotExist:
            return False
        return True

    def read(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return one object if the URL has its key by the key's own name, else those with these values."""
        if not self.has_model():
            return rc.NOT_IMPLEMENTED
        try:
            if self._key() in kwargs:
                return self.queryset(request).get(pk=kwargs[self._key()])
            return self.queryset(request).filter(*args, **kwargs)
        except ObjectDoesNotExist:
            return rc.NOT_FOUND
        except (ValueError, TypeError, OverflowError, ValidationError, DataError):
            return rc.NOT_FOUND

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Save and return a new object, unless there is one with these values already."""
        if not self.has_model():
            return rc.NOT_IMPLEMENTED
        values = self._values(request)
        if values is None or any(name not in self._columns() for name in values):
            return rc.BAD_REQUEST
        try:
            if self.queryset(request).filter(**values).exists():
                return rc.DUPLICATE_ENTRY
            obj = self._model()(**values)
            obj.save()
        except IntegrityError:
            return rc.DUPLICATE_ENTRY
        except _MISFITS:
            return rc.BAD_REQUEST
        return obj

    def update(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Save the object that the URL names by its key, with the values that were sent; other names are ignored."""
        if not self.has_model():
            return rc.NOT_IMPLEMENTED
        values = self._values(request)
        if self._key() not in kwargs or values is None:
            return rc.BAD_REQUEST
        try:
            obj = self.queryset(request).get(pk=kwargs[self._key()])
        except (ObjectDoesNotExist, *_MISFITS):
            return rc.NOT_FOUND
        try:
            for name in self._columns() & values.keys():
                setattr(obj, name, values[name])
            obj.save()
        except IntegrityError:
            return rc.DUPLICATE_ENTRY
        except _MISFITS:
            return rc.BAD_REQUEST
        return rc.ALL_OK

    def delete(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Delete the object with these values."""
        if not self.has_model():
            return rc.NOT_IMPLEMENTED
        try:
            self.queryset(request).get(*args, **kwargs).delete()
        except MultipleObjectsReturned:
            return rc.DUPLICATE_ENTRY
        except IntegrityError:  # other objects refer to it
            return rc.DUPLICATE_ENTRY
        except (ObjectDoesNotExist, *_MISFITS):
            return rc.NOT_HERE
        return rc.DELETED

    def _model(self) -> Any:
        return self.model

    def _key(self) -> str:
        return str(self._model()._meta.pk.name)

    def _columns(self) -> frozenset[str]:
        """Return the names that may be written: columns, never lookups or methods."""
        fields = self._model()._meta.concrete_fields
        return frozenset(name for field in fields for name in (field.name, field.attname))

    def _values(self, request: Any) -> dict[str, Any] | None:
        """Return what was sent by name, ``None`` if it has no names."""
        data = getattr(request, "data", None)
        return self.flatten_dict(data) if isinstance(data, Mapping) or hasattr(data, "getlist") else None


class AnonymousBaseHandler(BaseHandler):
    """A handler for requests without credentials, which reads only."""

    is_anonymous = True
    allowed_methods = ("GET",)
