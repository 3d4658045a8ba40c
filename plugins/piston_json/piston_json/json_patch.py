"""Read JSON Patch (RFC 6902): operations that are applied one after the other, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest

from piston_core import MalformedBody, Patch, Problem
from piston_json.draft import MOST_COPIED, Conflict, Draft, TooMuch
from piston_json.operations import Operation, WrongForm
from piston_json.parser import JSONParser
from piston_json.values import copied, depth

_POINTER = {"type": "string", "description": "Leads to a value (RFC 6901)."}
_OPERATIONS: Mapping[str, Any] = {
    "type": "array",
    "description": "Operations, carried out in their order (RFC 6902).",
    "items": {
        "type": "object",
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": _POINTER,
            "from": _POINTER,
            "value": {},
        },
        "required": ["op", "path"],
    },
}


class JSONPatch(Patch):
    """Operations, applied to a copy, so that a document is changed by all of them or stays as it is.

    Args:
        operations: what to do, in this order.
        max_depth: how deeply the outcome may be nested; a document that already is deeper may stay so.
    """

    def __init__(self, operations: Sequence[Operation], *, max_depth: int = 64) -> None:
        self.operations = tuple(operations)
        self.max_depth = max_depth

    def applied_to(self, document: Mapping[str, Any]) -> Any:
        """Return what the operations make of a document.

        Raises:
            Problem: 409 with ``operation`` (its index, from 0) and ``pointer`` for one that does not fit
                (RFC 5789, section 2.2), 413 where too much is copied, or nested too deeply.
        """
        draft = Draft(document)
        for index, operation in enumerate(self.operations):
            try:
                _apply(draft, operation)
            except Conflict as conflict:
                raise _conflict(index, operation, conflict) from conflict
            except TooMuch as error:
                detail = f"Operation {index} (copy): a patch may copy about {MOST_COPIED} characters, and not more."
                raise Problem(413, detail, operation=index) from error
        levels = depth(draft.document)
        if levels > self.max_depth and levels > depth(dict(document)):
            raise Problem(413, f"The patched document is nested {levels} levels deep; {self.max_depth} are accepted.")
        return draft.document


class JSONPatchParser(JSONParser):
    """Reads JSON patches, which PATCH alone takes, with the limits and refusals of JSON bodies.

    Args:
        max_depth: how deeply lists and objects may be nested, in the body and in what it makes of a document.
        max_operations: how many operations a patch may have.
    """

    name = "json-patch"
    media_types = ("application/json-patch+json",)
    patches = True
    causes = MappingProxyType({
        400: "The body is not what its Content-Type says.",
        409: "An operation does not fit the present state.",
    })  # fmt: skip

    def __init__(self, *, max_depth: int = 64, max_operations: int = 1000) -> None:
        super().__init__(max_depth=max_depth)
        self.max_operations = max_operations

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema of a list of operations, whatever the data is that they change."""
        return _OPERATIONS

    def parse(self, body: bytes, request: HttpRequest) -> JSONPatch:
        """Return the patch.

        Raises:
            MalformedBody: it is not JSON, or no list of operations; the detail and ``operation`` say which one is not.
        """
        data = super().parse(body, request)
        if not isinstance(data, list):
            raise MalformedBody("A JSON patch is a list of operations (RFC 6902, section 3).")
        if len(data) > self.max_operations:
            raise MalformedBody(f"The patch has {len(data)} operations; {self.max_operations} are accepted.")
        return JSONPatch([_read(index, each) for index, each in enumerate(data)], max_depth=self.max_depth)


def _read(index: int, data: Any) -> Operation:
    try:
        return Operation.read(data)
    except WrongForm as wrong:
        raise MalformedBody(f"Operation {index}: {wrong}.", operation=index) from wrong


def _apply(draft: Draft, operation: Operation) -> None:
    match operation.op:
        case "test":
            draft.expect(operation.path, operation.value)
        case "add":
            draft.add(operation.path, copied(operation.value))
        case "replace":
            draft.replace(operation.path, copied(operation.value))
        case "remove":
            draft.remove(operation.path)
        case "move":
            draft.move(operation.origin, operation.path)
        case "copy":
            draft.copy(operation.origin, operation.path)


def _conflict(index: int, operation: Operation, conflict: Conflict) -> Problem:
    return Problem(
        409,
        f"Operation {index} ({operation.op}) does not fit the document: {conflict.reason}.",
        type="patch-conflict",
        operation=index,
        pointer=conflict.pointer.text,
    )
