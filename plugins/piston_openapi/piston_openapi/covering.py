"""Whether all that one schema describes is described by another, and what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_EVERY = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
_LEAST = ("minimum", "minLength", "minItems")
_MOST = ("maximum", "maxLength", "maxItems")
_SAME = ("pattern", "format")

Around = frozenset[tuple[str, str]]  # the references that led here


class Side(NamedTuple):
    """A schema of one of two documents.

    Attributes:
        schema: the schema, which may be a reference.
        document: the document, where references lead.
    """

    schema: Any
    document: Mapping[str, Any]

    def resolved(self) -> Mapping[str, Any]:
        """Return the schema that is meant; ``true`` stands for anything."""
        schema = resolved(self.schema, self.document)
        return schema if isinstance(schema, Mapping) else {}

    def at(self, schema: Any) -> Side:
        """Return a schema that is within this one."""
        return Side(schema, self.document)


def resolved(part: Any, document: Mapping[str, Any]) -> Any:
    """Return what a part of a document is, if it is a reference what that leads to."""
    while isinstance(part, Mapping) and str(part.get("$ref", "")).startswith("#/"):
        found: Any = document
        for step in part["$ref"][2:].split("/"):
            found = found.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
        part = found
    return part


def led(one: Any, another: Any, around: Around) -> Around | None:
    """Return the references that led to what is in two schemas, ``None`` where they have led here already."""
    pair = tuple(str(each.get("$ref", "")) if isinstance(each, Mapping) else "" for each in (one, another))
    if not any(pair):
        return around
    return None if pair in around else around | {(pair[0], pair[1])}


def uncovered(
    special: Side, general: Side, where: str = "", around: Around = frozenset()
) -> Iterator[tuple[str, str]]:
    """Yield where the values of one schema are not among those of another, and why.

    Args:
        special: what may come.
        general: what was agreed upon.
        where: what led here.
        around: the references that led here.
    """
    one, another = special.resolved(), general.resolved()
    within = led(special.schema, general.schema, around)
    if within is None or not _says(another):
        return
    if "anyOf" in one or "anyOf" in another:
        yield from _alternatives(special, general, where, within)
        return
    why = _types(one, another) or _values(one, another) or _limits(one, another)
    if why:
        yield where, why
        return
    yield from _within(special, general, where, within)


def _says(schema: Mapping[str, Any]) -> bool:
    return bool(schema.keys() - {"title", "description", "default", "examples", "deprecated", "readOnly"})


def _alternatives(special: Side, general: Side, where: str, around: Around) -> Iterator[tuple[str, str]]:
    agreed = [general.at(each) for each in general.resolved().get("anyOf", [general.resolved()])]
    for each in special.resolved().get("anyOf", [special.resolved()]):
        one = special.at(each)
        if all(any(True for _ in uncovered(one, another, where, around)) for another in agreed):
            kinds = " or ".join(sorted(_kinds(one.resolved())))
            yield where, f"may be of another kind: {kinds}"


def _kinds(schema: Mapping[str, Any]) -> frozenset[str]:
    declared = schema.get("type")
    if declared is None:
        values = _named(schema)
        return _EVERY if values is None else frozenset(map(_kind, values))
    return frozenset([declared] if isinstance(declared, str) else declared)


def _kind(value: Any) -> str:
    names = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def _types(one: Mapping[str, Any], another: Mapping[str, Any]) -> str:
    agreed = _kinds(another)
    more = _kinds(one) - agreed - ({"integer"} if "number" in agreed else set())
    if not more:
        return ""
    return f"may be {' or '.join(sorted(more))}" if more != _EVERY - agreed else "may be anything"


def _named(schema: Mapping[str, Any]) -> list[Any] | None:
    """Return the values that a schema names, ``None`` if it names none."""
    if "const" in schema:
        return [schema["const"]]
    if "oneOf" in schema and all("const" in each for each in schema["oneOf"]):
        return [each["const"] for each in schema["oneOf"]]
    named: list[Any] | None = schema.get("enum")
    return named


def _values(one: Mapping[str, Any], another: Mapping[str, Any]) -> str:
    named, agreed = _named(one), _named(another)
    if agreed is None:
        return ""
    if named is None:
        return "may be another value than those that are named"
    more = [each for each in named if each not in agreed]
    return f"may be {', '.join(map(repr, more))}" if more else ""


def _limits(one: Mapping[str, Any], another: Mapping[str, Any]) -> str:
    if _named(one) is not None:
        return ""
    for name in _LEAST:
        if name in another and one.get(name, float("-inf")) < another[name]:
            return f"may be below {name} {another[name]}"
    for name in _MOST:
        if name in another and one.get(name, float("inf")) > another[name]:
            return f"may be beyond {name} {another[name]}"
    changed = next((name for name in _SAME if name in another and one.get(name) != another[name]), "")
    return f"may be of another {changed} than {another[changed]}" if changed else ""


def _within(special: Side, general: Side, where: str, around: Around) -> Iterator[tuple[str, str]]:
    """Yield the same of items and properties; which names there are is for others to judge."""
    one, another = special.resolved(), general.resolved()
    if "items" in another:
        yield from uncovered(special.at(one.get("items", {})), general.at(another["items"]), f"{where}[]", around)
    known = one.get("properties", {})
    for name, agreed in another.get("properties", {}).items():
        if name in known:
            inner = f"{where}.{name}" if where else name
            yield from uncovered(special.at(known[name]), general.at(agreed), inner, around)
    rest = one.get("additionalProperties"), another.get("additionalProperties")
    if all(isinstance(each, Mapping) for each in rest):
        yield from uncovered(special.at(rest[0]), general.at(rest[1]), f"{where}.*", around)
