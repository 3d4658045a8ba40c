"""``manage.py piston_digest``: stores the digests of a password, lists whose there are, deletes what is over."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from piston_auth.digest.counting import SWEPT, sweep
from piston_auth.digest.models import DigestSecret
from piston_auth.digest.stored import configured, is_current, keep

_KINDS = {
    "set": "stores the digests of a user's password, which it asks for",
    "list": "lists whose digests there are, and which are over",
    "prune": "deletes digests that are over, and nonces that have expired",
}
_BATCH = 1000


class Command(BaseCommand):
    """Looks after what Digest authentication stores."""

    help = "Stores the digests of a password, lists whose there are, and deletes what is over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked."""
        kinds = parser.add_subparsers(dest="what", required=True)
        for name, about in _KINDS.items():
            kind = kinds.add_parser(name, help=about, description=about)
            if name == "set":
                kind.add_argument("username", help="the user's name")

    def handle(self, *_args: Any, what: str, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: there is no such user, or the password is wrong.
        """
        match what:
            case "set":
                self._set(options["username"])
            case "list":
                self._list()
            case _:
                self._prune()

    @sensitive_variables()
    def _set(self, username: str) -> None:
        model = get_user_model()
        try:
            user = model._default_manager.get_by_natural_key(username)
        except model.DoesNotExist as error:
            raise CommandError(f"There is no user {username!r}.") from error
        password = _asked_for(f"Password of {username}: ")
        if not user.check_password(password):
            raise CommandError(f"This is not the password of {username!r}; `changepassword` sets another one.")
        realm, algorithms = configured()
        keep(user, password, realm, algorithms)
        self.stdout.write(f"Stored for {username!r} in the realm {realm!r}: {', '.join(algorithms)}.")

    def _list(self) -> None:
        for each in _secrets():
            state = "current" if is_current(each) else "over: set the password anew"
            self.stdout.write(f"{each.user.get_username()}  {each.realm}  {each.algorithm}  {state}")

    def _prune(self) -> None:
        over = [each.pk for each in _secrets() if not is_current(each)]
        for start in range(0, len(over), _BATCH):
            DigestSecret._default_manager.filter(pk__in=over[start : start + _BATCH]).delete()
        self.stdout.write(f"Deleted: {len(over)} digests that were over, {sum(_sweeps())} nonces that had expired.")


def _secrets() -> Iterator[DigestSecret]:
    rows: QuerySet[DigestSecret] = DigestSecret._default_manager.select_related("user").order_by("pk")
    return rows.iterator(_BATCH)


def _sweeps() -> Iterator[int]:
    """Sweep until little is left, which may be what others are about to delete."""
    swept = SWEPT
    while swept == SWEPT:
        swept = sweep()
        yield swept


def _asked_for(prompt: str) -> str:
    """Return a password that is typed without being shown, or comes through a pipe."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
