"""Serve a handler for the length of a test, with exactly the plugins and parts that the test names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.test import Client, override_settings
from django.urls import include, path

from piston_core.access import Authenticator, Permission, Throttle
from piston_core.api import Api
from piston_core.contracts import Emitter, Parser
from piston_core.handler import BaseHandler
from piston_core.linking import LinkBuilder
from piston_core.registry import get_registry
from piston_core.resource import Resource
from piston_core.testing import offers

Served = type[BaseHandler] | BaseHandler | Resource | Api | Sequence[Any]


@contextmanager
def serving(
    served: Served,
    *,
    plugins: Sequence[str] = (),
    emitters: Sequence[Emitter] = (),
    parsers: Sequence[Parser] = (),
    authenticators: Sequence[Authenticator] = (),
    throttles: Sequence[Throttle] = (),
    permissions: Sequence[Permission] = (),
    link_builders: Sequence[LinkBuilder] = (),
    **settings: Any,
) -> Iterator[Client]:
    """Serve something for the length of a block; no other plugin is enabled than those that are named.

    Example::

        with serving(BookHandler, emitters=[CSVEmitter()]) as client:
            assert client.get("/").headers["Content-Type"] == "text/csv"

    Args:
        served: a handler, a resource or an API, which answers at ``/``, or a list of URL patterns.
        plugins: the names of plugins, as in ``PISTON["PLUGINS"]``.
        emitters: emitters to offer as a plugin would, after those of the plugins; so with all others.
        parsers: parsers to offer.
        authenticators: authenticators to offer; resources that name none themselves ask them.
        throttles: throttles to offer; resources that name none themselves ask them.
        permissions: permissions to offer; the settings name none of them.
        link_builders: link builders to offer.
        settings: other settings for the block; ``PISTON`` is completed by what is above.

    Yields:
        a client that gets a 500 where something fails, as a client of the server would.

    Raises:
        PluginError, SettingsError: the plugins or the parts cannot be used.
    """
    given: dict[str, Sequence[Any]] = {"emitters": emitters, "parsers": parsers, "authenticators": authenticators}
    given |= {"throttles": throttles, "permissions": permissions, "link_builders": link_builders}
    named = {"AUTHENTICATORS": [each.name for each in authenticators], "THROTTLES": [each.name for each in throttles]}
    piston = {**named, **settings.pop("PISTON", {})}
    piston["PLUGINS"] = [*plugins, offers.__name__]
    piston["OPTIONS"] = {**piston.get("OPTIONS", {}), offers.__name__: given}
    with override_settings(ROOT_URLCONF=_patterns(served), PISTON=piston, **settings):
        get_registry()
        yield Client(raise_request_exception=False)


def expect_usable(**parts: Sequence[Any]) -> None:
    """Raise a ``PluginError`` unless the registry takes these parts, given as to ``serving``."""
    with serving([], plugins=(), **parts):
        pass


def _patterns(served: Served) -> tuple[Any, ...]:
    if isinstance(served, Sequence):
        return tuple(served)
    if isinstance(served, Api):
        return (path("", include(served.urls)),)
    return (path("", served if isinstance(served, Resource) else Resource(served)),)
