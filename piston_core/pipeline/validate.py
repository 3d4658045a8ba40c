"""Fifth step: pass the data through the handler's Django form, so that a handler sees only good data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.forms import BaseForm, MultiWidget
from django.http import Http404
from django.utils.datastructures import MultiValueDict

from piston_core.arguments import identifies
from piston_core.bulk import Item, at
from piston_core.contracts import Patch
from piston_core.formfields import Fields, SharedFields, relaxed, takes_several
from piston_core.forms import (
    MadeForm,
    as_in_json,
    current_values,
    default_values,
    document_of,
    form_for,
    form_values,
    left_to_the_database,
    misshapen,
    names_of,
    told,
    unknown,
)
from piston_core.handler import BaseHandler
from piston_core.problems import Invalid, fault, faults_of
from piston_core.requests import Request
from piston_core.screening import Outline, outline_of, screen

Faults = list[dict[str, str]]


class Sent(NamedTuple):
    """What a form is to judge.

    Attributes:
        subject: the object that the data is about: a new one, the one at this address, or ``None``.
        values: the data as a form takes it, with what was not sent.
        unsent: the names of the latter.
        files: the files that were sent.
        left: the names whose values the database is to compute.
    """

    subject: Any
    values: MultiValueDict[str, Any]
    unsent: frozenset[str]
    files: Any
    left: frozenset[str]


def validate(request: Request, handler: BaseHandler, action: str, data: Any, kwargs: Mapping[str, Any]) -> None:
    """Give a request that brings data its valid form, or each of the objects that it is about.

    Raises:
        Invalid: 422 with a pointer for each value that is refused or that the form does not know; 409 where
            all that is wrong is that something is stored already.
        Http404: there is no object to change at this address.
    """
    if request.items is None:
        _validate(request, handler, action, data, kwargs)
    else:
        _validate_each(request, handler, action, request.items)


def _validate_each(request: Request, handler: BaseHandler, action: str, items: Sequence[Item]) -> None:
    """Give each object its form; what is wrong with any of them is told at once."""
    faults: Faults = []
    for index, item in enumerate(items):
        try:
            _validate(request, handler, action, item.data, item.kwargs)
        except Invalid as refusal:
            faults += at(index, refusal.members["errors"])
        except Http404:
            faults.append(fault("There is no such object.", "missing", index))
        item.form, item.data = request.form, request.data
    if faults:
        raise Invalid(faults)


def _validate(request: Request, handler: BaseHandler, action: str, data: Any, kwargs: Mapping[str, Any]) -> None:
    """Set ``request.form`` to the valid form of an action that brings data, ``None`` if it asks for no form.

    What was not sent is, for PATCH, what is there; for POST and PUT it is what a new object has.
    So PATCH passes the same form as PUT, and a column's default counts without being sent.
    """
    form_class: Any = form_for(handler, action)
    request.form, request.data = None, data
    if form_class is None:
        return
    subject = _subject(request, handler, action, kwargs) if isinstance(data, Mapping | Patch) else None
    files = request.FILES if request.content_type == "multipart/form-data" else None
    outline = outline_of(form_class)
    fields = outline.fields if outline else form_class(files=files, **_about(form_class, subject)).fields
    if isinstance(data, Patch):
        data = request.data = _changed(data, document_of(handler, fields, subject), fields)
    if not isinstance(data, Mapping):
        raise Invalid([fault("An object with named values is expected.", "invalid")])
    data = as_in_json(data)
    wrong = misshapen(fields, data)
    faults = unknown(outline.names if outline else names_of(fields), (*data, *(files or ()))) + told(fields, wrong)
    shaped = {name: value for name, value in data.items() if name not in wrong} if wrong else data
    sent = _sent(fields, action, shaped, files, subject)
    passed = _screen(outline, sent, faults) if outline is not None and outline.screens else None
    form = _form(form_class, outline, sent)
    if isinstance(form, MadeForm):
        form.passed = passed
    request.form = _valid(form, faults)


def _changed(patch: Patch, document: Mapping[str, Any], fields: Fields) -> Any:
    """Return the values that a patch changes, with nothing for what it removes; what is left is left alone."""
    result = patch.applied_to(document)
    if not isinstance(result, Mapping):
        return result
    removed: dict[str, Any] = {
        name: [] if takes_several(fields[name]) else None for name in document if name not in result
    }
    return removed | {name: value for name, value in result.items() if not _is_left(name, value, document)}


def _is_left(name: str, value: Any, document: Mapping[str, Any]) -> bool:
    """Return whether a value is what it was, of the same types at every level: to Python, 1 and true are equal."""
    return name in document and document[name] == value and repr(document[name]) == repr(value)


def _screen(outline: Outline, sent: Sent, faults: Faults) -> Mapping[str, Any] | None:
    """Return what the fields make of the data, ``None`` where a form has to be asked.

    Raises:
        Invalid: they refuse something, which is all that is wrong with single values.
    """
    if sent.left:
        return None
    try:
        screened = screen(outline, sent.values, sent.files, sent.unsent, sent.subject)
    except OverflowError as error:
        raise _out_of_range() from error
    if screened is None:
        return None
    if screened.refused:
        raise Invalid(_all(faults, ((name, error.error_list) for name, error in screened.refused.items())))
    return screened.passed


def _all(faults: Faults, refused: Iterable[tuple[str, list[ValidationError]]]) -> Faults:
    """Return the faults with those of a form, of which the former's names need not be told twice."""
    named = {each["pointer"] for each in faults}
    return faults + [each for each in faults_of(refused) if each["pointer"] not in named]


def _valid(form: BaseForm, faults: Faults) -> BaseForm:
    """Return the form if there are no faults and it finds none."""
    instance = getattr(form, "instance", None)
    key = _key(instance)
    if not _is_valid(form):
        faults = _all(faults, form.errors.as_data().items())
    if instance is not None and _key(instance) != key:
        detail = "This is what the object is known by, and cannot be changed."
        faults = [*faults, fault(detail, "fixed", instance._meta.pk.name)]
    if faults:
        raise Invalid(faults)
    return form


def _is_valid(form: BaseForm) -> bool:
    try:
        return form.is_valid()
    except OverflowError as error:
        raise _out_of_range() from error


def _out_of_range() -> Invalid:
    """Return the problem for a number that neither a float nor the database can hold."""
    return Invalid([fault("A number is out of range.", "range")])


def _key(instance: Any) -> Any:
    """Return the key of the stored object that a model form changes; with another one it would change another."""
    return None if instance is None or instance._state.adding else instance.pk


def _about(form_class: Any, subject: Any) -> dict[str, Any]:
    """Return the argument by which a form gets the object, if it is a form of the object's model."""
    model = getattr(getattr(form_class, "_meta", None), "model", None)
    return {"instance": subject} if model is not None and isinstance(subject, model) else {}


def _sent(fields: Fields, action: str, data: Mapping[str, Any], files: Any, subject: Any) -> Sent:
    """Return what a form is to judge: the data, and for what was not sent what is there or what a new object has."""
    sent = form_values(fields, data)
    missing = {
        name: field for name, field in fields.items() if name not in sent or isinstance(field.widget, MultiWidget)
    }
    if not missing:
        return Sent(subject, sent, frozenset(), files, frozenset())
    fresh = None if action == "patch" else subject if action == "create" or subject is None else type(subject)()
    values = current_values(missing, subject) if action == "patch" else default_values(missing, fresh)
    unsent = frozenset(values.keys() - sent.keys())
    merged = MultiValueDict({**dict(values.lists()), **dict(sent.lists())})
    return Sent(subject, merged, unsent, files, frozenset(left_to_the_database(missing, merged, fresh)))


def _form(form_class: type[BaseForm], outline: Outline | None, sent: Sent) -> BaseForm:
    """Return the form with the data in it, whose fields pass what was not sent as it is."""
    form = form_class(sent.values, sent.files, **_about(form_class, sent.subject))
    if sent.unsent or sent.left:
        ready = outline.relaxed if outline and isinstance(outline.fields, SharedFields) else {}
        form.fields = {
            name: (ready.get(name) or relaxed(field)) if name in sent.unsent else field
            for name, field in form.fields.items()
            if name not in sent.left
        }
    return form


def _subject(request: Request, handler: BaseHandler, action: str, kwargs: Mapping[str, Any]) -> Any:
    """Return the object that the data is about: a new one, the one at this address, or ``None``."""
    if handler.model is None:
        return None
    if action == "create":
        return handler.new(request, **kwargs)
    return handler.get(request, **kwargs) if identifies(handler.model, frozenset(kwargs)) else None
