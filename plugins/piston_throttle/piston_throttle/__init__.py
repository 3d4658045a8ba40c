"""Quotas for Piston: a decorator, policies, and stores that count exactly.

The entry point ``throttle`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from django.core.checks import CheckMessage

from piston_core import Throttle, hookimpl, plugin_options
from piston_throttle.algorithms import Quota, Taken
from piston_throttle.checks import check_deployment, check_stores, stores_of
from piston_throttle.counting import store_of
from piston_throttle.decorator import throttle
from piston_throttle.options import Options
from piston_throttle.policy import Policy
from piston_throttle.stores.contract import Store

__version__ = "0.1.0"

__all__ = [
    "Options",
    "Policy",
    "Quota",
    "Store",
    "Taken",
    "piston_checks",
    "piston_deployment_checks",
    "piston_throttles",
    "throttle",
]


@hookimpl
def piston_throttles() -> list[Throttle]:
    """Offer the policies of the settings; a store of the project's own that is none stops the server."""
    options = plugin_options("throttle", Options)
    for name in stores_of(options):
        if "." in name:
            store_of(name)
    return [Policy.of(terms) for terms in options.terms()]


@hookimpl
def piston_checks() -> list[CheckMessage]:
    """Report stores that cannot keep their promise."""
    return list(check_stores(plugin_options("throttle", Options)))


@hookimpl
def piston_deployment_checks() -> list[CheckMessage]:
    """Report quotas that each process counts for itself."""
    return list(check_deployment(plugin_options("throttle", Options)))
