"""``manage.py piston_tokens``: issues, lists and revokes tokens, and deletes those that are long over."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from piston_auth.tokens.form import START
from piston_auth.tokens.models import Token, Tokens

_BATCH = 1000  # rows that one statement deletes, so that none holds up the requests
_LONGEST = 36500  # days; a moment much later than that is none that Python knows


class Command(BaseCommand):
    """Issues, lists, revokes and prunes tokens."""

    help = "Issues, lists and revokes bearer tokens, and deletes those that have been over for long."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked."""
        kinds = parser.add_subparsers(dest="what", required=True)
        _declare_issue(kinds.add_parser("issue", help="makes a token and prints it, this once"))
        listing = kinds.add_parser("list", help="prints tokens by what they are recognised by")
        listing.add_argument("username", nargs="?", help="whose tokens; everybody's by default")
        listing.add_argument("--json", action="store_true", dest="as_json", help="print JSON for a program")
        _declare_revoke(kinds.add_parser("revoke", help="has tokens not be accepted any more"))
        prune = kinds.add_parser("prune", help="deletes tokens that expired or were revoked some time ago")
        prune.add_argument("--days", type=_days, default=30, help="how long ago at least; 30 days by default")

    def handle(self, *_args: Any, what: str, **options: Any) -> None:
        """Do what is asked.

        Raises:
            CommandError: there is no such user or token, or a value cannot be one.
        """
        match what:
            case "issue":
                self._issue(**options)
            case "list":
                self._list(**options)
            case "revoke":
                self._revoke(**options)
            case "prune":
                self._prune(**options)

    @sensitive_variables()
    def _issue(
        self, *, username: str, name: str, scopes: list[str], days: int | None, quiet: bool, **_options: Any
    ) -> None:
        expires = None if days is None else timezone.now() + timedelta(days=days)
        try:
            token, text = Token.objects.issue(_user(username), name, scopes, expires)
        except ValidationError as error:
            faults = " ".join(f"{field}: {' '.join(said)}" for field, said in error.message_dict.items())
            raise CommandError(f"No token was issued. {faults}") from error
        if not quiet:
            self.stderr.write(f"Token {token.pk} of {username}: {_described(token)}.", lambda line: line)
            self.stderr.write("It is shown this once; only its hash is kept.", lambda line: line)
        self.stdout.write(text)

    def _list(self, *, username: str | None, as_json: bool, **_options: Any) -> None:
        tokens = Token.objects.select_related("user").order_by("pk")
        rows = [_row(token) for token in (tokens.filter(user=_user(username)) if username else tokens)]
        if as_json:
            self.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False))
        elif rows:
            self.stdout.write("\n".join(_table(rows)))
        else:
            self.stdout.write("There are no tokens.")

    def _revoke(self, *, token: str | None, username: str | None, everything: bool, **_options: Any) -> None:
        chosen = Token.objects.all() if username is None else Token.objects.filter(user=_user(username))
        if token is not None:
            chosen = _the_one(chosen, token)
        elif not (username and everything):
            raise CommandError(
                "Say which token, by its id or first characters; or --user NAME --all for all of a user."
            )
        self.stdout.write(f"Revoked {_tokens(chosen.revoke())}.")

    def _prune(self, *, days: int, **_options: Any) -> None:
        before = timezone.now() - timedelta(days=days)
        old = Token.objects.filter(Q(expires__lt=before) | Q(revoked__lt=before)).order_by("pk")
        deleted = 0
        while found := list(old.values_list("pk", flat=True)[:_BATCH]):
            Token.objects.filter(pk__in=found).delete()
            deleted += len(found)
        self.stdout.write(f"Deleted {_tokens(deleted)}.")


def _declare_issue(parser: ArgumentParser) -> None:
    parser.add_argument("username", help="whose token it becomes")
    parser.add_argument("name", help="what it is for")
    parser.add_argument(
        "--scope", action="append", default=[], dest="scopes", help="what it is good for; more than once for several"
    )
    parser.add_argument("--days", type=_days, help="how many days it is accepted; for ever by default")
    parser.add_argument("--quiet", action="store_true", help="print the token and nothing else")


def _declare_revoke(parser: ArgumentParser) -> None:
    parser.add_argument("token", nargs="?", help="its id, its first characters as listed, or the token itself")
    parser.add_argument("--user", dest="username", help="whose token it is")
    parser.add_argument("--all", action="store_true", dest="everything", help="with --user: all tokens of that user")


def _days(text: str) -> int:
    """Return a number of days.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or not 0 < int(text) <= _LONGEST:
        raise ArgumentTypeError(f"{text!r} is no number of days from 1 to {_LONGEST}")
    return int(text)


def _user(username: str) -> Any:
    """Return a user by the name that they log in with.

    Raises:
        CommandError: there is none.
    """
    model = get_user_model()
    try:
        return model._default_manager.get(**{model.USERNAME_FIELD: username})
    except model.DoesNotExist as error:
        raise CommandError(f"There is no user {username!r}; give the {model.USERNAME_FIELD} of one.") from error


def _the_one(tokens: Tokens, wanted: str) -> Tokens:
    """Return the token with an id, with first characters, or with a text that begins with a prefix.

    Raises:
        CommandError: there is none, or there are several.
    """
    start = wanted.rpartition("_")[2][:START]  # what is not shown again in a message, since it may be a token
    named = Q(start=start)
    if wanted.isdecimal() and len(wanted) < 19:
        named |= Q(pk=int(wanted))
    found = tokens.filter(named)
    if not found:
        raise CommandError(f"There is no token {start!r} here; piston_tokens list shows those that there are.")
    if len(found) > 1:
        ids = ", ".join(str(token.pk) for token in found)
        raise CommandError(f"Several tokens are meant by {start!r}; give the id of one: {ids}.")
    return found


def _row(token: Token) -> dict[str, Any]:
    return {
        "id": token.pk,
        "user": token.user.get_username(),
        "name": token.name,
        "start": token.start,
        "scopes": token.scopes.split(),
        "created": _moment(token.created),
        "expires": _moment(token.expires),
        "last_used": _moment(token.last_used),
        "state": token.state,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """Return lines with the columns of rows below each other."""
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]


def _cell(value: Any) -> str:
    return (" ".join(value) if isinstance(value, list) else str(value or "")) or "-"


def _described(token: Token) -> str:
    good_for = token.scopes or "everything that the user may do"
    until = "for ever" if token.expires is None else f"until {_moment(token.expires)}"
    return f"{token.name!r}, good for {good_for}, {until}"


def _tokens(number: int) -> str:
    return f"{number} token" if number == 1 else f"{number} tokens"
