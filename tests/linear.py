"""Time in proportion to the length: measured as a ratio, never in seconds."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable
from time import process_time
from typing import Any

from piston_core import MalformedBody

_TOO_MUCH = 32  # times as long for eight times as much: linear time is 8, quadratic 64
_NOISE = 0.001  # seconds that are too short to compare


def expect_linear(act: Callable[[Any], Any], make: Callable[[int], Any], size: int) -> None:
    """Fail if eight times as much takes much more than eight times as long.

    Args:
        act: reads or writes what ``make`` makes; it may refuse it.
        make: makes something of about so many bytes.
        size: how many, for the short one.
    """
    short, long = make(size), make(8 * size)
    gc.disable()  # what the collector does to many new objects comes at moments of its own
    try:
        most = _TOO_MUCH * max(min(_spent(act, short) for _ in range(2)), _NOISE)
        slow = _spent(act, long)
        if slow > most:  # once more, as it may be the machine's fault
            slow = min(slow, _spent(act, long))
    finally:
        gc.enable()

    assert slow <= most


def _spent(act: Callable[[Any], Any], data: Any) -> float:
    started = process_time()
    with contextlib.suppress(MalformedBody):
        act(data)
    return process_time() - started
