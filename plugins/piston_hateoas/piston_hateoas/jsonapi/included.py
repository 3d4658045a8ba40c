"""Take related objects out of those that show them, so that each is in a document once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
Identity = tuple[str, str]

_FIELDS = ("attributes", "relationships")
_MEMBERS = frozenset({"type", "id", "links", *_FIELDS})


def is_resource(row: Any) -> bool:
    """Return whether plain data is a resource object, as the builder arranges it."""
    return type(row) is dict and "type" in row and "id" in row and row.keys() <= _MEMBERS


class Included:
    """The related objects of one document.

    Args:
        fields: by type, the members that the client wants of its objects; all of other types.
    """

    def __init__(self, fields: Mapping[str, frozenset[str]]) -> None:
        self.fields = fields
        self._primary: set[Identity] = set()
        self._found: dict[Identity, Row] = {}

    def freed(self, row: Row) -> Row:
        """Return an object of the primary data with linkage where it has related objects."""
        self._primary.add((row["type"], row["id"]))
        return self._flat(row)

    def objects(self) -> list[Row]:
        """Return the related objects that are no primary data, each once."""
        return [row for identity, row in self._found.items() if identity not in self._primary]

    def _flat(self, row: Row) -> Row:
        relationships = row.get("relationships")
        if relationships:
            row = {**row, "relationships": {name: self._linked(each) for name, each in relationships.items()}}
        wanted = self.fields.get(row["type"])
        return row if wanted is None else _narrowed(row, wanted)

    def _linked(self, relationship: Row) -> Row:
        data = relationship.get("data")
        if not data:
            return relationship
        linkage = [self._linkage(each) for each in data] if type(data) is list else self._linkage(data)
        return {**relationship, "data": linkage}

    def _linkage(self, row: Row) -> Row:
        """Return the identifier of a related object; one of which nothing is shown is no more than that."""
        if "attributes" in row or "relationships" in row:
            identity, flat = (row["type"], row["id"]), self._flat(row)
            known = self._found.setdefault(identity, flat)
            if known is not flat:
                self._found[identity] = _united(known, flat)
        return {"type": row["type"], "id": row["id"]}


def _united(known: Row, other: Row) -> Row:
    """Return one object of two that may show different members of it."""
    for part in _FIELDS:
        if part in other and not other[part].keys() <= known.get(part, {}).keys():
            known = {**known, part: {**other[part], **known.get(part, {})}}
    return known


def _narrowed(row: Row, wanted: frozenset[str]) -> Row:
    parts = {name: {key: row[name][key] for key in row[name] if key in wanted} for name in _FIELDS if name in row}
    return {name: parts.get(name, value) for name, value in row.items() if name not in parts or parts[name]}
