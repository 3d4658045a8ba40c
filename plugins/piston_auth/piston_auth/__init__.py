"""Authentication for Piston: Basic (RFC 7617).

The entry point ``auth`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning

from piston_auth.basic import BasicAuthenticator
from piston_core import Authenticator, hookimpl, plugin_options

__version__ = "0.1.0"

__all__ = ["BasicAuthenticator", "Options", "piston_authenticators", "piston_checks"]


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["auth"]``.

    Attributes:
        realm: what a person is asked the password for (RFC 9110, section 11.5).
    """

    realm: Any = "API"

    def __post_init__(self) -> None:
        """Refuse a realm that a header field cannot carry.

        Raises:
            ValueError: it is not text, or not printable ASCII.
        """
        if not isinstance(self.realm, str) or not self.realm.isascii() or not self.realm.isprintable():
            raise ValueError(f"realm is {self.realm!r}; it has to be printable ASCII text")


@hookimpl
def piston_authenticators() -> list[Authenticator]:
    """Offer ``basic``."""
    return [BasicAuthenticator(realm=plugin_options("auth", Options).realm)]


@hookimpl
def piston_checks() -> list[CheckMessage]:
    """Report a project without Django's users, whose passwords nobody could check."""
    if apps.is_installed("django.contrib.auth"):
        return []
    return [
        CheckWarning(
            "The authenticator 'basic' checks passwords with django.contrib.auth, which is not installed.",
            hint="Add 'django.contrib.auth' and 'django.contrib.contenttypes' to INSTALLED_APPS.",
            id="piston_auth.W001",
        )
    ]
