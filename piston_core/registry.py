"""Collect what the enabled plugins offer, once, and freeze it: requests only look things up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from django.core.signals import setting_changed
from django.dispatch import receiver

from piston_core.access import Authenticator, Permission, Throttle
from piston_core.conf import Settings, SettingsError, read_settings, refuse_unknown
from piston_core.contracts import Emitter, Parser, Subcommand
from piston_core.discovery import CORE, Discovery, PluginError, Source, discover
from piston_core.linking import LinkBuilder
from piston_core.moments import Moments, freeze_moments

T = TypeVar("T")

Offer = Emitter | Parser | Authenticator | Throttle | Permission | LinkBuilder | Subcommand

Status = Literal["enabled", "installed", "broken"]

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_OWN_COMMANDS = frozenset({"plan", "plugins", "routes", "startplugin"})
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+(; ?[a-z0-9-]+=[^;\s]+)*")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plugin, for the list: what it is, what it does, and what to do if it does nothing.

    Attributes:
        name: the plugin's name.
        distribution: the distribution that brings it, or ``""`` for a module of the project.
        version: the distribution's version.
        status: ``enabled``, ``installed`` (but not enabled) or ``broken`` (and skipped).
        hooks: the hooks that it implements.
        offers: the names that it offers, as ``emitter json``.
        failure: why it is broken.
        fix: what to do about its status, if anything.
    """

    name: str
    distribution: str
    version: str
    status: Status
    hooks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    failure: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that the plugins bring, read-only.

    Attributes:
        settings: the settings that it was built from.
        emitters: the emitters by name, in the order of the plugins; and so on.
        moments: the hooks that are called at a request.
        plugins: the list of all plugins, the enabled ones first and in their order.
        failures: why installed plugins were skipped, by name.
    """

    settings: Settings
    emitters: Mapping[str, Emitter]
    parsers: Mapping[str, Parser]
    authenticators: Mapping[str, Authenticator]
    throttles: Mapping[str, Throttle]
    permissions: Mapping[str, Permission]
    link_builders: Mapping[str, LinkBuilder]
    commands: Mapping[str, Subcommand]
    moments: Moments
    plugins: tuple[Plugin, ...]
    failures: Mapping[str, PluginError]
    discovery: Discovery


def build_registry(settings: Settings, *, tolerant: bool = False) -> Registry:
    """Discover the plugins that the settings enable, ask each for its offers, and freeze them.

    Args:
        settings: the settings.
        tolerant: whether to leave out a named plugin that is broken, as the list of plugins does.

    Raises:
        PluginError: a plugin that the settings name cannot be used.
        SettingsError: the settings name something that no plugin offers.
    """
    skip: dict[str, PluginError] = {}
    while True:
        try:
            found = discover(settings.plugins, skip)
            registry = _freeze(settings, found)
        except PluginError as error:
            if error.plugin in skip or not (tolerant or settings.plugins is None):
                raise
            skip[error.plugin] = error  # left out, and the rest is collected anew
        else:
            if not tolerant:
                _refuse_unknown_names(settings, registry)
            return registry


def _freeze(settings: Settings, found: Discovery) -> Registry:
    offered: dict[str, list[str]] = {}
    tables = {
        "emitters": _table(found, "piston_emitters", Emitter, offered),
        "parsers": _table(found, "piston_parsers", Parser, offered),
        "authenticators": _table(found, "piston_authenticators", Authenticator, offered),
        "throttles": _table(found, "piston_throttles", Throttle, offered),
        "permissions": _table(found, "piston_permissions", Permission, offered),
        "link_builders": _table(found, "piston_link_builders", LinkBuilder, offered),
        "commands": _table(found, "piston_commands", Subcommand, offered),
    }
    return Registry(
        settings=settings,
        moments=freeze_moments(found.manager),
        plugins=tuple(_listed(found, offered)),
        failures=found.failures,
        discovery=found,
        **tables,
    )


def _table(found: Discovery, hook: str, kind: Any, offered: dict[str, list[str]]) -> Mapping[str, Any]:
    """Return the offers of one hook by name; two with one name or one media type are an error."""
    table: dict[str, Offer] = {}
    claims: dict[str, Source] = {}
    for source, record in offers(found, hook, kind):
        _check_names(source, hook, record)
        for claim in (repr(record.name), *_media_types(record)):
            if claim in claims:
                raise _offered_twice(claim, hook, claims[claim], source)
            claims[claim] = source
        table[record.name] = record
        offered.setdefault(source.name, []).append(f"{_words(kind)} {record.name}")
    return MappingProxyType(table)


def _words(kind: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()


def _offered_twice(claim: str, hook: str, first: Source, second: Source) -> PluginError:
    """Return the error for one name or media type that is offered twice; it is never the core's own."""
    if first is second:
        return PluginError(first.name, f"{claim} is offered twice through {hook} by {first}. Repair or upgrade it.")
    remedy = f"leave {first.name!r} out of" if second.name == CORE else "name only one of them in"
    return PluginError(
        first.name if second.name == CORE else second.name,
        f'{claim} is offered through {hook} by both {first} and {second}; {remedy} PISTON["PLUGINS"].',
    )


def offers(found: Discovery, hook: str, kind: type[T], *arguments: Any) -> Iterator[tuple[Source, T]]:
    """Yield what each plugin offers through a hook, in their order, the core's own last.

    Raises:
        PluginError: a plugin fails, or offers something of another kind.
    """
    impls = getattr(found.manager.hook, hook).get_hookimpls()
    for name in (*found.order, CORE):
        source = found.sources.get(name) or Source(name, "piston-core")
        for impl in (each for each in impls if each.plugin_name == name):
            records = _ask(source, hook, impl.function, arguments[: len(impl.argnames)])
            yield from ((source, _of_kind(kind, source, hook, record)) for record in records)


def _ask(source: Source, hook: str, function: Callable[..., Any], arguments: Sequence[Any]) -> list[Any]:
    try:
        return list(function(*arguments) or ())  # a generator fails here, inside the try
    except SettingsError:
        raise
    except Exception as error:
        raise PluginError(source.name, f"{source} failed in {hook}: {error!r}. Repair or upgrade it.") from error


def _of_kind(kind: type[T], source: Source, hook: str, record: Any) -> T:
    if isinstance(record, kind):
        return record
    raise PluginError(
        source.name, f"{source} offered {record!r} through {hook}; expected an instance of {kind.__name__}."
    )


def _check_names(source: Source, hook: str, record: Offer) -> None:
    wrong = _unusable(record)
    if wrong:
        raise PluginError(
            source.name,
            f"{source} offered {record!r} through {hook} with an unusable {wrong}; a name is a lower-case word, "
            f"media_types is a tuple such as ('application/json',).",
        )


def _unusable(record: Any) -> str:
    """Return what of an offer's name and media types cannot be used, ``""`` if all can."""
    name, types = getattr(record, "name", None), getattr(record, "media_types", None)
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        return f"name {name!r}"
    if isinstance(record, Subcommand) and name in _OWN_COMMANDS:
        return f"name {name!r}, which is that of a command of the core"
    if not isinstance(record, Emitter | Parser):
        return ""
    if not types or not isinstance(types, tuple | list):
        return f"media_types {types!r}"
    return next((f"media type {each!r}" for each in types if not _MEDIA_TYPE.fullmatch(str(each))), "")


def _media_types(record: object) -> tuple[str, ...]:
    return getattr(record, "media_types", ())


def _listed(found: Discovery, offered: Mapping[str, list[str]]) -> Iterator[Plugin]:
    others = {*found.sources, *found.failures} - {*found.order}
    for name in (*found.order, *sorted(others)):
        source = found.sources.get(name) or Source(name)
        status, fix = _status(found, source)
        yield Plugin(
            name=name,
            distribution=source.distribution,
            version=source.version,
            status=status,
            hooks=_hooks(found, name),
            offers=tuple(offered.get(name, ())),
            failure=str(found.failures.get(name, "")),
            fix=fix,
        )


def _status(found: Discovery, source: Source) -> tuple[Status, str]:
    if source.name in found.order:
        return "enabled", ""
    if source.name in found.failures:
        return "broken", ""  # the failure's text says what to do
    if source.ambiguity:
        return "installed", source.ambiguity
    return "installed", f'add "{source.name}" to PISTON["PLUGINS"] to enable it'


def _hooks(found: Discovery, name: str) -> tuple[str, ...]:
    plugin = found.manager.get_plugin(name)
    callers = found.manager.get_hookcallers(plugin) if plugin else None
    return tuple(sorted(caller.name for caller in callers or ()))


def _refuse_unknown_names(settings: Settings, registry: Registry) -> None:
    emitters = registry.emitters if settings.emitters is None else settings.emitters
    default = () if settings.default_emitter is None else (settings.default_emitter,)
    refuse_unknown('PISTON["OPTIONS"]', settings.options, [plugin.name for plugin in registry.plugins], "plugin")
    refuse_unknown('PISTON["AUTHENTICATORS"]', settings.authenticators, registry.authenticators, "name")
    refuse_unknown('PISTON["THROTTLES"]', settings.throttles, registry.throttles, "name")
    refuse_unknown('PISTON["PERMISSIONS"]', settings.permissions, registry.permissions, "name")
    refuse_unknown('PISTON["EMITTERS"]', emitters, registry.emitters, "name")
    refuse_unknown('PISTON["DEFAULT_EMITTER"]', default, emitters, "name")


_lock = RLock()
_current: Registry | None = None


def get_registry() -> Registry:
    """Return the registry of the current settings; it is built at the first call.

    Raises:
        PluginError, SettingsError: as ``build_registry``.
    """
    return _current or _build()


def _build() -> Registry:
    global _current  # noqa: PLW0603 - the one cache, cleared when the settings change
    with _lock:
        if _current is None:
            _current = build_registry(read_settings())
        return _current


@receiver(setting_changed)
def forget_registry(setting: str = "PISTON", **_kwargs: Any) -> None:
    """Have the registry built anew at the next request: ``override_settings`` has changed ``PISTON``.

    A plugin whose offers come from code of the project calls it without arguments when there are others.
    """
    global _current  # noqa: PLW0603 - see _build
    if setting == "PISTON":
        with _lock:
            _current = None
