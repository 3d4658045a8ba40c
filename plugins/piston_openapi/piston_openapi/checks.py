"""The system checks of the plugin ``openapi``, ``piston_openapi.…``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning

from piston_core import describe
from piston_openapi.options import Options


def messages(_options: Options) -> Iterator[CheckMessage]:
    """Yield what a document cannot say; the options have been read by now."""
    places = describe().places
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
