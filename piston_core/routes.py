"""Find the resources of a project in its URL configuration, for the checks and the list of routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import unwrap
from types import MappingProxyType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from piston_core.api import ProblemHandler, RootHandler, Unrouted
from piston_core.pipeline.select import allowed
from piston_core.resource import Resource
from piston_core.templates import template_of


@dataclass(frozen=True, slots=True)
class Route:
    """One resource at one address.

    Attributes:
        pattern: the whole pattern from the site's root.
        name: the URL's name with its namespaces.
        resource: the resource.
        arguments: the names of the URL's arguments.
        unnamed: whether the URL has arguments without names, which no handler takes.
        template: the pattern as a URI template.
        converters: Django's converters of the arguments that have one.
    """

    pattern: str
    name: str
    resource: Resource
    arguments: tuple[str, ...]
    unnamed: bool = False
    template: str = ""
    converters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def handler(self) -> str:
        """The handler's name with its module."""
        kind = type(self.resource.handler)
        return f"{kind.__module__}.{kind.__qualname__}"

    @property
    def methods(self) -> str:
        """The methods that are served here, to anybody."""
        return allowed(*self.resource.methods(dict.fromkeys(self.arguments)))


@dataclass(frozen=True, slots=True)
class _Around:
    """What the patterns around an entry of a URL configuration have in common for all that is in them."""

    pattern: str = "/"
    template: str = "/"
    namespace: str = ""
    arguments: tuple[str, ...] = ()
    converters: Mapping[str, Any] = field(default_factory=dict)
    unnamed: bool = False

    def with_entry(self, entry: URLPattern | URLResolver) -> _Around:
        """Return this with an entry's own pattern behind it."""
        names = entry.pattern.converters or entry.pattern.regex.groupindex
        inner = getattr(entry, "namespace", None)
        return _Around(
            self.pattern + str(entry.pattern),
            self.template + template_of(entry.pattern),
            f"{self.namespace}{inner}:" if inner else self.namespace,
            (*self.arguments, *names),
            {**self.converters, **entry.pattern.converters},
            self.unnamed or _has_unnamed(entry),
        )


def routes() -> Iterator[Route]:
    """Yield every resource of the project's URL configuration, in its order."""
    return _walk(get_resolver(), _Around())


def _walk(resolver: URLResolver, around: _Around) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        here = around.with_entry(entry)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, here)
        elif isinstance(entry, URLPattern):
            view = unwrap(entry.callback)
            if isinstance(view, Resource) and not isinstance(view, Unrouted):
                # Django drops those of the patterns around it where there are named ones.
                nameless = _has_unnamed(entry) or (around.unnamed and not here.arguments)
                name = f"{here.namespace}{entry.name or ''}"
                yield Route(here.pattern, name, view, here.arguments, nameless, here.template, here.converters)


def _has_unnamed(entry: URLPattern | URLResolver) -> bool:
    expression = entry.pattern.regex
    return bool(expression.groups) and not expression.groupindex


def is_own(route: Route) -> bool:
    """Return whether the project has written this resource's handler, and not the core."""
    return not isinstance(route.resource.handler, RootHandler | ProblemHandler)
