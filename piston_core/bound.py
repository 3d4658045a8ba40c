"""What one resource uses of the registry, looked up once for all its requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from piston_core.access import Authenticator, Throttle
from piston_core.bulk import takes_several
from piston_core.conf import refuse_unknown
from piston_core.contracts import Emitter, Parser
from piston_core.demands import Demands, demands_of, open_actions
from piston_core.forms import form_for
from piston_core.handler import BaseHandler
from piston_core.moments import Moments
from piston_core.permissions import Declared
from piston_core.pipeline.link import Linking, linking_for
from piston_core.pipeline.negotiate import Formats
from piston_core.registry import Registry

Part = TypeVar("Part", Authenticator, Throttle, Emitter)


@dataclass(frozen=True, slots=True)
class Bound:
    """The parts of the registry that a resource has selected.

    Attributes:
        registry: the registry; another one means that the settings have changed.
        moments: the registry's moment hooks.
        authenticators: the authenticators to ask, in their order.
        demands: what is demanded of a request for a handler's method: throttles and permissions.
        open_actions: the handler's methods that everybody may call, known or not.
        formats: the emitters to negotiate.
        problem_formats: those of them that write problems.
        problem_emitter: what writes a problem where none of these is acceptable, if there is any.
        linking: the link builders to ask, by the format of the answer.
        parsers: the parsers by media type, without those of patches.
        patch_parsers: the parsers that PATCH knows where the core applies a patch.
        query_parsers: the parsers that QUERY knows, which are those that need no upload.
        vary: the request's fields that the answers depend on, as in ``Vary``.
        vary_but_accept: the same where the address names the format.
        usual_fields: the same fields, as the request's META has them.
        max_upload_size: the largest multipart body in bytes.
        max_query_size: the longest query string in bytes.
        max_field_size: the longest header field in bytes.
    """

    registry: Registry
    moments: Moments
    authenticators: tuple[Authenticator, ...]
    demands: Demands
    open_actions: frozenset[str]
    formats: Formats
    problem_formats: Formats
    problem_emitter: Emitter | None
    linking: Mapping[str, Linking]
    parsers: Mapping[str, Parser]
    patch_parsers: Mapping[str, Parser]
    query_parsers: Mapping[str, Parser]
    vary: str
    vary_but_accept: str
    usual_fields: tuple[str, ...]
    max_upload_size: int
    max_query_size: int
    max_field_size: int

    def parsers_for(self, handler: BaseHandler, action: str, names: Iterable[str]) -> Mapping[str, Parser]:
        """Return the parsers by media type for the bodies of an action at an address with arguments of these names.

        A patch is applied to what a form would accept of one object; without it there is nothing to apply it to.
        """
        one = action == "patch" and not takes_several(handler, action, frozenset(names))
        if one and form_for(handler, action) is not None:
            return self.patch_parsers
        return self.query_parsers if action == "read" else self.parsers


def bind(
    registry: Registry,
    handlers: Sequence[type[BaseHandler]],
    authentication: Sequence[str | Authenticator] | None,
    throttles: Sequence[str | Throttle] | None,
    permissions: Declared | None,
    emitters: Sequence[str | Emitter] | None,
) -> Bound:
    """Return what a resource with these declarations uses of a registry.

    Args:
        registry: the registry.
        handlers: its handler, and the anonymous one that this names.
        authentication: the authenticators that it declares, ``None`` for those of the settings; and so on.
        throttles: its throttles.
        permissions: its permissions.
        emitters: its emitters.

    Raises:
        SettingsError: it names an authenticator, a throttle, a permission or an emitter that no enabled
            plugin offers; an unknown authenticator never passes for none.
    """
    settings = registry.settings
    authenticators = _named(
        "authentication",
        settings.authenticators if authentication is None else authentication,
        registry.authenticators,
    )
    asked = _named("throttles", settings.throttles if throttles is None else throttles, registry.throttles)
    formats = _formats(registry, emitters)
    problem_formats = {name: emitter for name, emitter in formats.items() if emitter.problem_type}
    every = {media_type: parser for parser in registry.parsers.values() for media_type in parser.media_types}
    parsers = {media_type: parser for media_type, parser in every.items() if not parser.patches}
    reads = dict.fromkeys(name for each in authenticators for name in each.reads)
    return Bound(
        registry=registry,
        moments=registry.moments,
        authenticators=authenticators,
        demands=demands_of(handlers, asked, permissions, settings.permissions, registry.permissions),
        open_actions=open_actions(handlers[0], permissions),
        formats=Formats(formats),
        problem_formats=Formats(problem_formats, of_problems=True),
        problem_emitter=next(iter(problem_formats.values()), None),
        linking={name: linking_for(each, registry.link_builders.values()) for name, each in formats.items()},
        parsers=parsers,
        patch_parsers=every,
        query_parsers={media_type: parser for media_type, parser in parsers.items() if not parser.reads_request},
        vary=", ".join(dict.fromkeys(("Accept", *reads))),
        vary_but_accept=", ".join(reads),
        usual_fields=tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in ("Accept", *reads)),
        max_upload_size=settings.max_upload_size,
        max_query_size=settings.max_query_size,
        max_field_size=settings.max_field_size,
    )


def _named(what: str, declared: Iterable[str | Part], offered: Mapping[str, Part]) -> tuple[Part, ...]:
    """Return what a resource declares by name or as an instance."""
    parts = list(declared)
    refuse_unknown(f"A resource's {what}", [each for each in parts if isinstance(each, str)], offered, "name")
    return tuple(offered[each] if isinstance(each, str) else each for each in parts)


def _formats(registry: Registry, declared: Sequence[str | Emitter] | None) -> dict[str, Emitter]:
    """Return the emitters by name; the settings' default comes first where the resource names none.

    Those that want to come last do so where nobody has put them in order.
    """
    if declared is not None:
        return {each.name: each for each in _named("emitters", declared, registry.emitters)}
    settings = registry.settings
    names = list(settings.emitters or ())
    if settings.emitters is None:
        names = sorted(registry.emitters, key=lambda name: registry.emitters[name].last)
    if settings.default_emitter:
        names.sort(key=lambda name: name != settings.default_emitter)
    return {name: registry.emitters[name] for name in names}
