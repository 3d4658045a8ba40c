"""Where the ancestor's OAuth server kept consumers and tokens; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.oauth_server import OAuthDataStore
    from piston_compat.oauth_store import DataStore

__all__ = [
    "DataStore",
    "OAuthDataStore",
]

NAMES = {
    "DataStore": Name("oauth_store", "piston_oauth.models"),
    "OAuthDataStore": Name("oauth_server", "piston_oauth.models"),
}
__getattr__ = getter(__name__, NAMES)
