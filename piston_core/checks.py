"""System checks: what ``manage.py check`` says about settings, plugins and handlers before any request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from inspect import Parameter, signature
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import FieldError

from piston_core.access_checks import check_access
from piston_core.conf import SettingsError
from piston_core.discovery import PluginError
from piston_core.handler import BaseHandler, overrides
from piston_core.handler_checks import check_handler
from piston_core.http_checks import check_http
from piston_core.registry import Registry, get_registry, offers
from piston_core.routes import Route, is_own, routes


def check_piston(app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong with the project's use of Piston, by the codes that docs/checks.md explains."""
    try:
        registry = get_registry()
    except PluginError as error:
        return [Error(str(error), hint="manage.py piston plugins lists what is there.", id="piston.E001")]
    except SettingsError as error:
        return [Error(str(error), hint="docs/settings.md lists every key.", id="piston.E002")]
    messages = _asked(registry, "piston_checks", app_configs)
    return [*_check_registry(registry), *messages, *_check_routes(registry)]


def check_deployment(app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong with the project's use of Piston once it is deployed."""
    try:
        return list(_asked(get_registry(), "piston_deployment_checks", app_configs))
    except (PluginError, SettingsError):  # which check_piston reports
        return []


def _check_registry(registry: Registry) -> Iterator[CheckMessage]:
    for name, failure in registry.failures.items():
        yield CheckWarning(
            str(failure),
            hint=f"The plugin {name!r} is skipped until then. Name the plugins that you use in PISTON['PLUGINS'].",
            id="piston.W001",
        )
    if not registry.emitters:
        yield CheckWarning(
            "No emitter is enabled, so every resource answers 406.",
            hint="pip install piston-json, and name it in PISTON['PLUGINS'] if that is set.",
            id="piston.W002",
        )


def _asked(registry: Registry, hook: str, app_configs: Sequence[AppConfig] | None) -> Iterator[CheckMessage]:
    """Yield what the plugins report through a hook; a plugin that fails to is reported itself."""
    try:
        for _, message in offers(registry.discovery, hook, CheckMessage, app_configs):
            yield message
    except PluginError as error:
        yield Error(str(error), hint="manage.py piston plugins lists what is there.", id="piston.E001")
    except SettingsError as error:
        yield Error(str(error), hint="docs/settings.md lists every key.", id="piston.E002")


def _check_routes(registry: Registry) -> Iterator[CheckMessage]:
    if not getattr(settings, "ROOT_URLCONF", None):
        return
    seen: set[type[BaseHandler]] = set()
    for route in filter(is_own, routes()):
        yield from _check_route(route)
        handler = type(route.resource.handler)
        anonymous = route.resource.scope.anonymous_of(handler)
        for each in (handler, anonymous or handler):
            if each not in seen:
                yield from check_handler(each, route.resource.scope)
                yield from check_http(each)
                yield from _check_layouts(each, registry)
            seen.add(each)


def _check_layouts(handler: type[BaseHandler], registry: Registry) -> Iterator[CheckMessage]:
    for name, layout in handler.layouts.items():
        emitter = registry.emitters.get(name)
        wanted = emitter.layout if emitter else None
        if wanted is None:
            takes = "takes no layout" if emitter else "is not offered by any enabled plugin"
        elif isinstance(layout, wanted):
            continue
        else:
            takes = f"takes an instance of {wanted.__name__}"
        yield Error(
            f"{handler.__name__}.layouts has {layout!r} for {name!r}, but that format {takes}.",
            hint="Formats with layouts: " + (", ".join(_with_layouts(registry)) or "none") + ".",
            obj=handler,
            id="piston.E009",
        )


def _with_layouts(registry: Registry) -> Iterator[str]:
    return (name for name, emitter in registry.emitters.items() if emitter.layout)


def _check_route(route: Route) -> Iterator[CheckMessage]:
    try:
        route.resource.bound()
    except SettingsError as error:
        yield Error(f"{route.pattern} ({route.handler}): {error}", id="piston.E003")
    else:
        yield from check_access(route.resource, route.arguments)
    handler = type(route.resource.handler)
    if handler.anonymous and route.resource.scope.anonymous_of(handler) is None:
        yield Error(
            f"{handler.__name__}.anonymous is {handler.anonymous!r}, but no handler has that name.",
            hint="Requests without credentials get 401 until then.",
            obj=handler,
            id="piston.E006",
        )
    if route.unnamed and not _takes_unnamed(route.resource):
        yield Error(
            f"{route.pattern} ({route.handler}) has a group without a name, which no handler takes.",
            hint="Name the group, as in (?P<slug>...), or write (?:...) for one that is no argument.",
            obj=handler,
            id="piston.E008",
        )
    yield from _check_arguments(route, handler)


def _takes_unnamed(view: Callable[..., Any]) -> bool:
    """Return whether a resource, of a class of the project's own, takes arguments without a name."""
    kinds = (each.kind for each in signature(view).parameters.values())
    return Parameter.VAR_POSITIONAL in kinds


def _check_arguments(route: Route, handler: type[BaseHandler]) -> Iterator[CheckMessage]:
    """Yield an error for each argument that the model's own ``read`` could not look an object up by."""
    if handler.model is None or overrides(handler, "read") or overrides(handler, "queryset"):
        return
    for argument in route.arguments:
        try:
            handler.model._default_manager.all().query.solve_lookup_type(argument)
        except FieldError:
            yield Error(
                f"{route.pattern} ({route.handler}): {handler.model.__name__} cannot be looked up by {argument!r}.",
                hint="Name the argument after a field, as in <int:pk> or <slug:post__slug>, or define read.",
                obj=handler,
                id="piston.E007",
            )
