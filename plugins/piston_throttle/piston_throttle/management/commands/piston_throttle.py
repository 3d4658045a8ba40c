"""``manage.py piston_throttle prune``: delete what the table of the quotas holds in vain."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from piston_core import plugin_options
from piston_throttle.options import Options
from piston_throttle.stores.database import DatabaseStore


class Command(BaseCommand):
    """Keeps the table of the quotas small."""

    help = "Keep the table of the quotas small."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command can do."""
        commands = parser.add_subparsers(dest="does", required=True)
        commands.add_parser("prune", help="Delete the counts that matter no more.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete the counts that matter no more, a thousand at a time.

        Raises:
            CommandError: the database has no such table, or cannot be asked.
        """
        alias, pruned = plugin_options("throttle", Options).database, 0
        store = DatabaseStore(alias)
        try:
            while deleted := store.prune():
                pruned += deleted
        except Error as error:
            raise CommandError(
                f"The quotas in the database {alias!r} cannot be pruned: {error}. Is it migrated?"
            ) from error
        self.stdout.write(f"{pruned} {'count' if pruned == 1 else 'counts'} deleted.")
