"""The handlers that the kit serves: they return, refuse, fail, and write down what they are sent."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest

from piston_core.handler import BaseHandler
from piston_core.problems import Problem
from piston_core.testing.promise import expect, short

SECRET = "correct-horse-battery-staple"  # noqa: S105 - nobody's
# What only a server can have written: its code, its objects, and what was secret in the exception.
_OF_THE_SERVER = re.compile(rf"Traceback|File \"|\.py\b|\bobject at 0x|<class |{SECRET}")


class Returning(BaseHandler):
    """Returns the same data always."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def read(self, request: HttpRequest) -> Any:
        """Return the data."""
        return self.data


class Refusing(BaseHandler):
    """Refuses every request with the same problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def read(self, request: HttpRequest) -> Any:
        """Raise the problem."""
        raise self.problem


class Failing(BaseHandler):
    """Fails, with an exception that tells a secret."""

    def read(self, request: HttpRequest) -> Any:
        """Raise an exception."""
        raise LookupError(SECRET)


class Receiving(BaseHandler):
    """Writes down what it is sent."""

    atomic = False

    def __init__(self) -> None:
        self.received: list[Any] = []

    def create(self, request: HttpRequest) -> None:
        """Write the data down."""
        self.received.append(request.data)  # type: ignore[attr-defined]  # declared by piston_core.Request


def expect_nothing_told(body: bytes) -> None:
    """Raise an ``AssertionError`` if an answer holds something that only the server knows."""
    found = _OF_THE_SERVER.search(body.decode(errors="replace"))
    expect(not found, f"the answer tells {found and found[0]!r} of the server: {short(body)}")
