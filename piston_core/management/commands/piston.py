"""``manage.py piston``: what is installed, enabled, served and read, for people and (``--json``) for programs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from piston_core.conf import read_settings
from piston_core.management.planned import Planned, planned
from piston_core.management.printing import Rows, plan_lines, table
from piston_core.registry import build_registry
from piston_core.routes import routes

_LISTS = (("plugins", "what is installed, enabled, broken"), ("routes", "what is served where"))


class Command(BaseCommand):
    """Lists Piston's plugins and routes, and explains plans."""

    help = "Lists Piston's plugins and routes, and explains how a handler's objects are read."
    requires_system_checks = []  # the list is needed most when the checks fail

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked."""
        kinds = parser.add_subparsers(dest="what", required=True)
        for name, about in (*_LISTS, ("plan", "how a handler's objects are read; runs no query")):
            kind = kinds.add_parser(name, help=about, description=about)
            kind.add_argument("--json", action="store_true", dest="as_json", help="print JSON for a program")
        kind.add_argument("handler", help="a handler's name, with or without its module, or a route's pattern or name")
        kind.add_argument("--sql", action="store_true", help="print the SQL of each level")
        kind.add_argument("--code", action="store_true", help="print the code that is generated for each level")
        kind.add_argument("--database", metavar="ALIAS", help="the database to read from")

    def handle(self, *_args: Any, what: str, as_json: bool, **options: Any) -> None:
        """Print the answer.

        Raises:
            CommandError: the settings cannot be read, or what was asked for is not there.
        """
        try:
            self._plan(as_json=as_json, **options) if what == "plan" else self._list(what, as_json=as_json)
        except ImproperlyConfigured as error:  # of the settings, a plugin, or a handler's fields
            raise CommandError(str(error)) from error

    def _list(self, what: str, *, as_json: bool) -> None:
        rows, failure = _plugins() if what == "plugins" else (_routes(), "")
        if as_json:
            self.stdout.write(_json(rows))
        elif rows:
            self.stdout.write("\n".join(table(rows, below=("hooks", "failure", "fix"))))
        else:
            self.stdout.write("There is nothing to list.")
        if failure:
            raise CommandError(failure)

    def _plan(
        self, *, as_json: bool, handler: str, sql: bool, code: bool, database: str | None, **_options: Any
    ) -> None:
        found = planned(handler, database)
        if as_json:
            self.stdout.write(_json([_data(each) for each in found]))
        else:
            lines = ("\n".join(plan_lines(each, sql=sql, code=code)) for each in found)
            self.stdout.write("\n\n".join(lines))


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)


def _data(planned: Planned) -> dict[str, Any]:
    return {**asdict(planned), "queries": planned.level.queries}


def _plugins() -> tuple[Rows, str]:
    """Return the plugins, and what keeps the project from starting, if anything does."""
    settings = read_settings()
    registry = build_registry(settings, tolerant=True)
    promised = [str(failure) for name, failure in registry.failures.items() if name in (settings.plugins or ())]
    return [asdict(plugin) for plugin in registry.plugins], "\n".join(promised)


def _routes() -> Rows:
    rows = []
    for route in routes():
        bound = route.resource.bound()
        rows.append(
            {
                "pattern": route.pattern,
                "name": route.name,
                "handler": route.handler,
                "methods": route.methods.split(", "),
                "emitters": list(bound.formats.emitters),
                "authenticators": [each.name for each in bound.authenticators],
                "async": route.resource.is_async,
            }
        )
    return rows
