"""The fields of data, as people read them: name, type in a word, limits, and the fields within."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder

# What a schema limits, in words.
_LIMITS: Mapping[str, str] = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "{} or more",
    "exclusiveMinimum": "more than {}",
    "maximum": "{} or less",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "minProperties": "at least {} names",
    "maxProperties": "at most {} names",
}
_LONGEST = 1000  # choices that are shown
_ENDLESS = 10**15  # what only keeps a database from overflowing tells people nothing


class Field(NamedTuple):
    """A named value.

    Attributes:
        name: its name.
        kind: its type in a few words.
        about: what it means.
        is_required: whether it has to be there.
        limits: what its value has to be like, each in a few words.
        choices: the values that it may have.
        more: how many choices there are beyond those.
        pattern: the regular expression that text has to match.
        default: its value where none is sent, as JSON writes it.
        fields: the fields of what it holds.
    """

    name: str
    kind: str
    about: str
    is_required: bool
    limits: tuple[str, ...]
    choices: tuple[str, ...]
    more: int
    pattern: str
    default: str
    fields: tuple[Field, ...]


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the fields of an object, of the objects in a list, or of each of several alternatives."""
    return tuple(_fields(schema))


def _fields(schema: Mapping[str, Any]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield field(name, each, is_required=name in required)
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping) and others:
        yield field("any name", others)
    if isinstance(schema.get("items"), Mapping):
        yield from _fields(schema["items"])
    yield from _alternatives(schema)


def _alternatives(schema: Mapping[str, Any]) -> Iterator[Field]:
    """Yield a field for each alternative that has fields of its own."""
    for name in ("anyOf", "oneOf", "prefixItems"):
        for each in schema.get(name, ()):
            if fields_of(each):
                yield field(each.get("title", ""), each)


def field(name: str, schema: Mapping[str, Any], *, is_required: bool = False) -> Field:
    """Return a value as people read it.

    Args:
        name: its name.
        schema: its schema.
        is_required: whether it has to be there.
    """
    items = schema["items"] if isinstance(schema.get("items"), Mapping) else {}
    choices = [_plain(each) for each in (*schema.get("enum", ()), *items.get("enum", ()))]
    return Field(
        name=name,
        kind=kind_of(schema),
        about=str(schema.get("description", "") or items.get("description", "")),
        is_required=is_required,
        limits=tuple(_limits(schema)) + tuple(f"each {limit}" for limit in _limits(items)),
        choices=tuple(choices[:_LONGEST]),
        more=len(choices[_LONGEST:]),
        pattern=str(schema.get("pattern", "") or items.get("pattern", "")),
        default=_json(schema["default"]) if "default" in schema else "",
        fields=fields_of(schema),
    )


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    if schema.get("minLength") == 1:
        yield "not empty"
        schema = {name: each for name, each in schema.items() if name != "minLength"}
    for name, words in _LIMITS.items():
        if name in schema and not (isinstance(schema[name], int) and abs(schema[name]) >= _ENDLESS):
            yield words.format(schema[name])
    if schema.get("readOnly"):
        yield "read only"
    if schema.get("uniqueItems"):
        yield "each only once"


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return the type of a value in a few words, such as ``array of string`` or ``string (date-time), or null``."""
    if "const" in schema:
        return _json(schema["const"])
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return " or ".join(dict.fromkeys(kind_of(each) for each in several))
    types = schema.get("type", "object" if "properties" in schema else "")
    if isinstance(types, str):
        return _kind(types, schema)
    return " or ".join(_kind(each, schema) for each in types)


def _kind(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        within = kind_of(schema["items"]) if isinstance(schema.get("items"), Mapping) else ""
        return f"array of {within}" if within and within != "anything" else "array"
    if kind in ("string", "number", "integer") and "format" in schema:
        return f"{kind} ({schema['format']})"
    if not kind:
        is_text = "pattern" in schema or all(isinstance(each, str) for each in schema.get("enum", [None]))
        return "string" if is_text else "one of" if "enum" in schema else "anything"
    return kind


def _plain(value: Any) -> str:
    """Return a choice as it is typed: text without quotation marks."""
    return value if isinstance(value, str) and value else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
