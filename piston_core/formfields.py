"""What is known of Django's form fields: which values have their shape, which of them forms may share."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import widgets

Fields = Mapping[str, forms.Field]

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


# The fields that judge a value by itself, without a query, and keep nothing of it.
_ALONE = frozenset({
    Base64Field, forms.BooleanField, forms.CharField, forms.ChoiceField, forms.DateField, forms.DateTimeField,
    forms.DecimalField, forms.DurationField, forms.EmailField, forms.FloatField, forms.GenericIPAddressField,
    forms.IntegerField, forms.JSONField, forms.MultipleChoiceField, forms.NullBooleanField, forms.RegexField,
    forms.SlugField, forms.TimeField, forms.TypedChoiceField, forms.TypedMultipleChoiceField, forms.URLField,
    forms.UUIDField,
})  # fmt: skip


# Django's own widgets themselves: a class that type() makes of one says that it is of the same module.
_WIDGETS = frozenset(
    kind for kind in vars(widgets).values() if isinstance(kind, type) and issubclass(kind, widgets.Widget)
)


def judges_alone(field: forms.Field) -> bool:
    """Return whether a field of a form's class can judge a value, though it belongs to no form."""
    return type(field) in _ALONE and type(field.widget) in _WIDGETS and not field.disabled


def asks_only(field: forms.Field) -> bool:
    """Return whether a field does no more than ask the database, and is the same for each form."""
    asks: Any = field
    kinds = (forms.ModelChoiceField, forms.ModelMultipleChoiceField)
    return type(field) in kinds and not asks.limit_choices_to and not field.disabled  # with it, each form filters anew


class SharedFields(dict[str, forms.Field]):
    """The fields of a form class whose forms use them as they are, where Django gives each form a copy."""

    def __deepcopy__(self, memo: Any) -> SharedFields:
        """Return the fields themselves."""
        return self


def relaxed(field: forms.Field) -> forms.Field:
    """Return a field that passes what was not sent as it is: an empty default, blanks around a text."""
    if isinstance(field.widget, forms.MultiWidget):
        return field
    field = deepcopy(field)
    field.required = False
    if isinstance(field, forms.CharField):
        field.strip = False
    return field


def has_shape(field: forms.Field, value: Any) -> bool:
    """Return whether a value is of the kind that a field reads: one value, the truth, text."""
    if type(value) is str and not isinstance(field, forms.BooleanField):
        return True  # the usual case, told apart before the dearer questions
    if not isinstance(field, _SINGLE) or isinstance(field, forms.JSONField) or takes_several(field):
        return True  # the field judges for itself
    if isinstance(field, forms.BooleanField):
        return value is None or isinstance(value, bool) or (isinstance(value, str) and value.lower() in _TRUTH)
    if isinstance(value, bool):
        return isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
    if isinstance(value, int | float):
        fraction = isinstance(value, float) and isinstance(field, forms.ModelChoiceField)
        return not fraction and not isinstance(field, _TEXT)
    return not isinstance(value, list | Mapping)


def expected(field: forms.Field) -> str:
    """Return what a field reads, in words."""
    if isinstance(field, forms.BooleanField):
        return "true or false"
    return "Text" if isinstance(field, _TEXT) else "A single value"


def takes_several(field: forms.Field) -> bool:
    """Return whether a field reads a list of values."""
    widget = field.widget
    return getattr(widget, "allow_multiple_selected", False) or isinstance(widget, forms.MultipleHiddenInput)
