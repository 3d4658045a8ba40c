"""Authentication for Piston: Basic, Digest, sessions and bearer tokens; permissions; limits on login attempts.

The entry point ``auth`` in the group ``piston.plugins`` leads here. The tables of tokens and of Digest are apps of
their own, ``piston_auth.tokens`` and ``piston_auth.digest``.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage

from piston_auth.basic import BasicAuthenticator
from piston_auth.checks import deployment_messages, messages
from piston_auth.digest.authenticator import DigestAuthenticator
from piston_auth.logins import Logins
from piston_auth.options import Options
from piston_auth.permissions import (
    Authenticated,
    ModelPermissions,
    ObjectPermissions,
    Owner,
    ReadOnly,
    Staff,
    any_of,
    authenticated,
    model_permissions,
    object_permissions,
    read_only,
    staff,
)
from piston_auth.session import SessionAuthenticator
from piston_auth.tokens.authenticator import TokenAuthenticator
from piston_core import Authenticator, Permission, hookimpl, plugin_options

__version__ = "0.1.0"

__all__ = [
    "Authenticated",
    "BasicAuthenticator",
    "DigestAuthenticator",
    "Logins",
    "ModelPermissions",
    "ObjectPermissions",
    "Options",
    "Owner",
    "ReadOnly",
    "SessionAuthenticator",
    "Staff",
    "TokenAuthenticator",
    "any_of",
    "authenticated",
    "model_permissions",
    "object_permissions",
    "piston_authenticators",
    "piston_checks",
    "piston_deployment_checks",
    "piston_permissions",
    "read_only",
    "staff",
]


@hookimpl
def piston_authenticators() -> list[Authenticator]:
    """Offer ``basic``, ``digest``, ``session`` and ``token``."""
    options = plugin_options("auth", Options)
    logins = options.logins()
    return [
        BasicAuthenticator(realm=options.realm, logins=logins),
        options.digest(logins),
        SessionAuthenticator(),
        TokenAuthenticator(
            realm=options.realm,
            prefix=options.token_prefix,
            last_used_seconds=options.token_last_used_seconds,
            cache_seconds=options.token_cache_seconds,
        ),
    ]


@hookimpl
def piston_permissions() -> list[Permission]:
    """Offer ``authenticated``, ``staff``, ``read-only``, ``model`` and ``object``."""
    return [authenticated, staff, read_only, model_permissions, object_permissions]


@hookimpl
def piston_checks() -> Iterator[CheckMessage]:
    """Report what the named authenticators need and the project lacks."""
    return messages(plugin_options("auth", Options))


@hookimpl
def piston_deployment_checks() -> Iterator[CheckMessage]:
    """Report limits on logins that each process has for itself."""
    return deployment_messages(plugin_options("auth", Options))
