"""The ancestor's names: where each leads to, and what one writes today in its place."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple


class OldName(PendingDeprecationWarning):
    """A name of the ancestor's has been imported; the message has its modern equivalent.

    Python does not show it by default. ``-W "default:piston."`` does, by the beginning of its message, since Python
    reads that option before it can import a class; ``warnings.simplefilter("default", OldName)`` does the same.
    """


class Name(NamedTuple):
    """An old name.

    Attributes:
        place: the module that it leads to, and the name there if it is another one: ``handlers`` or ``a:b``.
        modern: what one writes today.
    """

    place: str
    modern: str


def getter(module: str, names: Mapping[str, Name]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module of the ancestor's, which tells of each use of its names.

    Args:
        module: the module's name.
        names: what it has.
    """

    def old_name(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        place, modern = names[name]
        warnings.warn(f"{module}.{name} is of django-piston; today: {modern}", OldName, stacklevel=2)
        where, _, other = place.partition(":")
        return getattr(import_module(f"piston_compat.{where}"), other or name)

    return old_name
