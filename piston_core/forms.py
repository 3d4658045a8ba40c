"""What Django's forms need to serve an API: data that is not from a browser, and objects to merge it with."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django import forms
from django.db.models import Model
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


def form_for(handler: BaseHandler, action: str) -> type[forms.BaseForm] | None:
    """Return the form that the data for an action has to pass, ``None`` if the handler asks for none.

    A method's ``@validate`` comes first, then the handler's ``form``; the model's own CRUD makes
    a model form of the columns that the handler shows.
    """
    method = getattr(handler, action)
    declared: type[forms.BaseForm] | None = getattr(method, "piston_form", None) or handler.form
    if declared is not None or handler.model is None:
        return declared
    runs = "update" if action == "patch" and not overrides(handler, "patch") else action
    if overrides(handler, runs):
        return None
    return _model_form(handler.model, frozenset(node.name for node in shown(type(handler), handler.model, many=False)))


@cache
def _model_form(model: type[Model], names: frozenset[str]) -> type[forms.BaseForm]:
    fields = [field for field in (*model._meta.concrete_fields, *model._meta.many_to_many) if field.name in names]
    return modelform_factory(model, fields=[field.name for field in fields if field.editable and field.formfield()])


def current_values(form: forms.BaseForm, subject: Any) -> MultiValueDict[str, Any]:
    """Return what an object holds, as if a form had been sent with it."""
    if isinstance(subject, Model):
        names = {field.name for field in (*subject._meta.concrete_fields, *subject._meta.many_to_many)}
        there = model_to_dict(subject, fields=names & form.fields.keys())
    else:
        there = {}
    there |= {name: getattr(subject, name) for name in form.fields if name not in there and hasattr(subject, name)}
    return form_values(form, there)


def default_values(form: forms.BaseForm, subject: Any) -> MultiValueDict[str, Any]:
    """Return what a new object has without being told, of the columns that have a default or are filled in."""
    if not isinstance(subject, Model):
        return MultiValueDict()
    known = {
        field.name
        for field in subject._meta.concrete_fields
        if field.has_default() or getattr(subject, field.attname) not in field.empty_values
    }
    return form_values(form, model_to_dict(subject, fields=known & form.fields.keys()))


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

    Django's fields would take the text of it: ``['a']`` for a title.
    """
    if isinstance(data, MultiValueDict):
        return []
    return [
        {"pointer": pointer(name), "detail": "A single value is expected here.", "code": "invalid"}
        for name, value in data.items()
        if name in form.fields and not _has_shape(form.fields[name], value)
    ]


def _has_shape(field: forms.Field, value: Any) -> bool:
    if not isinstance(field, _SINGLE) or isinstance(field, forms.JSONField) or _takes_several(field):
        return True  # the field judges for itself
    if isinstance(value, bool):
        return not isinstance(field, forms.CharField)
    return not isinstance(value, list | Mapping)


def _takes_several(field: forms.Field) -> bool:
    widget = field.widget
    return getattr(widget, "allow_multiple_selected", False) or isinstance(widget, forms.MultipleHiddenInput)
