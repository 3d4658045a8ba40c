"""Turns what ``resource_uri`` returns into an address, in a way that a project may replace."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.urls import reverse


def reverser(function: Callable[..., Any]) -> Callable[..., str]:
    """Return a function that gives the address which another one describes: a view's name and its arguments.

    A project that assigns a function like this one to ``piston.emitters.reverser`` has its own asked instead.
    """

    @wraps(function)
    def address(*args: Any, **kwargs: Any) -> str:
        name, *given = function(*args, **kwargs)
        by_place = next((each for each in given if not isinstance(each, Mapping)), ())
        by_name = next((each for each in given if isinstance(each, Mapping)), {})
        return reverse(name, args=[*by_place], kwargs={**by_name})

    return address


def address_of(name: str, arguments: Any) -> str:
    """Return the address of a view, by the reverser that is in force."""
    module = sys.modules.get("piston.emitters")
    made: Callable[..., Any] = vars(module).get("reverser", reverser) if module else reverser
    return str(made(lambda: (name, arguments))())
