"""The system checks of the plugin ``openapi``, ``piston_openapi.…``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured

from piston_core import Place, describe
from piston_openapi.options import Options


def messages(_options: Options) -> Iterator[CheckMessage]:
    """Yield what a document cannot say; the options have been read by now."""
    places = _places()
    served = Counter((place.template, each.method) for place in places for each in place.methods)
    for (template, method), number in served.items():
        if number > 1:
            yield CheckWarning(
                f"{method} {template} is served by {number} routes; a document has room for the first one only.",
                hint="Give the routes different addresses.",
                id="piston_openapi.W001",
            )
    names = Counter((place.name, each.method) for place in places for each in place.methods if place.name)
    for (name, method), number in names.items():
        if number > 1:
            yield CheckWarning(
                f"{number} operations are {method} of routes that are called {name!r}; all but the first one "
                "get a number behind their name, which changes with the order of the routes.",
                hint="Give each route a name of its own.",
                id="piston_openapi.W002",
            )


def _places() -> tuple[Place, ...]:
    """Return what is served; nothing where a handler cannot be read, of which the core's own checks speak."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return ()
    try:
        return describe().places
    except ImproperlyConfigured:
        return ()
