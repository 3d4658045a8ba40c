"""Decorators that keep a function's signature, as the ancestor's module ``decorator`` made them."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper, wraps
from typing import Any

__all__ = ["decorator", "update_wrapper"]


def decorator(caller: Callable[..., Any], func: Callable[..., Any] | None = None) -> Any:
    """Return a decorator made of a function that gets the decorated one and its arguments.

    Args:
        caller: gets the function, and the arguments that it was called with.
        func: decorates this one at once.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            return caller(function, *args, **kwargs)

        return called

    return decorate if func is None else decorate(func)
