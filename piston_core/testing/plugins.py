"""The contract of a plugin as a whole, as tests that every plugin passes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.checks import ERROR, CheckMessage

from piston_core.checks import check_piston
from piston_core.conf import SettingsError
from piston_core.discovery import discover, installed
from piston_core.registry import Plugin, get_registry
from piston_core.testing.promise import Promise, expect, expect_same
from piston_core.testing.serving import serving

# What a fresh interpreter finds after importing a module: what is there that should not be.
_IMPORT = """
import importlib, json, sys, threading
module, others = sys.argv[1], sys.argv[2:]
importlib.import_module(module)
from django.apps import apps
from django.conf import settings
found = {"it reads the settings": settings.configured, "it sets Django up": apps.ready}
found["it starts a thread"] = threading.active_count() > 1
found |= {f"it imports the plugin {other}": other in sys.modules for other in others}
print(json.dumps([each for each, is_so in found.items() if is_so]))
"""
_PATIENCE = 60  # seconds for an interpreter to start and to import


class PluginContract:
    """Tests a plugin: subclass it and name the plugin.

    Example::

        class TestPlugin(PluginContract):
            name = "csv"

    Attributes:
        name: the plugin's name as in ``PISTON["PLUGINS"]``: that of its entry point, or the dotted
            name of a module that no distribution brings.
        wrong_options: options that it has to refuse. If its module has a dataclass ``Options``,
            names and values that nobody can mean are tried without being listed here.
    """

    name: str
    wrong_options: Sequence[dict[str, Any]] = ()

    def test_it_is_found(self) -> None:
        """Its distribution is installed and declares it; a module of a project is there."""
        with Promise("A plugin is found by its name.") as promise, promise.sample(self.name):
            if "." not in self.name:
                expect(self.name in installed(), f"no entry point has the name; there are {sorted(installed())}")
                expect(not installed()[self.name].ambiguity, installed()[self.name].ambiguity)
            expect(find_spec(self._module), f"there is no module {self._module}")

    def test_importing_it_does_nothing(self) -> None:
        """Its module is imported without a project, and leaves no trace but itself."""
        run = subprocess.run(  # noqa: S603 - this interpreter, on the module under test
            [sys.executable, "-c", _IMPORT, self._module, *self._others()],
            env=_environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
        with Promise("Importing a plugin does nothing.") as promise, promise.sample(self._module):
            expect(run.returncode == 0, f"without a project it cannot be imported:\n{run.stderr}")
            *printed, found = run.stdout.splitlines()
            expect(not printed and not run.stderr, f"it prints {' '.join([*printed, run.stderr])}")
            expect_same(json.loads(found), [])

    def test_its_hooks_are_those_of_piston(self) -> None:
        """Every hook exists, takes arguments that the hook has, and is marked."""
        with Promise("A plugin's hooks are those of Piston.") as promise, promise.sample(self.name):
            for name, function in vars(self._plugin()).items():
                called = not name.startswith("piston_") or not callable(function) or hasattr(function, "piston_impl")
                expect(called, f"{name} is not marked with hookimpl, so nobody calls it")

    def test_its_offers_can_be_used(self) -> None:
        """Beside the core alone, the registry takes what it offers; asked again, it offers the same names."""
        with Promise("A plugin's offers can be used, whenever it is asked.") as promise, promise.sample(self.name):
            first, second = self._listed(), self._listed()
            expect_same(first.status, "enabled")
            expect_same(list(second.offers), list(first.offers))

    def test_wrong_options_are_refused(self) -> None:
        """An option that it does not have, or a value that nobody can mean, stops a server when it starts."""
        with Promise("Wrong options are refused when a server starts.") as promise:
            for options in self._wrong_options():
                with promise.sample(repr(options)):
                    expect(
                        self._refuses(options), "it passes; read the options with plugin_options in an offering hook"
                    )

    def test_the_checks_find_no_error(self) -> None:
        """``manage.py check`` has nothing against a project that enables it."""
        with Promise("The system checks find no error.") as promise, promise.sample(self.name):
            errors = [str(each) for each in self._checked({}) if each.level >= ERROR]
            expect(not errors, "; ".join(errors))

    def test_it_is_typed(self) -> None:
        """A distribution's package has the marker for type checkers (PEP 561)."""
        top = find_spec(self._module.partition(".")[0])
        places = [Path(each) / "py.typed" for each in (top and top.submodule_search_locations) or ()]
        with Promise("A distributed plugin is typed (PEP 561).") as promise, promise.sample(self._module):
            expect(self.name not in installed() or any(map(Path.exists, places)), "its package has no file py.typed")

    @property
    def _module(self) -> str:
        points = installed()[self.name].points if self.name in installed() else ()
        return points[0].module if points else self.name

    def _plugin(self) -> object:
        return discover([self.name]).manager.get_plugin(self.name)

    def _others(self) -> list[str]:
        """Return the modules of the plugins of other distributions."""
        found = installed()
        own = found[self.name].distribution if self.name in found else ""
        return [point.module for each in found.values() if each.distribution != own for point in each.points]

    def _listed(self) -> Plugin:
        with serving([], plugins=[self.name]):
            return next(each for each in get_registry().plugins if each.name == self.name)

    def _checked(self, options: dict[str, Any]) -> list[CheckMessage]:
        with serving([], plugins=[self.name], PISTON={"OPTIONS": {self.name: options}}):
            return check_piston()

    def _refuses(self, options: dict[str, Any]) -> bool:
        try:
            return any(each.id == "piston.E002" for each in self._checked(options))
        except SettingsError:
            return True

    def _wrong_options(self) -> Iterator[dict[str, Any]]:
        yield from self.wrong_options
        options = getattr(self._plugin(), "Options", None)
        if is_dataclass(options):
            yield {"no_such_option": True}
            yield from ({each.name: object()} for each in fields(options))


def _environment() -> dict[str, str]:
    """Return the environment of an interpreter that finds the same modules and has no project."""
    ours = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return {**ours, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
