"""How what an action asks for becomes a field, and what stands in it."""

from __future__ import annotations

import json

import pytest
from django import forms

from piston_core import Affordance, BaseHandler, Document, Input
from piston_core.testing import serving
from piston_html import HTMLEmitter
from tests.piston_html.conftest import ACCEPT
from tests.piston_html.reading import page, plain


def control(asked, shown=None, request_path="/x/"):
    """Return a field of the form that changes an object which shows something."""
    from django.test import RequestFactory

    action = Affordance("update", "PUT", request_path, inputs=(asked,), media_types=("application/json",))
    document = Document({} if shown is None else {asked.name: shown}, actions=(action,))
    body = HTMLEmitter().emit(document, RequestFactory().get(request_path))
    form = page(body).find(".//form[@data-type='application/json']")
    return next(each for kind in ("input", "select", "textarea") for each in form.iter(kind) if each.get("name"))


@pytest.mark.parametrize(
    ("kind", "shown", "became", "value"),
    [
        ("number", 5, "number", "5"),
        ("number", "12.50", "number", "12.50"),
        ("number", "many", "text", "many"),
        ("date", "2026-03-01", "date", "2026-03-01"),
        ("date", "1 March", "text", "1 March"),
        ("time", "12:30:15", "time", "12:30:15"),
        ("datetime-local", "2026-03-01T12:30:00+00:00", "datetime-local", "2026-03-01T12:30:00"),
        ("datetime-local", "2026-03-01T12:30:00.123456+00:00", "text", "2026-03-01T12:30:00.123456+00:00"),
        ("email", "a@example.org", "email", "a@example.org"),
        ("password", "secret", "password", ""),
        ("file", "/media/a.txt", "file", ""),
        ("text", "a\x00b", "text", ""),
        ("text", {"nested": 1}, "text", ""),
        ("text", None, "text", ""),
    ],
)
def test_a_field_holds_what_is_there_or_becomes_one_that_can(kind, shown, became, value):
    made = control(Input("x", kind), shown)

    assert (made.get("type"), made.get("value")) == (became, value)


def test_a_moment_keeps_its_offset_for_the_script():
    made = control(Input("x", "datetime-local"), "2026-03-01T12:30:00+02:00")

    assert made.get("data-offset") == "+02:00"


@pytest.mark.parametrize("text", ["\n\nafter two lines", "a\r\nb", "</textarea><script>", " "])
def test_a_long_text_is_kept_as_it_is(text):
    made = control(Input("x", "textarea"), text)

    assert "".join(made.itertext()) == text.replace("\r\n", "\n")


def test_json_is_edited_as_json():
    text = "".join(control(Input("x", "textarea"), {"a": [1, "ü"]}).itertext())

    assert (json.loads(text), "ü" in text) == ({"a": [1, "ü"]}, True)


@pytest.mark.parametrize(("shown", "chosen"), [(True, ["true"]), (False, ["false"]), (None, [""])])
def test_yes_and_no_are_a_choice_that_can_be_left_open(shown, chosen):
    options = list(control(Input("x", "checkbox"), shown))

    assert [each.get("value") for each in options if "selected" in each.attrib] == chosen
    assert ("" in [each.get("value") for each in options]) == (shown is None)


def test_declared_choices_are_listed_with_what_is_chosen():
    made = control(Input("x", "text", choices=(("a", "A"), (2, "B")), many=True), ["a", 2])

    assert [(each.get("value"), plain(each), "selected" in each.attrib) for each in made] == [
        ("a", "A", True),
        ("2", "B", True),
    ]
    assert "multiple" in made.attrib


def test_related_objects_are_named_by_their_keys():
    asked = Input("x", "text", related=object, key="slug", many=True, href="/tags/")  # type: ignore[arg-type]
    made = control(asked, [{"slug": "a"}, {"slug": "b"}, {"name": "without"}])

    assert (made.tag, made.get("value"), made.get("data-list")) == ("input", "a, b", "/tags/")


class Form(forms.Form):
    name = forms.CharField()
    colour = forms.ChoiceField(choices=[("r", "Red"), ("g", "Green")])
    agreed = forms.BooleanField(required=False)


class Ordering(BaseHandler):
    """Takes orders."""

    form = Form
    allowed_methods = ("GET", "POST")

    def read(self, request):
        return []

    def create(self, request):
        return request.form.cleaned_data


def test_a_form_without_a_model_is_sent_as_browsers_send_it(db):
    with serving(Ordering, plugins=["json", "html"], PISTON={"AUTHENTICATORS": []}) as client:
        form = page(client.get("/", headers={"Accept": ACCEPT}).content).find(".//form[@enctype]")
        assert form.get("enctype") == "application/x-www-form-urlencoded"
        sent = "name=a&colour=g&agreed=false"
        made = client.post("/", sent, content_type=form.get("enctype"))

    assert made.json() == {"name": "a", "colour": "g", "agreed": False}
