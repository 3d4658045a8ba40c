"""How a handler's method is called, as text: what documentation and a refusal tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import Parameter, signature
from typing import Any

_PASSED = frozenset({"self", "request", "form"})
_NAMED = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


def arguments_of(method: Callable[..., Any]) -> Iterator[tuple[str, str | None]]:
    """Yield the names of a method's arguments, with their defaults as text; ``None`` for those without one."""
    for name, parameter in signature(method).parameters.items():
        if name not in _PASSED and parameter.kind in _NAMED:
            default = parameter.default
            yield name, None if default is Parameter.empty else str(default or "<optional>")


def signature_text(method: Callable[..., Any]) -> str:
    """Return the arguments that a URL gives to a method: ``id, other=x, third=<optional>``."""
    told = (name if default is None else f"{name}={default}" for name, default in arguments_of(method))
    return ", ".join(told)
