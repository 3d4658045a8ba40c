"""Find the installed plugins, import the enabled ones one by one, and say exactly what failed.

Nothing is imported that is not enabled, and nothing here is done when a module is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from inspect import iscoroutinefunction, isgeneratorfunction
from pathlib import Path
from types import FunctionType, MappingProxyType, MethodType, ModuleType

from django.core.exceptions import ImproperlyConfigured
from importlib_metadata import EntryPoint, entry_points
from pluggy import HookimplOpts, HookspecOpts, PluginManager, PluginValidationError

from piston_core import defaults, hookspecs
from piston_core.moments import MOMENTS

GROUP = "piston.plugins"
NAMED_GROUP = "piston.plugins.named"
CORE = "core"
_FUNCTIONS = (FunctionType, MethodType, staticmethod, classmethod)


class PluginError(ImproperlyConfigured):
    """A plugin that cannot be used; the message names it, its distribution and what to do.

    Attributes:
        plugin: the plugin's name.
    """

    def __init__(self, plugin: str, message: str) -> None:
        super().__init__(message)
        self.plugin = plugin


@dataclass(frozen=True, slots=True)
class Source:
    """Where a plugin comes from.

    Attributes:
        name: the plugin's name: of its entry point, or its module's dotted name.
        distribution: the installed distribution that brings it, or ``""`` for a project's module.
        version: that distribution's version.
        must_be_named: whether it is only ever enabled by being named in the settings.
        points: its entry points; more than one means that distributions claim the same name.
    """

    name: str
    distribution: str = ""
    version: str = ""
    must_be_named: bool = False
    points: tuple[EntryPoint, ...] = ()

    def __str__(self) -> str:
        where = f"{self.distribution} {self.version}".strip() if self.distribution else "a module of this project"
        return f"plugin {self.name!r} ({where})"

    @property
    def ambiguity(self) -> str:
        """Who claims the plugin's name besides another, and what to do about it; ``""`` if nobody does."""
        if len(self.points) < 2:
            return ""
        claimants = " and ".join(sorted(" ".join(_origin(point)).strip() for point in self.points))
        return f"The plugin name {self.name!r} is claimed by {claimants}; uninstall all but one of them."


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: a manager that holds the plugins that work, and why the others do not.

    Attributes:
        manager: pluggy's manager with the core's own implementations and the enabled plugins.
        sources: every plugin that is installed or named, enabled or not, by name.
        order: the names of the plugins in the manager, in the order of the settings.
        failures: why an installed plugin was skipped, by name.
    """

    manager: PluginManager
    sources: Mapping[str, Source]
    order: tuple[str, ...]
    failures: Mapping[str, PluginError] = field(default_factory=lambda: MappingProxyType({}))


def installed() -> dict[str, Source]:
    """Return the plugins that installed distributions declare, by name; none is imported."""
    return dict(_installed(tuple(map(_seen, sys.path))))


def _seen(path: str) -> tuple[str, int]:
    """Return a place where distributions are, and when one was last added to it or taken away."""
    try:
        return path, Path(path).stat().st_mtime_ns
    except OSError:
        return path, 0


@lru_cache(maxsize=4)
def _installed(_places: tuple[tuple[str, int], ...]) -> dict[str, Source]:
    """Read what is declared in these places; with a hundred distributions that takes longer than all the rest."""
    points = entry_points()
    claims: dict[str, list[EntryPoint]] = {}
    for point in (*points.select(group=GROUP), *points.select(group=NAMED_GROUP)):
        claims.setdefault(point.name, []).append(point)
    return {name: _source(name, tuple(points)) for name, points in claims.items()}


def discover(enabled: Sequence[str] | None, skip: Mapping[str, PluginError] = MappingProxyType({})) -> Discovery:
    """Load the plugins named in ``enabled``; ``None`` means every installed one, sorted by name.

    A named plugin is a promise, so its failure raises. A plugin that merely happens to be
    installed is a guest: its failure is reported, and the others go on without it.

    Args:
        enabled: names of entry points or dotted names of modules, in the order to ask them.
        skip: plugins to leave out, with the reason to report.

    Raises:
        PluginError: a plugin named in ``enabled`` cannot be used.
    """
    sources = installed()
    names = _guests(sources) if enabled is None else list(dict.fromkeys(enabled))
    plugins: dict[str, object] = {}
    failures = dict(skip)
    for name in names:
        if name in skip:
            continue
        source = sources.setdefault(name, Source(name)) if "." in name else _known(name, sources)
        try:
            plugins[name] = _load(source, plugins)
        except PluginError as error:
            if enabled is not None:
                raise
            failures[name] = error
    return Discovery(_manager(plugins), MappingProxyType(sources), tuple(plugins), MappingProxyType(failures))


def _guests(sources: Mapping[str, Source]) -> list[str]:
    return sorted(name for name, source in sources.items() if not source.must_be_named)


def _source(name: str, points: tuple[EntryPoint, ...]) -> Source:
    origins = sorted({_origin(point) for point in points})
    return Source(
        name=name,
        distribution=" and ".join(distribution for distribution, _ in origins),
        version=" and ".join(version for _, version in origins),
        must_be_named=all(point.group == NAMED_GROUP for point in points),
        points=points,
    )


def _origin(point: EntryPoint) -> tuple[str, str]:
    """Return the name and the version of the distribution that declares an entry point.

    An installation that was broken off leaves a distribution without metadata, or with some of it.
    """
    name = version = ""
    with suppress(FileNotFoundError, KeyError):
        if point.dist is not None:
            name, version = point.dist.name, point.dist.version
    return name or "an unknown distribution", version or ""


def _known(name: str, sources: Mapping[str, Source]) -> Source:
    if name in sources:
        return sources[name]
    there = ", ".join(sorted(sources)) or "none"
    raise PluginError(
        name,
        f'No plugin named {name!r} is installed, but PISTON["PLUGINS"] names it; installed are: {there}. '
        f"Install the package that brings it, or take the name out.",
    )


def _load(source: Source, others: Mapping[str, object]) -> object:
    """Import one plugin and make sure that every hook in it exists, and that it is none of the others again."""
    if source.ambiguity:
        raise PluginError(source.name, source.ambiguity)
    try:
        plugin = source.points[0].load() if source.points else import_module(source.name)
    except (Exception, SystemExit) as error:  # a plugin may not end the server either
        raise PluginError(
            source.name,
            f'{source} failed to import: {error!r}. Repair or upgrade it, or leave it out of PISTON["PLUGINS"].',
        ) from error
    _validate(source, plugin)
    for name, other in {CORE: defaults, **others}.items():
        if source.name == name or plugin is other:
            raise PluginError(
                source.name,
                f"{source} has the name or the module of the plugin {name!r}, which is there already; "
                f'leave it out of PISTON["PLUGINS"].',
            )
    return plugin


class _Manager(PluginManager):
    """Looks for hooks among a module's functions alone, which is where they can be.

    pluggy looks through the ancestors of every value, which takes longer than all else that a registry is made of.
    """

    def parse_hookimpl_opts(self, plugin: object, name: str) -> HookimplOpts | None:
        """Return how a plugin implements a hook, ``None`` for what is none."""
        return super().parse_hookimpl_opts(plugin, name) if _may_be_hook(plugin, name) else None

    def parse_hookspec_opts(self, module_or_class: ModuleType | type, name: str) -> HookspecOpts | None:
        """Return how a hook is specified, ``None`` for what is none."""
        return super().parse_hookspec_opts(module_or_class, name) if _may_be_hook(module_or_class, name) else None


def _may_be_hook(owner: object, name: str) -> bool:
    return type(owner) is not ModuleType or isinstance(vars(owner).get(name), _FUNCTIONS)


def _validate(source: Source, plugin: object) -> None:
    """Register the plugin with a manager of its own, so that the message can name the culprit."""
    trial = _Manager("piston")
    trial.add_hookspecs(hookspecs)
    try:
        trial.register(plugin, name=source.name)
        if isinstance(plugin, type) or not trial.get_hookcallers(plugin):
            raise PluginError(
                source.name,
                f"{source} is {plugin!r}, which implements no hook that Piston could call; its entry point has to "
                f"name a module with functions marked by piston_core.hookimpl.",
            )
        trial.check_pending()
        _refuse_uncalled(trial)
    except (PluginValidationError, ValueError, TypeError) as error:
        reason = "; ".join(str(error).splitlines())
        raise PluginError(
            source.name, f"{source} does not fit Piston's hooks: {reason}. See docs/plugins/hooks.md."
        ) from error


def _refuse_uncalled(trial: PluginManager) -> None:
    """Refuse a moment whose call would only make a generator or a coroutine, so that its code never runs."""
    for hook in MOMENTS:
        for impl in getattr(trial.hook, hook).get_hookimpls():
            if iscoroutinefunction(impl.function):
                raise TypeError(f"{hook} is called synchronously, so it cannot be async def")
            if isgeneratorfunction(impl.function) and not (impl.wrapper or impl.hookwrapper):
                raise TypeError(f"{hook} yields, so it has to be marked hookimpl(wrapper=True)")


def _manager(plugins: Mapping[str, object]) -> PluginManager:
    """Return a manager that asks the plugins in the given order and the core last.

    pluggy asks the plugin that was registered last first, hence the reversal; the core comes after
    all of them because its implementations are ``trylast``, and then last even of those.
    """
    manager = _Manager("piston")
    manager.add_hookspecs(hookspecs)
    for name in reversed(list(plugins)):
        manager.register(plugins[name], name=name)
    manager.register(defaults, name=CORE)
    return manager
