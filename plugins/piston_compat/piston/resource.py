"""The ancestor's resource; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.resources import Resource
    from piston_compat.schemes import CHALLENGE

__all__ = [
    "CHALLENGE",
    "Resource",
]

NAMES = {
    "Resource": Name("resources", "piston_core.Resource, or piston_core.Api.route"),
    "CHALLENGE": Name("schemes", "piston_core.Authenticator.challenge"),
}
__getattr__ = getter(__name__, NAMES)
