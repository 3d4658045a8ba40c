"""``manage.py piston``: what is installed, enabled and served, for people and (``--json``) for programs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piston_core.conf import SettingsError, read_settings
from piston_core.discovery import PluginError
from piston_core.registry import build_registry
from piston_core.routes import routes

Rows = list[dict[str, Any]]


class Command(BaseCommand):
    """Lists Piston's plugins and routes."""

    help = "Lists Piston's plugins and routes."
    requires_system_checks = []  # the list is needed most when the checks fail

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be listed."""
        kinds = parser.add_subparsers(dest="what", required=True)
        for name, about in (("plugins", "what is installed, enabled, broken"), ("routes", "what is served where")):
            kind = kinds.add_parser(name, help=about, description=about)
            kind.add_argument("--json", action="store_true", dest="as_json", help="print JSON for a program")

    def handle(self, *_args: Any, what: str, as_json: bool, **_options: Any) -> None:
        """Print the list.

        Raises:
            CommandError: the settings cannot be read, so that there is nothing to list.
        """
        try:
            rows, failure = _plugins() if what == "plugins" else (_routes(), "")
        except (SettingsError, PluginError) as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            self._print(rows)
        if failure:
            raise CommandError(failure)

    def _print(self, rows: Rows) -> None:
        """Print the rows as a table; what does not fit into a column comes below its row."""
        if not rows:
            self.stdout.write("There is nothing to list.")
            return
        below = ("hooks", "failure", "fix")
        columns = [name for name in rows[0] if name not in below]
        cells = [columns, *([_text(row[name]) for name in columns] for row in rows)]
        widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
        for line, row in zip(cells, [{}, *rows], strict=True):
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
            for name in below:
                if row.get(name):
                    self.stdout.write(f"    {name}: {_text(row[name])}")


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


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(value) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "-"
