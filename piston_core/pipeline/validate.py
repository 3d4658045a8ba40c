"""Fifth step: pass the data through the handler's Django form, so that a handler sees only good data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from piston_core.forms import (
    current_values,
    default_values,
    form_for,
    form_values,
    misshapen,
    relax,
    unknown,
    well_shaped,
)
from piston_core.handler import BaseHandler, identifies
from piston_core.problems import Invalid, pointer
from piston_core.requests import Request


def validate(request: Request, handler: BaseHandler, action: str, data: Any, kwargs: Mapping[str, Any]) -> None:
    """Set ``request.form`` to the valid form of an action that brings data, ``None`` if it asks for no form.

    What was not sent is, for PATCH, what is there; for POST and PUT it is what a new object has.
    So PATCH passes the same form as PUT, and a column's default counts without being sent.

    Raises:
        Invalid: 422 with a pointer for each value that is refused or that the form does not know.
        Http404: there is no object to change at this address.
    """
    form_class = form_for(handler, action)
    request.form = None
    if form_class is None:
        return
    if not isinstance(data, Mapping):
        raise Invalid([{"pointer": "", "detail": "An object with named values is expected.", "code": "invalid"}])
    form = _bound(request, handler, action, form_class, data, kwargs)
    faults = unknown(form, (*data, *(form.files or ()))) + misshapen(form, data)
    instance = getattr(form, "instance", None)
    key = _key(instance)
    if not _is_valid(form):
        named = {fault["pointer"] for fault in faults}
        refused = Invalid.of(ValidationError(form.errors.as_data())).members["errors"]
        faults += [fault for fault in refused if fault["pointer"] not in named]
    if instance is not None and _key(instance) != key:
        detail = "This is what the object is known by, and cannot be changed."
        faults.append({"pointer": pointer(instance._meta.pk.name), "detail": detail, "code": "fixed"})
    if faults:
        raise Invalid(faults)
    request.form = form


def _is_valid(form: BaseForm) -> bool:
    try:
        return form.is_valid()
    except OverflowError as error:  # a number that neither a float nor the database can hold
        raise Invalid([{"pointer": "", "detail": "A number is out of range.", "code": "range"}]) from error


def _key(instance: Any) -> Any:
    """Return the key of the stored object that a model form changes; with another one it would change another."""
    return None if instance is None or instance._state.adding else instance.pk


def _bound(
    request: Request,
    handler: BaseHandler,
    action: str,
    form_class: type[BaseForm],
    data: Mapping[str, Any],
    kwargs: Mapping[str, Any],
) -> BaseForm:
    """Return the form with the data in it, and with the object that it is about."""
    files = request.FILES if request.content_type == "multipart/form-data" else None
    subject = _subject(request, handler, action, kwargs)
    model = getattr(getattr(form_class, "_meta", None), "model", None)
    takes_it = subject is not None and model is not None and isinstance(subject, model)
    arguments = {"instance": subject} if takes_it else {}
    form = form_class(files=files, **arguments)
    fresh = None if action == "patch" else subject if action == "create" or subject is None else type(subject)()
    merged = current_values(form, subject) if action == "patch" else default_values(form, fresh)
    sent = form_values(form, well_shaped(form, data))
    unsent = merged.keys() - sent.keys()
    for name, values in sent.lists():
        merged.setlist(name, values)
    form = form_class(merged, files, **arguments)
    relax(form, unsent, fresh)
    return form


def _subject(request: Request, handler: BaseHandler, action: str, kwargs: Mapping[str, Any]) -> Any:
    """Return the object that the data is about: a new one, the one at this address, or ``None``."""
    if handler.model is None:
        return None
    if action == "create":
        return handler.new(request, **kwargs)
    return handler.get(request, **kwargs) if identifies(handler.model, frozenset(kwargs)) else None
