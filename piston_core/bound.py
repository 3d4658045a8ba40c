"""What one resource uses of the registry, looked up once for all its requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from piston_core.conf import refuse_unknown
from piston_core.contracts import Authenticator, Emitter, LinkBuilder, Parser, Throttle
from piston_core.moments import Moments
from piston_core.pipeline.negotiate import Formats
from piston_core.registry import Registry

Part = TypeVar("Part", Authenticator, Throttle)


@dataclass(frozen=True, slots=True)
class Bound:
    """The parts of the registry that a resource has selected.

    Attributes:
        registry: the registry; another one means that the settings have changed.
        moments: the registry's moment hooks.
        authenticators: the authenticators to ask, in their order.
        throttles: the throttles to ask, in their order.
        formats: the emitters to negotiate.
        problem_formats: those of them that write problems.
        problem_emitter: what writes a problem where none of these is acceptable, if there is any.
        link_builders: the link builders to ask, in their order.
        parsers: the parsers by media type.
        vary: the request's fields that the answers depend on, as in ``Vary``.
        max_upload_size: the largest multipart body in bytes.
    """

    registry: Registry
    moments: Moments
    authenticators: tuple[Authenticator, ...]
    throttles: tuple[Throttle, ...]
    formats: Formats
    problem_formats: Formats
    problem_emitter: Emitter | None
    link_builders: tuple[LinkBuilder, ...]
    parsers: Mapping[str, Parser]
    vary: str
    max_upload_size: int


def bind(
    registry: Registry,
    authentication: Sequence[str | Authenticator] | None,
    throttles: Sequence[str | Throttle] | None,
    emitters: Sequence[str] | None,
) -> Bound:
    """Return what a resource with these declarations uses of a registry.

    Raises:
        SettingsError: it names an authenticator, a throttle or an emitter that no enabled plugin
            offers; an unknown authenticator never passes for none.
    """
    settings = registry.settings
    authenticators = _named(
        "authentication",
        settings.authenticators if authentication is None else authentication,
        registry.authenticators,
    )
    formats = _formats(registry, emitters)
    problem_formats = {name: emitter for name, emitter in formats.items() if emitter.problem_type}
    return Bound(
        registry=registry,
        moments=registry.moments,
        authenticators=authenticators,
        throttles=_named("throttles", settings.throttles if throttles is None else throttles, registry.throttles),
        formats=Formats(formats),
        problem_formats=Formats(problem_formats),
        problem_emitter=next(iter(problem_formats.values()), None),
        link_builders=tuple(registry.link_builders.values()),
        parsers={media_type: parser for parser in registry.parsers.values() for media_type in parser.media_types},
        vary=", ".join(dict.fromkeys(("Accept", *(name for each in authenticators for name in each.reads)))),
        max_upload_size=settings.max_upload_size,
    )


def _named(what: str, declared: Iterable[str | Part], offered: Mapping[str, Part]) -> tuple[Part, ...]:
    """Return what a resource declares by name or as an instance."""
    parts = list(declared)
    refuse_unknown(f"A resource's {what}", [each for each in parts if isinstance(each, str)], offered, "name")
    return tuple(offered[each] if isinstance(each, str) else each for each in parts)


def _formats(registry: Registry, named: Sequence[str] | None) -> dict[str, Emitter]:
    """Return the emitters by name; the settings' default comes first where the resource names none."""
    refuse_unknown("A resource's emitters", named or (), registry.emitters, "name")
    declared = registry.settings.emitters if named is None else named
    names = list(registry.emitters if declared is None else declared)
    default = registry.settings.default_emitter
    if named is None and default:
        names.sort(key=lambda name: name != default)
    return {name: registry.emitters[name] for name in names}
