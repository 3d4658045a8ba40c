"""A dictionary that forgets its oldest entries, for what is worked out once and kept."""

from __future__ import annotations

from typing import Any


class Bounded(dict[Any, Any]):
    """Keeps so many entries at most; what is forgotten is worked out again when it is asked for.

    Reading and adding are single operations of a dictionary, so threads need no lock: at worst two
    of them work the same entry out at the same time.

    Args:
        limit: the number of entries to keep.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def keep(self, key: Any, value: Any) -> Any:
        """Add an entry and return it, forgetting the oldest one if there are too many."""
        while len(self) >= self.limit:
            try:
                self.pop(next(iter(self)), None)
            except (StopIteration, RuntimeError):  # another thread was there first
                break
        self[key] = value
        return value
