"""Take related objects out of those that show them, so that each is in a document once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from piston_hateoas.writing import encode

Row = dict[str, Any]
Identity = tuple[str, str]

_FIELDS = ("attributes", "relationships")
_NOTHING: Row = {}
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
        self._tops: dict[str, _Place] = {}

    def freed(self, row: Row) -> Row:
        """Return an object of the primary data with linkage where it has related objects."""
        kind = row["type"]
        self._primary.add((kind, row["id"]))
        top = self._tops.get(kind) or self._tops.setdefault(kind, _Place(self))
        return self.narrowed(top.flat(row))

    def note(self, row: Row) -> None:
        """Keep a related object; one of which nothing is shown is told by its identifier alone."""
        if "attributes" in row or "relationships" in row:
            identity, row = (row["type"], row["id"]), self.narrowed(row)
            known = self._found.setdefault(identity, row)
            if known is not row:
                self._found[identity] = _united(known, row)

    def narrowed(self, row: Row) -> Row:
        """Return an object with the members that the client wants."""
        wanted = self.fields.get(row["type"]) if self.fields else None
        return row if wanted is None else _narrowed(row, wanted)

    def objects(self) -> list[Row]:
        """Return the related objects that are no primary data, each once."""
        return [row for identity, row in self._found.items() if identity not in self._primary]


class _Place:
    """A place at which objects of one type are shown: the primary data, or a relationship of such.

    Args:
        document: where their related objects go.
    """

    def __init__(self, document: Included) -> None:
        self.document = document
        self.linkages: dict[str, Row] = {}
        self.inner: dict[str, _Place] = {}

    def flat(self, row: Row) -> Row:
        """Return the object itself, with linkage in place of related objects: rows are made for one answer."""
        relationships = row.get("relationships", _NOTHING)
        for name, each in relationships.items() if type(relationships) is dict else ():
            data = each.get("data")
            if data:
                each["data"] = self._linked(name, data)
        return row

    def _linked(self, name: str, data: Any) -> Any:
        place = self.inner.get(name) or self.inner.setdefault(name, _Place(self.document))
        known = place.linkages  # most objects are related to several others
        if type(data) is list:
            return [known.get(each["id"]) or place.linkage(each) for each in data]
        return known.get(data["id"]) or place.linkage(data)

    def linkage(self, row: Row) -> Row:
        """Return the identifier of an object that this place shows for the first time."""
        self.document.note(self.flat(row))
        found = self.linkages[row["id"]] = {"type": row["type"], "id": row["id"]}
        return found


def _members(part: Any) -> Row:
    """Return the members of a part, which is ready JSON where it holds links alone."""
    return part if isinstance(part, dict) else json.loads(encode(part))


def _united(known: Row, other: Row) -> Row:
    """Return one object of two that may show different members of it."""
    for part in _FIELDS:
        if part in other and not _members(other[part]).keys() <= _members(known.get(part, {})).keys():
            known = {**known, part: {**_members(other[part]), **_members(known.get(part, {}))}}
    return known


def _narrowed(row: Row, wanted: frozenset[str]) -> Row:
    members = {name: _members(row[name]) for name in _FIELDS if name in row}
    parts = {name: {key: held[key] for key in held if key in wanted} for name, held in members.items()}
    return {name: parts.get(name, value) for name, value in row.items() if name not in parts or parts[name]}
