"""Examples from real data: what somebody unknown reads at each place, through the ordinary pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve

from piston_core import Description, Place, Served
from piston_openapi.covering import resolved
from piston_openapi.document import operations_of

_JSON = "application/json"


def add_examples(made: dict[str, Any], description: Description) -> None:
    """Add to each GET that is open to everybody what it answers now, where that is JSON and good.

    A list has one object. The address of one object is taken from what a list links to, or not at all.

    Args:
        made: the document, which is changed.
        description: what it was made from.
    """
    seen: dict[str, Any] = {}
    operations = operations_of(made)
    for place, _ in _open_reads(description):
        if "{" not in place.template:
            seen[place.template] = _answer(f"{place.template}{'?limit=1' if place.is_list else ''}")
    for place, _ in _open_reads(description):
        if place.template not in seen:
            address = _address(place, seen)
            seen[place.template] = _answer(address) if address else None
    for template, data in seen.items():
        operation = operations.get((template, "get"))
        if data is not None and operation is not None:
            _add(operation, data, made)


def _open_reads(description: Description) -> Iterator[tuple[Place, Served]]:
    for place in description.places:
        for served in place.methods:
            if served.method == "GET" and served.is_open:
                yield place, served


def _answer(address: str) -> Any:
    """Return the data that somebody unknown gets at an address, ``None`` if there is none in JSON."""
    host = next((each.lstrip(".") for each in settings.ALLOWED_HOSTS if each not in ("*", ".")), "localhost")
    client = Client(raise_request_exception=False)
    response: Any = client.get(address, headers={"accept": _JSON, "host": host}, secure=True)
    if response.status_code != 200 or response.headers.get("Content-Type") != _JSON:
        return None
    body = b"".join(response.streaming_content) if response.streaming else response.content
    data = json.loads(body)
    return data[:1] if isinstance(data, list) else data


def _address(place: Place, seen: Mapping[str, Any]) -> str:
    """Return the address of an object that a list shows, if it matches the place's own template."""
    for data in seen.values():
        for each in data if isinstance(data, list) else ():
            if not isinstance(each, dict):
                continue
            found = each.get("resource_uri")
            if isinstance(found, str) and _leads_to(found, place):
                return found
            values = {name.name: each[name.name] for name in place.arguments if _is_plain(each.get(name.name))}
            if len(values) == len(place.arguments):
                return place.template.format(**values)
    return ""


def _leads_to(address: str, place: Place) -> bool:
    try:
        return resolve(address).func is place.resource
    except Resolver404:
        return False


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _add(operation: Mapping[str, Any], data: Any, made: Mapping[str, Any]) -> None:
    response = resolved(operation["responses"].get("200", {}), made)
    if _JSON in response.get("content", {}):
        response["content"][_JSON]["example"] = data
