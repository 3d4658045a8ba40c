"""What a form asks for, in the terms of HTML: for formats that tell a client what to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from django import forms

from piston_core.linking import Input

_KINDS: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.FileField, "file"),
    (forms.EmailField, "email"),
    (forms.URLField, "url"),
    (forms.DateTimeField, "datetime-local"),
    (forms.DateField, "date"),
    (forms.TimeField, "time"),
    (forms.NullBooleanField, "text"),
    (forms.BooleanField, "checkbox"),
    (forms.IntegerField, "number"),  # floats and decimals are its children
    (forms.JSONField, "textarea"),
)
_LIMITS = frozenset({"min", "max", "minlength", "maxlength", "pattern", "step"})
_PLAIN = (str, int, float, bool)


def inputs_of(form: Any, *, partial: bool = False) -> tuple[Input, ...]:
    """Return what a form's class asks for, in its order, as it is now and in the language of the request.

    Args:
        form: the class.
        partial: whether nothing has to be sent, as in PATCH.
    """
    found = tuple(_input(name, field) for name, field in form.base_fields.items() if not field.disabled)
    return tuple(replace(each, required=False, value=None) for each in found) if partial else found


def _input(name: str, field: forms.Field) -> Input:
    related = isinstance(field, forms.ModelChoiceField)
    initial = field.initial() if callable(field.initial) else field.initial
    return Input(
        name,
        _kind(field),
        title=str(field.label or name.replace("_", " ").capitalize()),
        about=str(field.help_text),
        required=field.required,
        value=initial if isinstance(initial, _PLAIN) else None,
        choices=() if related else tuple(_choices(field)),
        many=isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField),
        limits=_limits(field),
        **(_related(field) if related else {}),
    )


def _related(field: Any) -> dict[str, Any]:
    """Return which objects a field chooses from, and by what they are sent."""
    if field.queryset is None:
        return {}
    model = field.queryset.model
    return {"related": model, "key": field.to_field_name or model._meta.pk.name}


def _kind(field: forms.Field) -> str:
    if field.widget.is_hidden:
        return "hidden"
    if isinstance(field.widget, forms.Textarea):
        return "textarea"
    if isinstance(field.widget, forms.PasswordInput):
        return "password"
    return next((kind for known, kind in _KINDS if isinstance(field, known)), "text")


def _choices(field: Any) -> Iterator[tuple[Any, str]]:
    """Yield the choices of a field that has a few, without the groups that they stand in.

    The one that stands for nothing is none where something has to be chosen.
    """
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    for choice in choices:
        group = choice[1] if isinstance(choice[1], list | tuple) else (choice,)
        for value, label in group:
            if not (field.required and value in field.empty_values):
                yield (value if isinstance(value, _PLAIN) else "" if value is None else str(value)), str(label)


def _limits(field: forms.Field) -> Mapping[str, Any]:
    attributes = {**field.widget.attrs, **field.widget_attrs(field.widget)}
    return MappingProxyType({name: _limit(name, attributes[name]) for name in attributes if name in _LIMITS})


def _limit(name: str, value: Any) -> Any:
    """Return a limit as a number if it is one, though widgets have it as the text of an attribute."""
    if isinstance(value, int | float) or name == "pattern":
        return value if isinstance(value, int | float) else str(value)
    try:
        number = Decimal(str(value))
    except InvalidOperation:  # a date, or the step "any"
        return str(value)
    return int(number) if number == number.to_integral_value() else float(number)
