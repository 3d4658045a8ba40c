"""What ``manage.py check`` says of the tokens."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error


def checks() -> list[CheckMessage]:
    """Report a project that asks for tokens and has no table of them."""
    asked = getattr(settings, "PISTON", {}).get("AUTHENTICATORS", ())
    if "token" not in asked or apps.is_installed("piston_auth.tokens"):
        return []
    return [
        Error(
            "PISTON[\"AUTHENTICATORS\"] has 'token', and the app that has the table of the tokens is not installed.",
            hint="Add 'piston_auth.tokens' to INSTALLED_APPS, and run manage.py migrate.",
            id="piston_auth.E001",
        )
    ]
