"""Examples of data that a schema would accept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_FORMATS: Mapping[str, str] = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00",
    "duration": "P1DT00H00M00S",
    "uuid": "8e03978e-40d5-43dd-bc93-6894a57f9324",
    "email": "jane@example.org",
    "uri": "https://example.org/",
    "uri-reference": "/example/",
    "decimal": "9.99",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "ip": "192.0.2.1",
    "byte": "ZXhhbXBsZQ==",
}
_WORDS = ("example", "a", "1", "A1", "abc123", "00000000", "-1", "2026-01-31", "items=0-9", "P1DT00H00M00S")


def sample(schema: Mapping[str, Any], name: str = "example") -> Any:
    """Return an example: the schema's own one if it has one, else a value that looks like what is described.

    Args:
        schema: a fragment of JSON Schema.
        name: what the value is called, which text is made of.
    """
    for own in ("examples", "enum"):
        if schema.get(own):
            return schema[own][0]
    for own in ("example", "const", "default"):
        if schema.get(own) is not None:
            return schema[own]
    for several in ("anyOf", "oneOf"):
        if schema.get(several):
            return sample(schema[several][0], name)
    return _of_type(_type_of(schema), schema, name)


def _type_of(schema: Mapping[str, Any]) -> str:
    """Return the type to show: of several the first one that is something."""
    types = schema.get("type")
    if types is None:
        return "object" if "properties" in schema else "string" if "pattern" in schema else ""
    return types if isinstance(types, str) else next((each for each in types if each != "null"), "null")


def _of_type(kind: str, schema: Mapping[str, Any], name: str) -> Any:
    match kind:
        case "object":
            return _object(schema)
        case "array":
            return _array(schema, name)
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return True
        case "string":
            return _text(schema, name)
    return None


def _object(schema: Mapping[str, Any]) -> dict[str, Any]:
    named = {key: sample(each, key) for key, each in schema.get("properties", {}).items()}
    others = schema.get("additionalProperties")
    return named or ({"name": sample(others, "value")} if isinstance(others, Mapping) and others else {})


def _array(schema: Mapping[str, Any], name: str) -> list[Any]:
    places = [sample(each, name) for each in schema.get("prefixItems", ())]
    items = schema.get("items")
    if places or not items or not isinstance(items, Mapping):
        return places
    values = items.get("enum") or [sample(items, name)]
    number = max(1, schema.get("minItems", 1))
    return [values[each % len(values)] for each in range(number)]


def _number(schema: Mapping[str, Any]) -> Any:
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + ("exclusiveMinimum" in schema))
    return min(max(1, least), schema.get("maximum", schema.get("exclusiveMaximum", least + 3) - 1))


def _text(schema: Mapping[str, Any], name: str) -> str:
    """Return text in the schema's format, else the name or another word, made to fit its length and its pattern."""
    known = _FORMATS.get(schema.get("format", ""))
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
    fitting = [each.ljust(least, "a")[:most] for each in ([known] if known else [name, name.lower(), *_WORDS])]
    return next((each for each in fitting if _matches(schema.get("pattern", ""), each)), fitting[0])


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:  # one of JSON Schema's that Python does not know
        return False


def body_sample(schema: Mapping[str, Any]) -> Any:
    """Return an example of what is sent: of an object only what has to be there, or its first name if nothing has."""
    for several in ("anyOf", "oneOf"):
        if schema.get(several):
            return body_sample(schema[several][0])
    if _type_of(schema) == "array" and isinstance(schema.get("items"), Mapping):
        return [body_sample(schema["items"])]
    made = sample(schema)
    if not isinstance(made, dict):
        return made
    wanted = schema.get("required") or list(made)[:1]
    return {name: made[name] for name in made if name in wanted}
