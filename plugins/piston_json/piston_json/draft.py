"""Change a copy of a document in the ways of JSON Patch (RFC 6902, section 4), and say where that is not possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from piston_json.pointers import Pointer, index_of
from piston_json.values import copied, same, weight

MOST_COPIED = 1_000_000  # characters, about; copies of copies would double with each operation


class Conflict(Exception):
    """An operation does not fit the document.

    Args:
        reason: why, as the end of a sentence.
        pointer: where.
    """

    def __init__(self, reason: str, pointer: Pointer) -> None:
        super().__init__(reason, pointer)
        self.reason = reason
        self.pointer = pointer


class TooMuch(Exception):
    """The operations copy more than is good."""


class Draft:
    """A document while it is changed.

    Args:
        document: what it begins with, which stays as it is.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._root: dict[str, Any] = {"": copied(dict(document))}  # so that the whole is a member, too
        self._may_copy = MOST_COPIED

    @property
    def document(self) -> Any:
        """The document as it is now."""
        return self._root[""]

    def expect(self, at: Pointer, value: Any) -> None:
        """Go on only if there is a value equal to this one (section 4.6)."""
        if not same(value, self.found(at)):
            raise Conflict(f"there is another value at {at}", at)

    def found(self, at: Pointer) -> Any:
        """Return what there is."""
        return _child(self._parent(at), at.steps[-1], at)

    def add(self, at: Pointer, value: Any) -> None:
        """Put a value there: into an object, whatever the name has had, or into a list before what is there."""
        parent, last = self._parent(at), at.steps[-1]
        if isinstance(parent, dict):
            parent[last] = value
        elif isinstance(parent, list):
            parent.insert(len(parent) if last == "-" else _index(last, len(parent), at), value)
        else:
            raise Conflict(f"there is no list or object to put {at} into", at)

    def remove(self, at: Pointer) -> Any:
        """Take what there is away, and return it."""
        if at.whole:
            raise Conflict("the whole document cannot be taken away", at)
        value = self.found(at)
        parent, last = self._parent(at), at.steps[-1]
        del parent[last if isinstance(parent, dict) else int(last)]
        return value

    def replace(self, at: Pointer, value: Any) -> None:
        """Put a value in the place of what there is."""
        self.found(at)
        parent, last = self._parent(at), at.steps[-1]
        parent[last if isinstance(parent, dict) else int(last)] = value

    def move(self, origin: Pointer, to: Pointer) -> None:
        """Take a value from one place to another one; from a place to itself nothing changes."""
        if origin.steps == to.steps:
            self.found(origin)
        else:
            self.add(to, self.remove(origin))

    def copy(self, origin: Pointer, to: Pointer) -> None:
        """Put a copy of what is in one place into another one."""
        value = self.found(origin)
        self._may_copy -= weight(value, self._may_copy)
        if self._may_copy < 0:
            raise TooMuch
        self.add(to, copied(value))

    def _parent(self, at: Pointer) -> Any:
        container: Any = self._root
        for step in at.steps[:-1]:
            container = _child(container, step, at)
        return container


def _child(container: Any, step: str, at: Pointer) -> Any:
    if isinstance(container, dict) and step in container:
        return container[step]
    if isinstance(container, list):
        return container[_index(step, len(container) - 1, at)]
    raise Conflict(f"there is nothing at {at}", at)


def _index(step: str, last: int, at: Pointer) -> int:
    index = index_of(step)
    if index is None:
        raise Conflict(f"{step[:40]!r} is no item of the list on the way to {at}; they are numbered 0, 1, 2", at)
    if index > last:
        raise Conflict(f"there is no item {step[:40]} in the list on the way to {at}", at)
    return index
