"""What Django's forms need to serve an API: data that is not from a browser, and objects to merge it with."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from django import forms
from django.db.models import BinaryField, Expression, Model
from django.db.models.expressions import DatabaseDefault
from django.forms.models import model_to_dict, modelform_factory
from django.utils.datastructures import MultiValueDict

from piston_core.formfields import (
    Base64Field,
    Fields,
    SharedFields,
    asks_only,
    expected,
    has_shape,
    judges_alone,
    takes_several,
)
from piston_core.handler import BaseHandler, overrides
from piston_core.plans.scalars import scalar
from piston_core.plans.tree import shown
from piston_core.problems import fault
from piston_core.unique import may_clash

_IN_JSON = frozenset({type(None), bool, int, float, str})
_FROM_PAGES = frozenset({"csrfmiddlewaretoken"})  # what Django's own form pages send along


class MadeForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The model form that the core makes of a handler's fields.

    Attributes:
        passed: what its fields made of the data, where they have been asked before.
    """

    passed: Mapping[str, Any] | None = None

    def _clean_fields(self) -> None:
        if self.passed is None:
            super()._clean_fields()  # type: ignore[misc]  # which the stubs leave out
        else:
            self.cleaned_data.update(self.passed)

    def validate_unique(self) -> None:
        """Look for values that another object has; it takes Django's own way only where there may be one."""
        if may_clash(self.instance, self.fields):
            super().validate_unique()


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
    kind: Any = type(handler)  # which mypy takes for unhashable
    return _made_for(kind, handler.model, action)


@cache
def _made_for(handler: type[BaseHandler], model: type[Model], action: str) -> type[forms.BaseForm] | None:
    runs = "update" if action == "patch" and not overrides(handler, "patch") else action
    if overrides(handler, runs):
        return None
    nodes = shown(handler, model, many=False)
    return _model_form(model, frozenset(node.name for node in nodes if not node.children))


@cache
def _model_form(model: type[Model], names: frozenset[str]) -> type[forms.BaseForm]:
    fields = [field for field in (*model._meta.concrete_fields, *model._meta.many_to_many) if field.name in names]
    writable = [field.name for field in fields if field.editable and field.formfield()]
    made: Any = modelform_factory(model, MadeForm, writable, formfield_callback=_form_field)
    if all(judges_alone(field) or asks_only(field) for field in made.base_fields.values()):
        made.base_fields = SharedFields(made.base_fields)
    return made  # type: ignore[no-any-return]  # a form's class, whose fields the stubs lack


def _form_field(field: Any, **options: Any) -> forms.Field | None:
    """Return a column's field; bytes, for which Django has none, come as the base64 text that they are shown as."""
    if isinstance(field, BinaryField):
        return Base64Field(required=not field.blank)
    made: forms.Field | None = field.formfield(**options)
    return made


def current_values(fields: Fields, subject: Any) -> MultiValueDict[str, Any]:
    """Return what an object holds, as if a form had been sent with it."""
    if isinstance(subject, Model):
        names = {field.name for field in (*subject._meta.concrete_fields, *subject._meta.many_to_many)}
        there = _held(fields, subject, names)
    else:
        there = {}
    there |= {name: getattr(subject, name) for name in fields if name not in there and hasattr(subject, name)}
    return form_values(fields, there | _parts(fields, there))


def document_of(handler: BaseHandler, fields: Fields, subject: Any) -> dict[str, Any]:
    """Return what can be read and written of an object but files, as a PUT that changes nothing would send it.

    What is not shown is not in it: a patch can ask for values.
    """
    if not isinstance(subject, Model) or handler.model is None:
        return {}
    names = {field.name for field in (*subject._meta.concrete_fields, *subject._meta.many_to_many)}
    plain = {name for name, field in fields.items() if not isinstance(field, forms.FileField)}
    seen = {node.name for node in shown(type(handler), handler.model, many=False)}
    held = _held(fields, subject, names & plain & seen)
    return {name: as_in_json(_told(fields[name], value)) for name, value in held.items()}


def _told(field: Any, value: Any) -> Any:
    """Return a value as a client sends it: related objects by what their field knows them by."""
    return field.prepare_value(value) if isinstance(field, forms.ModelChoiceField) else value


def default_values(fields: Fields, subject: Any) -> MultiValueDict[str, Any]:
    """Return what a new object has without being told, of the columns that have a default or are filled in."""
    if not isinstance(subject, Model):
        return MultiValueDict()
    columns = [field for field in subject._meta.concrete_fields if field.name in fields and not field.generated]
    known = {
        field.name
        for field in columns
        if field.has_default() or getattr(subject, field.attname) not in field.empty_values
    }
    if not known:
        return MultiValueDict()
    held = _held(fields, subject, known)
    for field in columns:
        if field.name in held and isinstance(held[field.name], DatabaseDefault):
            held[field.name] = field.db_default
    held = {name: value for name, value in held.items() if not isinstance(value, Expression)}
    return form_values(fields, held | _parts(fields, held))


def left_to_the_database(fields: Iterable[str], data: Mapping[str, Any], subject: Any) -> set[str]:
    """Return the names whose values the database is to compute for a new object, as none were sent."""
    values = {} if subject is None else vars(subject)
    return {name for name in fields if isinstance(values.get(name), DatabaseDefault) and name not in data}


def _held(fields: Fields, subject: Model, names: Collection[str]) -> dict[str, Any]:
    """Return an object's values as its form takes them: a related object itself where another field names it."""
    held = model_to_dict(subject, fields={*names} & fields.keys())
    for name, value in held.items():
        named_by = getattr(fields[name], "to_field_name", None)
        if named_by and not isinstance(value, list) and _target(subject, name) != named_by:
            held[name] = getattr(subject, name)
    return held


def _parts(fields: Fields, held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of the values that a widget reads in several parts, by the names that it reads."""
    widgets: dict[str, Any] = {name: fields[name].widget for name in held}
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


def as_in_json(data: Any) -> Any:
    """Return data with the values of types that only some formats have, such as dates, as the text that JSON has.

    So a form meets the same values whatever a client sends them in.
    """
    if isinstance(data, MultiValueDict) or type(data) in _IN_JSON:
        return data
    if isinstance(data, Mapping):
        plain = _IN_JSON.issuperset(map(type, data.values()))
        return data if plain else {name: as_in_json(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return data if _IN_JSON.issuperset(map(type, data)) else [as_in_json(value) for value in data]
    try:
        return scalar(data)
    except ValueError:  # a decimal that is not finite, which its field refuses
        return str(data)


def form_values(fields: Fields, data: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """Return data as a form takes it: each name with its values, text for a field that wants JSON text."""
    if isinstance(data, MultiValueDict):
        return data
    return MultiValueDict({name: _values(fields.get(name), value) for name, value in data.items()})


def _values(field: forms.Field | None, value: Any) -> list[Any]:
    if isinstance(field, forms.JSONField) and value is not None:
        return [json.dumps(value, cls=field.encoder)]
    several = isinstance(value, list | tuple) and field is not None and takes_several(field)
    return list(value) if several else [value]


def names_of(fields: Fields) -> frozenset[str]:
    """Return the names that data for these fields may have."""
    known = {*fields, *_FROM_PAGES}
    for name, field in fields.items():
        if isinstance(field.widget, forms.MultiWidget):
            known |= {name + suffix for suffix in field.widget.widgets_names}  # type: ignore[attr-defined]  # the stubs lack it
        if isinstance(field, forms.FileField):
            known.add(f"{name}-clear")
    return frozenset(known)


def unknown(known: Collection[str], names: Iterable[str]) -> list[dict[str, str]]:
    """Return a fault for each name that is not known."""
    return [fault("There is no such field here.", "unknown", name) for name in names if name not in known]


def misshapen(fields: Fields, data: Mapping[str, Any]) -> list[str]:
    """Return the names of lists, objects and truth values that stand where a single value belongs.

    Django's fields would take the text of it, ``['a']`` for a title, or any value for true, or fail.
    """
    if isinstance(data, MultiValueDict):
        return []
    return [name for name, value in data.items() if name in fields and not has_shape(fields[name], value)]


def told(fields: Fields, misshapen: Iterable[str]) -> list[dict[str, str]]:
    """Return a fault for each of these names."""
    return [fault(f"{expected(fields[name])} is expected here.", "invalid", name) for name in misshapen]
