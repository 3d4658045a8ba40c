"""Find the resources of a project in its URL configuration, for the checks and the list of routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import unwrap

from django.urls import URLPattern, URLResolver, get_resolver

from piston_core.api import ProblemHandler, RootHandler, Unrouted
from piston_core.pipeline.select import allowed
from piston_core.resource import Resource


@dataclass(frozen=True, slots=True)
class Route:
    """One resource at one address.

    Attributes:
        pattern: the whole pattern from the site's root.
        name: the URL's name with its namespaces.
        resource: the resource.
        arguments: the names of the URL's arguments.
        unnamed: whether the URL has arguments without names, which no handler takes.
    """

    pattern: str
    name: str
    resource: Resource
    arguments: tuple[str, ...]
    unnamed: bool = False

    @property
    def handler(self) -> str:
        """The handler's name with its module."""
        kind = type(self.resource.handler)
        return f"{kind.__module__}.{kind.__qualname__}"

    @property
    def methods(self) -> str:
        """The methods that are served here, to anybody."""
        return allowed(*self.resource.methods(dict.fromkeys(self.arguments)))


def routes() -> Iterator[Route]:
    """Yield every resource of the project's URL configuration, in its order."""
    return _walk(get_resolver(), "/", "", (), unnamed=False)


def _walk(
    resolver: URLResolver, prefix: str, namespace: str, outer: tuple[str, ...], *, unnamed: bool
) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        arguments = (*outer, *(entry.pattern.converters or entry.pattern.regex.groupindex))
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner, arguments, unnamed=unnamed or _has_unnamed(entry))
        elif isinstance(entry, URLPattern):
            view = unwrap(entry.callback)
            if isinstance(view, Resource) and not isinstance(view, Unrouted):
                # Django drops those of the patterns around it where there are named ones.
                nameless = _has_unnamed(entry) or (unnamed and not arguments)
                yield Route(pattern, f"{namespace}{entry.name or ''}", view, arguments, nameless)


def _has_unnamed(entry: URLPattern | URLResolver) -> bool:
    expression = entry.pattern.regex
    return bool(expression.groups) and not expression.groupindex


def is_own(route: Route) -> bool:
    """Return whether the project has written this resource's handler, and not the core."""
    return not isinstance(route.resource.handler, RootHandler | ProblemHandler)
