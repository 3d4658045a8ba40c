"""The ancestor's decorators of a handler's method, which keep the method's signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.utils.datastructures import MultiValueDict

from piston_compat.mimer import known_types
from piston_compat.replies import FormValidationError, rc
from piston_core import Identity, client_address
from piston_throttle import throttle as core_throttle

Method = TypeVar("Method", bound=Callable[..., Any])
EXTENDED = ("json", "yaml", "xml", "pickle")


def throttle(max_requests: int, timeout: int = 60 * 60, extra: str = "") -> Callable[[Method], Method]:
    """Let everybody call a method so often in a window; the next call is refused with ``rc.THROTTLED``.

    Args:
        max_requests: how many calls pass.
        timeout: the length of the window in seconds, which begins with the first call.
        extra: counts all methods together that name it.
    """
    return core_throttle(max_requests, timeout, key=_sender, group=extra, algorithm="fixed")


def _sender(request: Any, _identity: Identity | None) -> str:
    """Return whose calls are counted together: a user's or an address's, and a consumer's apart."""
    user: Any = getattr(request, "user", None)
    name = user.get_username() if getattr(user, "is_authenticated", False) else ""
    who = f"user {name}" if name else f"address {client_address(request)}"
    return f"{who} {getattr(request, 'throttle_extra', '')}"


def validate(v_form: Any, operation: str = "POST") -> Callable[[Method], Method]:
    """Call a method only with data that a form accepts, which is then ``request.form``.

    Args:
        v_form: the form's class.
        operation: the attribute of the request that has the data, where it brings none in a body.
    """

    def decorate(method: Method) -> Method:
        @wraps(method)
        def checked(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
            form = v_form(_as_form(request, operation), request.FILES)
            if not form.is_valid():
                raise FormValidationError(form)
            request.form = form
            return method(self, request, *args, **kwargs)

        return checked  # type: ignore[return-value]  # the same signature, by wraps

    return decorate


def _as_form(request: Any, operation: str) -> Any:
    """Return what a request brings, as a form takes it: lists are several values of one name."""
    data = getattr(request, "data", None)
    if operation not in ("POST", "PUT") or data is None or hasattr(data, "getlist"):
        return getattr(request, operation, {})
    if not isinstance(data, Mapping):
        return {}
    return MultiValueDict({str(name): each if isinstance(each, list) else [each] for name, each in data.items()})


def require_mime(*mimes: str) -> Callable[[Method], Method]:
    """Call a method only for bodies of these types, else answer 400.

    Args:
        mimes: ``json``, ``yaml``, ``xml`` or ``pickle``; a charset behind the type does not matter.
    """

    def decorate(method: Method) -> Method:
        @wraps(method)
        def checked(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
            given = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
            if given not in known_types(mimes):
                return rc.BAD_REQUEST
            return method(self, request, *args, **kwargs)

        return checked  # type: ignore[return-value]  # the same signature, by wraps

    return decorate


require_extended = require_mime(*EXTENDED)
