"""The system checks of the plugin ``auth``, ``piston_auth.…``."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning

from piston_auth.digest.checks import checks as check_digest
from piston_auth.logins import check_logins
from piston_auth.options import Options
from piston_auth.session import check_sessions
from piston_auth.tokens.checks import checks as check_tokens


def messages(options: Options) -> Iterator[CheckMessage]:
    """Yield what the authenticators need and the project lacks.

    Args:
        options: the plugin's options.
    """
    if not apps.is_installed("django.contrib.auth"):
        yield CheckWarning(
            "The authenticators of the plugin 'auth' know users of django.contrib.auth, which is not installed.",
            hint="Add 'django.contrib.auth' and 'django.contrib.contenttypes' to INSTALLED_APPS.",
            id="piston_auth.W001",
        )
        return
    yield from check_tokens()
    yield from check_digest(options.digest_algorithms, options.realm)
    yield from check_sessions()


def deployment_messages(options: Options) -> Iterator[CheckMessage]:
    """Yield what is fine for development only.

    Args:
        options: the plugin's options.
    """
    if {"basic", "digest"} & set(getattr(settings, "PISTON", {}).get("AUTHENTICATORS", ())):
        yield from check_logins(options.logins())
