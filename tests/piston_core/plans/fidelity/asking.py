"""Ask a handler for a queryset and compare its answer with the instances of the same queryset."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from piston_core import BaseHandler
from tests.piston_core.plans.fidelity import oracle
from tests.shop.serving import JSON, answer, returning

Make = Callable[[], Any]

as_whole_and_as_stream = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def handler_of(make: Make, names: Any, *, stream: bool = False) -> type[BaseHandler]:
    """Return a handler that shows what ``make`` makes anew with these names."""
    members = {"model": make().model, "fields": tuple(names), "stream": stream}
    return type("It", (BaseHandler,), {**members, "queryset": lambda self, request: make()})


def check(make: Make, names: Any) -> list[Any]:
    """Assert that a handler of a queryset answers what the instances of the queryset say, and return it.

    The handler is asked twice: for the whole answer, and for one that is read and sent row by row.

    Args:
        make: makes the queryset; it is called anew for each answer and for the instances.
        names: the handler's ``fields``.
    """
    expected = oracle.rows(make(), names)
    _compare(answer(handler_of(make, names)), expected, "the answer")
    _compare(answer(handler_of(make, names, stream=True)), expected, "the stream")
    return expected


def check_result(make: Make, names: Any, **members: Any) -> list[Any]:
    """Assert the same of what a handler's own ``read`` returns: a list, a raw query, a list of values."""
    expected = oracle.rows(make(), names)
    for stream in (False, True):
        got = answer(returning(make, fields=tuple(names), stream=stream, **members))
        _compare(got, expected, "the stream" if stream else "the answer")
    return expected


def check_one(client: Any, address: str, obj: Any, names: Any) -> None:
    """Assert that the answer at an address is what one instance says."""
    response = client.get(address, headers={"Accept": JSON})
    assert response.status_code == 200, response.content
    _compare(json.loads(response.content), oracle.shown(obj, names), "the answer")


def _compare(got: Any, expected: Any, what: str) -> None:
    assert got == expected, f"{what} is not what the instances say"
    assert oracle.same(got, expected), f"{what} has another order, type or sign than the instances say: {got!r}"
