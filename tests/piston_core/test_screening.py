"""Data is judged before a form is made, and the client is told the same as by a form."""

from __future__ import annotations

import json

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_core import BaseHandler
from piston_core.formfields import judges_alone
from piston_core.forms import form_for
from piston_core.screening import outline_of
from tests.ids import stable
from tests.shop.models import Label, Maker, Product, Sample
from tests.shop.serving import JSON, serving, stock

SAMPLE = tuple(field.name for field in Sample._meta.concrete_fields if field.name != "id")
VALUES = ["x", "", " ", None, True, 5, -(10**30), 1.5, "9" * 60, "2026-13-01", "\x00", ["x"], {"a": 1}, "1e999"]


def handler(model, *fields, **attributes) -> type[BaseHandler]:
    """Return a handler of a model with these fields."""
    return type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, "fields": fields, **attributes})


def asked(model, *fields) -> type[BaseHandler]:
    """Return the same handler with the same form, which judges as a whole and so has to be made."""
    made = form_for(handler(model, *fields)(), "create")
    return handler(model, *fields, form=type("Asked", (made,), {"clean": made.clean}))


def send(kind: type[BaseHandler], method: str, data):
    """Return the response to a request to the list, or to the first object."""
    with serving({"it/": kind, "it/<int:pk>/": kind}) as client:
        return client.generic(method, "/api/it/" if method == "POST" else "/api/it/1/", json.dumps(data), JSON)


def errors(response) -> list[dict[str, str]]:
    """Return the faults in a problem document."""
    return response.json().get("errors", []) if response.status_code in (409, 422) else []


def queries(kind: type[BaseHandler], data) -> list[str]:
    """Return the SQL that a POST costs, without the transaction's."""
    send(kind, "POST", data)
    with CaptureQueriesContext(connection) as captured:
        send(kind, "POST", {name: f"{value}-2" for name, value in data.items()})
    return [each["sql"] for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]


@pytest.mark.parametrize("field", SAMPLE)
@pytest.mark.parametrize("value", VALUES, ids=stable)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_refusal_reads_the_same_with_and_without_a_form(db, field, value, method):
    Sample.objects.create(pk=1)
    data = {field: value, "moment": "never" if field != "moment" else value}
    fields = (field, "moment") if field != "moment" else ("moment",)

    assert errors(send(handler(Sample, *fields), method, data)) == errors(send(asked(Sample, *fields), method, data))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.dictionaries(st.sampled_from([*SAMPLE, "more"]), st.sampled_from(VALUES), max_size=8))
def test_a_refusal_of_many_values_reads_the_same_with_and_without_a_form(db, data):
    assert errors(send(handler(Sample, *SAMPLE), "POST", {**data, "date": "never"})) == errors(
        send(asked(Sample, *SAMPLE), "POST", {**data, "date": "never"})
    )


def test_a_refused_value_costs_no_query(db):
    assert queries(handler(Label, "word"), {"word": "not a slug"}) == []


def test_a_new_object_costs_its_unique_check_its_insert_and_a_look_at_what_was_stored(db):
    made = queries(handler(Label, "id", "word"), {"word": "green"})

    assert [sql.split()[0] for sql in made] == ["SELECT", "INSERT", "SELECT"]


def test_a_missing_relation_is_told_with_what_else_is_missing(db):
    response = send(handler(Product, "name", "slug", "maker"), "POST", {"slug": "not a slug"})

    assert [error["pointer"] for error in errors(response)] == ["/name", "/slug", "/maker"]


def test_a_relation_to_nothing_is_told_with_what_else_is_wrong(db):
    response = send(
        handler(Product, "name", "slug", "maker"), "POST", {"name": "x", "slug": "not a slug", "maker": 99}
    )

    assert {error["pointer"]: error["code"] for error in errors(response)} == {
        "/slug": "invalid",
        "/maker": "invalid_choice",
    }


def test_a_taken_value_is_told_when_the_others_are_right(db):
    stock(1)
    kind = handler(Maker, "name", "number")

    assert [error["code"] for error in errors(send(kind, "POST", {"number": 1}))] == ["required"]
    assert [error["code"] for error in errors(send(kind, "POST", {"name": "x", "number": 1}))] == ["unique"]


class WholeForm(forms.ModelForm):
    """Judges more than single values."""

    class Meta:
        model = Maker
        fields = ("name", "number")

    def clean(self):
        """Refuse an odd number."""
        if self.cleaned_data.get("number", 0) % 2:
            raise ValidationError("odd", code="odd")
        return super().clean()


def test_a_form_that_judges_the_whole_tells_everything_at_once(db):
    response = send(handler(Maker, form=WholeForm), "POST", {"number": 7})

    assert {error["code"] for error in errors(response)} == {"required", "odd"}


class LateForm(forms.ModelForm):
    """Gets its last field when it is made."""

    class Meta:
        model = Maker
        fields = ("name",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["promise"] = forms.BooleanField()


def test_a_form_that_makes_fields_of_its_own_is_asked_for_them(db):
    kind = handler(Maker, "name", form=LateForm)

    assert [error["pointer"] for error in errors(send(kind, "POST", {"name": "x"}))] == ["/promise"]
    assert send(kind, "POST", {"name": "x", "promise": True}).status_code == 201


@pytest.mark.parametrize("body", [{"clean": lambda self: {}}, {"clean_name": lambda self: "x"}, {"prefix": "p"}])
def test_a_form_with_methods_of_its_own_is_not_judged_without_it(body):
    kind = type("Own", (WholeForm.__base__,), {"Meta": WholeForm.Meta, **body})

    assert not outline_of(kind).screens


def test_what_one_request_left_out_is_asked_of_the_next(db):
    kind = handler(Sample, "char", "born")
    sent = send(kind, "POST", {"char": " x "}).json()
    again = send(kind, "POST", {"char": " x ", "born": ""})

    assert sent["char"] == "x"
    assert [error["code"] for error in errors(again)] == ["required"]


def test_a_widget_of_a_projects_own_is_left_to_its_form_however_its_class_is_made():
    made = type("Loud", (forms.TextInput,), {"value_from_datadict": lambda self, data, files, name: "LOUD"})

    assert judges_alone(forms.CharField())
    assert not judges_alone(forms.CharField(widget=made))
