"""The Django app of the OAuth 1.0a provider: put ``piston_oauth`` into ``INSTALLED_APPS``, and migrate."""

from __future__ import annotations

from django.apps import AppConfig


class OAuthConfig(AppConfig):
    """Brings the tables of the OAuth 1.0a provider."""

    name = "piston_oauth"
    label = "piston_oauth"
    verbose_name = "Piston: OAuth 1.0a"
    default_auto_field = "django.db.models.BigAutoField"
