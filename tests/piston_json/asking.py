"""Answers and bodies in JSON, and the standard library as the judge of both."""

from __future__ import annotations

import json
from typing import Any

from tests import asking
from tests.asking import Returning, asked, body_of


def shown(data: Any, accept: str = "application/json", **settings: Any) -> Any:
    """Return the response to a GET of a resource that returns this data."""
    return asked(Returning(data), accept, **settings)


def data_in(response: Any) -> Any:
    """Return what the standard library reads in a response, which is the judge of what orjson writes."""
    assert response.status_code == 200, body_of(response)
    return json.loads(body_of(response), parse_constant=refused)


def lines_in(response: Any) -> list[Any]:
    assert response.status_code == 200, body_of(response)
    return [json.loads(line, parse_constant=refused) for line in body_of(response).splitlines()]


def refused(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def sent(body: bytes, content_type: str = "application/json", **settings: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    return asking.sent(body, content_type, **settings)
