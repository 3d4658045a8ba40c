"""Find what is wrong with data before a form is made for it, where that is known to be the same.

A form of Django gets copies of all its fields, which costs more than to judge the values. Where the
fields of a form's class judge alone, they are asked first, and only data that they pass gets a form.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.forms.forms import BaseForm, Form
from django.forms.models import BaseModelForm

from piston_core.formfields import Fields, asks_only, judges_alone, relaxed
from piston_core.forms import MadeForm, names_of

_KNOWN = frozenset({*Form.__mro__, *MadeForm.__mro__})

# What the class of a form may have without being asked for more than its fields are.
_DECLARATIVE = frozenset({
    "Meta", "_meta", "base_fields", "declared_fields", "media", "save", "__annotations__", "__doc__", "__module__",
    "__qualname__", "__firstlineno__", "__static_attributes__", "__orig_bases__", "__parameters__",
    "__annotate__", "__annotate_func__", "__annotations_cache__",
})  # fmt: skip


class Outline(NamedTuple):
    """What is known of the forms of a class without making one.

    Attributes:
        fields: their fields.
        names: the names that data for them may have.
        relaxed: the same fields for what was not sent.
        screens: whether nothing but fields and columns judges what single values are.
        asking: the names of the fields that ask the database about a value.
        columns: the model's columns, which judge what the fields pass, by name.
    """

    fields: Fields
    names: frozenset[str]
    relaxed: Fields
    screens: bool = False
    asking: frozenset[str] = frozenset()
    columns: Mapping[str, Any] = MappingProxyType({})


@cache
def outline_of(form_class: Any) -> Outline | None:
    """Return what is known of the forms of a class, ``None`` if each may have other fields."""
    if form_class.__init__ not in (BaseForm.__init__, BaseModelForm.__init__):
        return None
    fields = form_class.base_fields
    known = Outline(fields, names_of(fields), {name: relaxed(field) for name, field in fields.items()})
    asking = frozenset(name for name, field in fields.items() if not judges_alone(field))
    if not _is_declarative(form_class) or not all(asks_only(fields[name]) for name in asking):
        return known
    columns = _columns(form_class)
    screens = not any(column.primary_key for column in columns.values())  # whose change is a fault of its own
    return known._replace(screens=screens, asking=asking, columns=columns)


def _is_declarative(form_class: Any) -> bool:
    return all(_DECLARATIVE.issuperset(vars(kind)) for kind in form_class.__mro__ if kind not in _KNOWN)


def _columns(form_class: Any) -> dict[str, Any]:
    options = getattr(form_class, "_meta", None)
    if options is None or options.model is None:
        return {}
    return {
        column.name: column for column in options.model._meta.concrete_fields if column.name in form_class.base_fields
    }


class Screened(NamedTuple):
    """What the fields of a form say about data.

    Attributes:
        refused: what they refuse, by name.
        passed: what they made of the rest.
    """

    refused: dict[str, ValidationError]
    passed: dict[str, Any]


def screen(outline: Outline, data: Any, files: Any, unsent: Collection[str], subject: Any) -> Screened | None:
    """Return what the fields say about data, without a form and without a query.

    Args:
        outline: the fields.
        data: the values, as a form takes them.
        files: the files.
        unsent: the names of the values that are not the client's.
        subject: the object that the data is about.

    Returns:
        ``None`` where only a form can tell all that is wrong.
    """
    refused: dict[str, ValidationError] = {}
    passed: dict[str, Any] = {}
    for name, field in outline.fields.items():
        asked = outline.relaxed[name] if name in unsent else field
        value = asked.widget.value_from_datadict(data, files, name)
        if name in outline.asking and value not in asked.empty_values:
            return None
        try:
            passed[name] = asked.clean(value)
        except ValidationError as error:
            refused[name] = error
    return None if refused and not _columns_pass(outline, passed, subject) else Screened(refused, passed)


def _columns_pass(outline: Outline, values: Mapping[str, Any], subject: Any) -> bool:
    """Return whether the model's columns take these values; what they refuse is said as their form says it."""
    try:
        for name, column in outline.columns.items():
            if name in values and name not in outline.asking and values[name] not in column.empty_values:
                column.clean(values[name], subject)
    except ValidationError:
        return False
    return True
