"""The decorator of a handler's method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from piston_core import throttled
from piston_throttle.policy import Policy
from piston_throttle.stores.contract import Store
from piston_throttle.terms import Cost, Key

Method = TypeVar("Method", bound=Callable[..., Any])


def throttle(
    limit: int,
    window: int,
    *,
    key: Key = "user",
    group: str = "",
    cost: Cost = 1,
    anonymous: int | None = None,
    algorithm: str = "bucket",
    store: str | Store = "",
    name: str = "",
) -> Callable[[Method], Method]:
    """Let everybody call a handler's method so often in a window.

    The calls of one method of one handler are counted together, for each sender apart; a ``group`` counts the
    calls of all methods that name it.

    Example::

        class PostHandler(BaseHandler):
            @throttle(5, 10 * 60)  # five times in ten minutes
            def create(self, request): ...

    Args:
        limit: how many calls pass in a window.
        window: the length of the window in seconds.
        key: whose calls are counted together, as in ``Policy``.
        group: what is counted together; methods that name it need the same limit, window and algorithm.
        cost: how much of the limit one call takes.
        anonymous: another limit for somebody unknown.
        algorithm: ``"bucket"``, ``"fixed"`` or ``"sliding"``.
        store: what counts, if it is not what the settings say.
        name: what the policy is called in the RateLimit fields; by default the group's name.

    Raises:
        ValueError: a value is of the wrong kind, or no call could ever pass.
    """
    policy = Policy(
        limit, window, name=name or group, key=key, group=group, cost=cost,
        anonymous=anonymous, algorithm=algorithm, store=store,
    )  # fmt: skip

    def declare(method: Method) -> Method:
        return throttled(policy.within(method.__name__))(method)

    return declare
