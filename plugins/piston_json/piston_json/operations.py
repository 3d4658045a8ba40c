"""Read the operations of a JSON Patch, and refuse those whose form alone is wrong (RFC 6902, sections 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from piston_json.pointers import Pointer

OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
_WITH_VALUE = frozenset({"add", "replace", "test"})
_WITH_ORIGIN = frozenset({"move", "copy"})


class WrongForm(ValueError):
    """An operation that is none, whatever the document; the message says why."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a patch.

    Attributes:
        op: what to do, one of ``OPERATIONS``.
        path: where.
        origin: where ``move`` and ``copy`` take the value from; the path itself for all others.
        value: what ``add``, ``replace`` and ``test`` bring; ``None`` for all others.
    """

    op: str
    path: Pointer
    origin: Pointer
    value: Any = None

    @classmethod
    def read(cls, data: Any) -> Operation:
        """Return the operation that an item of a patch describes; members that have no meaning are passed over.

        Raises:
            WrongForm: it describes none.
        """
        if not isinstance(data, dict):
            raise WrongForm("it is not an object")
        op = _op(data)
        path = _pointer(data, "path")
        origin = _pointer(data, "from") if op in _WITH_ORIGIN else path
        if op in _WITH_VALUE and "value" not in data:
            raise WrongForm(f"{op!r} needs a member 'value', which may be null")
        if op == "move" and origin.holds(path):
            raise WrongForm(f"{origin} cannot be moved into itself, to {path}")
        return cls(op, path, origin, data.get("value") if op in _WITH_VALUE else None)


def _op(data: Mapping[str, Any]) -> str:
    op = data.get("op")
    if isinstance(op, str) and op in OPERATIONS:
        return op
    known = ", ".join(OPERATIONS)
    if isinstance(op, str):
        raise WrongForm(f"there is no operation {op[:40]!r}; there are {known}")
    raise WrongForm(f"it needs a member 'op' with the name of an operation: {known}")


def _pointer(data: Mapping[str, Any], name: str) -> Pointer:
    text = data.get(name)
    if not isinstance(text, str):
        raise WrongForm(f"it needs a member {name!r} with a JSON Pointer (RFC 6901)")
    try:
        return Pointer.read(text)
    except ValueError as error:
        raise WrongForm(f"its member {name!r} {error}") from error
