"""The app ``piston``, with the ancestor's tables."""

from __future__ import annotations

from django.apps import AppConfig


class PistonConfig(AppConfig):
    """Brings the tables of consumers and tokens, and tells people about consumers."""

    name = "piston"
    verbose_name = "django-piston"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Have people told about consumers."""
        from piston_compat.consumers import connect

        connect()
