"""Where an answer leads to by what its handler declares, and what the sender of the request may do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from inspect import cleandoc, unwrap
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.urls import Resolver404, get_script_prefix, resolve

from piston_core.access import Operation
from piston_core.arguments import identifies
from piston_core.declarations import Action
from piston_core.forms import form_for
from piston_core.handler import WITH_BODY, BaseHandler, overrides
from piston_core.inputs import inputs_of
from piston_core.linking import Affordance, Input, Link
from piston_core.pipeline.permit import permit, permit_object
from piston_core.plans.addresses import Addresses
from piston_core.plans.leads import Lead, list_links, listed
from piston_core.problems import Problem
from piston_core.requests import Request
from piston_core.scope import Scope

if TYPE_CHECKING:
    from piston_core.resource import Resource

_METHODS = ("POST", "PUT", "PATCH", "DELETE")
_REFUSALS = (Problem, Http404, PermissionDenied)

Led = Sequence[tuple[Lead, str]]


class Whereabouts(NamedTuple):
    """An address and what is served there.

    Attributes:
        resource: the resource.
        kwargs: the arguments of the address.
        href: the address.
        read: returns the object there, as a handler reads it, and reads it only once.
        obj: the object there, if somebody has read it already.
    """

    resource: Resource
    kwargs: Mapping[str, Any]
    href: str
    read: Callable[[BaseHandler], Any]
    obj: Model | None = None

    @property
    def is_of_one(self) -> bool:
        """Whether one object has this address."""
        return identifies(self.resource.handler.model, frozenset(self.kwargs))

    @property
    def is_of_list(self) -> bool:
        """Whether a model's objects are listed at this address."""
        return self.resource.handler.model is not None and not self.is_of_one


# -- links -----------------------------------------------------------------------------------------


def links_of(handler: BaseHandler, here: Whereabouts, led: Led, addresses: Addresses) -> Iterator[Link]:
    """Yield where an answer leads to, beside the other pages of a list.

    Args:
        handler: the handler that answers.
        here: the address that the answer is from, or that of what has been created.
        led: where the one object leads to that it consists of.
        addresses: those of this answer.
    """
    scope = here.resource.scope
    yield from (_link(lead, href) for lead, href in led if lead.action is None and lead.target.rel != "self")
    if here.is_of_list:
        yield from _search(handler, here.href)
        yield from list_links(type(handler), here.kwargs, scope, addresses)
        return
    collection = _collection(handler, here, scope, addresses)
    if collection is not None:
        yield Link(collection, "collection")


def _link(lead: Lead, href: str) -> Link:
    return Link(href, lead.target.rel, lead.target.attributes, lead.target.templated)


def _search(handler: BaseHandler, href: str) -> Iterator[Link]:
    """Yield the template of what a list can be asked, if its handler says so."""
    names = [*handler.filters, *(["sort"] if handler.sorting else [])]
    if names:
        yield Link(f"{href}{{?{','.join((*names, 'limit'))}}}", "search", templated=True)


def _collection(handler: BaseHandler, here: Whereabouts, scope: Scope, addresses: Addresses) -> str | None:
    """Return the address of the list that an object is in (RFC 6573)."""
    route = scope.list_route(handler.model, here.kwargs) if handler.model is not None and here.is_of_one else None
    return None if route is None else addresses.fill(route)(*(here.kwargs[name] for name in route.arguments))


# -- actions ---------------------------------------------------------------------------------------


def affordances_of(
    request: HttpRequest, handler: BaseHandler, here: Whereabouts, led: Led, addresses: Addresses
) -> Iterator[Affordance]:
    """Return what the sender of a request may do next, of what is served at its address and of what is declared.

    Args:
        request: the request.
        handler: the handler that answers.
        here: the address that the answer is from, or that of what has been created.
        led: where the one object leads to that it consists of.
        addresses: those of this answer.
    """
    # A declared one comes later, and stands for what the core serves by the same name.
    found = {each.name: each for each in _found(request, handler, here, led, addresses)}
    return (_with_lists(each, here.resource.scope, addresses) for each in found.values())


def _found(
    request: HttpRequest, handler: BaseHandler, here: Whereabouts, led: Led, addresses: Addresses
) -> Iterator[Affordance]:
    for method in _METHODS:
        if not (here.is_of_list and method == "PATCH"):  # of several objects, which no form asks for
            yield from _served(request, here, method, None)
    for action, href in _declared(handler, here, led, addresses):
        there = at(request, href, here.obj)
        if there is not None:
            yield from _served(request, there, action.method, action)
        else:  # a view of the project's own, which nobody here can ask
            yield _affordance(action, href, action.method, (), action.form)


def _with_lists(action: Affordance, scope: Scope, addresses: Addresses) -> Affordance:
    """Return an action with the addresses of the lists that its choices are in."""
    if all(each.related is None for each in action.inputs):
        return action
    return replace(action, inputs=tuple(_with_list(each, scope, addresses) for each in action.inputs))


def _with_list(each: Input, scope: Scope, addresses: Addresses) -> Input:
    route = None if each.related is None else scope.list_route(each.related)
    href = None if route is None else addresses.fill(route)()
    return each if href is None else replace(each, href=href)


def _declared(handler: BaseHandler, here: Whereabouts, led: Led, addresses: Addresses) -> Iterator[tuple[Action, str]]:
    for lead, href in led:
        if lead.action is not None:
            yield lead.action, href
    for action in handler.actions:
        if action.of_list and here.is_of_list:
            there, _ = listed(action, here.kwargs, here.resource.scope, addresses)
            if there is not None:
                yield action, there


def whereabouts(
    request: HttpRequest, resource: Resource, kwargs: Mapping[str, Any], href: str, obj: Model | None = None
) -> Whereabouts:
    """Return what is served at an address.

    Args:
        request: the request.
        resource: the resource.
        kwargs: the arguments of the address.
        href: the address.
        obj: the object there, if somebody has read it already.
    """
    asked = cast("Request", request)
    read = cache(lambda handler: handler.get(asked, **kwargs) if obj is None else obj)
    return Whereabouts(resource, kwargs, href, read, obj)


def at(request: HttpRequest, href: str, obj: Model | None) -> Whereabouts | None:
    """Return what is served at an address of this site, ``None`` for what is none of Piston's.

    Args:
        request: the request.
        href: the address.
        obj: an object that somebody has read; it is not read again where it has this address.
    """
    path = urlsplit(href).path
    try:
        match = resolve(f"/{path.removeprefix(get_script_prefix())}")
    except Resolver404:
        return None
    view = unwrap(match.func)
    resource: Any = getattr(view, "resource", view)  # of a view for addresses that name a format
    if not hasattr(resource, "compiler"):
        return None
    there = obj if obj is not None and _has(resource.handler, match.kwargs, obj) else None
    return whereabouts(request, resource, match.kwargs, href, there)


def _has(handler: BaseHandler, kwargs: Mapping[str, Any], obj: Model) -> bool:
    """Return whether a handler would read this very object, by these arguments of an address."""
    if handler.model is not type(obj) or overrides(handler, "get") or overrides(handler, "queryset"):
        return False
    return identifies(handler.model, frozenset(kwargs)) and all(
        str(getattr(obj, name, None)) == str(value) for name, value in kwargs.items()
    )


def _served(request: HttpRequest, here: Whereabouts, method: str, declared: Action | None) -> Iterator[Affordance]:
    """Yield what a method does at an address, if it is served to the sender."""
    found = _open(request, here, method)
    if found is None or not _may(cast("Request", request), here, *found):
        return
    handler, action = found
    bound = here.resource.bound()
    types = tuple(bound.parsers_for(handler, action, here.kwargs)) if action in WITH_BODY else ()
    form: Any = (declared.form if declared is not None else None) or (form_for(handler, action) if types else None)
    named = declared or Action(action, here.href, method, title=_title(handler, action))
    yield _affordance(named, here.href, method, types, form, partial=action == "patch")


def _affordance(
    named: Action, href: str, method: str, types: Sequence[str], form: Any, *, partial: bool = False
) -> Affordance:
    media_type = "application/json" if "application/json" in types else next(iter(types), "")
    inputs = inputs_of(form, partial=partial) if form is not None and hasattr(form, "base_fields") else ()
    return Affordance(named.name, method, href, named.title, media_type, inputs, tuple(types))


def _title(handler: BaseHandler, action: str) -> str:
    """Return the first line of what a handler says about a method of its own."""
    about = getattr(handler, action).__doc__ if overrides(handler, action) else None
    return cleandoc(about).partition("\n")[0] if about else ""


def _open(request: HttpRequest, here: Whereabouts, method: str) -> tuple[BaseHandler, str] | None:
    """Return what would serve a method, ``None`` if that would be refused to this sender; see ``pipeline.select``."""
    bound = here.resource.bound()
    identity = getattr(request, "identity", None)
    is_known = identity is not None and any(each.name == identity.authenticator for each in bound.authenticators)
    methods, unknown = here.resource.methods(here.kwargs)
    if bound.authenticators and not is_known:
        if unknown is not None and method in unknown.actions:
            methods = unknown
        elif methods.actions.get(method) not in bound.open_actions:
            return None
    action = methods.actions.get(method)
    return (methods.handler, action) if action else None


def _may(request: Request, here: Whereabouts, handler: BaseHandler, action: str) -> bool:
    """Return whether all permissions let the sender do this, also with the object that has the address."""
    demand = here.resource.bound().demands.get((type(handler), action))
    if demand is None:
        return True
    operation = Operation(handler, action)
    try:
        permit(request, operation, demand.permissions)
        if demand.of_object and action != "create":
            if not here.is_of_one:
                return False
            permit_object(request, operation, demand.of_object, here.read(handler))
    except _REFUSALS:
        return False
    return True
