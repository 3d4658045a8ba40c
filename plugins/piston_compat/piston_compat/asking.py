"""A request as the ancestor's handlers know it: ``PUT``, ``POST``, ``data`` and ``content_type``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.utils.datastructures import MultiValueDict

from piston_compat.mimer import FORMS, XML_TYPES, Mimer

_STATE = "piston_compat.asked"  # where the request's META holds what is known of it
_CLEANED = ("GET", "PUT", "POST")


@dataclass
class Asked:
    """What is known of one request, for as long as it is answered.

    Attributes:
        args: the URL's arguments without a name.
        kwargs: those with a name, ``emitter_format`` among them.
        unnamed: of those without a name the ones that the method has no name for.
        streams: whether the answer is sent piece by piece.
        user: who sends it, as the authenticators have left it.
        challenge: makes the answer to somebody who has to make themselves known.
        handler: the handler that answers.
        method: its method.
        result: what is to be emitted.
        status: the answer's status code.
        headers: header fields that the answer has of its own.
        handled: what has been through the resource's ``error_handler`` and was raised again.
    """

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    unnamed: tuple[Any, ...] = ()
    streams: bool = False
    user: Any = None
    challenge: Callable[[], Any] | None = None
    handler: Any = None
    method: Any = None
    result: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    handled: Exception | None = None


@contextmanager
def asking(request: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[Asked]:
    """Note a request that has come, for as long as it is answered; a resource may call another one meanwhile."""
    before = request.META.get(_STATE)
    state = request.META[_STATE] = Asked(args, dict(kwargs))
    try:
        yield state
    finally:
        request.META[_STATE] = before


def asked(request: Any) -> Asked:
    """Return what is known of a request, of one that no resource answers nothing."""
    state: Asked = request.META.get(_STATE) or Asked()
    return state


def hand_over(request: Any, data: Any, *, is_read: bool) -> None:
    """Set what a handler finds on a request that brings a body.

    Django parses ``POST`` for POST alone, and by ``content_type``, which the ancestor's handlers expect to be the
    whole header field; so the forms are there before it changes.

    Args:
        request: the request.
        data: what its body says.
        is_read: whether somebody reads its type; else the forms are as Django has them.
    """
    is_form = request.content_type in FORMS
    is_replaced = is_read or request.content_type in XML_TYPES
    if is_replaced:
        request._post = data if is_form else {}
        if not hasattr(request, "_files"):
            request._files = MultiValueDict()
    if request.method == "PUT" or (is_replaced and not is_form):
        request.PUT = request.POST
    request.content_type = Mimer(request).content_type()


def coerce_put_post(request: Any) -> None:
    """Give a PUT its form as ``PUT``, and the same as ``POST``; a resource has done so before it calls a handler."""
    if request.method == "PUT" and not hasattr(request, "PUT"):
        request.method = "POST"
        for name in ("_post", "_files"):
            with suppress(AttributeError):
                delattr(request, name)
        request.PUT = request.POST
        request.method = "PUT"


def clean(request: Any) -> Any:
    """Take OAuth's parameters out of a request, which its handler does not expect among its own."""
    for name in _CLEANED:
        given = getattr(request, name, None)
        if given and any(str(key).startswith("oauth_") for key in given):
            left = given.copy()
            for key in [key for key in left if str(key).startswith("oauth_")]:
                del left[key]
            _replace(request, name, left)
    return request


def _replace(request: Any, name: str, value: Any) -> None:
    if name == "POST":
        request._post = value  # POST itself has no setter on every request
    else:
        setattr(request, name, value)
