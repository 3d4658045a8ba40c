"""A plugin that offers whatever its options hold: how a test serves parts that no plugin offers yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from piston_core.access import Authenticator, Permission, Throttle
from piston_core.conf import plugin_options
from piston_core.contracts import Emitter, Parser
from piston_core.hookspecs import hookimpl
from piston_core.linking import LinkBuilder


@dataclass(frozen=True, slots=True)
class Offers:
    """``PISTON["OPTIONS"]["piston_core.testing.offers"]``: what to offer, by kind."""

    emitters: Sequence[Emitter] = ()
    parsers: Sequence[Parser] = ()
    authenticators: Sequence[Authenticator] = ()
    throttles: Sequence[Throttle] = ()
    permissions: Sequence[Permission] = ()
    link_builders: Sequence[LinkBuilder] = ()


@hookimpl
def piston_emitters() -> Sequence[Emitter]:
    """Offer the emitters of the options."""
    return plugin_options(__name__, Offers).emitters


@hookimpl
def piston_parsers() -> Sequence[Parser]:
    """Offer the parsers of the options."""
    return plugin_options(__name__, Offers).parsers


@hookimpl
def piston_authenticators() -> Sequence[Authenticator]:
    """Offer the authenticators of the options."""
    return plugin_options(__name__, Offers).authenticators


@hookimpl
def piston_throttles() -> Sequence[Throttle]:
    """Offer the throttles of the options."""
    return plugin_options(__name__, Offers).throttles


@hookimpl
def piston_permissions() -> Sequence[Permission]:
    """Offer the permissions of the options."""
    return plugin_options(__name__, Offers).permissions


@hookimpl
def piston_link_builders() -> Sequence[LinkBuilder]:
    """Offer the link builders of the options."""
    return plugin_options(__name__, Offers).link_builders
