"""``manage.py piston openapi``: prints the document, or says what has changed since it was saved."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.module_loading import import_string

from piston_core import Api, Description, Subcommand, describe
from piston_openapi.changes import changes
from piston_openapi.document import document
from piston_openapi.options import version_of
from piston_openapi.shown import add_examples
from piston_openapi.views import written


class OpenAPICommand(Subcommand):
    """Prints the OpenAPI document of a project, saves it, or compares it with a saved one."""

    name = "openapi"
    help = "the OpenAPI document of what is served, or what has changed since one was saved"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked."""
        parser.add_argument("--api", metavar="NAME", help="an Api by its dotted name, such as shop.urls.api")
        parser.add_argument("--output", type=Path, metavar="FILE", help="where to write it; printed by default")
        parser.add_argument("--openapi-version", metavar="VERSION", default="", help="3.1 or 3.2")
        parser.add_argument("--examples", action="store_true", help="add an example of each place, from the database")
        parser.add_argument("--check", type=Path, metavar="FILE", help="compare with a saved document")

    def handle(self, write: Callable[[str], Any], **options: Any) -> None:
        """Print the document, or the changes.

        Raises:
            CommandError: a client of the saved document may fail with the present one, or something that was named
                cannot be used.
        """
        made = _made(_described(options["api"]), options["openapi_version"], examples=options["examples"])
        if options["check"]:
            _compare(options["check"], json.loads(written(made)), write)
        elif options["output"]:
            options["output"].write_text(written(made) + "\n", encoding="utf-8")
            write(f"{options['output']} has {len(made['paths'])} paths.")
        else:
            write(written(made))


def _described(name: str | None) -> Description:
    if not name:
        return describe()
    try:
        api = import_string(name)
    except ImportError as error:
        raise CommandError(f"There is no {name!r}; give the dotted name of an Api, such as shop.urls.api.") from error
    if not isinstance(api, Api):
        raise CommandError(f"{name} is {api!r}; it has to be an Api.")
    return describe(api)


def _made(description: Description, version: str, *, examples: bool) -> dict[str, Any]:
    try:
        made = document(description, version_of(version) if version else "")
    except ValueError as error:
        raise CommandError(f"{error}.") from error
    if examples:
        add_examples(made, description)
    return made


def _compare(saved: Path, made: dict[str, Any], write: Callable[[str], Any]) -> None:
    try:
        old = json.loads(saved.read_text(encoding="utf-8"))
        found = changes(old, made)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"{saved} is no OpenAPI document in JSON: {error!r}.") from error
    for each in found:
        write(f"{'breaks' if each.breaks else 'new   '}  {each}")
    breaking = sum(each.breaks for each in found)
    if breaking:
        raise CommandError(f"{breaking} of {len(found)} changes break clients that were made for {saved}.")
    write(f"Nothing breaks clients that were made for {saved}.")
