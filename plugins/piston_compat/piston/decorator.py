"""What decorators were made with; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.decorating import decorator, update_wrapper

__all__ = [
    "decorator",
    "update_wrapper",
]

NAMES = {
    "decorator": Name("decorating", "functools.wraps"),
    "update_wrapper": Name("decorating", "functools.update_wrapper"),
}
__getattr__ = getter(__name__, NAMES)
