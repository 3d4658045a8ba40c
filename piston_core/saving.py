"""Save what a valid form holds: a model form does so itself, a plain form fills in an object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model

from piston_core.problems import Problem
from piston_core.requests import Request


def saved(request: Request, subject: Callable[[], Any]) -> Any:
    """Save what the valid form holds: a model form does so itself, a plain form fills in the subject.

    Raises:
        Problem: 422 for a value beyond what the database can hold, such as a date of year 10000.
    """
    form = request.form
    if form is None:
        raise TypeError(
            "A method that calls the model's create or update needs a form to save; name one with @validate."
        )
    try:
        if hasattr(form, "save"):
            return form.save()
        return _filled(subject(), form.cleaned_data)
    except OverflowError as error:
        raise Problem(422, "A value is out of range.", type="invalid-data") from error


def _filled(obj: Model, values: Mapping[str, Any]) -> Model:
    """Save an object with a plain form's values: to-many relations at last, a file only if one was sent."""
    columns = {field.name: field for field in obj._meta.concrete_fields}
    relations = {field.name: field for field in obj._meta.many_to_many}
    for name, value in values.items():
        if name in columns:
            columns[name].save_form_data(obj, value)
        elif name not in relations:
            setattr(obj, name, value)
    obj.save()
    for name in relations.keys() & values.keys():
        relations[name].save_form_data(obj, values[name])
    return obj
