"""The Django app of the quotas: put ``piston_throttle`` into ``INSTALLED_APPS``, and migrate."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class ThrottleConfig(AppConfig):
    """Brings the table of the quotas, the command that prunes it, and what ``check --deploy`` says."""

    name = "piston_throttle"
    label = "piston_throttle"
    verbose_name = "Piston: quotas"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of a deployment."""
        from piston_throttle.checks import check_deployment  # which imports what may need other apps

        register(check_deployment, deploy=True)
