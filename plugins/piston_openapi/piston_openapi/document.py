"""The OpenAPI document of what is served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import get_script_prefix

from piston_core import Description, Place, edit_openapi, plugin_options
from piston_openapi.components import Components
from piston_openapi.operations import Operations, names_of
from piston_openapi.options import Options, version_of

_EXTENDED = frozenset({"QUERY"})  # methods that OpenAPI knows from 3.2 on


def document(description: Description, version: str = "") -> dict[str, Any]:
    """Return the OpenAPI document of a description.

    Example: ``document(describe(api), "3.2")``.

    Args:
        description: what is served, from ``piston_core.describe``.
        version: the version of OpenAPI, ``3.1`` or ``3.2``; by default that of the options.

    Raises:
        ValueError: it is another version.
    """
    options = plugin_options("openapi", Options)
    version = version_of(version or options.openapi)
    components = Components()
    operations = Operations(components, version)
    made = {
        "openapi": version,
        "info": _info(description, options),
        "servers": [{"url": each} for each in options.servers or _here()],
        "tags": _tags(description),
        "paths": _paths(description, operations),
        "components": {kind: components.found[kind] for kind in sorted(components.found)},
    }
    kept = {name: value for name, value in made.items() if value or name == "paths"}
    edit_openapi(kept, description)
    return kept


def _info(description: Description, options: Options) -> dict[str, str]:
    about = {"description": options.description} if options.description else {}
    return {"title": description.title or options.title, "version": options.version, **about}


def _here() -> list[str]:
    """Return where the site begins, if that is not the server's root."""
    prefix = get_script_prefix().rstrip("/")
    return [prefix] if prefix else []


def _tags(description: Description) -> list[dict[str, str]]:
    """Return a tag for each handler, with what its docstring says."""
    tags = {place.title: place.about for place in reversed(description.places)}
    return [{"name": name, **({"description": tags[name]} if tags[name] else {})} for name in reversed(tags)]


def _paths(description: Description, operations: Operations) -> dict[str, Any]:
    names = names_of(description.places)
    paths: dict[str, dict[str, Any]] = {}
    for place in description.places:
        item = paths.setdefault(place.template, _item(place, operations))
        for served in place.methods:
            if served.method not in _EXTENDED or operations.has_items:
                name = names[place.template, served.method]
                item.setdefault(served.method.lower(), operations.operation(place, served, name))
    return paths


def _item(place: Place, operations: Operations) -> dict[str, Any]:
    arguments = [operations.parameter(each) for each in place.arguments]
    return {"parameters": arguments} if arguments else {}


def operations_of(made: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the operations of a document by their path and their method."""
    return {
        (path, method): operation
        for path, item in made.get("paths", {}).items()
        for method, operation in item.items()
        if isinstance(operation, Mapping) and "responses" in operation
    }
