"""``manage.py piston_oauth``: what has to be done to the provider's tables from time to time."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import models

from piston_core import plugin_options
from piston_oauth import vault
from piston_oauth.models import AccessToken, Consumer, RequestToken, Sealed, stored
from piston_oauth.options import Options
from piston_oauth.pruning import prune


class Command(BaseCommand):
    """Prunes the tables, and seals the secrets again."""

    help = "Keeps the tables of the OAuth 1.0a provider."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare ``prune`` and ``reseal``."""
        jobs = parser.add_subparsers(dest="job", required=True)
        pruning = jobs.add_parser("prune", help="Delete nonces and tokens that are over.")
        pruning.add_argument(
            "--days", type=int, default=30, help="How long access tokens are kept that are revoked or over (30)."
        )
        jobs.add_parser("reseal", help="Encrypt all secrets with the current SECRET_KEY.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the job, and say what was done."""
        if options["job"] == "prune":
            if not 0 <= options["days"] <= 36500:
                raise CommandError("--days has to be a number from 0 to 36500.")
            deleted = prune(plugin_options("oauth", Options).timestamp_age, options["days"])
            self.stdout.write(f"Deleted: {', '.join(f'{number} {name}' for name, number in deleted.items())}.")
        else:
            self._reseal()

    def _reseal(self) -> None:
        tables: list[type[Sealed]] = [Consumer, RequestToken, AccessToken]
        done = [_reseal(row) for table in tables for row in _rows(table).iterator()]
        self.stdout.write(f"Sealed {done.count(True)} secrets with the current SECRET_KEY.")
        if lost := done.count(False):
            raise CommandError(
                f"{lost} secrets cannot be read: add the SECRET_KEY that sealed them to SECRET_KEY_FALLBACKS, "
                "or give those consumers new secrets."
            )


def _rows(table: type[Sealed]) -> models.QuerySet[Any]:
    return stored(table).exclude(sealed="").only("pk", "sealed")


def _reseal(row: Any) -> bool:
    """Seal a row's secret again, unless it has been changed meanwhile; return whether it could be read."""
    try:
        sealed = vault.reseal(row.sealed)
    except InvalidToken:
        return False
    _rows(type(row)).filter(pk=row.pk, sealed=row.sealed).update(sealed=sealed)
    return True
