"""Serve a resource also at addresses that name the format: ``posts/`` is ``posts.xml`` in XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path

from piston_core.pipeline.negotiate import SUFFIX
from piston_core.pipeline.select import mark_async
from piston_core.resource import Resource

_ARGUMENT = "format"
_END = re.compile(r"/\??\$$")  # of an expression whose last character is a slash, which may be missing


def suffixed(
    text: str, make: Callable[..., URLPattern], arguments: Collection[str], resource: Resource, name: str
) -> Iterator[URLPattern]:
    """Yield the route with a suffix in the place of its last slash, if there is room for one.

    It has the name of the route itself and one argument more, ``format``: a route with an argument
    of that name has none, nor has the empty one, nor an expression that does not end in ``/$``.

    Args:
        text: the route as in Django's ``path``, or the expression as in ``re_path``.
        make: ``path`` or ``re_path``.
        arguments: the names of the route's arguments.
        resource: what is served there.
        name: the route's name.
    """
    if _ARGUMENT in arguments:
        return
    if make is path:
        stem, suffix = text.removesuffix("/"), rf".<slug:{_ARGUMENT}>"
    else:
        stem, suffix = _END.sub("", text), rf"\.(?P<{_ARGUMENT}>[-a-zA-Z0-9_]+)$"
        stem = "" if stem == text else stem
    if stem:
        yield make(stem + suffix, Suffixed(resource), name=name)


class Suffixed:
    """A view that serves a resource in the format that the address names, whatever else the request asks for.

    Args:
        resource: the resource.
    """

    csrf_exempt = Resource.csrf_exempt

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        if resource.is_async:
            mark_async(self)

    def __call__(self, request: HttpRequest, format: str, **kwargs: Any) -> Any:  # noqa: A002 - the argument's name in the address
        """Answer a request."""
        request.META[SUFFIX] = format
        return self.resource(request, **kwargs)
