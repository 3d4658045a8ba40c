"""Copy, weigh, measure and compare plain data, however deep it is: none of it calls itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_BITS_OF_A_DIGIT = 3


def copied(data: Any) -> Any:
    """Return data with lists and dictionaries of its own at every level."""
    top = [data]
    waiting: list[Any] = [top]
    while waiting:
        container = waiting.pop()
        for key, value in container.items() if isinstance(container, dict) else enumerate(container):
            if isinstance(value, dict | list):
                container[key] = inner = value.copy()
                waiting.append(inner)
    return top[0]


def weight(data: Any, most: int) -> int:
    """Return about how many characters data takes in writing; counting ends where that is more than ``most``."""
    total = 0
    waiting = [data]
    while waiting and total <= most:
        each = waiting.pop()
        total += 2
        if isinstance(each, str):
            total += len(each)
        elif isinstance(each, int):
            total += each.bit_length() // _BITS_OF_A_DIGIT
        elif isinstance(each, dict):
            total += sum(map(len, each))
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return total


def depth(data: Any) -> int:
    """Return how many lists and objects of data stand in each other."""
    levels = 0
    level = [data] if isinstance(data, dict | list) else []
    while level:
        levels += 1
        level = [item for each in level for item in _items(each) if isinstance(item, dict | list)]
    return levels


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal as JSON understands it (RFC 6902, section 4.6).

    Numbers are by their value, so that 1 is 1.0, and names have no order; a truth value is no number,
    whatever Python says.
    """
    waiting = [(one, other)]
    while waiting:
        a, b = waiting.pop()
        if isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            waiting.extend((value, b[name]) for name, value in a.items())
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            waiting.extend(zip(a, b, strict=True))
        elif a != b or isinstance(a, bool) != isinstance(b, bool):
            return False
    return True


def _items(container: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container
