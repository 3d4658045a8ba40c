"""OAuth 2 for Piston: tokens of django-oauth-toolkit as credentials (RFC 6750), and where to get them (RFC 9728).

The entry point ``oauth2`` in the group ``piston.plugins.named`` leads here, so it is used where the settings name it.
django-oauth-toolkit issues the tokens and keeps its own models, views and settings; nothing of that is done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from django.core.checks import CheckMessage

from piston_core import Authenticator, hookimpl, plugin_options
from piston_oauth.oauth2.authenticator import InvalidToken, OAuth2Authenticator
from piston_oauth.oauth2.checks import check_project

if find_spec("oauth2_provider") is None:  # found, not imported: it reads the settings when it is
    raise ImportError('django-oauth-toolkit is not installed; install it with: pip install "piston-oauth[oauth2]"')

__all__ = ["InvalidToken", "OAuth2Authenticator", "Options", "piston_authenticators", "piston_checks"]


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["oauth2"]``.

    Attributes:
        realm: what a client is told that it needs a token for (RFC 9110, section 11.5).
        metadata: whether challenges say where the metadata of the protected resource is (RFC 9728, section 5.1),
            if django-oauth-toolkit serves it.
    """

    realm: Any = "API"
    metadata: Any = True

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, or what a header field cannot carry.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if not isinstance(self.realm, str) or not self.realm.isascii() or not self.realm.isprintable():
            raise ValueError(f"realm is {self.realm!r}; it has to be printable ASCII text")
        if not isinstance(self.metadata, bool):
            raise ValueError(f"metadata is {self.metadata!r}; it has to be True or False")


@hookimpl
def piston_authenticators() -> list[Authenticator]:
    """Offer ``oauth2``."""
    options = plugin_options("oauth2", Options)
    return [OAuth2Authenticator(realm=options.realm, metadata=options.metadata)]


@hookimpl
def piston_checks() -> list[CheckMessage]:
    """Report a project in which tokens are not known, not kept safe or not to be had."""
    return list(check_project(metadata=plugin_options("oauth2", Options).metadata))
