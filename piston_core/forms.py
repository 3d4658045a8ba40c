"""What Django's forms need to serve an API: data that is not from a browser, and objects to merge it with."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BinaryField, Expression, Model
from django.db.models.expressions import DatabaseDefault
from django.forms.models import model_to_dict, modelform_factory
from django.utils.datastructures import MultiValueDict

from piston_core.handler import BaseHandler, overrides
from piston_core.plans.tree import shown
from piston_core.problems import pointer

_FROM_PAGES = frozenset({"csrfmiddlewaretoken"})  # what Django's own form pages send along

# The fields of django.forms that hold one value each, for which a list or an object is no value.
_SINGLE = (
    forms.BooleanField,
    forms.CharField,
    forms.ChoiceField,
    forms.DateField,
    forms.DateTimeField,
    forms.DurationField,
    forms.IntegerField,
    forms.ModelChoiceField,
    forms.TimeField,
)
_TEXT = (forms.DateField, forms.DateTimeField, forms.GenericIPAddressField, forms.TimeField)  # they fail on a number
_TRUTH = frozenset({"true", "false"})


def form_for(handler: BaseHandler, action: str) -> type[forms.BaseForm] | None:
    """Return the form that the data for an action has to pass, ``None`` if the handler asks for none.

    A method's ``@validate`` comes first, then the handler's ``form``; the model's own CRUD makes
    a model form of the columns that the handler shows. What it shows of a related object by a tuple
    is to be read: it is not for the client to say whose post this is.
    """
    method = getattr(handler, action)
    declared: type[forms.BaseForm] | None = getattr(method, "piston_form", None) or handler.form
    if declared is not None or handler.model is None:
        return declared
    runs = "update" if action == "patch" and not overrides(handler, "patch") else action
    if overrides(handler, runs):
        return None
    nodes = shown(type(handler), handler.model, many=False)
    return _model_form(handler.model, frozenset(node.name for node in nodes if not node.children))


@cache
def _model_form(model: type[Model], names: frozenset[str]) -> type[forms.BaseForm]:
    fields = [field for field in (*model._meta.concrete_fields, *model._meta.many_to_many) if field.name in names]
    writable = [field.name for field in fields if field.editable and field.formfield()]
    return modelform_factory(model, fields=writable, formfield_callback=_form_field)


def _form_field(field: Any, **options: Any) -> forms.Field | None:
    """Return a column's field; bytes, for which Django has none, come as the base64 text that they are shown as."""
    if isinstance(field, BinaryField):
        return Base64Field(required=not field.blank)
    made: forms.Field | None = field.formfield(**options)
    return made


class Base64Field(forms.CharField):
    """Reads bytes from base64 text (RFC 4648, section 4)."""

    def to_python(self, value: Any) -> Any:
        """Return the bytes.

        Raises:
            ValidationError: it is no base64.
        """
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        try:
            return b64decode(super().to_python(value) or "", validate=True)
        except ValueError as error:
            raise ValidationError("Bytes as base64 text are expected here.", code="invalid") from error


def current_values(form: forms.BaseForm, subject: Any) -> MultiValueDict[str, Any]:
    """Return what an object holds, as if a form had been sent with it."""
    if isinstance(subject, Model):
        names = {field.name for field in (*subject._meta.concrete_fields, *subject._meta.many_to_many)}
        there = _held(form, subject, names)
    else:
        there = {}
    there |= {name: getattr(subject, name) for name in form.fields if name not in there and hasattr(subject, name)}
    return form_values(form, there | _parts(form, there))


def default_values(form: forms.BaseForm, subject: Any) -> MultiValueDict[str, Any]:
    """Return what a new object has without being told, of the columns that have a default or are filled in."""
    if not isinstance(subject, Model):
        return MultiValueDict()
    columns = [field for field in subject._meta.concrete_fields if not field.generated]
    known = {
        field.name
        for field in columns
        if field.has_default() or getattr(subject, field.attname) not in field.empty_values
    }
    held = _held(form, subject, known)
    for field in columns:
        if field.name in held and isinstance(held[field.name], DatabaseDefault):
            held[field.name] = field.db_default
    held = {name: value for name, value in held.items() if not isinstance(value, Expression)}
    return form_values(form, held | _parts(form, held))


def relax(form: forms.BaseForm, unsent: Collection[str], subject: Any) -> None:
    """Have a form pass what was not sent as it is: an empty default, blanks around a text.

    Args:
        form: the form with the merged data.
        unsent: the names whose values are not the client's.
        subject: an object whose values the database is to compute where none was sent, if there is one.
    """
    for name in unsent:
        field = form.fields.get(name)
        if field is not None and not isinstance(field.widget, forms.MultiWidget):
            field.required = False
            if isinstance(field, forms.CharField):
                field.strip = False
    values = {} if subject is None else vars(subject)
    for name in [*form.fields]:
        if isinstance(values.get(name), DatabaseDefault) and name not in form.data:
            del form.fields[name]


def _held(form: forms.BaseForm, subject: Model, names: Collection[str]) -> dict[str, Any]:
    """Return an object's values as its form takes them: a related object itself where another field names it."""
    held = model_to_dict(subject, fields={*names} & form.fields.keys())
    for name, value in held.items():
        named_by = getattr(form.fields[name], "to_field_name", None)
        if named_by and not isinstance(value, list) and _target(subject, name) != named_by:
            held[name] = getattr(subject, name)
    return held


def _parts(form: forms.BaseForm, held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of the values that a widget reads in several parts, by the names that it reads."""
    widgets: dict[str, Any] = {name: form.fields[name].widget for name in held}
    return {
        name + suffix: part
        for name, value in held.items()
        if hasattr(widgets[name], "widgets_names")
        for suffix, part in zip(widgets[name].widgets_names, widgets[name].decompress(value), strict=True)
    }


def _target(subject: Model, name: str) -> str:
    """Return the name of the field that a foreign key's own column holds."""
    field: Any = subject._meta.get_field(name)
    return str(field.target_field.name)


def form_values(form: forms.BaseForm, data: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """Return data as a form takes it: each name with its values, text for a field that wants JSON text."""
    if isinstance(data, MultiValueDict):
        return data
    values: MultiValueDict[str, Any] = MultiValueDict()
    for name, value in data.items():
        field = form.fields.get(name)
        if isinstance(field, forms.JSONField) and value is not None:
            values[name] = json.dumps(value, cls=field.encoder)
        elif isinstance(value, list | tuple) and field is not None and _takes_several(field):
            values.setlist(name, list(value))
        else:
            values[name] = value
    return values


def unknown(form: forms.BaseForm, names: Collection[str]) -> list[dict[str, str]]:
    """Return a fault for each name that the form has no field for."""
    known = {*form.fields, *_FROM_PAGES}
    for name, field in form.fields.items():
        if isinstance(field.widget, forms.MultiWidget):
            known |= {name + suffix for suffix in field.widget.widgets_names}  # type: ignore[attr-defined]  # the stubs lack it
        if isinstance(field, forms.FileField):
            known.add(f"{name}-clear")
    return [
        {"pointer": pointer(name), "detail": "There is no such field here.", "code": "unknown"}
        for name in names
        if name not in known
    ]


def misshapen(form: forms.BaseForm, data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a fault for each list, object or truth value that stands where a single value belongs.

    Django's fields would take the text of it, ``['a']`` for a title, or any value for true, or fail.
    """
    if isinstance(data, MultiValueDict):
        return []
    fields = [(name, form.fields[name]) for name in data.keys() - well_shaped(form, data).keys()]
    return [
        {"pointer": pointer(name), "detail": f"{_expected(field)} is expected here.", "code": "invalid"}
        for name, field in fields
    ]


def well_shaped(form: forms.BaseForm, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data without what is ``misshapen``."""
    if isinstance(data, MultiValueDict):
        return data
    fields = form.fields
    return {name: value for name, value in data.items() if name not in fields or _has_shape(fields[name], value)}


def _has_shape(field: forms.Field, value: Any) -> bool:
    if not isinstance(field, _SINGLE) or isinstance(field, forms.JSONField) or _takes_several(field):
        return True  # the field judges for itself
    if isinstance(field, forms.BooleanField):
        return value is None or isinstance(value, bool) or (isinstance(value, str) and value.lower() in _TRUTH)
    if isinstance(value, bool):
        return isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
    if isinstance(value, int | float):
        fraction = isinstance(value, float) and isinstance(field, forms.ModelChoiceField)
        return not fraction and not isinstance(field, _TEXT)
    return not isinstance(value, list | Mapping)


def _expected(field: forms.Field) -> str:
    if isinstance(field, forms.BooleanField):
        return "true or false"
    return "Text" if isinstance(field, _TEXT) else "A single value"


def _takes_several(field: forms.Field) -> bool:
    widget = field.widget
    return getattr(widget, "allow_multiple_selected", False) or isinstance(widget, forms.MultipleHiddenInput)
