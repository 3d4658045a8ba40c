"""What the two baselines share: a body that is checked by hand, answers that orjson writes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse

TYPES: dict[str, tuple[type, ...]] = {
    "title": (str,),
    "content": (str,),
    "is_published": (bool,),
    "rating": (int, float),
}


def answer(data: Any, status: int = 200, content_type: str = "application/json") -> HttpResponse:
    """Return data as JSON; only a decimal is not known to orjson."""
    return HttpResponse(orjson.dumps(data, default=str), content_type=content_type, status=status)


def checked(data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of a new post and the faults in them, of which there are none if it may be saved."""
    faults = {name: "This is wrong." for name, types in TYPES.items() if not isinstance(data.get(name), types)}
    values = {name: data.get(name) for name in TYPES}
    for name, read in (("created", datetime.fromisoformat), ("price", _price), ("uid", UUID)):
        try:
            values[name] = read(data[name])
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
            faults[name] = "This is wrong."
    if "title" not in faults and not 1 <= len(data["title"]) <= 120:
        faults["title"] = "This has to have 1 to 120 characters."
    return values, faults


def _price(text: str) -> Decimal:
    price = Decimal(text)
    if not abs(price) < 1_000_000 or price != round(price, 2):
        raise ValueError(text)
    return price
