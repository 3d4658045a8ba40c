"""System checks: what ``manage.py check`` says about settings, plugins and handlers before any request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from piston_core.conf import SettingsError
from piston_core.discovery import PluginError
from piston_core.handler import ACTIONS, BaseHandler, implements, overrides
from piston_core.plans.tree import FieldsError, Node, shown
from piston_core.registry import Registry, get_registry, offers
from piston_core.routes import Route, is_own, routes
from piston_core.scope import Scope

_SECRET = ("password", "secret", "token")


def check_piston(app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong with the project's use of Piston, by the codes that docs/checks.md explains."""
    try:
        registry = get_registry()
    except PluginError as error:
        return [Error(str(error), hint="manage.py piston plugins lists what is there.", id="piston.E001")]
    except SettingsError as error:
        return [Error(str(error), hint="docs/settings.md lists every key.", id="piston.E002")]
    return [*_check_registry(registry), *_check_plugins(registry, app_configs), *_check_routes()]


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


def _check_plugins(registry: Registry, app_configs: Sequence[AppConfig] | None) -> Iterator[CheckMessage]:
    """Yield what the plugins report; a plugin that fails to is reported itself."""
    try:
        for _, message in offers(registry.discovery, "piston_checks", CheckMessage, app_configs):
            yield message
    except PluginError as error:
        yield Error(str(error), hint="manage.py piston plugins lists what is there.", id="piston.E001")
    except SettingsError as error:
        yield Error(str(error), hint="docs/settings.md lists every key.", id="piston.E002")


def _check_routes() -> Iterator[CheckMessage]:
    if not getattr(settings, "ROOT_URLCONF", None):
        return
    seen: set[type[BaseHandler]] = set()
    for route in filter(is_own, routes()):
        yield from _check_route(route)
        handler = type(route.resource.handler)
        anonymous = route.resource.scope.anonymous_of(handler)
        for each in (handler, anonymous or handler):
            if each not in seen:
                yield from _check_handler(each, route.resource.scope)
            seen.add(each)


def _check_route(route: Route) -> Iterator[CheckMessage]:
    try:
        route.resource.bound()
    except SettingsError as error:
        yield Error(f"{route.pattern} ({route.handler}): {error}", id="piston.E003")
    handler = type(route.resource.handler)
    if handler.anonymous and route.resource.scope.anonymous_of(handler) is None:
        yield Error(
            f"{handler.__name__}.anonymous is {handler.anonymous!r}, but no handler has that name.",
            hint="Requests without credentials get 401 until then.",
            obj=handler,
            id="piston.E006",
        )


def _check_handler(handler: type[BaseHandler], scope: Scope) -> Iterator[CheckMessage]:
    yield from _check_methods(handler)
    try:
        nodes = {*shown(handler, handler.model, many=False), *shown(handler, handler.model, many=True)}
    except FieldsError as error:
        yield Error(str(error), obj=handler, id="piston.E004")
        return
    if handler.model and not (overrides(handler, "queryset") or overrides(handler, "read")):  # these may annotate
        yield from _check_names(handler, scope, handler.model, sorted(nodes, key=lambda node: node.name))
    if handler.model and not handler.fields:
        yield from _check_secrets(handler, handler.model)


def _check_methods(handler: type[BaseHandler]) -> Iterator[CheckMessage]:
    named = handler.allowed_methods or ()
    if isinstance(named, str) or not all(isinstance(method, str) for method in named):
        wrong = f"{handler.__name__}.allowed_methods is {named!r}; it has to be a tuple of methods, such as ('GET',)."
        yield Error(wrong, obj=handler, id="piston.E005")
        return
    for method in dict.fromkeys(method.upper() for method in named):
        action = ACTIONS.get(method)
        if method == "OPTIONS" or (action and implements(handler, action)):  # the core always answers OPTIONS
            continue
        does = f"has no {action} method and no model" if action else "cannot serve that method"
        yield Error(
            f"{handler.__name__}.allowed_methods names {method}, but it {does}.",
            hint="Requests with this method get 501." if action else "Known are: " + ", ".join(ACTIONS),
            obj=handler,
            id="piston.E005",
        )


def _check_names(
    handler: type[BaseHandler], scope: Scope, model: type[Model], nodes: Iterable[Node]
) -> Iterator[CheckMessage]:
    own = handler if model is handler.model else scope.handler_for(model, anonymous=handler.is_anonymous)
    for node in nodes:
        if node.name in ("resource_uri", "absolute_uri") or (own and node.name in {*dir(own)} - {*dir(BaseHandler)}):
            continue
        try:
            field = model._meta.get_field(node.name)
        except FieldDoesNotExist:
            if not hasattr(model, node.name):
                yield _unknown_name(handler, model, node.name)
            continue
        if node.children and isinstance(field.related_model, type):
            yield from _check_names(handler, scope, field.related_model, node.children)


def _unknown_name(handler: type[BaseHandler], model: type[Model], name: str) -> CheckMessage:
    return CheckWarning(
        f"{handler.__name__} shows {name!r}, which {model.__name__} does not have; it is left out of the answer.",
        hint="This is fine only if the handler's queryset annotates it.",
        obj=handler,
        id="piston.W003",
    )


def _check_secrets(handler: type[BaseHandler], model: type[Model]) -> Iterator[CheckMessage]:
    names = [node.name for node in shown(handler, model, many=False)]
    secret = [name for name in names if any(word in name.lower() for word in _SECRET)]
    if secret:
        yield CheckWarning(
            f"{handler.__name__} has no fields, so it shows every column of {model.__name__}, {secret[0]!r} too.",
            hint="Say what to show in fields, or what not in exclude.",
            obj=handler,
            id="piston.W004",
        )
