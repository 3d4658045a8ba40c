"""The ancestor's authentication: each leads to ``piston_compat``, with a warning that is silent by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.schemes import HttpBasicAuthentication, HttpBasicSimple, NoAuthentication

__all__ = [
    "HttpBasicAuthentication",
    "HttpBasicSimple",
    "NoAuthentication",
]

NAMES = {
    "NoAuthentication": Name("schemes", "Resource(..., authentication=[])"),
    "HttpBasicAuthentication": Name("schemes", "the authenticator 'basic' of piston-auth"),
    "HttpBasicSimple": Name("schemes", "the authenticator 'basic' of piston-auth"),
}
__getattr__ = getter(__name__, NAMES)
