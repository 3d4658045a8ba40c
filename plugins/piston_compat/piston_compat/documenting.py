"""The ancestor's documentation of handlers: what each serves, and how its methods are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import getdoc
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, get_resolver
from django.views.decorators.http import require_safe

from piston_compat.signatures import arguments_of, signature_text
from piston_compat.typemap import anonymous_of, handler_tracker

_HTTP = {"read": "GET", "create": "POST", "update": "PUT", "delete": "DELETE"}
_PLACE = re.compile(r"%\((\w+)\)s")


class HandlerMethod:
    """One method of a handler.

    Args:
        method: the method.
        stale: whether it is inherited from another module, and so nothing of the handler's own.
    """

    def __init__(self, method: Any, stale: bool = False) -> None:
        self.method = method
        self.stale = stale

    def iter_args(self) -> Iterator[tuple[str, str | None]]:
        """Yield the arguments that a URL gives, with their defaults."""
        return arguments_of(self.method)

    @property
    def signature(self) -> str:
        """The arguments as text."""
        return signature_text(self.method)

    def get_signature(self) -> str:
        """Return the arguments as text."""
        return self.signature

    @property
    def doc(self) -> str | None:
        """The docstring."""
        return getdoc(self.method)

    def get_doc(self) -> str | None:
        """Return the docstring."""
        return self.doc

    @property
    def name(self) -> str:
        """The name."""
        return str(self.method.__name__)

    @property
    def http_name(self) -> str:
        """The HTTP method that it serves, ``""`` for none."""
        return _HTTP.get(self.name, "")

    def get_http_name(self) -> str:
        """Return the HTTP method that it serves."""
        return self.http_name

    def __repr__(self) -> str:
        return f"<Method: {self.name}>"


class HandlerDocumentation:
    """What can be said of a handler.

    Args:
        handler: the handler's class.
    """

    def __init__(self, handler: Any) -> None:
        self.handler = handler

    def get_methods(self, include_default: bool = False) -> Iterator[HandlerMethod]:
        """Yield the methods, those of other modules only if they are asked for."""
        for name in _HTTP:
            method = getattr(self.handler, name, None)
            if method is None:
                continue
            stale = method.__module__ != self.handler.__module__
            if self._shows(name, stale=stale, include_default=include_default):
                yield HandlerMethod(method, stale)

    def _shows(self, name: str, *, stale: bool, include_default: bool) -> bool:
        if self.handler.is_anonymous:
            return name in vars(self.handler) or (name == "read" and "GET" in self.handler.allowed_methods)
        return include_default or not stale

    def get_all_methods(self) -> Iterator[HandlerMethod]:
        """Yield all methods."""
        return self.get_methods(include_default=True)

    @property
    def is_anonymous(self) -> bool:
        """Whether the handler is for somebody unknown."""
        return bool(self.handler.is_anonymous)

    def get_model(self) -> Any:
        """Return the model."""
        return getattr(self.handler, "model", None)

    @property
    def has_anonymous(self) -> bool:
        """Whether there is a handler for somebody unknown in its place."""
        return anonymous_of(self.handler) is not None

    @property
    def anonymous(self) -> HandlerDocumentation | None:
        """The documentation of the handler for somebody unknown."""
        return HandlerDocumentation(anonymous_of(self.handler)) if self.has_anonymous else None

    @property
    def doc(self) -> str | None:
        """The docstring; that of the root is nobody's."""
        return getdoc(self.handler) if self.handler.__doc__ else None

    @property
    def name(self) -> str:
        """The name."""
        return str(self.handler.__name__)

    @property
    def allowed_methods(self) -> Any:
        """The HTTP methods."""
        return self.handler.allowed_methods

    def get_resource_uri_template(self) -> str | None:
        """Return the address of its objects with the arguments in braces, ``None`` if there is none.

        It is that of ``resource_uri()``, which is called without an object and so has to have a default for it.
        """
        try:
            name, arguments = self.handler.resource_uri()
            patterns = get_resolver(None).reverse_dict.getlist(name)
            return next(found for each in patterns if (found := _template(each[0], arguments)) is not None)
        except (TypeError, ValueError, AttributeError, StopIteration, NoReverseMatch):
            return None

    @property
    def resource_uri_template(self) -> str | None:
        """The address of its objects with the arguments in braces."""
        return self.get_resource_uri_template()

    def __repr__(self) -> str:
        return f'<Documentation for "{self.name}">'


def _template(possibilities: Any, arguments: Any) -> str | None:
    """Return the first address that takes these arguments, which are names or the number of them."""
    for address, names in possibilities:
        wanted = set(arguments) if isinstance(arguments, dict) else None
        if (wanted is None and len(names) == len(arguments)) or wanted == set(names):
            return "/" + _PLACE.sub(r"{\1}", address)
    return None


def generate_doc(handler_cls: Any) -> HandlerDocumentation:
    """Return the documentation of a handler."""
    return HandlerDocumentation(handler_cls)


@require_safe
def documentation_view(request: WSGIRequest) -> HttpResponse:
    """Show the documentation of every handler of the process, by the template ``documentation.html``."""
    docs = sorted(map(generate_doc, handler_tracker), key=lambda doc: doc.name.replace("Anonymous", ""))
    return render(request, "documentation.html", {"docs": docs})
