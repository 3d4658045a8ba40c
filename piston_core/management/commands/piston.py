"""``manage.py piston``: lists what is installed and served, explains what is read, starts a plugin."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from piston_core.access import Permission, Throttle
from piston_core.conf import read_settings
from piston_core.contracts import Subcommand
from piston_core.management.planned import Planned, planned
from piston_core.management.printing import Rows, plan_lines, table
from piston_core.management.scaffold import KINDS, write_plugin
from piston_core.registry import build_registry, get_registry
from piston_core.routes import routes

_LISTS = (("plugins", "what is installed, enabled, broken"), ("routes", "what is served where"))

_NEXT = """What to do next:
    cd {root}
    pip install --group test --editable .
    pytest
Then make {file} what you need. The tests say if it breaks a promise, README.md says how a project uses it."""


class Command(BaseCommand):
    """Lists Piston's plugins and routes, explains plans, and starts plugins."""

    help = "Lists Piston's plugins and routes, explains how a handler's objects are read, and starts plugins."
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
        about = "writes the package of a new plugin, with its tests"
        start = kinds.add_parser("startplugin", help=about, description=about)
        start.add_argument("kind", choices=KINDS, help="what the plugin offers")
        start.add_argument("name", help="the name of the plugin and of what it offers")
        start.add_argument("--directory", type=Path, default=".", help="where to make its folder; here by default")
        for command in _offered().values():
            command.add_arguments(kinds.add_parser(command.name, help=command.help, description=command.help))

    def handle(self, *_args: Any, what: str, **options: Any) -> None:
        """Print the answer, or write the plugin.

        Raises:
            CommandError: the settings cannot be read, or what was asked for is not there.
        """
        try:
            match what:
                case "plan":
                    self._plan(**options)
                case "startplugin":
                    self._start_plugin(**options)
                case "plugins" | "routes":
                    self._list(what, **options)
                case _:
                    _offered()[what].handle(self.stdout.write, **options)
        except ImproperlyConfigured as error:  # of the settings, a plugin, or a handler's fields
            raise CommandError(str(error)) from error

    def _list(self, what: str, *, as_json: bool, **_options: Any) -> None:
        rows, failure = _plugins() if what == "plugins" else (_routes(), "")
        if as_json:
            self.stdout.write(_json(rows))
        elif rows:
            self.stdout.write("\n".join(table(rows, below=("hooks", "failure", "fix", "throttles", "permissions"))))
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

    def _start_plugin(self, *, kind: str, name: str, directory: Path, **_options: Any) -> None:
        root, *files = write_plugin(kind, name, directory)
        self.stdout.write(f"{root} is the plugin {name!r}, which works as it is:")
        self.stdout.write("".join(f"    {file.relative_to(root).as_posix()}\n" for file in files))
        self.stdout.write(_NEXT.format(root=root, file=files[2].relative_to(root)))


def _offered() -> Mapping[str, Subcommand]:
    """Return the commands of the plugins; none where the settings or a plugin are wrong, which the list is to say."""
    try:
        return get_registry().commands
    except ImproperlyConfigured:
        return {}


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


def _names(parts: Iterable[Throttle | Permission]) -> list[str]:
    """Return what parts are called; those that have no name go by their class."""
    return list(dict.fromkeys(each.name or type(each).__name__ for each in parts))


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
                "throttles": _names(each for demand in bound.demands.values() for each in demand.throttles),
                "permissions": _names(each for demand in bound.demands.values() for each in demand.permissions),
                "async": route.resource.is_async,
            }
        )
    return rows
