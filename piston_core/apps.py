"""The Django app: put ``piston_core`` into ``INSTALLED_APPS`` for its checks and its command."""

from __future__ import annotations

import sys

from django.apps import AppConfig
from django.core import checks


class PistonConfig(AppConfig):
    """Registers the system checks, and stops a server whose named plugins cannot be used."""

    name = "piston_core"
    verbose_name = "Piston"

    def ready(self) -> None:
        """Register the checks and, in a server, collect the plugins before the first request.

        Raises:
            PluginError, SettingsError: a promise of the settings cannot be kept.
        """
        from piston_core.checks import check_deployment, check_piston
        from piston_core.registry import get_registry

        checks.register(check_piston)
        checks.register(check_deployment, deploy=True)
        if not _is_managed():
            get_registry()


def _is_managed() -> bool:
    """Return whether a management command is starting: it runs the checks, which say it better.

    ``manage.py check`` and ``manage.py piston plugins`` have to work just when a plugin does not.
    """
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_globals.get("__name__") == "django.core.management":
            return True
    return False
