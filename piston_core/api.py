"""An API: handlers under one prefix, which know of each other, with a root that lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from inspect import cleandoc
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, URLPattern, path, re_path, resolve
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter
from django.utils.http import escape_leading_slashes

from piston_core.access import Authenticator, Throttle
from piston_core.arguments import identifies
from piston_core.bound import Bound
from piston_core.declarations import Lifecycle
from piston_core.handler import BaseHandler
from piston_core.kinds import KINDS
from piston_core.linking import Link
from piston_core.mounted import PROBLEM, ROOT
from piston_core.permissions import Declared
from piston_core.pipeline.select import allowed
from piston_core.problems import Problem
from piston_core.resource import Resource
from piston_core.scope import NamedRoute, Scope
from piston_core.suffixes import suffixed
from piston_core.templates import template_of

_KINDS: Mapping[type, str] = {
    IntConverter: "int",
    SlugConverter: "slug",
    StringConverter: "str",
    UUIDConverter: "uuid",
}


class Api:
    """A set of resources under one prefix; ``path("api/", include(api.urls))`` mounts it.

    Two APIs in one process are two values that know nothing of each other; give each its own
    ``name`` if both are mounted in one project.

    Args:
        title: the API's name for people.
        name: the URL namespace, as in ``reverse("api:post-list")``.
        authentication: the authenticators of its resources, by name or as instances; by default
            those of ``PISTON["AUTHENTICATORS"]``.
        throttles: the throttles of its resources; by default those of ``PISTON["THROTTLES"]``.
        permissions: who may do what with its resources, beside what their handlers say.
        emitters: the names of the formats of its resources; by default ``PISTON["EMITTERS"]``.
        root: whether its root lists the resources to everybody.
    """

    def __init__(
        self,
        title: str = "API",
        *,
        name: str = "api",
        authentication: Sequence[str | Authenticator] | str | Authenticator | None = None,
        throttles: Sequence[str | Throttle] | None = None,
        permissions: Declared | None = None,
        emitters: Sequence[str] | None = None,
        root: bool = True,
    ) -> None:
        self.title = title
        self.name = name
        self.authentication = authentication
        self.throttles = throttles
        self.permissions = permissions
        self.emitters = emitters
        self.root = root
        self.scope = Scope()
        self.routes: list[URLPattern] = []
        self._suffixed: list[URLPattern] = []
        self._urls: tuple[list[URLPattern], str] | None = None

    def route(
        self,
        pattern: str | re.Pattern[str],
        handler: type[BaseHandler],
        *,
        name: str | None = None,
        authentication: Sequence[str | Authenticator] | str | Authenticator | None = None,
        throttles: Sequence[str | Throttle] | None = None,
        permissions: Declared | None = None,
        emitters: Sequence[str] | None = None,
        lifecycle: Lifecycle | None = None,
    ) -> Resource:
        """Serve a handler at a pattern below the prefix.

        An address whose arguments name one object of the handler's model, such as
        ``posts/<slug:slug>/`` with a unique slug, is that object's; any other is a list's. What is at
        ``posts/`` is at ``posts.xml`` too, in the format that the suffix names.

        Args:
            pattern: a route as in Django's ``path``, or a compiled expression as in ``re_path``.
            handler: the handler's class.
            name: the URL's name; by default ``post-list`` and ``post-item`` for a ``PostHandler``.
            authentication: as for the API, for this resource.
            throttles: as for the API, for this resource.
            permissions: as for the API, for this resource.
            emitters: as for the API, for this resource.
            lifecycle: since when the address is deprecated, until when it answers, and what takes its place.

        Returns:
            the resource, a Django view.

        Raises:
            ImproperlyConfigured: the API is mounted already, or the expression's groups have no
                names for the arguments, or it has flags, which Django would lose.
        """
        if self._urls is not None:
            raise ImproperlyConfigured(f"{self.title}: add the route {pattern!r} before api.urls is used.")
        resource = Resource(
            handler,
            authentication=self.authentication if authentication is None else authentication,
            throttles=self.throttles if throttles is None else throttles,
            permissions=self.permissions if permissions is None else permissions,
            emitters=self.emitters if emitters is None else emitters,
            lifecycle=lifecycle,
            scope=self.scope,
        )
        make = path if isinstance(pattern, str) else re_path
        text = pattern if isinstance(pattern, str) else _expression(pattern)
        converters = make(text, resource).pattern.converters
        arguments = tuple(converters or _groups(pattern))
        name = name or _name(handler, arguments)
        self.routes.append(make(text, resource, name=name))
        self._suffixed += suffixed(text, make, arguments, resource, name)
        kinds = tuple(_KINDS.get(type(each), "") for each in converters.values())
        self.scope.add_route(handler, NamedRoute(name, arguments, kinds))
        return resource

    @property
    def urls(self) -> tuple[list[URLPattern], str]:
        """The URL patterns and their namespace, for Django's ``include``; no route is added afterwards."""
        if self._urls is None:
            about = Resource(ProblemHandler, authentication=(), throttles=(), permissions=(), emitters=self.emitters)
            problems = path("problems/<slug:name>", about, name=PROBLEM)
            root = [
                path(
                    "",
                    Resource(RootHandler(self), authentication=(), permissions=(), emitters=self.emitters),
                    name=ROOT,
                )
            ]
            unrouted = re_path("", Unrouted(BaseHandler, authentication=(), permissions=(), emitters=self.emitters))
            self._urls = ([*self.routes, *self._suffixed, problems, *(root if self.root else ()), unrouted], self.name)
        return self._urls


class RootHandler(BaseHandler):
    """Lists the resources of an API, with their addresses or, where these have arguments, templates.

    Args:
        api: the API.
    """

    allowed_methods = ("GET",)

    def __init__(self, api: Api) -> None:
        self.api = api

    def read(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the API's title and its resources."""
        return {"title": self.api.title, "resources": [self._entry(request, route) for route in self.api.routes]}

    def leads_to(self, request: HttpRequest, **kwargs: Any) -> Iterator[Link]:
        """Yield a link to each resource, by the name of its route."""
        for entry in (self._entry(request, route) for route in self.api.routes):
            title = {"title": entry["about"]} if "about" in entry else {}
            is_template = "template" in entry
            yield Link(entry["template" if is_template else "url"], entry["name"], title, is_template)

    def _entry(self, request: HttpRequest, route: URLPattern) -> dict[str, Any]:
        resource = cast("Resource", route.callback)
        arguments = route.pattern.converters or route.pattern.regex.groupindex
        entry = {
            "name": route.name,
            "template" if arguments else "url": request.path + template_of(route.pattern),
            "methods": allowed(*resource.methods(dict.fromkeys(arguments))).split(", "),
        }
        about = type(resource.handler).__doc__
        return entry | ({"about": cleandoc(about).partition("\n")[0]} if about else {})


class ProblemHandler(BaseHandler):
    """Explains the kinds of problems, at the addresses that ``type`` has in problem documents."""

    allowed_methods = ("GET",)
    cache_control = "public, max-age=86400"

    def read(self, request: HttpRequest, name: str) -> Any:
        """Return what there is to know about a kind of problem.

        Raises:
            Http404: there is none of this name.
        """
        if name not in KINDS:
            raise Http404
        kind = KINDS[name]
        return {"type": request.path, "title": kind.title, "status": kind.status, "about": kind.about}


class Unrouted(Resource):
    """Answers every address under an API's prefix that no route has: a problem instead of a page."""

    def handle(self, request: HttpRequest, kwargs: Any, bound: Bound) -> HttpResponseBase:
        """Answer 404; to a reader who forgot the last slash, what Django's ``APPEND_SLASH`` answers."""
        if not _lacks_slash(request):
            raise Problem(404, "There is nothing at this address.")
        if request.method in ("GET", "HEAD"):
            there = request.get_full_path(force_append_slash=True)
            return HttpResponsePermanentRedirect(escape_leading_slashes(there))  # //host would lead to that host
        # A redirect would lose the body and may turn the method into GET (RFC 9110, section 15.4.2).
        raise Problem(404, f"There is nothing at this address; did you mean {request.path}/ with a slash?")


def _lacks_slash(request: HttpRequest) -> bool:
    if not settings.APPEND_SLASH or request.path_info.endswith("/"):
        return False
    try:
        return not isinstance(resolve(f"{request.path_info}/").func, Unrouted)
    except Resolver404:
        return False


def _name(handler: type[BaseHandler], arguments: tuple[str, ...]) -> str:
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", handler.__name__.removesuffix("Handler")).lower()
    if handler.model is None:
        return name
    return f"{name}-item" if identifies(handler.model, frozenset(arguments)) else f"{name}-list"


def _expression(pattern: re.Pattern[str]) -> str:
    if pattern.groups and not pattern.groupindex:
        raise ImproperlyConfigured(f"{pattern.pattern!r}: name the groups, as in (?P<slug>...); handlers take names.")
    if pattern.flags & ~re.UNICODE:
        raise ImproperlyConfigured(f"{pattern.pattern!r}: Django knows no flags; write them into it, as in (?i).")
    return pattern.pattern


def _groups(pattern: str | re.Pattern[str]) -> list[str]:
    return [] if isinstance(pattern, str) else list(pattern.groupindex)
