"""The Django app of the tokens: put ``piston_auth.tokens`` into ``INSTALLED_APPS``, and migrate."""

from __future__ import annotations

from django.apps import AppConfig


class TokensConfig(AppConfig):
    """Brings the tables of the tokens."""

    name = "piston_auth.tokens"
    label = "piston_tokens"
    verbose_name = "Piston: tokens"
    default_auto_field = "django.db.models.BigAutoField"
