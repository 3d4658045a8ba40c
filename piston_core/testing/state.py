"""Find state of a request that a part keeps, or that two threads share: without luck, every time the same."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable
from threading import Thread
from types import FrameType
from typing import Any

from django.db import connections
from django.http import HttpRequest

_PATIENCE = 0.05  # seconds to wait for a call that a lock may hold up until the other one has ended
_LONGEST = 10.0  # seconds to wait for it then


def overlapped(part: object, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, list[Any]]:
    """Return what ``first`` returns, and what ``second`` returned or raised in between.

    ``second`` runs as a whole when ``first`` comes to a line of the part's package for the first
    time, so a value that one call leaves where the other one finds it is found without luck.

    Args:
        part: the emitter, parser or the like whose code both run.
        first: the call that is interrupted.
        second: the call that is made in between; it uses the same connections to databases.
    """
    packages = _packages(part)
    places: set[tuple[object, int]] = set()
    beside = _Beside(second)

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in packages:
            return None
        place = (frame.f_code, frame.f_lineno)
        if event == "line" and place not in places:
            places.add(place)
            beside.run()
        return trace

    before = sys.gettrace()
    with beside:
        sys.settrace(trace)
        try:
            result = first()
        finally:
            sys.settrace(before)
    return result, beside.outcomes


def _packages(part: object) -> set[str]:
    """Return the packages of a part's classes, but for what all have in common."""
    classes = type(part).__mro__
    return {each.__module__.partition(".")[0] for each in classes} - {"piston_core", "abc", "builtins"}


class _Beside:
    """Makes a call in other threads, with this thread's connections to databases."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.connections = connections.all(initialized_only=True)
        self.threads: list[Thread] = []
        self.outcomes: list[Any] = []

    def __enter__(self) -> None:
        for connection in self.connections:
            connection.inc_thread_sharing()

    def __exit__(self, *_error: object) -> None:
        for thread in self.threads:
            thread.join(_LONGEST)
        for connection in self.connections:
            connection.dec_thread_sharing()

    def run(self) -> None:
        self.threads.append(Thread(target=self._call, daemon=True))
        self.threads[-1].start()
        self.threads[-1].join(_PATIENCE)

    def _call(self) -> None:
        for connection in self.connections:
            connections[connection.alias] = connection
        try:
            self.outcomes.append(self.call())
        except Exception as error:  # noqa: BLE001 - whoever asked compares it
            self.outcomes.append(error)


def kept(call: Callable[[HttpRequest], Any], make: Callable[[], HttpRequest] = HttpRequest) -> bool:
    """Return whether a request that ``make`` returns is still referred to after a call with it has returned."""
    request = make()
    reference = weakref.ref(request)
    call(request)
    del request
    gc.collect()
    return reference() is not None
