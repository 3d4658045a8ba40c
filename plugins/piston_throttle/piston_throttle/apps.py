"""The Django app of the quotas: put ``piston_throttle`` into ``INSTALLED_APPS``, and migrate."""

from __future__ import annotations

from django.apps import AppConfig


class ThrottleConfig(AppConfig):
    """Brings the table of the quotas, and the command that prunes it."""

    name = "piston_throttle"
    label = "piston_throttle"
    verbose_name = "Piston: quotas"
    default_auto_field = "django.db.models.BigAutoField"
