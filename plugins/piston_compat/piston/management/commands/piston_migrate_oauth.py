"""``manage.py piston_migrate_oauth``: consumers and access tokens go to piston_oauth."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Takes consumers and access tokens from the ancestor's tables to those of piston_oauth."""

    help = "Takes consumers and access tokens from django-piston's tables to those of piston_oauth."

    def handle(self, *args: Any, **options: Any) -> None:
        """Take them over.

        Raises:
            CommandError: there is no place for them.
        """
        if not apps.is_installed("piston_oauth"):
            raise CommandError(
                'Add "piston_oauth" to INSTALLED_APPS, and migrate; it comes with piston-compat[oauth].'
            )
        from piston_compat.moving import move

        moved = move()
        self.stdout.write(f"{moved.consumers} consumers, {moved.tokens} access tokens; {moved.skipped} skipped.")
