"""The contract of a store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from piston_throttle.algorithms import Quota, Taken


class Store(ABC):
    """Holds what senders have used of their quotas.

    Attributes:
        exact: whether as many requests pass as the quota says, however many come at the same moment; a store that
            cannot promise that is an error of ``manage.py check``.
        shared: whether all processes that use it count together.
    """

    exact: ClassVar[bool] = False
    shared: ClassVar[bool] = False

    @abstractmethod
    def take(self, key: str, quota: Quota, cost: int) -> Taken:
        """Take from a quota, in one step that no other request comes between; what is refused takes nothing.

        Args:
            key: 32 hexadecimal digits that stand for the sender and the quota.
            quota: the numbers to count with, always the same for one key.
            cost: how much to take, at most the limit; 0 to be told what is left.

        Raises:
            Exception: the store cannot be asked; then it counts as down.
        """
