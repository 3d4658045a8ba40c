"""Schemas of what a method reads: the form that data has to pass, in the formats that are read here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import NOT_PROVIDED, Model

from piston_core.describing.records import Body, Parameter, Schema
from piston_core.describing.schemas import (
    BASE64,
    OF_TYPES,
    array,
    limits_of,
    moment,
    nullable,
    of_choices,
    one_of,
    value_of,
)
from piston_core.describing.shapes import column_of
from piston_core.describing.spots import Spot
from piston_core.formfields import Base64Field
from piston_core.screening import outline_of

_FILE = {"type": "string", "format": "binary"}

# The first kind that a field is of counts.
_KINDS: tuple[tuple[type[forms.Field], Schema], ...] = (
    (Base64Field, BASE64),
    (forms.JSONField, {}),
    (forms.NullBooleanField, {"type": ["boolean", "null"]}),
    (forms.BooleanField, {"type": "boolean"}),
    (forms.FloatField, {"type": "number"}),
    (forms.DecimalField, {"type": ["string", "number"], "format": "decimal"}),
    (forms.IntegerField, {"type": "integer"}),
    (forms.DateField, {"type": "string", "format": "date"}),
    (forms.TimeField, {"type": "string", "format": "time-local"}),
    (forms.DurationField, {"type": "string"}),
    (forms.EmailField, {"type": "string", "format": "email"}),
    (forms.URLField, {"type": "string", "format": "uri"}),
    (forms.UUIDField, {"type": "string", "format": "uuid"}),
    (forms.SlugField, {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}),
    (forms.FileField, _FILE),
    (forms.CharField, OF_TYPES[str]),
)


def body_of(spot: Spot, parameters: Iterable[Parameter]) -> Body | None:
    """Return what a method reads, ``None`` for one without a body.

    Args:
        spot: the method.
        parameters: the parameters of the query, which QUERY has in its body.
    """
    if spot.method == "QUERY":
        schema: Schema = {"type": "object", "properties": {each.name: each.schema for each in parameters}}
    elif spot.action in ("create", "update", "patch"):
        schema = _data(spot)
    else:
        return None
    parsers = spot.bound.parsers_for(spot.handler, spot.action, spot.names)
    contents = {
        media_type: parser.schema(_with_files(schema) if parser.reads_request else _without_files(schema))
        for media_type, parser in parsers.items()
    }
    return Body(_without_files(schema), contents, spot.method == "QUERY" or bool(_required(schema)))


def _required(schema: Schema) -> Any:
    return schema.get("required") or schema.get("type") == "array"


def _data(spot: Spot) -> Schema:
    if spot.form is None:
        return {}
    schema = _form(spot)
    if not spot.takes_several:
        return schema
    if spot.action == "create":
        return one_of([schema, _several(spot, schema)])
    return _several(spot, _with_keys(spot, schema))


def _several(spot: Spot, schema: Schema) -> Schema:
    return {**array(schema), "minItems": 1, "maxItems": spot.handler.bulk_limit}


def _with_keys(spot: Spot, schema: Schema) -> Schema:
    """Return the schema of one object of several, which says itself which object it is."""
    keys = [name for name in spot.resource.scope.keys_of(spot.handler) if name not in spot.names]
    model: Any = spot.handler.model
    columns = {name: column_of(model, name) for name in keys}
    known = {name: value_of(column) if column else {} for name, column in columns.items()}
    title = f"{schema['title']}InList"
    return {**schema, "title": title, "properties": {**known, **schema["properties"]}, "required": keys}


def _form(spot: Spot) -> Schema:
    """Return the schema of the data that a form takes; of one whose fields may be others, what its class says."""
    form: Any = spot.form
    model = spot.handler.model
    left = _left(model)
    fields = form.base_fields
    partial = spot.action == "patch"
    properties = {name: _described(name, field, None if partial else model) for name, field in fields.items()}
    required = [] if partial else [name for name, field in fields.items() if field.required and name not in left]
    return {
        "type": "object",
        "title": f"{form.__name__}Patch" if partial else form.__name__,
        "properties": properties,
        **({"required": required} if required else {}),
        **({"additionalProperties": False} if outline_of(form) else {}),
    }


def _left(model: type[Model] | None) -> frozenset[str]:
    """Return the names that need not be sent, since a new object has a value for them."""
    columns = model._meta.concrete_fields if model is not None else ()
    return frozenset(each.name for each in columns if each.has_default() or _is_filled(each))


def _is_filled(column: Any) -> bool:
    return column.db_default is not NOT_PROVIDED or column.get_default() not in column.empty_values


def _described(name: str, field: forms.Field, model: type[Model] | None) -> Schema:
    """Return the schema of a field with what the form says of it, and with the default of its column."""
    found = _value(field)
    label = str(field.label or "")
    usual = label.lower() in ("", name.replace("_", " ").lower())
    about = str(field.help_text or "") or ("" if usual else label)
    column = column_of(model, name) if model is not None else None
    default = column.default if column is not None else None
    return {
        **found,
        **({"description": about} if about else {}),
        **({"default": default} if type(default) in (str, int, bool, float) and default != "" else {}),
    }


def _value(field: Any) -> Schema:
    """Return the schema of a field's values; a field that is not required takes null for nothing."""
    found = _related(field) if isinstance(field, forms.ModelChoiceField) else _plain(field)
    return found if field.required or isinstance(field, forms.FileField) else nullable(found)


def _plain(field: Any) -> Schema:
    if isinstance(field, forms.ChoiceField):
        chosen = _chosen(field)
        return array(chosen) if isinstance(field, forms.MultipleChoiceField) else chosen
    base: Schema = next((schema for kind, schema in _KINDS if isinstance(field, kind)), {})
    if isinstance(field, forms.DateTimeField):
        base = moment()
    if isinstance(field, forms.BooleanField) and field.required and not isinstance(field, forms.NullBooleanField):
        return {"const": True}
    return {**base, **_limits(field)} if base else {}


def _limits(field: Any) -> dict[str, Any]:
    if isinstance(field, forms.FileField):
        return {}
    if isinstance(field, forms.CharField):
        longest = {"maxLength": field.max_length} if field.max_length is not None else {}
        least = field.min_length or (1 if field.required else None)
        return {**longest, **({"minLength": least} if least and type(field) is not Base64Field else {})}
    if isinstance(field, forms.IntegerField) and not isinstance(field, forms.DecimalField):
        return limits_of(field.validators)
    return {}


def _chosen(field: Any) -> Schema:
    flat = [
        each
        for value, label in field.choices
        for each in (label if isinstance(label, list | tuple) else [(value, label)])
    ]
    kept = [(value, label) for value, label in flat if not (field.required and value in ("", None))]
    return of_choices(kept) if all(isinstance(value, str | int) for value, _ in kept) else {}


def _related(field: Any) -> Schema:
    """Return the schema of what names a related object, or of a list of such."""
    column = column_of(field.queryset.model, field.to_field_name or "pk")
    found = value_of(column) if column is not None else {}
    return array(found) if isinstance(field, forms.ModelMultipleChoiceField) else found


def _without_files(schema: Schema) -> Schema:
    """Return the schema of data in a format that has no files."""
    properties = schema.get("properties", {})
    files = _files(schema)
    if not files:
        return schema
    required = [name for name in schema.get("required", ()) if name not in files]
    rest = {name: value for name, value in schema.items() if name != "required"}
    return {
        **rest,
        "properties": {name: each for name, each in properties.items() if name not in files},
        **({"required": required} if required else {}),
    }


def _with_files(schema: Schema) -> Schema:
    """Return the schema of data in a format that has files, which is another one where there are some."""
    return {**schema, "title": f"{schema['title']}WithFiles"} if _files(schema) else schema


def _files(schema: Schema) -> set[str]:
    return {name for name, each in schema.get("properties", {}).items() if each.get("format") == "binary"}
