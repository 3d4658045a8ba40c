"""OAuth for Piston: a provider of OAuth 1.0a (RFC 5849), and OAuth 2 over django-oauth-toolkit.

The entry point ``oauth`` in the group ``piston.plugins`` leads here, ``oauth2`` to ``piston_oauth.oauth2``.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.checks import CheckMessage

from piston_core import Authenticator, hookimpl, plugin_options
from piston_oauth.authenticator import OAuthAuthenticator
from piston_oauth.checks import deployment_messages, messages
from piston_oauth.options import Options

__version__ = "0.1.0"

__all__ = ["OAuthAuthenticator", "Options", "piston_authenticators", "piston_checks", "piston_deployment_checks"]


@hookimpl
def piston_authenticators() -> list[Authenticator]:
    """Offer ``oauth``."""
    return [OAuthAuthenticator(plugin_options("oauth", Options))]


@hookimpl
def piston_checks() -> Iterable[CheckMessage]:
    """Report what the provider needs and the project lacks."""
    return messages()


@hookimpl
def piston_deployment_checks() -> Iterable[CheckMessage]:
    """Report options that are not for a site on the internet."""
    return deployment_messages(plugin_options("oauth", Options))
