"""Read JSON Merge Patch (RFC 7396): a document that looks like its changes, with ``null`` for what is to go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from piston_core import Patch
from piston_json.parser import JSONParser
from piston_json.values import copied


class MergePatch(Patch):
    """Changes in the form of what is to be.

    Args:
        changes: the members that change; anything but an object takes the document's place as it is.
    """

    def __init__(self, changes: Any) -> None:
        self.changes = changes

    def applied_to(self, document: Mapping[str, Any]) -> Any:
        """Return the document with the changes in it (RFC 7396, section 2); they fit every document."""
        if not isinstance(self.changes, dict):
            return copied(self.changes)
        result = copied(dict(document))
        waiting = [(result, self.changes)]
        while waiting:
            waiting.extend(_merge(*waiting.pop()))
        return result


class MergePatchParser(JSONParser):
    """Reads merge patches, which PATCH alone takes, with the limits and refusals of JSON bodies.

    Args:
        max_depth: how deeply lists and objects may be nested.
    """

    name = "merge-patch"
    media_types = ("application/merge-patch+json",)
    patches = True

    def parse(self, body: bytes, request: HttpRequest) -> MergePatch:
        """Return the patch; every JSON text is one.

        Raises:
            MalformedBody: it is not JSON; the detail says why and where.
        """
        return MergePatch(super().parse(body, request))


def _merge(target: dict[str, Any], changes: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Change the members of an object, and return those objects in it that are still to be changed, with how."""
    inner = []
    for name, value in changes.items():
        if value is None:
            target.pop(name, None)
        elif isinstance(value, dict):
            if not isinstance(target.get(name), dict):
                target[name] = {}
            inner.append((target[name], value))
        else:
            target[name] = copied(value)
    return inner
